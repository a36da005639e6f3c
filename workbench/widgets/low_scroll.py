"""A part as high as it needs, up to a limit; beyond that it scrolls, and what is below has room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.widgets.column_scroll import ColumnScroll


class LowScroll(ColumnScroll):
    """Around a widget whose height follows from its width."""

    _most = 0

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(content, parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        content.installEventFilter(self)

    def set_most(self, height: int) -> None:
        """Scroll beyond this height."""
        self._most = height
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the content when it grows or wraps."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        content = self.widget()
        layout = content.layout()
        height = content.sizeHint().height()
        if layout is not None and layout.hasHeightForWidth():
            height = layout.heightForWidth(self.viewport().width())
        if self._most > 0:
            height = min(height, self._most)
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)
