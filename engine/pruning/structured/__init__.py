"""Smaller tensors instead of zeros: fewer neurons, fewer heads, fewer layers."""
