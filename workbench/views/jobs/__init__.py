"""The jobs panel."""
