"""First lines of the window: no Qt, no torch before they must be."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window; returns the exit status."""
    from workbench.options import parse

    options = parse(sys.argv[1:] if arguments is None else arguments)
    if options.screenshot is not None:
        # A picture needs no display, and must show the program and not someone's own session.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        options = replace(options, safe_mode=True)
    if sys.platform == "win32":
        # On Windows torch cannot be imported once Qt's libraries are loaded.
        import torch  # noqa: F401
    from engine.paths import Paths
    from workbench.bootstrap import Application, make_qt

    application = Application(make_qt(["lathe"]), options, Paths.default())
    if options.screenshot is not None or options.self_test:
        from workbench.unattended import run_unattended

        return run_unattended(application)
    return application.run()


if __name__ == "__main__":
    sys.exit(main())
