"""Results above, two answers laid over each other below, and the border between them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSplitter, QWidget

from workbench.views.compare.overlay_panel import OverlayPanel


class Lower(QSplitter):
    """Keeps the overlay as high as its answers, until the person moves the border.

    Args:
        overlay: The two answers.
        button: Shows and hides them.
    """

    def __init__(
        self, overlay: OverlayPanel, button: QPushButton, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._overlay = overlay
        self._button = button
        self._by_hand = False
        self.setChildrenCollapsible(False)
        self.setHandleWidth(8)
        overlay.hide()
        overlay.closed.connect(self._closed)
        overlay.aligned.connect(self._fit)
        self.splitterMoved.connect(self._moved)

    def place(self, results: QWidget) -> None:
        """Put the results above."""
        self.addWidget(results)
        self.addWidget(self._overlay)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)

    def lay_over(self, uid: int) -> None:
        """Show a column over another one."""
        self._overlay.choose(uid)
        self._button.setChecked(True)

    def show_overlay(self, shown: bool) -> None:
        """Show or hide the two answers."""
        self._overlay.setVisible(shown)
        if shown:
            self._overlay.refresh()

    def _fit(self) -> None:
        """As high as its answers, at most half."""
        if not self._by_hand and self._overlay.isVisible():
            whole = self.height()
            wanted = min(self._overlay.sizeHint().height(), whole // 2)
            self.setSizes([whole - wanted, wanted])

    def _moved(self) -> None:
        self._by_hand = True

    def _closed(self) -> None:
        self._button.setChecked(False)
