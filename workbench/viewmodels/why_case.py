"""What the page “Why” explains: a comparison with the answers that it got."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from engine.evaluation.evidence.demonstration import contradicted
from engine.evaluation.evidence.spec import GivenAnswer
from engine.evaluation.spec import CellResult, CompareSpec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from workbench.viewmodels.compare_column import Column

if TYPE_CHECKING:
    from engine.store.project import Project

DEMO_ITEMS: Final = 12
OFFERED_RUNS: Final = 20


@dataclass(frozen=True)
class WhyCase:
    """A comparison to be explained.

    Attributes:
        compare: Its prompts, columns, questions and models.
        given: Answers by model number; a missing one is asked for.
        run_id: The run it came from; empty = the built-in demonstration, or handed over.
    """

    compare: CompareSpec
    given: dict[int, tuple[GivenAnswer, ...]] = field(default_factory=dict)
    run_id: str = ""


@dataclass(frozen=True)
class OfferedRun:
    """A stored comparison that can be chosen.

    Attributes:
        id: Its run.
        title: What it calls itself, in the engine's words, or the person's own name for it.
        cells: Answers that it has.
    """

    id: str
    title: str
    cells: int


def demonstration(language: Language, model: ModelRef) -> WhyCase:
    """Few-shot examples of which one is wrong."""
    return WhyCase(contradicted(language, DEMO_ITEMS, models=(model,)))


def case_of(compare: CompareSpec, cells: Iterable[CellResult], run_id: str = "") -> WhyCase:
    """A comparison with its finished cells; of several samples the first one counts."""
    given: dict[int, list[GivenAnswer]] = {}
    for cell in cells:
        if cell.key.sample == 0 and cell.generation is not None and cell.tokens:
            given.setdefault(cell.key.model, []).append(
                GivenAnswer(
                    cell.key.variant,
                    cell.key.item,
                    cell.generation.text,
                    tuple(token.id for token in cell.tokens),
                )
            )
    # One-time consents of then are not consents of now.
    models = tuple(
        replace(ref, options=replace(ref.options, allow_pickle=False, trust_remote_code=False))
        for ref in compare.models
    )
    plain = replace(compare, models=models, only=(), branch=None)
    return WhyCase(plain, {model: tuple(found) for model, found in given.items()}, run_id)


def case_of_columns(columns: Sequence[Column]) -> WhyCase | None:
    """The comparison on screen with the answers that stand there; None without any."""
    answered = [one for one in columns if one.result is not None and one.branch is None]
    if not answered:
        return None
    spec = answered[-1].spec  # pinned columns of an earlier run stand first
    cells = [one.result for one in answered if one.spec == spec and one.result is not None]
    return case_of(spec, cells)


def offered_runs(project: Project) -> tuple[OfferedRun, ...]:
    """The newest comparisons that have answers, newest first.

    Raises:
        StoreError: The project cannot be read.
    """
    runs = project.runs(CompareSpec.kind, OFFERED_RUNS)
    return tuple(OfferedRun(run.id, run.name or run.title, run.cells) for run in runs if run.cells)


def loading(run_id: str) -> Callable[[Project], WhyCase]:
    """The question that reads one run out of a project."""
    return partial(_load, run_id)


def _load(run_id: str, project: Project) -> WhyCase:
    spec, cells = project.load_run(run_id)
    assert isinstance(spec, CompareSpec)
    return case_of(spec, cells, run_id)
