"""The small “…” on a plot or table: what can be copied and saved of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from engine.errors import EngineError
from workbench.services.container import Services


class MoreButton(QToolButton):
    """Copy and CSV of a table; PNG and SVG of a picture.

    Args:
        services: Icons, messages, the background.
        name: Stem of the file names that are offered.
        csv: The table as text.
        copied: What “Copy” copies; None = the table.
        picture: A widget to save as a picture; None = none.
    """

    def __init__(
        self,
        services: Services,
        name: str,
        csv: Callable[[], str],
        copied: Callable[[], str] | None = None,
        picture: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._name = name
        self._csv = csv
        self._copied = copied or csv
        self._picture = picture
        self.setObjectName(f"more-{name}")
        services.icons.bind(self, "more")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self.copy_action = menu.addAction("", self.copy)
        self.csv_action = menu.addAction("", self._ask_csv)
        if picture is not None:
            self.png_action = menu.addAction("", self._ask_png)
            self.svg_action = menu.addAction("", self._ask_svg)
        self.setMenu(menu)
        self._retranslate()

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self._copied())
        self._services.notify.info(self.tr("Copied"))

    def save_csv(self, path: str) -> None:
        """Write the table."""
        self._write(path, self._csv().encode("utf-8-sig"))

    def save_png(self, path: str) -> None:
        """Write the picture as it is on screen, at twice its size."""
        assert self._picture is not None
        ratio = max(2.0, self._picture.devicePixelRatioF())
        image = QImage(self._picture.size() * ratio, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(self._services.theme.colour("window"))
        self._picture.render(image)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        self._write(path, bytes(buffer.data().data()))

    def save_svg(self, path: str) -> None:
        """Write the picture as drawing."""
        assert self._picture is not None
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        size: QSize = self._picture.size()
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        painter = QPainter(generator)
        painter.fillRect(
            QRect(0, 0, size.width(), size.height()), self._services.theme.colour("window")
        )
        self._picture.render(painter, QPoint())
        painter.end()
        self._write(path, bytes(buffer.data().data()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setToolTip(self.tr("Copy and save"))
        self.setAccessibleName(self.toolTip())
        self.copy_action.setText(self.tr("Copy"))
        self.csv_action.setText(self.tr("Save as CSV…"))
        if self._picture is not None:
            self.png_action.setText(self.tr("Save as PNG…"))
            self.svg_action.setText(self.tr("Save as SVG…"))

    def _ask_csv(self) -> None:
        self._ask(self.tr("CSV (*.csv)"), ".csv", self.save_csv)

    def _ask_png(self) -> None:
        self._ask(self.tr("PNG (*.png)"), ".png", self.save_png)

    def _ask_svg(self) -> None:
        self._ask(self.tr("SVG (*.svg)"), ".svg", self.save_svg)

    def _ask(self, pattern: str, suffix: str, save: Callable[[str], None]) -> None:
        dialog = QFileDialog(self.window(), self.tr("Save"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(pattern)
        dialog.setDefaultSuffix(suffix.lstrip("."))
        dialog.selectFile(f"{self._name}{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(save)
        dialog.open()

    def _write(self, path: str, data: bytes) -> None:
        self._services.background.run(
            partial(_write, Path(path), data), partial(self._saved, Path(path)), self._failed
        )

    def _saved(self, path: Path, _done: None) -> None:
        self._services.notify.good(self.tr("Saved {name}").format(name=path.name))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())


def _write(path: Path, data: bytes) -> None:
    from engine.store.atomic import write_bytes

    write_bytes(path, data)
