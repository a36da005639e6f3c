"""Downloads from the hub or a mirror: exact size first, progress, and a Stop that stops.

The work happens in a child process (`engine.models.hub_process`). Files that are finished stay
in the cache, so a repeated download goes on with the next file; a file that was under way starts
again from its beginning, because the hub's library keeps no half files.
"""

from __future__ import annotations

import fnmatch
import shutil
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import DownloadError
from engine.models.cache import cache_folder, incomplete_downloads
from engine.models.forecast import gigabytes
from engine.models.hub_child import HubChild
from engine.models.mirror import endpoint_for
from engine.models.spec import DownloadPlan
from engine.models.weights import NOT_WEIGHTS, PICKLE_SUFFIXES

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.spec import DownloadSpec

SUPPORT_SUFFIXES: Final = (".json", ".txt", ".model", ".jinja", ".tiktoken", ".py", ".md")
SPEED_WINDOW_S: Final = 5.0
Listing = tuple[tuple[str, int, bool], ...]


def choose_files(
    names: tuple[str, ...], *, allow_pickle: bool = False, wanted: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The files of a repository that a load needs.

    Args:
        names: Every file of the repository.
        allow_pickle: Take pickle weights where there is nothing safer.
        wanted: Patterns for the weight files, e.g. ``"*Q4_K_M.gguf"``; empty = choose.

    Raises:
        DownloadError: There are no weights that may be taken, or several GGUF files and none
            was named.
    """
    top = [name for name in names if "/" not in name]
    support = [name for name in top if name.endswith(SUPPORT_SUFFIXES) or "." not in name]
    if wanted:
        weights = [name for name in names if any(fnmatch.fnmatch(name, w) for w in wanted)]
        if not weights:
            raise DownloadError(
                f"The repository has no file that matches {', '.join(wanted)}.",
                "Look at its file list, and name one of its files.",
            )
        return tuple(dict.fromkeys([*support, *weights]))
    return (*support, *_weights_among(top, allow_pickle))


def _weights_among(top: list[str], allow_pickle: bool) -> list[str]:
    safe = [name for name in top if name.endswith(".safetensors")]
    if safe:
        return [name for name in safe if name.startswith("model")] or safe
    pickles = [
        name for name in top if name.endswith(PICKLE_SUFFIXES) and not name.startswith(NOT_WEIGHTS)
    ]
    if pickles and allow_pickle:
        return pickles
    ggufs = [name for name in top if name.endswith(".gguf")]
    if len(ggufs) == 1:
        return ggufs
    if ggufs:
        raise DownloadError(
            f"The repository holds {len(ggufs)} GGUF files of different sizes.",
            f"Name the one you want, e.g. {sorted(ggufs)[0]}.",
            detail="\n".join(sorted(ggufs)),
        )
    if pickles:
        raise DownloadError(
            "The repository has pickle weights only, which can run code when they are opened.",
            "Choose a copy in safetensors, or allow pickle for this download if you trust it.",
            detail="\n".join(pickles),
        )
    raise DownloadError(
        "The repository holds no weights that can be loaded.", "Choose another repository."
    )


def run(spec: DownloadSpec, ctx: JobContext) -> DownloadPlan:
    """Plan a download and, unless it is a dry run, carry it out; returns the plan.

    Raises:
        BadSpec: The mirror that the environment or the settings name is no address.
        DownloadError: No connection, no such repository, no access, no space, no safe weights.
    """
    spec = replace(spec, endpoint=endpoint_for(spec.endpoint, ctx.resources.paths))
    spec.check()
    ctx.progress(None, f"Asking for the files of {spec.repository}")
    listing, revision = _ask(spec, ctx)
    plan = _plan(spec, listing, revision)
    if spec.dry_run:
        return plan
    refuse_if_disk_is_full(plan)
    _fetch(spec, plan, ctx)
    ctx.progress(1.0, f"Downloaded {spec.repository}")
    return plan


def _request(spec: DownloadSpec, ctx: JobContext) -> dict[str, object]:
    from engine.models.hub_token import is_the_hub, read_token

    mirror = bool(spec.endpoint) and not is_the_hub(spec.endpoint)
    return {
        "repository": spec.repository,
        "revision": spec.revision,
        "endpoint": spec.endpoint,
        "cache": str(cache_folder()),
        "token": "" if mirror else read_token(ctx.resources.paths),
    }


def _ask(spec: DownloadSpec, ctx: JobContext) -> tuple[Listing, str]:
    with HubChild({"action": "plan", **_request(spec, ctx)}, spec) as child:
        for message in child.messages(ctx.check):
            if message["kind"] == "plan":
                files = message["files"]
                assert isinstance(files, list)
                listing = tuple((str(n), int(size or 0), bool(c)) for n, size, c in files)
                return listing, str(message["revision"])
    raise child.ended_early()


def _plan(spec: DownloadSpec, listing: Listing, revision: str) -> DownloadPlan:
    names = tuple(name for name, _, _ in listing)
    needed = set(choose_files(names, allow_pickle=spec.allow_pickle, wanted=spec.files))
    chosen = sorted(item for item in listing if item[0] in needed)
    return DownloadPlan(
        repository=spec.repository,
        revision=revision,
        files=tuple((name, size) for name, size, _ in chosen),
        cached_bytes=sum(size for _, size, cached in chosen if cached),
        download_bytes=sum(size for _, size, cached in chosen if not cached),
        free_disk_bytes=free_disk(cache_folder()),
    )


def free_disk(folder: Path) -> int:
    """Free bytes on the disk of a folder that need not exist yet."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free


def refuse_if_disk_is_full(plan: DownloadPlan) -> None:
    """Raise `DownloadError` when the download would not leave a little space."""
    if plan.has_room:
        return
    raise DownloadError(
        f"The download of {plan.repository} needs {gigabytes(plan.download_bytes)}; "
        f"{gigabytes(plan.free_disk_bytes)} are free on the disk of the model cache.",
        "Remove models that you no longer need, or move the cache to another disk (HF_HOME).",
    )


def _fetch(spec: DownloadSpec, plan: DownloadPlan, ctx: JobContext) -> None:
    before = {path for path, _ in incomplete_downloads()}
    names = [name for name, _ in plan.files]
    request = {**_request(spec, ctx), "revision": plan.revision}
    meter = SpeedMeter()
    try:
        with HubChild({"action": "fetch", "files": names, **request}, spec) as child:
            for message in child.messages(ctx.check):
                if message["kind"] == "bytes":
                    done = int(str(message["done"]))
                    _report(ctx, done, plan.download_bytes, meter)
                elif message["kind"] == "done":
                    return
        raise child.ended_early()
    finally:
        _remove_leftovers(spec.repository, before)


def _report(ctx: JobContext, done: int, total: int, meter: SpeedMeter) -> None:
    speed = meter.add(time.monotonic(), done)
    text = f"{gigabytes(done)} of {gigabytes(total)}"
    if speed:
        text = f"{gigabytes(done)} of {gigabytes(total)} · {gigabytes(int(speed))}/s"
    ctx.progress(min(0.999, done / total) if total else None, text)


class SpeedMeter:
    """Bytes per second over the last few seconds."""

    def __init__(self, window_s: float = SPEED_WINDOW_S) -> None:
        self._window = window_s
        self._marks: deque[tuple[float, int]] = deque()

    def add(self, at: float, done: int) -> float:
        """Note that `done` bytes are there at `at` seconds; returns the speed, 0 = unknown."""
        self._marks.append((at, done))
        while len(self._marks) > 2 and at - self._marks[0][0] > self._window:
            self._marks.popleft()
        first_at, first_done = self._marks[0]
        return (done - first_done) / (at - first_at) if at > first_at else 0.0


def _remove_leftovers(repository: str, before: set[Path]) -> None:
    """Delete half files that this download left in the cache: nothing would ever finish them."""
    folder = "models--" + repository.replace("/", "--")
    for path, _ in incomplete_downloads():
        if path not in before and folder in path.parts:
            path.unlink(missing_ok=True)
