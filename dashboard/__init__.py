"""dashboard: the pages of footprint, over `footprint.views`. `dashboard.app.create_app` serves them."""
