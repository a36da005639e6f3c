"""The Runs page without its widgets: reads the project off the GUI thread, changes it, resumes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from engine.errors import BadSpec, EngineError
from engine.evaluation.spec import CompareSpec
from engine.jobs.events import Event, Started, Terminal
from engine.store.runs import RunInfo
from workbench.services.jobs import JobService
from workbench.services.notify import Notify
from workbench.services.project_file import ProjectFile
from workbench.viewmodels.compare_history import OpenedRun, opened_run
from workbench.viewmodels.runs_table import RunsTable

if TYPE_CHECKING:
    from engine.store.details import RunDetails
    from engine.store.project import Project
    from engine.store.run_pair import RunPair

REMEMBERED: Final = 40
T = TypeVar("T")


class RunsModel(QObject):
    """State of the Runs page.

    Attributes:
        table: The list.
        selected: Ids of the selected runs, in the order of the list.
        details: Of the one selected run, once read.
        pair: Of the two selected runs, once compared.
        item: The question of the one selected run that is looked at, from 0.

    Signals:
        listed: The list was read.
        details_changed: `selected`, `details` or `pair` changed.
        opened: An `OpenedRun` that was asked for.
        deleted: Ids that went into the bin.
        exported: The `Path` of a written report.
        command_made: The command line that repeats the selected run, and the file that it names
            (a `Path`, or None).
    """

    listed = Signal()
    details_changed = Signal()
    opened = Signal(object)
    deleted = Signal(object)
    exported = Signal(object)
    command_made = Signal(str, object)

    def __init__(
        self,
        project: ProjectFile,
        jobs: JobService,
        notify: Notify,
        table: RunsTable,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._jobs = jobs
        self._notify = notify
        self.table = table
        self.selected: tuple[str, ...] = ()
        self.details: RunDetails | None = None
        self.pair: RunPair | None = None
        self.item = 0
        self.read = False
        self._words = ""
        self._remembered: dict[RunInfo, RunDetails] = {}
        self._changes = 0  # how many were sent
        self._pending = 0  # how many of them are not written yet
        self._asked: set[tuple[str, ...]] = set()  # selections whose answer is on its way
        self._ask_again = False
        jobs.event.connect(self._job_event)

    # Reading

    def refresh(self) -> None:
        """Read the list again."""
        self._project.ask(_list, partial(self._take_list, self._changes))

    def search(self, words: str) -> None:
        """Show the runs in whose texts the words stand; nothing = all runs."""
        self._words = words.strip()
        if not self._words:
            self.table.set_found(None)
            return
        self._project.ask(partial(_search, self._words), partial(self._take_found, self._words))

    @property
    def searching(self) -> str:
        """The words looked for."""
        return self._words

    def info(self, run_id: str) -> RunInfo | None:
        """The row of a run, shown or not."""
        return next((run for run in self.table.all_runs if run.id == run_id), None)

    def select(self, run_ids: tuple[str, ...]) -> None:
        """One run: read its details. Two: compare them."""
        if run_ids != self.selected:
            self.selected, self.item = run_ids, 0
            self._look()

    def open(self) -> None:
        """Read the selected comparison's columns for its question, to be shown elsewhere."""
        if len(self.selected) == 1:
            question = partial(opened_run, run_id=self.selected[0], item=self.item)
            self._project.ask(question, self._open)

    # Changing

    def resume(self) -> bool:
        """Ask what the selected run lacks; its finished cells are kept."""
        info = self.info(self.selected[0]) if len(self.selected) == 1 else None
        if info is None or not info.resumable or self.details is None:
            return False
        spec = self.details.spec
        if not isinstance(spec, CompareSpec):
            return False
        try:
            self._jobs.submit(replace(spec, continues=info.id))
        except EngineError as error:
            self._notify.error(error.report())
            return False
        return True

    def annotate(self, run_id: str, note: str) -> None:
        """Keep a note."""
        self._change(run_id, note=note)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run a title of the person's own."""
        self._change(run_id, name=name.strip())

    def label(self, run_id: str, tags: tuple[str, ...]) -> None:
        """Replace a run's tags."""
        self._change(run_id, tags=tuple(sorted(set(tags))))

    def archive(self, archived: bool) -> None:
        """Put the selected runs out of the way, or back."""
        for run_id in self.selected:
            self._change(run_id, archived=archived)

    def delete(self) -> None:
        """Put the selected runs into the bin; those that run stay."""
        gone = tuple(
            run.id
            for run in self.table.all_runs
            if run.id in self.selected and run.status != "running"
        )
        if gone:
            self._send(partial(_delete, gone), partial(self._deleted, gone))

    def restore(self, run_ids: tuple[str, ...]) -> None:
        """Take runs out of the bin."""
        self._send(partial(_restore, run_ids), _nothing)

    def export(self, path: Path) -> None:
        """Write the selected run as a report; the suffix says which kind."""
        if len(self.selected) == 1:
            self._project.ask(partial(_export, self.selected[0], path), self._take_exported)

    def make_command(self, folder: Path) -> None:
        """Work out the command line that repeats the selected run; a file goes to `folder`."""
        if len(self.selected) == 1:
            self._project.ask(partial(_command, self.selected[0], folder), self._take_command)

    # Answers of the project

    def _take_list(self, changes: int, runs: tuple[RunInfo, ...]) -> None:
        if self._pending:
            return  # older than what is on screen; the last change written reads it anew
        if changes != self._changes:
            self.refresh()
            return
        self.read = True
        self.table.set_runs(runs)
        self.listed.emit()
        self._look()

    def _take_found(self, words: str, found: object) -> None:
        if words == self._words:
            self.table.set_found(found)  # type: ignore[arg-type]
            self.listed.emit()

    def _look(self) -> None:
        """Read what the selection shows, unless it is known."""
        known = self._known()
        if len(self.selected) == 1 and known is None:
            if self.details is not None and self.details.info.id != self.selected[0]:
                self.details = None
            self._ask(partial(_details, self.selected[0]), self._take_details)
        elif len(self.selected) == 2 and (
            self.pair is None or (self.pair.first.id, self.pair.second.id) != self._pair_ids()
        ):
            self.details, self.pair = None, None
            self._ask(partial(_pair, *self._pair_ids()), self._take_pair)
        if known is not None or len(self.selected) != 1:
            self.details = known
        if len(self.selected) != 2:
            self.pair = None
        self.details_changed.emit()

    def _ask(
        self, question: Callable[[Project], T], take: Callable[[tuple[str, ...], T], None]
    ) -> None:
        """Ask about the selection, unless that is being answered; then once more afterwards."""
        asked = self.selected
        if asked in self._asked:
            self._ask_again = True
            return
        self._asked.add(asked)
        self._project.ask(
            question, partial(self._answered, asked, take), partial(self._asked.discard, asked)
        )

    def _answered(
        self, asked: tuple[str, ...], take: Callable[[tuple[str, ...], T], None], found: T
    ) -> None:
        self._asked.discard(asked)
        take(asked, found)
        if self._ask_again and asked == self.selected:
            self._ask_again = False
            self._look()

    def _known(self) -> RunDetails | None:
        info = self.info(self.selected[0]) if len(self.selected) == 1 else None
        found = self._remembered.get(info) if info is not None else None
        return found

    def _pair_ids(self) -> tuple[str, str]:
        """The two selected runs, the older one first."""
        infos = [run for run in self.table.all_runs if run.id in self.selected]
        infos.sort(key=lambda run: run.started)
        return infos[0].id, infos[-1].id

    def _take_details(self, asked: tuple[str, ...], details: RunDetails) -> None:
        if len(self._remembered) >= REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[details.info] = details
        if asked == self.selected:
            self.details = details
            self.details_changed.emit()

    def _take_pair(self, asked: tuple[str, ...], pair: RunPair) -> None:
        if asked == self.selected:
            self.pair = pair
            self.details_changed.emit()

    def _open(self, found: OpenedRun) -> None:
        self.opened.emit(found)

    def _deleted(self, gone: tuple[str, ...], _done: None) -> None:
        self.deleted.emit(gone)

    def _take_exported(self, path: Path) -> None:
        self.exported.emit(path)

    def _take_command(self, made: tuple[str, Path | None]) -> None:
        self.command_made.emit(*made)

    def _send(self, work: Callable[[Project], T], done: Callable[[T], None]) -> None:
        """Write a change after those before it, then read the list as it has become."""
        if not self._project.keeps:
            return
        self._changes += 1
        self._pending += 1
        self._project.change(work, partial(self._written, done), self._settled)

    def _written(self, done: Callable[[T], None], result: T) -> None:
        done(result)
        self._settled()

    def _settled(self) -> None:
        """A change was written, or failed: then the list says again what is kept."""
        self._pending -= 1
        if not self._pending:
            self.refresh()

    def _change(self, run_id: str, **fields: object) -> None:
        """Show a change at once, and write it behind."""
        runs = self.table.all_runs
        if not any(run.id == run_id for run in runs):
            return
        before = self.info(run_id)
        changed = tuple(replace(run, **fields) if run.id == run_id else run for run in runs)  # type: ignore[arg-type]
        after = next(run for run in changed if run.id == run_id)
        if after == before:
            return
        if before in self._remembered:
            details = replace(self._remembered.pop(before), info=after)
            self._remembered[after] = details
            if self.selected == (run_id,):
                self.details = details
        self.table.set_runs(changed)
        self._send(partial(_write, run_id, fields), _nothing)

    def _job_event(self, _job_id: str, event: Event) -> None:
        if isinstance(event, Started | Terminal):
            self.refresh()


# What is asked of the project, on a background thread.


def _list(project: Project) -> tuple[RunInfo, ...]:
    return project.runs()


def _search(words: str, project: Project) -> object:
    return project.search(words)


def _details(run_id: str, project: Project) -> RunDetails:
    from engine.store.details import details_of

    return details_of(project, run_id)


def _pair(first: str, second: str, project: Project) -> RunPair:
    from engine.store.run_pair import compare_runs

    return compare_runs(project, first, second)


def _delete(run_ids: tuple[str, ...], project: Project) -> None:
    project.delete(run_ids)


def _restore(run_ids: tuple[str, ...], project: Project) -> None:
    project.restore(run_ids)


def _export(run_id: str, path: Path, project: Project) -> Path:
    from engine.store.details import result_of
    from engine.store.export.registry import export

    export(path, *result_of(project, run_id))
    return path


def _command(run_id: str, folder: Path, project: Project) -> tuple[str, Path | None]:
    from engine.store.spec_file import command_for

    spec = project.load_spec(run_id)
    if not isinstance(spec, CompareSpec):
        raise BadSpec(f"The run “{run_id}” is no comparison.", "Choose a comparison.")
    return command_for(spec, folder)


def _write(run_id: str, fields: dict[str, object], project: Project) -> None:
    writers: dict[str, Callable[..., None]] = {
        "note": project.annotate,
        "name": project.rename,
        "tags": project.label,
        "archived": project.archive,
    }
    for name, value in fields.items():
        writers[name](run_id, value)


def _nothing(_done: None) -> None:
    """The change is on screen already."""
