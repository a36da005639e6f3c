"""A process that opens one window, says when it painted, and ends. Run by `startup`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

HEAVY = ("torch", "transformers", "bitsandbytes", "scipy", "jinja2", "pyqtgraph")


def main(which: str) -> int:
    """Open the bare window or Lathe; print the moment of the first paint as JSON."""
    if which == "bare":
        from PySide6.QtWidgets import QApplication, QWidget

        app = QApplication(["bare"])
        window = QWidget()
        window.resize(1440, 900)
        return _show_and_tell(app, window, window.show)
    from engine.paths import Paths
    from workbench.bootstrap import Application, make_qt
    from workbench.options import Options

    with tempfile.TemporaryDirectory() as home:
        app = make_qt(["lathe"])
        application = Application(app, Options(), Paths.below(Path(home)))
        code = _show_and_tell(app, application.window, application.show)
        application.close()
    return code


def _show_and_tell(app: QApplication, window: QWidget, show: object) -> int:
    from PySide6.QtCore import QEvent, QObject, QTimer

    class FirstPaint(QObject):
        """Tells once, after the first paint event was worked off."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, self, self.tell)
            return False

        def tell(self) -> None:
            said = {
                "painted_at": time.time(),
                "imported": [name for name in HEAVY if name in sys.modules],
            }
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
            app.quit()

    first = FirstPaint()
    window.installEventFilter(first)
    assert callable(show)
    show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
