"""Looking inside the model that answered: queries, keys, scores, biases, rotations, heads."""
