"""Presets that stretch a rotary embedding: one closed formula per file, one registry."""
