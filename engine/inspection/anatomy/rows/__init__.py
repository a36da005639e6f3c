"""The models of the textbook's table as rows that run. Importing this imports no torch."""
