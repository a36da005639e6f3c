"""Icons: one-colour SVG files tinted by role, drawn sharp at every scale, recoloured live."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Protocol, cast

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workbench.services.theme import Theme


class TakesIcon(Protocol):
    """A button, an action: whatever has an icon."""

    def setIcon(self, icon: QIcon, /) -> None: ...


class Icons(QObject):
    """Icons by name, from ``resources/icons/<name>.svg``, whose colour is ``currentColor``."""

    def __init__(self, theme: Theme, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._made: dict[tuple[str, str, str, int], QIcon] = {}
        self._bound: list[tuple[weakref.ref[QObject], str, str]] = []
        theme.changed.connect(self._recolour)

    def names(self) -> tuple[str, ...]:
        """Every icon there is."""
        return tuple(sorted(file.stem for file in self._folder.glob("*.svg")))

    def icon(self, name: str, role: str = "text") -> QIcon:
        """An icon in the colours of now. Raises `FileNotFoundError` for an unknown name."""
        edge = self._theme.icon_size()
        key = (name, role, self._theme.colours.name, edge)
        if key not in self._made:
            # The style derives the disabled look; drawing only what is shown keeps the start fast.
            ratio = self._theme.pixel_ratio()
            icon = QIcon(self._pixmap(name, self._theme.colour(role), edge, ratio))
            if role == "on-accent":  # its ground turns plain when disabled: white would vanish
                faded = self._theme.mixed("muted", "window", 0.35)
                icon.addPixmap(self._pixmap(name, faded, edge, ratio), QIcon.Mode.Disabled)
            self._made[key] = icon
        return self._made[key]

    def pixmap(self, name: str, size: int, role: str = "text", ratio: float = 2.0) -> QPixmap:
        """One picture of an icon, for a label."""
        return self._pixmap(name, self._theme.colour(role), size, ratio)

    def bind(self, target: TakesIcon, name: str, role: str = "text") -> None:
        """Set the icon of a button or action now and after every change of theme."""
        held = cast(QObject, target)
        self._bound = [
            entry for entry in self._bound if entry[0]() is not None and entry[0]() is not held
        ]
        self._bound.append((weakref.ref(held), name, role))
        self._set(held, name, role)

    def _set(self, target: QObject, name: str, role: str) -> None:
        cast(TakesIcon, target).setIcon(self.icon(name, role))
        resize = getattr(target, "setIconSize", None)
        if resize is not None:
            edge = self._theme.icon_size()
            resize(QSize(edge, edge))

    def _recolour(self) -> None:
        from shiboken6 import isValid

        alive = []
        for reference, name, role in self._bound:
            target = reference()
            if target is not None and isValid(target):
                alive.append((reference, name, role))
                self._set(target, name, role)
        self._bound = alive

    def _pixmap(self, name: str, colour: QColor, size: int, ratio: float) -> QPixmap:
        if name not in self._sources:
            self._sources[name] = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        tinted = self._sources[name].replace("currentColor", colour.name())
        renderer = QSvgRenderer(QByteArray(tinted.encode()))
        edge = round(size * ratio)
        pixmap = QPixmap(edge, edge)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
