"""Dialogs: preferences, command palette, shortcuts, crash report, about, questions."""
