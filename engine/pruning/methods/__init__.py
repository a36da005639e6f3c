"""How a matrix is pruned: one method per file, one line in the registry."""
