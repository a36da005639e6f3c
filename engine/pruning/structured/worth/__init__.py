"""What a column of a matrix is worth, with the neuron or head that feeds it: one rule per file."""
