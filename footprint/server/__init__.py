"""The server: a guard before everything, sign-in, forms and the REST API. Pages are mounted by dashboard."""
