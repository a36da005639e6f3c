"""What a stretched model can still do: find keys, and predict text, length by length."""
