"""Rules that read the final answer out of a text. A new one is one file and one registry line."""
