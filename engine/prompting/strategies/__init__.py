"""Prompting techniques. A new one is one new file and one line in `registry`."""
