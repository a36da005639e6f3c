"""Naive Bayes-based context extension: many contexts side by side, one answer."""
