"""Pruning by activations and weight magnitudes: one score, one pass, every ratio a threshold."""
