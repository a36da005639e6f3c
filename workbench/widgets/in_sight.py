"""Keeps one widget of a scrolled area in sight while everything around it settles."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget


class InSight(QObject):
    """Scrolls to a widget, and again whenever the layout moves it, until the person goes on.

    Scrolling once is not enough: a text that wraps only when it is laid out, or a count that
    arrives later and makes the area lower, would move the widget out of sight again.

    Args:
        area: A resizable scroll area that has its widget already.
    """

    MARGIN = 8

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._widget: QWidget | None = None
        # After the events that are waiting, the layouts among them.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._scroll)
        bar = area.verticalScrollBar()
        bar.rangeChanged.connect(self._moved)
        bar.actionTriggered.connect(self.release)
        area.widget().installEventFilter(self)

    def keep(self, widget: QWidget) -> None:
        """Bring a widget of the area into sight, and keep it there."""
        self._widget = widget
        self._soon.start()

    def release(self) -> None:
        """Stay where the person is now."""
        self._widget = None
        self._soon.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A layout request of the content may move the widget without a new scroll range."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._moved()
        return False

    def _moved(self) -> None:
        if self._widget is not None:
            self._soon.start()

    def _scroll(self) -> None:
        if self._widget is None:
            return
        if self._widget.isHidden():
            self.release()
        else:
            self._area.ensureWidgetVisible(self._widget, 0, self.MARGIN)
