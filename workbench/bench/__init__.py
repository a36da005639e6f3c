"""Measurements of the window, run as separate processes."""
