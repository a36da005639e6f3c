"""The results of an evaluation: verdicts in words, figures with their doubt, other rules."""
