"""Rows on screen as a probe publishes them: what stands in one curve is comparable."""

from __future__ import annotations

from collections.abc import Callable

from engine.context.probe_spec import KeptProbe, MethodReport, ProbeRow, ProbeSpec
from engine.jobs.events import Event, Finished, Partial
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from workbench.viewmodels.context_probe import ProbeModel


class Handle:
    """A job that is never at work."""

    id = "1"


class Jobs:
    """Notes what is asked; the test answers."""

    def submit(self, spec: Spec, on_event: Callable[[Event], None]) -> Handle:
        self.tell = on_event
        return Handle()

    def cancel(self, job_id: str) -> None:
        """Nothing is at work."""


def row(method: str, length: str, tokens: int, longest: int) -> ProbeRow:
    return ProbeRow(
        method, length, tokens, 1.0, 4, 2, 0.5, 0.2, 0.8, 1.5, 64, (), True, longest=longest
    )


def asked(*lengths: str, methods: tuple[str, ...] = ("direct",)) -> ProbeSpec:
    return ProbeSpec(model=ModelRef("tiny"), methods=methods, lengths=lengths)


def perplexities(probe: ProbeModel) -> dict[tuple[str, str], float | None]:
    return {place: one.perplexity for place, one in probe.rows.items()}


def test_perplexities_of_other_tokens_leave_the_curve() -> None:
    """The longest text decides which tokens are scored: a longer probe scores others."""
    jobs = Jobs()
    probe = ProbeModel(jobs)
    probe.start(asked("1x", "2x"))
    for one in (row("direct", "1x", 512, 1024), row("direct", "2x", 1024, 1024)):
        jobs.tell(Partial(job_id="1", value=one))
    assert perplexities(probe) == {("direct", "1x"): 1.5, ("direct", "2x"): 1.5}
    probe.start(asked("1x", "4x"))
    assert perplexities(probe) == {("direct", "1x"): 1.5, ("direct", "2x"): 1.5}
    jobs.tell(Partial(job_id="1", value=row("direct", "1x", 512, 2048)))
    assert perplexities(probe) == {("direct", "1x"): 1.5, ("direct", "2x"): None}
    assert probe.rows["direct", "2x"].right == 2, "keys do not depend on the longest text"
    assert [one.length for one in probe.curve("direct")] == ["1x", "2x"]


def test_recalled_rows_give_way_as_others_do() -> None:
    jobs = Jobs()
    probe = ProbeModel(jobs)
    probe.recall(asked("1x", "2x"))
    jobs.tell(Finished(job_id="1", result=KeptProbe((row("direct", "2x", 1024, 1024),), 512)))
    assert perplexities(probe) == {("direct", "2x"): 1.5}
    probe.start(asked("1x", "4x"))
    jobs.tell(Partial(job_id="1", value=row("direct", "1x", 512, 2048)))
    assert perplexities(probe) == {("direct", "2x"): None, ("direct", "1x"): 1.5}


def test_only_cells_that_were_asked_for_are_missing() -> None:
    """Rows of an earlier probe stay on screen; they do none of what is asked for now."""
    jobs = Jobs()
    probe = ProbeModel(jobs)
    probe.start(asked("1x", "2x", methods=("direct", "yarn")))
    for method in ("direct", "yarn"):
        jobs.tell(Partial(job_id="1", value=row(method, "1x", 512, 1024)))
        jobs.tell(Partial(job_id="1", value=row(method, "2x", 1024, 1024)))
    assert probe.left() == 0
    probe.start(asked("2x", "4x", "8x", methods=("yarn",)))
    assert len(probe.rows) == 4
    assert probe.left() == 2
    jobs.tell(Partial(job_id="1", value=row("yarn", "4x", 2048, 4096)))
    assert probe.left() == 1
    probe.start(asked("4x", methods=("yarn", "linear")))
    jobs.tell(
        Partial(job_id="1", value=MethodReport("linear", "PI", problem="no rotary positions"))
    )
    assert probe.left() == 0


def test_the_trained_length_is_told_before_a_row_is() -> None:
    """With a factor of its own a row's tokens say nothing of what was trained."""
    jobs = Jobs()
    probe = ProbeModel(jobs)
    probe.start(asked("1000"))
    jobs.tell(Partial(job_id="1", value=MethodReport("direct", "Direct", trained=384)))
    assert probe.trained == 384
    jobs.tell(Partial(job_id="1", value=row("direct", "1000", 1000, 1000)))
    assert probe.trained == 384
