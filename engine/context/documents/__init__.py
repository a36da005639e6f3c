"""Documents longer than the window: read, cut, found, and asked one passage at a time."""
