"""Evaluation: comparisons, extraction rules, scoring, alignment."""
