"""Colours by role: TOML → `QPalette` (Fusion) → one application style sheet. Live."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Mode = Literal["system", "light", "dark"]
ROLES: Final = (
    "window",
    "surface",
    "raised",
    "line",
    "text",
    "muted",
    "accent",
    "on-accent",
    "selection",
    "good",
    "warning",
    "bad",
)
_FIELD = re.compile(r"\{\{\s*([a-z0-9-]+)(?:\s+([0-9.]+)%\s+([a-z-]+))?\s*\}\}")


@dataclass(frozen=True)
class Colours:
    """One theme.

    Attributes:
        name: ``"light"`` or ``"dark"``.
        roles: The twelve named colours.
        data: Colours for plots, token tints and heat maps, by name.
    """

    name: str
    roles: dict[str, QColor]
    data: dict[str, QColor]

    def colour(self, role: str) -> QColor:
        """A colour by role, of the interface or of data. Raises `KeyError` if there is none."""
        found = self.roles.get(role) or self.data[role]
        return QColor(found)


def read_colours(file: Path) -> Colours:
    """Read a theme file. Raises `KeyError` when a role is missing."""
    stored = tomllib.loads(file.read_text(encoding="utf-8"))
    roles = {role: QColor(stored["colours"][role]) for role in ROLES}
    data = {name: QColor(value) for name, value in stored["data"].items()}
    return Colours(file.stem, roles, data)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two: `share` (0…1) of the second in the first."""
    parts = zip(first.getRgbF(), second.getRgbF(), strict=True)
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in parts))


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two opaque colours, 1…21 (WCAG 2.2, 1.4.3)."""

    def luminance(colour: QColor) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in colour.getRgbF()[:3]
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Theme(QObject):
    """Puts a theme on the application and says when it changed.

    Args:
        app: The application.
        folder: Holds ``themes/light.toml``, ``themes/dark.toml`` and ``qss/lathe.qss``.

    Signals:
        changed(): Colours or text size changed; repaint what is drawn by hand.
    """

    changed = Signal()

    def __init__(self, app: QApplication, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._folder = folder
        self._read: dict[str, Colours] = {}
        self._template = (folder / "qss" / "lathe.qss").read_text(encoding="utf-8")
        self._base_points = max(app.font().pointSizeF(), 9.0)
        self._applied: tuple[str, float] | None = None
        self.mode: Mode = "system"
        self.scale = 1.0
        self.colours = self._load("light")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    def apply(self, mode: Mode, scale: float = 1.0) -> None:
        """Show `mode` with texts `scale` times the system's size; does nothing when shown."""
        self.mode, self.scale = mode, scale
        wanted = (self._resolve(mode), scale)
        if wanted == self._applied:
            return
        self._applied = wanted
        self.colours = self._load(wanted[0])
        font = QFont(self._app.font())
        font.setPointSizeF(round(self._base_points * scale, 1))
        self._app.setFont(font)
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._style_sheet())
        self.changed.emit()

    @property
    def dark(self) -> bool:
        """Whether the dark theme is shown."""
        return self.colours.name == "dark"

    def colour(self, role: str) -> QColor:
        """A colour by role, of the interface or of data. Raises `KeyError` if there is none."""
        return self.colours.colour(role)

    def mixed(self, first: str, second: str, share: float) -> QColor:
        """A colour between two roles."""
        return mixed(self.colour(first), self.colour(second), share)

    def icon_size(self) -> int:
        """Edge of an icon beside a line of text, in logical pixels, on the 4-px grid."""
        height = QFontMetrics(self._app.font()).height()
        return max(16, round(height * 1.05 / 4) * 4)

    def pixel_ratio(self) -> float:
        """Device pixels per logical pixel of the sharpest screen."""
        return max(1.0, self._app.devicePixelRatio())

    def mono_font(self, factor: float = 1.0) -> QFont:
        """The monospace face at body size times `factor`."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(round(self._base_points * self.scale * factor, 1))
        return font

    def _resolve(self, mode: Mode) -> str:
        if mode != "system":
            return mode
        scheme = QGuiApplication.styleHints().colorScheme()
        return "dark" if scheme == Qt.ColorScheme.Dark else "light"

    def _system_changed(self) -> None:
        if self.mode == "system":
            self.apply(self.mode, self.scale)

    def _load(self, name: str) -> Colours:
        if name not in self._read:
            self._read[name] = read_colours(self._folder / "themes" / f"{name}.toml")
        return self._read[name]

    def _palette(self) -> QPalette:
        c = self.colours.roles
        palette = QPalette()
        role = QPalette.ColorRole
        for target, colour in (
            (role.Window, c["window"]),
            (role.WindowText, c["text"]),
            (role.Base, c["surface"]),
            (role.AlternateBase, c["raised"]),
            (role.Text, c["text"]),
            (role.PlaceholderText, c["muted"]),
            (role.Button, c["raised"]),
            (role.ButtonText, c["text"]),
            (role.ToolTipBase, c["raised"]),
            (role.ToolTipText, c["text"]),
            (role.Highlight, c["selection"]),
            (role.HighlightedText, c["text"]),
            (role.Link, c["accent"]),
            (role.LinkVisited, c["accent"]),
            (role.BrightText, c["bad"]),
            (role.Accent, c["accent"]),
            (role.Light, c["raised"]),
            (role.Midlight, c["line"]),
            (role.Mid, c["line"]),
            (role.Dark, c["line"]),
            (role.Shadow, c["line"]),
        ):
            palette.setColor(target, colour)
        faded = mixed(c["muted"], c["window"], 0.35)
        for target in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, faded)
        return palette

    def _style_sheet(self) -> str:
        points = self._base_points * self.scale
        mark = self.icon_size() - 4
        lengths = {
            "body": f"{points:.1f}pt",
            "small": f"{points * 0.9:.1f}pt",
            "section": f"{points * 1.15:.1f}pt",
            "title": f"{points * 1.5:.1f}pt",
            "mono": self.mono_font().family(),
            "marks": (self._folder / "themes" / "marks").as_posix(),
            "mark": f"{mark}px",
            "half-mark": f"{mark // 2 + 1}px",
            "theme": self.colours.name,
        }

        def fill(found: re.Match[str]) -> str:
            name, share, other = found.groups()
            if name in lengths:
                return lengths[name]
            colour = self.colour(name)
            if share and other:
                colour = mixed(colour, self.colour(other), float(share) / 100)
            return colour.name()

        return _FIELD.sub(fill, self._template)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Installed on the application: some platforms tell a new scheme only by the palette."""
        if event.type() == QEvent.Type.ThemeChange:
            self._system_changed()
        return super().eventFilter(watched, event)
