"""Longer context: scaled rotations, attention for long texts, documents, probes."""
