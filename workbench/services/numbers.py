"""Numbers as people read them: sizes, durations, counts."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def file_size(count: float) -> str:
    """Bytes with three digits and a unit: ``"11.4 MB"`` (powers of 1000, as on disks)."""
    for unit in ("B", "kB", "MB", "GB"):
        if abs(count) < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.2f} TB"


def duration(seconds: float) -> str:
    """A span of time in the unit that fits: ``"8 s"``, ``"3 min"``, ``"1 h 20 min"``."""
    if seconds < 1:
        return translate("Numbers", "under a second")
    if seconds < 90:
        return translate("Numbers", "{n} s").format(n=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 90:
        return translate("Numbers", "{n} min").format(n=minutes)
    return translate("Numbers", "{h} h {m} min").format(h=minutes // 60, m=minutes % 60)


def count(number: float) -> str:
    """A large count in short: ``"3.2 M"``, ``"1.1 B"`` (thousands below 10 000 written out)."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(number) >= size:
            shown = number / (1e3 if unit == "k" else size)
            return f"{shown:.1f} {unit}"
    return f"{number:,.0f}".replace(",", " ")
