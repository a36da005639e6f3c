"""Parts side by side where there is room for them, else below each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget


class Turning(QWidget):
    """Args:
    parts: In reading order.
    shares: How the parts share the room when they stand side by side.
    chars: Characters that it must be wide for that.
    """

    def __init__(
        self,
        parts: Sequence[QWidget],
        shares: Sequence[int],
        chars: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._chars = chars
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(24)
        for part, share in zip(parts, shares, strict=True):
            self._parts.addWidget(part, share)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.MinimumExpanding)
        self.setSizePolicy(policy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the width asks for it."""
        super().resizeEvent(event)
        wide = self.width() >= self._chars * self.fontMetrics().averageCharWidth()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._parts.direction() != way:
            self._parts.setDirection(way)
            self._parts.setSpacing(24 if wide else 12)
