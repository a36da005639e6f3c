"""The page “Context”."""
