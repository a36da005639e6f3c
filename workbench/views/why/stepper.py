"""One question of several: back, forward, and which one it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from workbench.services.icons import Icons
from workbench.widgets.plain import PlainLabel


class Stepper(QWidget):
    """Signals:
    moved(int): Place of the question that the person wants to see.
    """

    moved = Signal(int)

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at, self._count = 0, 0
        self.back = QPushButton(self)
        self.forward = QPushButton(self)
        self.label = PlainLabel(self)
        for button, icon in ((self.back, "chevron-left"), (self.forward, "chevron-right")):
            button.setProperty("role", "quiet")
            icons.bind(button, icon)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.label)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        row.addStretch(1)
        self.back.clicked.connect(self._back)
        self.forward.clicked.connect(self._forward)
        self._write()

    def at(self) -> int:
        """Place of the question shown."""
        return self._at

    def set_place(self, at: int, count: int) -> None:
        """Show which one of how many."""
        self._at, self._count = at, count
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _back(self) -> None:
        self.moved.emit(max(0, self._at - 1))

    def _forward(self) -> None:
        self.moved.emit(min(self._count - 1, self._at + 1))

    def _write(self) -> None:
        self.label.setText(
            self.tr("Question {n} of {total}").format(n=self._at + 1, total=self._count)
        )
        several = self._count > 1
        for button, name in (
            (self.back, self.tr("Question before")),
            (self.forward, self.tr("Next question")),
        ):
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setVisible(several)
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at < self._count - 1)
