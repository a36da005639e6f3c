"""The settings at the side of a page: groups under headings in a band that scrolls.

A panel derives from `SettingsColumn` and fills it with `add_section` once its fields exist.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLayout,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from workbench.widgets.column_scroll import ColumnScroll
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

LEAST_CHARS: Final = 34
MARGINS: Final = (12, 8, 4, 8)
BESIDE_BAR: Final = 8


class SettingsColumn(QFrame):
    """Groups of settings, one below the other, and never narrower than their widest row.

    Attributes:
        headings: Of the sections, in their order; their texts are the panel's to set.
    """

    def __init__(self, parent: QWidget | None = None, least_chars: int = LEAST_CHARS) -> None:
        super().__init__(parent)
        self.setProperty("role", "band")
        self._least_chars = least_chars
        self.headings: list[PlainLabel] = []
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, BESIDE_BAR, 0)
        self._column.setSpacing(16)
        self._column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*MARGINS)
        layout.addWidget(ColumnScroll(self._inside, self))

    def add_section(self, *parts: QWidget | QLayout) -> QWidget:
        """A heading over these parts; the next of `headings`. Returns the group they make.

        Tab goes through the parts in this order.
        """
        heading = PlainLabel()
        set_role(heading, "section")
        self.headings.append(heading)
        group = QWidget()  # without a parent until it is filled: that sets the order of Tab
        rows = QVBoxLayout(group)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for part in (heading, *parts):
            if isinstance(part, QLayout):
                rows.addLayout(part)
            else:
                rows.addWidget(part)
        self.add_part(group)
        return group

    def add_part(self, group: QWidget) -> None:
        """Settings that come with their own headings, below all others."""
        self._column.insertWidget(self._column.count() - 1, group)

    def fit_width(self) -> None:
        """Be wide enough for the widest row and the scroll bar beside it."""
        least = self.fontMetrics().averageCharWidth() * self._least_chars
        wanted = max(self._inside.minimumSizeHint().width(), least)
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        self.setMinimumWidth(wanted + bar + MARGINS[0] + BESIDE_BAR)


def form(*rows: tuple[QLabel, QWidget], parent: QWidget | None = None) -> QFormLayout:
    """Labels and their fields, row by row; each label stands in the middle of its row."""
    layout = QFormLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(12)
    layout.setVerticalSpacing(8)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for label, field in rows:
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        label.setBuddy(field)
        layout.addRow(label, field)
    return layout


def whole(low: int, high: int, name: str) -> QSpinBox:
    """A box for a whole number; what is typed counts once it is complete."""
    box = QSpinBox()
    box.setObjectName(name)
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    return box


def real(low: float, high: float, step: float, decimals: int, name: str) -> QDoubleSpinBox:
    """A box for a number; what is typed counts once it is complete."""
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setDecimals(decimals)
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setKeyboardTracking(False)
    return box
