"""Finding passages: by words, by meaning, and by both ranks together."""
