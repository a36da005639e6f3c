"""A stored prompt to read: each element under its name, and its first question's values."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.prompting.diff import ElementDiff, Piece
from engine.prompting.elements import Item, PromptElements
from workbench.viewmodels.names import element_name
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.tones import Tones, mix


class PromptText(QWidget):
    """Reads as it was sent: names dimmed, texts plain; changes are tinted and underlined."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = TintedText(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)

    def show_prompt(self, prompt: PromptElements, item: Item) -> None:
        """Show a prompt with the values of its first question."""
        self._show(list(self._of_prompt(prompt, item)))

    def show_changes(self, parts: tuple[ElementDiff, ...]) -> None:
        """Show what changed between two prompts."""
        stretches = []
        for part in parts:
            number = f" {part.number}" if part.number else ""
            stretches.append(self._name(element_name(part.element.replace(" ", "-")) + number))
            stretches += [_changed(piece) for piece in part.pieces]
            stretches.append(Stretch("\n\n"))
        self._show(stretches[:-1])

    def _show(self, stretches: list[Stretch]) -> None:
        if tuple(stretches) != self.text.stretches():
            self.text.set_stretches(stretches)

    def _of_prompt(self, prompt: PromptElements, item: Item) -> Iterator[Stretch]:
        texts = [
            (element_name("system"), prompt.system),
            (element_name("instruction"), prompt.instruction),
            (element_name("context"), prompt.context),
        ]
        for number, example in enumerate(prompt.examples, start=1):
            parts = (example.input, example.reasoning, example.output)
            name = f"{element_name('example')} {number}"
            texts.append((name, "\n".join(filter(None, parts))))
        texts.append((element_name("input"), prompt.input))
        texts += [(f"{{{{{name}}}}}", value) for name, value in item.variables.items()]
        texts.append((element_name("output-indicator"), prompt.output_indicator))
        shown = [(name, text) for name, text in texts if text]
        for at, (name, text) in enumerate(shown):
            yield self._name(name)
            yield Stretch(text + ("\n\n" if at + 1 < len(shown) else ""))

    def _name(self, name: str) -> Stretch:
        return Stretch(f"{name}\n", dim=True)


def _changed(piece: Piece) -> Stretch:
    if piece.change == "added":
        return Stretch(piece.text, tint=_good, marked=True)
    if piece.change == "removed":
        return Stretch(piece.text, tint=_bad, dim=True)
    return Stretch(piece.text)


def _good(tones: Tones) -> QColor:
    return mix(tones.base, tones.good, 0.18)


def _bad(tones: Tones) -> QColor:
    return mix(tones.base, tones.bad, 0.18)
