"""The language on screen: loads our translation and Qt's own, live.

The compiled ``.qm`` is made from the ``.ts`` when it is missing or older, so a fresh clone needs
no extra step.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLibraryInfo,
    QLocale,
    QObject,
    QTranslator,
    Signal,
)
from PySide6.QtWidgets import QApplication

from workbench.services import engine_words

LANGUAGES: Final = ("en", "zh_CN")


class I18n(QObject):
    """Installs translators; Qt then sends `LanguageChange` to every widget.

    Args:
        app: The application.
        folder: Holds ``lathe_<language>.ts``.
        cache: Where a compiled translation goes when `folder` cannot be written.

    Signals:
        changed(): The language on screen changed.
    """

    changed = Signal()

    def __init__(
        self, app: QApplication, folder: Path, cache: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._folder = folder
        self._cache = cache
        self._installed: list[QTranslator] = []
        self.language = "en"

    def set_language(self, choice: str) -> None:
        """Show `choice`: a language or ``"system"``."""
        language = system_language() if choice == "system" else choice
        if language == self.language:
            return
        for translator in self._installed:
            self._app.removeTranslator(translator)
        self._installed.clear()
        self.language = language
        engine_words.speak(language)
        QLocale.setDefault(QLocale(language))
        if language != "en":
            base = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            self._install(Path(base) / f"qtbase_{language}.qm")
            self._install(compiled(self._folder / f"lathe_{language}.ts", self._cache))
        # Qt posts the change to the application, which posts it to the windows. Deliver both now,
        # so that no half-translated frame is painted.
        for _ in range(2):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LanguageChange.value)
        self.changed.emit()

    def _install(self, file: Path) -> None:
        translator = QTranslator(self)
        if not translator.load(str(file)):
            raise FileNotFoundError(f"the translation {file} cannot be loaded")
        self._app.installTranslator(translator)
        self._installed.append(translator)


def system_language() -> str:
    """The first of the system's languages that we speak; English when there is none."""
    for name in QLocale.system().uiLanguages():
        if name.startswith("zh"):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"


def compiled(source: Path, cache: Path) -> Path:
    """The ``.qm`` of a ``.ts``, compiled now when missing or older.

    Raises:
        subprocess.CalledProcessError: lrelease refused the file.
    """
    beside = source.with_suffix(".qm")
    for ready in (beside, cache / beside.name):
        if ready.exists() and ready.stat().st_mtime >= source.stat().st_mtime:
            return ready
    import subprocess

    import PySide6

    suffix = ".exe" if sys.platform == "win32" else ""
    tool = Path(PySide6.__file__).parent / f"lrelease{suffix}"
    for target in (beside, cache / beside.name):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            part.touch()
        except OSError:
            continue
        command = [str(tool), "-silent", str(source), "-qm", str(part)]
        subprocess.run(command, check=True, capture_output=True)
        part.replace(target)
        return target
    raise FileNotFoundError(f"no folder to compile {source.name} into")
