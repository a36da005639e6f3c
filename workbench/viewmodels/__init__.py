"""State of the pages, free of widgets."""
