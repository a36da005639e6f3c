"""The page "Pruning"."""
