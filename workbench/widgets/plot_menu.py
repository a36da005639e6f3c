"""The small “…” on a plot: copy, PNG, SVG, CSV, NPZ and whatever else it can be saved as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from engine.errors import EngineError
from workbench.services.container import Services

Paint = Callable[[], bytes]
Work = Callable[[], bytes]
Snapshot = Callable[[], Work | None]


@dataclass(frozen=True)
class Extra:
    """Another kind of file.

    Attributes:
        text: Returns the translated entry, e.g. "Save as GIF…".
        suffix: With its dot.
        snapshot: As in `Exports.csv`.
    """

    text: Callable[[], str]
    suffix: str
    snapshot: Snapshot


@dataclass(frozen=True)
class Exports:
    """How a plot becomes files; None = that kind is not offered.

    Attributes:
        image: The picture for the clipboard. Called on the window's thread.
        png, svg: The picture as bytes. Called on the window's thread, which alone may paint.
        csv, npz: Called on the window's thread to take what is to be written; what they return
            is called on a worker and makes the bytes. None from a call: there is nothing yet.
        command: Returns the command line that makes the same without a window; an `EngineError`
            is told where settings make none.
        extra: More kinds of files.
    """

    image: Callable[[], QImage] | None = None
    png: Paint | None = None
    svg: Paint | None = None
    csv: Snapshot | None = None
    npz: Snapshot | None = None
    command: Callable[[], str] | None = None
    extra: tuple[Extra, ...] = field(default=())


class PlotMenu(QToolButton):
    """The button and its menu.

    Args:
        services: Icons, messages, the background.
        name: Stem of the file names that are offered.
        exports: What the plot can become.
    """

    def __init__(
        self, services: Services, name: str, exports: Exports, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._name = name
        self.exports = exports
        self.setObjectName(f"plot-menu-{name}")
        self.setProperty("role", "quiet")
        services.icons.bind(self, "more")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self.entries: dict[str, QAction] = {}
        self._offer(menu, "copy", exports.image is not None, self.copy)
        self._offer(menu, "png", exports.png is not None, self._ask_png)
        self._offer(menu, "svg", exports.svg is not None, self._ask_svg)
        self._offer(menu, "csv", exports.csv is not None, self._ask_csv)
        self._offer(menu, "npz", exports.npz is not None, self._ask_npz)
        for number, extra in enumerate(exports.extra):
            self._offer(menu, extra.suffix, True, partial(self._ask_extra, number))
        self._offer(menu, "command", exports.command is not None, self.copy_command)
        self.setMenu(menu)
        self._retranslate()

    def set_name(self, name: str) -> None:
        """Another stem for the file names, e.g. with the head that is shown."""
        self._name = name

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        assert self.exports.image is not None
        QGuiApplication.clipboard().setImage(self.exports.image())
        self._services.notify.info(self.tr("Copied"))

    def copy_command(self) -> None:
        """Put the command on the clipboard; settings that make none are told."""
        assert self.exports.command is not None
        try:
            command = self.exports.command()
        except EngineError as error:
            self._services.notify.error(error.report())
            return
        QGuiApplication.clipboard().setText(command)
        self._services.notify.info(self.tr("Copied"))

    def save(self, kind: str, path: str) -> None:
        """Write one kind (``"png"``, ``"svg"``, ``"csv"``, ``"npz"`` or an extra's suffix)."""
        work = self._work(kind)
        if work is None:
            self._services.notify.info(self.tr("There is nothing to save yet."))
            return
        target = Path(path)
        self._services.background.run(
            partial(_write, target, work), partial(self._saved, target), self._failed
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _offer(self, menu: QMenu, kind: str, offered: bool, handler: Callable[[], None]) -> None:
        if offered:
            action = self.entries[kind] = menu.addAction("")
            action.triggered.connect(handler)

    def _work(self, kind: str) -> Work | None:
        exports = self.exports
        if kind in ("png", "svg"):
            paint = exports.png if kind == "png" else exports.svg
            assert paint is not None
            return partial(_same, paint())
        if kind in ("csv", "npz"):
            snapshot = exports.csv if kind == "csv" else exports.npz
            assert snapshot is not None
            return snapshot()
        return next(extra for extra in exports.extra if extra.suffix == kind).snapshot()

    def _retranslate(self) -> None:
        self.setToolTip(self.tr("Copy and save"))
        self.setAccessibleName(self.toolTip())
        texts = {
            "copy": self.tr("Copy"),
            "png": self.tr("Save as PNG…"),
            "svg": self.tr("Save as SVG…"),
            "csv": self.tr("Save as CSV…"),
            "npz": self.tr("Save as NPZ (NumPy)…"),
            "command": self.tr("Copy as command"),
            **{extra.suffix: extra.text() for extra in self.exports.extra},
        }
        for kind, action in self.entries.items():
            action.setText(texts[kind])

    def _ask_png(self) -> None:
        self._ask(self.tr("PNG (*.png)"), "png", ".png")

    def _ask_svg(self) -> None:
        self._ask(self.tr("SVG (*.svg)"), "svg", ".svg")

    def _ask_csv(self) -> None:
        self._ask(self.tr("CSV (*.csv)"), "csv", ".csv")

    def _ask_npz(self) -> None:
        self._ask(self.tr("NumPy arrays (*.npz)"), "npz", ".npz")

    def _ask_extra(self, number: int, _checked: bool = False) -> None:
        suffix = self.exports.extra[number].suffix
        self._ask(f"{suffix.lstrip('.').upper()} (*{suffix})", suffix, suffix)

    def _ask(self, pattern: str, kind: str, suffix: str) -> None:
        dialog = QFileDialog(self.window(), self.tr("Save"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(pattern)
        dialog.setDefaultSuffix(suffix.lstrip("."))
        dialog.selectFile(f"{self._name}{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self.save, kind))
        dialog.open()

    def _saved(self, path: Path, _done: None) -> None:
        self._services.notify.good(self.tr("Saved {name}").format(name=path.name))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())


def _same(data: bytes) -> bytes:
    return data


def _write(path: Path, work: Work) -> None:
    from engine.store.atomic import write_bytes

    write_bytes(path, work())
