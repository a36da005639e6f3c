"""Small reference blocks of models that transformers has no class for, in torch."""
