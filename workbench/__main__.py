"""First lines of the window: no Qt, no torch before they must be."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace


def has_display() -> bool:
    """Whether a window can be opened: always, except on a Unix without X11 or Wayland."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window; returns the exit status."""
    from workbench.options import parse

    options = parse(sys.argv[1:] if arguments is None else arguments)
    if options.screenshot is not None:
        # A picture needs no display, and must show the program and not someone's own session.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        options = replace(options, safe_mode=True)
    elif not has_display():
        if not options.self_test:
            sys.stderr.write(
                "There is no display to open a window on. Start Lathe on a desktop, or make a "
                "picture: lathe --screenshot compare out.png\n"
            )
            return 2
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sys.platform == "win32":
        # On Windows torch cannot be imported once Qt's libraries are loaded.
        import torch  # noqa: F401
    from engine.errors import StoreError
    from engine.paths import Paths
    from workbench.bootstrap import Application, make_qt
    from workbench.pages import PAGES

    known = [page.id for page in PAGES]
    if options.page is not None and options.page not in known:
        sys.stderr.write(f"There is no page “{options.page}”. Choose one of: {', '.join(known)}.\n")
        return 2
    app, paths = make_qt(["lathe"]), Paths.default()
    if not (options.screenshot is not None or options.self_test or options.safe_mode):
        from workbench.services.one_window import raise_open_window

        if raise_open_window(paths.data):
            sys.stdout.write("Lathe is open already; its window comes to the front.\n")
            return 0
    try:
        application = Application(app, options, paths)
    except StoreError as error:  # there is no window yet that could say it
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 2
    if options.screenshot is not None or options.self_test:
        from workbench.unattended import run_unattended

        return run_unattended(application)
    return application.run()


if __name__ == "__main__":
    sys.exit(main())
