"""How a technique obtains its answers: one way is one file here and one line in `registry`."""
