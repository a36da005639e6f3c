"""What models are made of: rows that run, activations, norms, and what each component buys."""
