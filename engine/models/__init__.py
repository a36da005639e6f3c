"""Models: find them, forecast their memory, load, share and describe them."""
