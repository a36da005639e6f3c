"""Reusable parts of pages. They know no page."""
