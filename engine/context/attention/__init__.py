"""Attention beyond the trained length: who sees whom, and at which distance."""
