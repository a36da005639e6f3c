"""Runs without a person: a picture of a page after its demo run, or a self-test."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPixmap

from workbench.services.engine_words import tell_report

if TYPE_CHECKING:
    from workbench.bootstrap import Application

LIMIT_S = 180
SETTLE_MS = 400


class Unattended(QObject):
    """Shows the window, waits for what was asked, ends the loop with an exit status."""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._too_late)
        self.code = 1

    def run(self) -> int:
        """Returns 0 when the picture shows what it should, or the test passed."""
        application = self._application
        application.opened.connect(self._begin)
        application.show()
        application.window.resize(*application.options.size)
        self._limit.start(LIMIT_S * 1000)
        application.crash.crashed.connect(self._crashed)
        application.app.exec()
        application.close()
        return self.code

    def _begin(self) -> None:
        page = self._application.window.current_page()
        if self._application.options.screenshot is not None and page is not None:
            page.run_demo(self._settle)
        else:
            self._settle()

    def _settle(self) -> None:
        """Let layouts, meters and the last events arrive before looking."""
        QTimer.singleShot(SETTLE_MS, self, self._look)

    def _look(self) -> None:
        picture = self._application.window.grab()
        target = self._application.options.screenshot
        if target is None:
            self._end(0 if shows_something(picture) else 1)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(target)):
            self._say(f"“{target}” could not be written. Choose another folder.")
            self._end(1)
            return
        page = self._application.window.current_page()
        problem = page.demo_problem() if page is not None else None
        if problem is not None:
            self._say(str(tell_report(problem)))
        self._end(0 if problem is None else 1)

    def _crashed(self) -> None:
        self._say("The window met an unforeseen error; the log has it.")
        self._end(1)

    def _too_late(self) -> None:
        self._say(f"The page was not ready after {LIMIT_S} seconds.")
        self._end(1)

    def _end(self, code: int) -> None:
        self.code = code
        self._limit.stop()
        self._application.app.exit(code)

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")


def shows_something(picture: QPixmap) -> bool:
    """Whether a picture has more than one colour: the window really painted."""
    image = picture.toImage()
    colours = {
        image.pixel(x, y) for x in range(0, image.width(), 16) for y in range(0, image.height(), 16)
    }
    return len(colours) > 4


def run_unattended(application: Application) -> int:
    """Run what the options ask for; returns the exit status."""
    application.crash.install()
    return Unattended(application).run()
