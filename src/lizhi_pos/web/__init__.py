"""The same screens in a browser: the server, one process a window, the page."""
