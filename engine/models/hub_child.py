"""The parent's side of a download process: start it, read its messages, end it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from engine.errors import DownloadError

if TYPE_CHECKING:
    from engine.models.spec import DownloadSpec

POLL_S: Final = 0.1
GRACE_S: Final = 2.0
TOKEN_VARIABLES: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")


class HubChild:
    """A running download process, ended on exit whatever happened.

    Args:
        request: Sent as one JSON line on its standard input (so the token is in no process list).
        spec: For the wording of errors.
    """

    def __init__(self, request: dict[str, object], spec: DownloadSpec) -> None:
        self._request = request
        self._spec = spec
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed on exit

    def __enter__(self) -> HubChild:
        root = str(Path(__file__).resolve().parents[2])
        environment = {k: v for k, v in os.environ.items() if k not in TOKEN_VARIABLES}
        environment["PYTHONPATH"] = os.pathsep.join(
            part for part in (root, os.environ.get("PYTHONPATH", "")) if part
        )
        environment["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "engine.models.hub_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        threading.Thread(target=self._read, name="lathe-hub", daemon=True).start()
        with contextlib.suppress(BrokenPipeError):  # it died at once: `ended_early` says why
            self._process.stdin.write(json.dumps(self._request) + "\n")
            self._process.stdin.flush()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def messages(self, check: Callable[[], None]) -> Iterator[dict[str, object]]:
        """Its messages until it ends; `check` is called at least ten times a second.

        Raises:
            DownloadError: It reported a failure.
        """
        while True:
            check()
            try:
                line = self._lines.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if line is None:
                return
            message = json.loads(line)
            if message["kind"] == "error":
                raise explain(self._spec, str(message["code"]), str(message["text"]))
            yield message

    def ended_early(self) -> DownloadError:
        """The error for a process that ended without a result."""
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace")[-4000:]
        return DownloadError(
            f"The download of {self._spec.repository} ended without a result.",
            "Try again; files that were finished are kept.",
            detail=said,
        )

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._lines.put(line)
        self._lines.put(None)


def explain(spec: DownloadSpec, code: str, detail: str) -> DownloadError:
    """The error for a failure that the download process classified."""
    name = spec.repository
    where = spec.endpoint or "the hub"
    match code:
        case "missing":
            return DownloadError(
                f"There is no repository “{name}” at {where}, or it is private.",
                "Check the spelling; for a private model, set a token in the settings.",
                detail,
            )
        case "gated":
            return DownloadError(
                f"The model “{name}” is only given to people who accepted its terms.",
                "Accept them on its page with your account, then set that account's token.",
                detail,
            )
        case "denied":
            return DownloadError(
                f"Access to “{name}” was denied.",
                "Set a valid token in the settings (a mirror never gets one).",
                detail,
            )
        case "revision":
            return DownloadError(
                f"The model “{name}” has no revision “{spec.revision}”.",
                "Leave the revision empty for the newest one.",
                detail,
            )
        case "disk":
            return DownloadError(
                f"The disk became full while “{name}” was downloading.",
                "Free some space and try again; files that were finished are kept.",
                detail,
            )
        case "offline":
            return DownloadError(
                f"There is no connection to {where}.",
                "Check the network, or set a mirror; models on this computer work without it.",
                detail,
            )
    return DownloadError(
        f"The download of “{name}” failed.",
        "Try again; files that were finished are kept.",
        detail,
    )
