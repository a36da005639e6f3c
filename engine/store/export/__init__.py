"""Reports of a comparison. A new format is one file and one registry line."""
