"""Texts cut into passages: by heading and sentence, measured in the model's own tokens."""
