"""What the records of a file mean: which field is the question, which the answer."""
