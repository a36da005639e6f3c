"""What a person does on a page: click, type, choose; and waiting for what the program then does."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSlider, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

RUN_MS = 120_000
WORDS = "one two three red green blue house tree river stone apple 7 12 30 . ,".split()


class PageDriver:
    """Reaches the parts of a page by their object names."""

    def __init__(self, qtbot: QtBot, page: QWidget) -> None:
        self.qtbot = qtbot
        self._within = page

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        """The part of this kind and name."""
        found = self._within.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, widget: QWidget) -> None:
        """Click in the middle of a part."""
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def type_in(self, name: str, text: str) -> None:
        """Type a figure or a line and confirm it with Return."""
        box = self.find(QWidget, name)
        assert isinstance(box, QLineEdit | QSpinBox | QDoubleSpinBox)
        box.setFocus()
        box.selectAll()
        self.qtbot.keyClicks(box, text)
        self.qtbot.keyClick(box, Qt.Key.Key_Return)

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a picker by its text."""
        box = self.find(QComboBox, name)
        assert isinstance(box, QComboBox)
        box.setCurrentIndex(box.findText(text))
        assert box.currentText() == text
        box.activated.emit(box.currentIndex())

    def slide(self, name: str, key: Qt.Key, times: int = 1) -> None:
        """Move a slider with the keys."""
        slider = self.find(QSlider, name)
        for _ in range(times):
            self.qtbot.keyClick(slider, key)

    def until(self, signal: SignalInstance, action: Callable[[], object]) -> None:
        """Do something and wait for what it leads to."""
        with self.qtbot.waitSignal(signal, timeout=RUN_MS):
            action()


def write_words(file: Path, count: int, seed: int) -> Path:
    """Words in random order as running text."""
    rng = random.Random(seed)
    file.write_text(" ".join(rng.choice(WORDS) for _ in range(count)), encoding="utf-8")
    return file
