"""First lines of the window: no Qt, no torch before they must be."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window; returns the exit status."""
    from workbench.options import parse

    options = parse(sys.argv[1:] if arguments is None else arguments)
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
