"""Pictures of a plot as it stands on screen, for its menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from workbench.plots.export import image_of, png, svg
from workbench.plots.theme import PlotTheme


@dataclass(frozen=True)
class Pictures:
    """What a plot becomes when it is copied or saved, on the ground of its theme.

    Attributes:
        plot: What is drawn.
        theme: Whose ground lies below it.
        title: Asked for the heading of a drawing.
    """

    plot: QWidget
    theme: PlotTheme
    title: Callable[[], str] = str

    def image(self) -> QImage:
        """For the clipboard."""
        return image_of(self.plot, self.theme.colours.ground)

    def png(self) -> bytes:
        """As pixels."""
        return png(self.plot, self.theme.colours.ground)

    def svg(self) -> bytes:
        """As a drawing."""
        return svg(self.plot, self.theme.colours.ground, self.title())
