"""A process that opens one window, says when it painted, and ends. Run by `startup`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QApplication, QWidget

HEAVY = ("torch", "transformers", "bitsandbytes", "scipy", "jinja2", "pyqtgraph")


def main(which: str) -> int:
    """Open the bare window or Lathe; print the moment of the first paint as JSON."""
    if which == "bare":
        from PySide6.QtWidgets import QApplication, QWidget

        app = QApplication(["bare"])
        window = QWidget()
        window.resize(1440, 900)
        return _show_and_tell(app, window, window.show, None)
    from engine.paths import Paths
    from workbench.bootstrap import Application, make_qt
    from workbench.options import Options

    with tempfile.TemporaryDirectory() as home:
        app = make_qt(["lathe"])
        application = Application(app, Options(), Paths.below(Path(home)))
        code = _show_and_tell(app, application.window, application.show, application.opened)
        application.close()
    return code


def _show_and_tell(
    app: QApplication, window: QWidget, show: Callable[[], None], opened: SignalInstance | None
) -> int:
    from PySide6.QtCore import QEvent, QObject, QTimer

    class FirstPaint(QObject):
        """Tells once, after the first paint event was worked off."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, self, self.tell)
            return False

        def tell(self) -> None:
            self.said: dict[str, object] = {"painted_at": time.time()}
            if opened is None:
                self.end()

        def end(self) -> None:
            """The first page stands too; what was imported until now was on the way there."""
            self.said["page_at"] = time.time()
            self.said["imported"] = [name for name in HEAVY if name in sys.modules]
            sys.stdout.write(json.dumps(self.said) + "\n")
            sys.stdout.flush()
            app.quit()

    first = FirstPaint()
    if opened is not None:
        opened.connect(first.end)
    show()
    # Installed last, so asked first: its timer fires before the window builds its first page.
    window.installEventFilter(first)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
