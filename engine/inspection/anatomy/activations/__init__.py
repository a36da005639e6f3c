"""Activation functions with their derivatives, in numpy float64. Free of torch and scipy."""
