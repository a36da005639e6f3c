"""How a budget of zeros is shared among layers: one rule per file, one line in the registry."""
