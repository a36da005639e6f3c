"""Give a label another meaning: its colour comes from the style sheet by role."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel


def set_role(label: QLabel, role: str) -> None:
    """``"good"``, ``"warning"``, ``"bad"``, ``"muted"`` or empty for plain text."""
    if label.property("role") == role:
        return
    label.setProperty("role", role)
    label.style().unpolish(label)
    label.style().polish(label)
