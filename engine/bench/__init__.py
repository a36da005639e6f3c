"""Measurements of the program by itself."""
