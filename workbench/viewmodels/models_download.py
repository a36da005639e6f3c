"""A download without its dialog: plan exactly, then fetch, with speed and time left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError, ErrorReport
from engine.jobs.events import Cancelled, Event, Failed, Finished, Progress
from engine.jobs.job import Job
from engine.models.spec import DownloadPlan, DownloadSpec
from workbench.services.jobs import JobService

Step = Literal["name", "planning", "planned", "fetching", "done", "stopped", "failed"]
WINDOW_S = 10.0


@dataclass(frozen=True)
class Pace:
    """How a running download goes.

    Attributes:
        fraction: 0…1, or None while unknown.
        text: What it does now, in the engine's words.
        done_bytes: Of the planned ones, or None while unknown.
        bytes_per_s: Over the last seconds, or None while unknown.
        remaining_s: At that speed, or None.
    """

    fraction: float | None = None
    text: str = ""
    done_bytes: int | None = None
    bytes_per_s: float | None = None
    remaining_s: float | None = None


class Download(QObject):
    """One download from name to end. `changed` says that any attribute changed.

    Attributes:
        step: Where it is.
        plan: What will be fetched, from ``"planned"`` on.
        pace: How it goes, while ``"fetching"``.
        error: Why it failed, when ``"failed"``.
        repository: The name asked for.
        files: Patterns for the weight files; empty = what a load needs.
        allow_pickle: Take pickle weights where there is nothing safer.
    """

    changed = Signal()

    def __init__(self, jobs: JobService, endpoint: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._samples: list[tuple[float, float]] = []
        self.endpoint = endpoint
        self.step: Step = "name"
        self.repository = ""
        self.files: tuple[str, ...] = ()
        self.allow_pickle = False
        self.plan: DownloadPlan | None = None
        self.pace = Pace()
        self.error: ErrorReport | None = None

    @property
    def busy(self) -> bool:
        """Planning or fetching."""
        return self.step in ("planning", "fetching")

    @property
    def lacks_space(self) -> bool:
        """Does the disk have too little room for what is still missing?"""
        return self.plan is not None and not self.plan.has_room

    def look_up(self, text: str) -> None:
        """Ask the hub what the repository holds; its name or its address will do."""
        self.repository = repository_of(text)
        self.plan, self.error = None, None
        self._submit(dry_run=True)

    def fetch(self) -> None:
        """Fetch what was planned."""
        self._samples, self.pace = [], Pace()
        self._submit(dry_run=False)

    def stop(self) -> None:
        """Ask the running step to stop; finished files are kept."""
        if self._job is not None:
            self._jobs.cancel(self._job.id)

    def again(self) -> None:
        """Back to the name."""
        if not self.busy:
            self.step, self.plan, self.error = "name", None, None
            self.changed.emit()

    def _submit(self, dry_run: bool) -> None:
        spec = DownloadSpec(
            repository=self.repository,
            revision=self.plan.revision if self.plan else None,
            dry_run=dry_run,
            endpoint=self.endpoint,
            allow_pickle=self.allow_pickle,
            files=self.files,
        )
        try:
            self._job = self._jobs.submit(spec, self._event)
        except EngineError as error:
            self._fail(error.report())
            return
        self.step = "planning" if dry_run else "fetching"
        self.changed.emit()

    def _event(self, event: Event) -> None:
        match event:
            case Progress(fraction=fraction, text=text, at=at):
                self._note(at, fraction, text)
            case Finished(result=result):
                self._job = None
                if isinstance(result, DownloadPlan) and self.step == "planning":
                    self.plan, self.step = result, "planned"
                else:
                    self.step = "done"
            case Cancelled():
                self._job, self.step = None, "stopped"
            case Failed(error=error):
                self._job = None
                self._fail(error)
                return
            case _:
                return
        self.changed.emit()

    def _fail(self, error: ErrorReport) -> None:
        self.step, self.error = "failed", error
        self.changed.emit()

    def _note(self, at: float, fraction: float | None, text: str) -> None:
        """Speed over the last seconds, from the share of the planned bytes that came in."""
        done, speed, remaining = None, None, None
        total = self.plan.download_bytes if self.plan else 0
        if fraction is not None and total:
            self._samples = [s for s in self._samples if at - s[0] <= WINDOW_S]
            self._samples.append((at, fraction * total))
            done = round(fraction * total)
            (first_at, first), (last_at, last) = self._samples[0], self._samples[-1]
            if last_at > first_at and last > first:
                speed = (last - first) / (last_at - first_at)
                remaining = (total - last) / speed
        self.pace = Pace(fraction, text, done, speed, remaining)


def repository_of(text: str) -> str:
    """``owner/name`` from itself or from the address of its page."""
    name = re.sub(r"^https?://[^/]+/", "", text.strip()).strip("/")
    return "/".join(name.split("/")[:2])
