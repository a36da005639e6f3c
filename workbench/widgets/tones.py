"""Colours that follow the palette: tints for tokens, elements and verdicts, in either theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtGui import QColor, QGuiApplication, QPalette

TINT_LEVELS: Final = 33
MIN_CONTRAST: Final = 4.6

_ELEMENT_HUES: Final[dict[str, float]] = {
    "system": 0.76,
    "instruction": 0.58,
    "context": 0.40,
    "example": 0.12,
    "input": 0.52,
    "output-indicator": 0.86,
    "trigger": 0.02,
}


@dataclass(frozen=True)
class Tones:
    """The colours of one theme.

    Attributes:
        base, text, dim, hairline: Background, text, secondary text, one-pixel lines.
        accent, good, warn, bad: The accent and the three meanings; never used without a sign.
        doubt, entropy: Token tints from certain (index 0, no tint) to unsure (last), one hue each.
        elements: Tint behind the text of each prompt element.
    """

    base: QColor
    text: QColor
    dim: QColor
    hairline: QColor
    accent: QColor
    good: QColor
    warn: QColor
    bad: QColor
    doubt: tuple[QColor, ...]
    entropy: tuple[QColor, ...]
    elements: dict[str, QColor]

    def doubt_at(self, value: float, entropy: bool = False) -> QColor:
        """The tint for a doubt of 0 (certain) to 1 (unsure)."""
        ramp = self.entropy if entropy else self.doubt
        return ramp[round(min(1.0, max(0.0, value)) * (len(ramp) - 1))]


@lru_cache(maxsize=8)
def _made(base: str, text: str, accent: str, muted: str) -> Tones:
    return derive(QColor(base), QColor(text), QColor(accent), QColor(muted))


def current_tones() -> Tones:
    """The tones of the application's palette as it is now."""
    palette = QGuiApplication.palette()
    role = QPalette.ColorRole
    names = (role.Base, role.Text, role.Accent, role.PlaceholderText)
    return _made(*(palette.color(name).name(QColor.NameFormat.HexArgb) for name in names))


def derive(base: QColor, text: QColor, accent: QColor, muted: QColor) -> Tones:
    """Every tone from four colours, light or dark."""
    dark = base.lightnessF() < 0.5
    return Tones(
        base=base,
        text=text,
        dim=_readable(muted, base, text),
        hairline=mix(base, text, 0.16),
        accent=_readable(accent, base, text),
        good=_readable(QColor("#6cc78b" if dark else "#1d6b3a"), base, text),
        warn=_readable(QColor("#e0ae50" if dark else "#7d5300"), base, text),
        bad=_readable(QColor("#f28b82" if dark else "#ac2a2a"), base, text),
        doubt=_ramp(base, text, QColor("#3fb2be" if dark else "#0e8793")),
        entropy=_ramp(base, text, QColor("#e0953f" if dark else "#b06000")),
        elements={
            name: mix(base, QColor.fromHslF(hue, 0.75, 0.55), 0.26 if dark else 0.22)
            for name, hue in _ELEMENT_HUES.items()
        },
    )


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """`share` of the second colour over the first."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * share,
        first.greenF() * keep + second.greenF() * share,
        first.blueF() * keep + second.blueF() * share,
    )


def contrast(first: QColor, second: QColor) -> float:
    """WCAG contrast ratio, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _readable(colour: QColor, base: QColor, text: QColor) -> QColor:
    """The colour itself, moved towards the text colour until it can be read on the base."""
    opaque = QColor(colour.red(), colour.green(), colour.blue())
    if colour.alphaF() < 1.0:
        opaque = mix(base, opaque, colour.alphaF())
    for step in range(21):
        candidate = mix(opaque, text, step / 20)
        if contrast(candidate, base) >= MIN_CONTRAST:
            return candidate
    return text


def _ramp(base: QColor, text: QColor, hue: QColor) -> tuple[QColor, ...]:
    """One hue from nothing to the strongest tint that text can be read on."""
    strongest = _strongest_tint(base, text, hue)
    return tuple(
        mix(base, hue, strongest * level / (TINT_LEVELS - 1)) for level in range(TINT_LEVELS)
    )


def _strongest_tint(base: QColor, text: QColor, accent: QColor) -> float:
    """The largest share of the accent that keeps text readable on it."""
    for percent in range(75, 5, -5):
        if contrast(mix(base, accent, percent / 100), text) >= MIN_CONTRAST:
            return percent / 100
    return 0.1
