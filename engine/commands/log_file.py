"""Warnings of a command go to the log file: what a person must know, the command says itself."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

NAME: Final = "lathe-commands.log"
FILE_BYTES: Final = 2_000_000


def keep_log(folder: Path) -> None:
    """Write what is logged into a file below `folder`; it is made with the first line."""
    from logging.handlers import RotatingFileHandler

    class Late(RotatingFileHandler):
        """Makes its folder when there is something to write."""

        def _open(self):  # type: ignore[no-untyped-def] # noqa: ANN202 - the base's own stream
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
            return super()._open()

    root = logging.getLogger()
    for earlier in [one for one in root.handlers if one.name == NAME]:
        root.removeHandler(earlier)
        earlier.close()
    late = Late(folder / NAME, maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8", delay=True)
    form = "%(asctime)s %(levelname)-7s %(process)d %(name)s: %(message)s"
    late.setFormatter(logging.Formatter(form))
    late.name = NAME
    root.addHandler(late)
