"""Tooltips that show a text as it is."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt


def tip(text: str) -> str:
    """A tooltip of exactly this text: Qt guesses, and takes `<…>` of a model's text for markup."""
    if not Qt.mightBeRichText(text):
        return text
    return f'<span style="white-space: pre-wrap">{escape(text, quote=False)}</span>'
