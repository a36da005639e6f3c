"""What every command shares: where text goes, how errors end, how a job is watched.

Results go to standard output, everything else (progress, notes, errors) to standard error, so
that ``--json`` can be piped.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, Self

import msgspec
import typer
from rich.console import Console
from rich.measure import Measurement

from engine.errors import DataError, ErrorReport, JobCancelled, PromptError, describe
from engine.jobs.events import Event, Partial, Progress

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from engine.api import Engine
    from engine.jobs.job import Job
    from engine.jobs.spec import Spec

_Handler = Callable[[int, FrameType | None], object] | int | None

BAD_INPUT = 2
FAILURE = 1
STOPPED = 130
WIDEST = 10_000
INPUT_CODES = frozenset({"bad-spec", "prompt", "prompt-too-long", DataError.code, PromptError.code})

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def exit_code(report: ErrorReport) -> int:
    """2 for input that cannot be used, 1 for everything that failed."""
    return BAD_INPUT if report.code in INPUT_CODES else FAILURE


def show_error(report: ErrorReport) -> None:
    """One sentence and the next step, on standard error."""
    err.print(f"[bold red]Error:[/] {_plain(report.message)}")
    if report.hint:
        err.print(_plain(report.hint))


def stop(error: BaseException | ErrorReport) -> NoReturn:
    """Show the error and end the command with its exit code."""
    report = error if isinstance(error, ErrorReport) else describe(error)
    show_error(report)
    raise typer.Exit(exit_code(report))


def print_json(value: object) -> None:
    """Pure JSON on standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n")
    sys.stdout.flush()


def print_table(table: Table) -> None:
    """A table of figures as wide as it is: where there is less room its lines go on below.

    A figure that is cut to ``0.0…`` says nothing, least of all in a pipe, which has no width.
    """
    natural = Measurement.get(out, out.options.update(width=WIDEST), table).maximum
    Console(width=max(natural, out.width), soft_wrap=True, highlight=False).print(table)


def note(text: str) -> None:
    """A remark on standard error."""
    err.print(f"[dim]{_plain(text)}[/]")


def run_job(
    spec: Spec,
    heard: Callable[[object], None] | None = None,
    stopped: str = "Stopped; the model is as it was.",
    project: Path | None = None,
) -> object:
    """The result of one job; Ctrl+C ends the command.

    Args:
        spec: What to do.
        heard: Called with every part of the result, on the worker thread.
        stopped: Said when Ctrl+C ends it; empty = nothing is said.
        project: The project file that keeps the result; None = none does.

    Raises:
        JobFailed, EngineError: As `watch` does.
    """
    try:
        with opened(project) as engine:
            return watch(engine, spec, heard)
    except JobCancelled:
        if stopped:
            note(stopped)
        raise typer.Exit(STOPPED) from None


@contextmanager
def opened(project: Path | None = None) -> Iterator[Engine]:
    """An engine, and the project file that keeps its results; both are closed at the end."""
    from engine.api import Engine

    with ExitStack() as at_end:
        store = None
        if project is not None:
            from engine.store.project import Project

            store = at_end.enter_context(closing(Project.open(project)))
        yield at_end.enter_context(closing(Engine(project=store)))


def watch(engine: Engine, spec: Spec, heard: Callable[[object], None] | None = None) -> object:
    """Submit a spec, show its progress, and wait for its result.

    Ctrl+C asks the job to stop at its next step; a second one leaves at once.

    Args:
        engine: Where to run it.
        spec: What to do.
        heard: Called with every part of the result, on the worker thread.

    Raises:
        JobFailed: The job failed.
        JobCancelled: It was stopped.
        EngineError: The spec was refused.
    """
    bar = _Bar(spec.title())

    def listen(event: Event) -> None:
        if isinstance(event, Progress):
            bar.show(event)
        elif isinstance(event, Partial) and heard is not None:
            heard(event.value)

    try:
        job = engine.submit(spec, listen)
        return _wait(job, bar)
    finally:
        bar.close()


def _wait(job: Job, bar: _Bar) -> object:
    with _Interrupts() as interrupts:
        while not job.wait(0.2):
            if interrupts.taken():
                job.cancel()
                bar.note("Stopping after this step … (Ctrl+C again leaves at once)")
    return job.result()


class _Interrupts:
    """Notes the first Ctrl+C; from the second on it is a `KeyboardInterrupt` as usual.

    A `KeyboardInterrupt` may be raised inside any Python code of the main thread, also where it
    is swallowed (a destructor, a callback of the collector); a note cannot be lost.
    """

    def __init__(self) -> None:
        self._noted = False
        self._taken = False
        self._before: _Handler = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def taken(self) -> bool:
        """True once after the first Ctrl+C."""
        if self._noted and not self._taken:
            self._taken = True
            return True
        return False

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._noted:
            raise KeyboardInterrupt
        self._noted = True


class _Bar:
    """A progress line on a terminal; silent when standard error is a file."""

    def __init__(self, title: str) -> None:
        self._status = err.status(_plain(title)) if err.is_terminal else None
        self._title = title
        if self._status is not None:
            self._status.start()

    def show(self, event: Progress) -> None:
        if self._status is None:
            return
        share = f"{event.fraction:4.0%}" if event.fraction is not None else "    "
        left = f", {event.remaining_s:.0f} s left" if event.remaining_s is not None else ""
        self._status.update(_plain(f"{share} {event.text or self._title}{left}"))

    def note(self, text: str) -> None:
        if self._status is not None:
            self._status.update(_plain(text))
        else:
            note(text)

    def close(self) -> None:
        if self._status is not None:
            self._status.stop()


def _plain(text: str) -> str:
    """Text of a file or a model, which must not be read as markup."""
    from rich.markup import escape

    return escape(text)
