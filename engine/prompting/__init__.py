"""Prompts: their elements, their order, the techniques that vary them."""
