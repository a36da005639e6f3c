"""The jobs service as view models need it: specs go in, events come back on the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from engine.jobs.events import Event
from engine.jobs.spec import Spec


class JobHandle(Protocol):
    """What `submit` gives back."""

    @property
    def id(self) -> str: ...


class Jobs(Protocol):
    """Submits jobs and stops them."""

    def submit(self, spec: Spec, on_event: Callable[[Event], None]) -> JobHandle: ...

    def cancel(self, job_id: str) -> None: ...
