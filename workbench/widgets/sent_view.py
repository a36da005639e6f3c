"""The exact text that was sent: the template's own tokens dimmed, each element tinted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QWidget

from engine.prompting.render import SentPart
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.tones import Tones

MOST_LINES: Final = 8


class SentView(TintedText):
    """What is copied is what the model read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, MOST_LINES)
        self._parts: tuple[SentPart, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("SentView { border: none; padding: 0; background: transparent; }")

    def set_parts(self, parts: Sequence[SentPart]) -> None:
        """Show the stretches in order."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.set_stretches([_stretch(part) for part in self._parts])


def _stretch(part: SentPart) -> Stretch:
    if part.element is None:
        return Stretch(part.text, dim=True)
    return Stretch(part.text, tint=partial(_element, part.element))


def _element(element: str, tones: Tones) -> QColor:
    return tones.elements[element]
