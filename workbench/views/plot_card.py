"""A plot on a page: its title, what to know about its numbers, and the “…” that saves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.plots.curves import LineChart
from workbench.plots.export import Column, columns_csv, image_of, npz, png, svg
from workbench.services.container import Services
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Exports, Extra, PlotMenu, Work

Columns = Callable[[], tuple[Column, ...]]
Arrays = Callable[[], Mapping[str, NDArray[np.generic]]]


class PlotCard(QWidget):
    """Title and “…” above a plot, a small line of words below the title.

    Args:
        name: Stem of the file names that are offered.
        plot: The plot.
        exports: What it can become.
    """

    def __init__(
        self,
        services: Services,
        name: str,
        plot: QWidget,
        exports: Exports,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.plot = plot
        self.heading = ElidedLabel(self)
        set_role(self.heading, "section")
        self.note = PlainLabel(self)
        self.note.setWordWrap(True)
        set_role(self.note, "small")
        self.menu = PlotMenu(services, name, exports, self)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.heading, 1)
        self.head.addWidget(self.menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self.head)
        column.addWidget(self.note)
        column.addWidget(plot, 1)
        self.note.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_texts(self, title: str, note: str = "") -> None:
        """Set both texts (again, after a language change)."""
        self.heading.setText(title)
        self.heading.setToolTip(title)
        self.plot.setAccessibleName(title)
        self.set_note(note)

    def set_note(self, note: str, tip: str = "") -> None:
        """Say where the numbers come from."""
        self.note.setText(note)
        self.note.setToolTip(tip)
        self.note.setVisible(bool(note))


def plot_exports(
    services: Services,
    plot: QWidget,
    columns: Columns,
    arrays: Arrays | None = None,
    command: Callable[[], str] | None = None,
    extra: tuple[Extra, ...] = (),
) -> Exports:
    """What any plot can become: pictures of the widget, its columns, its arrays.

    Args:
        columns: Taken when the person saves; a table without rows counts as nothing yet.
        arrays: Likewise; None = the columns' numbers.
        command: The command line that makes the same, if there is one.
        extra: More kinds of files.
    """

    def picture() -> bytes:
        return png(plot, services.theme.colour("window"))

    def drawing() -> bytes:
        return svg(plot, services.theme.colour("window"), plot.accessibleName())

    def table() -> Work | None:
        found = columns()
        rows = max((len(values) for _, values in found), default=0)
        return partial(columns_csv, found) if rows else None

    def numbers() -> Work | None:
        if arrays is not None:
            named = dict(arrays())
        else:
            named = {name: np.asarray(values) for name, values in columns()}
        return partial(npz, named) if any(len(one) for one in named.values()) else None

    return Exports(
        image=lambda: image_of(plot, services.theme.colour("window")),
        png=picture,
        svg=drawing,
        csv=table,
        npz=numbers,
        command=command,
        extra=extra,
    )


def chart_card(
    services: Services,
    name: str,
    chart: LineChart,
    command: Callable[[], str] | None = None,
    parent: QWidget | None = None,
) -> PlotCard:
    """A line chart with everything that it can be saved as."""
    exports = plot_exports(services, chart, chart.columns, chart.arrays, command)
    return PlotCard(services, name, chart, exports, parent)
