"""Position encodings taken apart: rotations, linear biases, tables, buckets. Plain numpy."""
