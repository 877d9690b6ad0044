"""One module a page: PATH, NAME and layout(page, subject); callbacks, where there are any, in register()."""
