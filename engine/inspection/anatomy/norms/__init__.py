"""Normalisation and where it stands, in numpy float64. Free of torch."""
