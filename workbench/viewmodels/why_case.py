"""What the page “Why” explains: a comparison with the answers that it got."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from engine.evaluation.evidence.demonstration import contradicted
from engine.evaluation.evidence.spec import GivenAnswer
from engine.evaluation.external import written_out
from engine.evaluation.plan import sampling_of
from engine.evaluation.spec import CellResult, CompareSpec, Vote
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.prompting.strategies.registry import TECHNIQUES
from workbench.viewmodels.compare_column import Column

if TYPE_CHECKING:
    from engine.store.project import Project

DEMO_ITEMS: Final = 12
OFFERED_RUNS: Final = 20
Place = tuple[int, int, int]
"""Model, column, question."""


@dataclass(frozen=True)
class WhyCase:
    """A comparison to be explained.

    Attributes:
        compare: Its prompts, columns, questions and models.
        given: Answers by model number; a missing one is asked for where that is possible.
        failed: (column, question) of failed answers by model number.
        run_id: The run it came from; empty = the built-in demonstration, or handed over.
    """

    compare: CompareSpec
    given: dict[int, tuple[GivenAnswer, ...]] = field(default_factory=dict)
    run_id: str = ""
    failed: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)


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


def case_of(
    compare: CompareSpec,
    cells: Iterable[CellResult],
    run_id: str = "",
    votes: Iterable[Vote] = (),
) -> WhyCase:
    """A comparison with its finished cells.

    Where samples vote, the first path that voted for the winner counts, else the first sample.
    """
    found: dict[Place, dict[int, CellResult]] = {}
    for cell in cells:
        place = (cell.key.model, cell.key.variant, cell.key.item)
        found.setdefault(place, {})[cell.key.sample] = cell
    voted = {vote.place: vote for vote in votes}
    given: dict[int, list[GivenAnswer]] = {}
    failed: dict[int, list[tuple[int, int]]] = {}
    for place, samples in found.items():
        model, variant, item = place
        answer = _answer(compare, samples, voted.get(place))
        if answer is not None:
            given.setdefault(model, []).append(answer)
        elif any(cell.error is not None for cell in samples.values()):
            failed.setdefault(model, []).append((variant, item))
    # One-time consents of then are not consents of now.
    models = tuple(
        replace(ref, options=replace(ref.options, allow_pickle=False, trust_remote_code=False))
        for ref in compare.models
    )
    plain = replace(compare, models=models, only=(), branch=None)
    return WhyCase(
        plain,
        {model: tuple(answers) for model, answers in given.items()},
        run_id,
        {model: tuple(places) for model, places in failed.items()},
    )


def _answer(
    compare: CompareSpec, samples: dict[int, CellResult], vote: Vote | None
) -> GivenAnswer | None:
    """The answer that stands for a column's samples, or None."""
    variant = compare.variants[next(iter(samples.values())).key.variant]
    technique = TECHNIQUES.get(variant.technique)
    paths, sample = 0, 0
    if technique is not None and technique.asks == "votes":
        if vote is not None:
            if vote.winner is None:
                return None
            paths, sample = vote.planned, vote.paths[vote.winner][0]
        elif sampling_of(compare, variant).samples > 1:
            return None  # nobody has voted yet
    cell = samples.get(sample)
    if cell is None or cell.generation is None or not cell.tokens:
        return None
    return GivenAnswer(
        cell.key.variant,
        cell.key.item,
        cell.generation.text,
        tuple(token.id for token in cell.tokens),
        path=sample + 1 if paths > 1 else 0,
        paths=paths if paths > 1 else 0,
    )


def case_of_columns(columns: Sequence[Column]) -> WhyCase | None:
    """The comparison on screen with the answers that stand there; None without any."""
    answered = [one for one in columns if one.result is not None and one.branch is None]
    if not answered:
        return None
    spec = answered[-1].spec  # pinned columns of an earlier run stand first
    own = [one for one in answered if one.spec == spec]
    cells = [cell for one in own for cell in one.cells()]
    votes = [one.vote for one in own if one.vote is not None and one.vote.final]
    for cell in cells:  # passages of documents are explained like any other context
        spec = written_out(spec, cell)
    return case_of(spec, cells, votes=votes)


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
    return case_of(spec, cells, run_id, project.votes(run_id))
