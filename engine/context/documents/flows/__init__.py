"""Ways around a window that is too small, one per file."""
