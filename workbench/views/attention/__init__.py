"""The page “Attention”: scores, biases, rotations and weights of the model that answered."""
