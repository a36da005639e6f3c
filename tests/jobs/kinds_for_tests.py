"""Job kinds that only tests know: each shows one behaviour of a lane."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import ClassVar

from engine.jobs.job import JobContext, Rest
from engine.jobs.spec import FILES_LANE, Spec

gates: dict[str, threading.Event] = {}
threads_seen: list[str] = []


@dataclass(frozen=True)
class CountSpec(Spec):
    kind: ClassVar[str] = "test-count"
    steps: int = 3


def count(spec: CountSpec, ctx: JobContext) -> int:
    threads_seen.append(threading.current_thread().name)
    for step in range(spec.steps):
        ctx.progress((step + 1) / spec.steps, f"step {step}")
        ctx.partial(step)
    return sum(range(spec.steps))


@dataclass(frozen=True)
class GateSpec(Spec):
    kind: ClassVar[str] = "test-gate"
    name: str = ""


def gate(spec: GateSpec, ctx: JobContext) -> str:
    """Says that it runs, then polls its cancellation point until its gate opens."""
    ctx.partial("running")
    while not gates[spec.name].wait(0.005):
        ctx.check()
    return spec.name


@dataclass(frozen=True)
class RestSpec(Spec):
    kind: ClassVar[str] = "test-rest"
    name: str = ""
    fails: bool = False


def rest(spec: RestSpec, ctx: JobContext) -> Rest:
    """Needs its lane for a moment only; the rest polls until its gate opens."""

    def work() -> str:
        threads_seen.append(threading.current_thread().name)
        ctx.progress(0.5, "resting")
        while not gates[spec.name].wait(0.005):
            ctx.check()
        if spec.fails:
            raise ValueError("a test asked for this")
        return spec.name

    return Rest(work)


@dataclass(frozen=True)
class BreakSpec(Spec):
    kind: ClassVar[str] = "test-break"
    lane: ClassVar[str] = FILES_LANE
    how: str = "raise"


def fall(spec: BreakSpec, ctx: JobContext) -> None:
    if spec.how == "memory":
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 TB")
    raise ValueError("a test asked for this")


@dataclass(frozen=True)
class ForeverSpec(Spec):
    kind: ClassVar[str] = "test-forever"


def forever(spec: ForeverSpec, ctx: JobContext) -> None:
    """Says that it runs, then polls its cancellation point for ever."""
    ctx.partial("running")
    never = threading.Event()
    while not never.wait(0.01):
        ctx.check()


@dataclass(frozen=True)
class UnknownThereSpec(Spec):
    kind: ClassVar[str] = "test-unknown-there"
