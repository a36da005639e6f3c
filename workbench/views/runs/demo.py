"""What the page shows in pictures: a few real comparisons of the teaching model."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import ErrorReport
from engine.evaluation.spec import CompareResult, CompareSpec
from engine.evaluation.tasks import task_spec
from engine.jobs.events import Event, Failed, Finished, Terminal
from workbench.services.container import Services
from workbench.viewmodels.runs import RunsModel
from workbench.views.runs.run_list import RunList

TECHNIQUES = ("zero-shot", "few-shot", "zero-shot-cot")


class Demo:
    """Runs one comparison after the other, then selects the newest and calls back."""

    def __init__(
        self, model: RunsModel, services: Services, runs: RunList, done: Callable[[], None]
    ) -> None:
        self._model = model
        self._services = services
        self._list = runs
        self._done: Callable[[], None] | None = done
        self.problem: ErrorReport | None = None
        self._left = list(specs(services.i18n.language))
        services.project.keep_for_now()
        services.project.ask(lambda _project: None, self._next)

    def _next(self, _ready: object = None) -> None:
        if self._left:
            self._services.jobs.submit(self._left.pop(0), self._heard)
        else:
            self._model.details_changed.connect(self._look)
            self._model.listed.connect(self._choose)
            self._model.refresh()

    def _heard(self, event: Event) -> None:
        if isinstance(event, Failed):
            self.problem = event.error
        if isinstance(event, Finished) and isinstance(event.result, CompareResult):
            failed = (cell.error for cell in event.result.cells if cell.error is not None)
            self.problem = next(failed, self.problem)
        if isinstance(event, Terminal):
            self._next()

    def _choose(self) -> None:
        self._model.listed.disconnect(self._choose)
        if not self._list.table.all_runs:  # nothing could be stored: there is nothing to wait for
            self._end()
            return
        self._list.select((self._list.table.all_runs[0].id,))

    def _look(self) -> None:
        runs, details = self._list.table.all_runs, self._model.details
        if self._done is not None and details is not None and details.info.id == runs[0].id:
            self._end()

    def _end(self) -> None:
        self._model.details_changed.disconnect(self._look)
        done, self._done = self._done, None
        if done is not None:
            done()


def specs(language: str) -> tuple[CompareSpec, ...]:
    """Small comparisons that differ in task, size and techniques."""
    spoken = "zh" if language.startswith("zh") else "en"
    return (
        task_spec("comparison", language=spoken, n=4, seed=3, techniques=("zero-shot", "few-shot")),
        task_spec("classification", language=spoken, n=6, seed=5, techniques=TECHNIQUES[:2]),
        task_spec("arithmetic", language=spoken, n=8, seed=7, techniques=TECHNIQUES[:2]),
        task_spec("arithmetic", language=spoken, n=12, seed=7, techniques=TECHNIQUES),
    )
