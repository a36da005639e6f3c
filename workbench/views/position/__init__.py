"""The page “Position”: how a model knows where a word stands."""
