"""The download's own process: ending it is the only sure way to stop a transfer at once.

Run as ``python -m engine.models.hub_process``. One JSON request arrives on standard input, JSON
lines leave on standard output: ``plan``, ``bytes``, ``done`` or ``error``. When standard input
closes (the program that started it is gone) the process ends itself.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any, Final

from engine.models.hub_token import is_the_hub

WORKERS: Final = 2
WRITTEN: Final = "Reconstructing"


def main() -> int:
    """Serve one request; returns the exit status."""
    request = json.loads(sys.stdin.readline())
    answers = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not break the protocol
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        if request["action"] == "plan":
            _say(answers, _plan(request))
        else:
            _say(answers, {"kind": "done", "path": _fetch(request, answers)})
    except Exception as error:  # noqa: BLE001 - every failure crosses the border as a message
        _say(answers, {"kind": "error", "code": classify(error), "text": _text(error)})
        return 1
    return 0


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(2)


_say_lock = threading.Lock()


def _say(stream: IO[str], message: dict[str, object]) -> None:
    with _say_lock:
        stream.write(json.dumps(message) + "\n")
        stream.flush()


def _common(request: dict[str, Any]) -> dict[str, Any]:
    """Arguments for the hub's library. A mirror gets ``token=False``: no header at all."""
    from huggingface_hub import constants

    endpoint = str(request.get("endpoint") or constants.ENDPOINT)
    token: str | bool = request.get("token") or False
    return {
        "repo_id": request["repository"],
        "revision": request.get("revision"),
        "cache_dir": request["cache"],
        "endpoint": endpoint,
        "token": token if is_the_hub(endpoint) else False,
        "max_workers": WORKERS,
    }


def _plan(request: dict[str, Any]) -> dict[str, object]:
    from huggingface_hub import snapshot_download

    files = snapshot_download(**_common(request), dry_run=True, tqdm_class=_bar_class(None))
    return {
        "kind": "plan",
        "revision": files[0].commit_hash if files else "",
        "files": [[item.filename, item.file_size, item.is_cached] for item in files],
    }


def _fetch(request: dict[str, Any], answers: IO[str]) -> str:
    from huggingface_hub import snapshot_download

    return str(
        snapshot_download(
            **_common(request),
            allow_patterns=[_literal(name) for name in request["files"]],
            tqdm_class=_bar_class(answers),
        )
    )


def _literal(name: str) -> str:
    """A file name as a pattern that matches only itself."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _bar_class(answers: IO[str] | None) -> Any:  # noqa: ANN401 - stands in for tqdm
    """A class for the hub's three bars; only bytes written to disk are reported."""

    class Bar:
        _lock = threading.RLock()

        def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
            self._items = args[0] if args else options.get("iterable")
            self.desc = str(options.get("desc") or "")
            self.total = options.get("total")
            self.n: float = 0
            self.disable = False

        def __iter__(self) -> Iterator[Any]:
            yield from self._items or ()

        def update(self, count: float | None = 1) -> None:
            with self._lock:
                self.n += count or 0
                if answers is not None and self.desc.startswith(WRITTEN):
                    _say(answers, {"kind": "bytes", "done": int(self.n)})

        def set_description(self, text: str = "", refresh: bool = True) -> None:
            return

        set_description_str = set_description
        set_postfix_str = set_description

        def refresh(self, *_args: object, **_options: object) -> None:
            return

        def close(self) -> None:
            return

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_error: object) -> None:
            return

        @classmethod
        def get_lock(cls) -> threading.RLock:
            return cls._lock

        @classmethod
        def set_lock(cls, lock: Any) -> None:  # noqa: ANN401
            cls._lock = lock

    return Bar


def classify(error: BaseException) -> str:
    """The kind of failure, found in the error or in what caused it.

    One of ``"gated"``, ``"missing"``, ``"revision"``, ``"disk"``, ``"offline"``,
    ``"denied"``, ``"other"``.
    """
    from huggingface_hub import errors
    from huggingface_hub.errors import OfflineModeIsEnabled

    link: BaseException | None = error
    kind = "other"
    while link is not None:
        if isinstance(link, errors.GatedRepoError):
            return "gated"
        if isinstance(link, errors.RepositoryNotFoundError):
            return "missing"
        if isinstance(link, errors.RevisionNotFoundError):
            return "revision"
        if isinstance(link, OSError) and link.errno in {errno.ENOSPC, errno.EDQUOT}:
            return "disk"
        if isinstance(link, errors.HfHubHTTPError):
            kind = "denied" if _status(link) in {401, 403} else kind
        name = type(link).__name__
        if isinstance(link, (OfflineModeIsEnabled, ConnectionError)) or name in _NO_CONNECTION:
            kind = "offline"
        link = link.__cause__ or link.__context__
    return kind


_NO_CONNECTION: Final = frozenset(
    {"ConnectError", "ConnectTimeout", "ReadTimeout", "TimeoutException", "ReadError",
     "RemoteProtocolError", "ProxyError"}
)  # fmt: skip


def _status(error: object) -> int:
    return int(getattr(getattr(error, "response", None), "status_code", 0) or 0)


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    raise SystemExit(main())
