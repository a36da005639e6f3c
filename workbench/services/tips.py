"""Tooltips that show a text as it is."""

from __future__ import annotations

from html import escape


def tip(text: str) -> str:
    """A tooltip of exactly this text: Qt guesses, and takes `<…>` of a model's text for markup."""
    if "<" not in text:  # without one Qt takes it for plain
        return text
    return f'<span style="white-space: pre-wrap">{escape(text, quote=False)}</span>'
