"""Test sets from files: recognised, mapped to questions and answers, written back unchanged."""
