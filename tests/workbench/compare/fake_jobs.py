"""Jobs that do nothing by themselves: a test plays the engine's part, event by event."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.decoding.records import Candidate, Generation, TokenRecord
from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Extraction
from engine.jobs.events import Event, Partial, TokenChunk
from engine.jobs.spec import Spec
from engine.prompting.render import SentPart


@dataclass
class FakeJob:
    id: str
    spec: Spec
    send: Callable[[Event], None]
    cancelled: bool = False


class FakeJobs:
    """Keeps what was submitted."""

    def __init__(self) -> None:
        self.jobs: list[FakeJob] = []

    def submit(self, spec: Spec, on_event: Callable[[Event], None]) -> FakeJob:
        spec.check()
        self.jobs.append(FakeJob(str(len(self.jobs)), spec, on_event))
        return self.jobs[-1]

    def cancel(self, job_id: str) -> None:
        self.jobs[int(job_id)].cancelled = True

    @property
    def last(self) -> FakeJob:
        return self.jobs[-1]


def record(text: str, probability: float = 0.5, token: int | None = None) -> TokenRecord:
    """A token with two alternatives."""
    number = sum(map(ord, text)) if token is None else token
    top = (
        Candidate(number, text, math.log(probability)),
        Candidate(number + 1, text + "x", math.log(0.2)),
    )
    return TokenRecord(number, text, math.log(probability), 1.0, top)


def records(*texts: str) -> tuple[TokenRecord, ...]:
    return tuple(record(text) for text in texts)


def cell(
    spec: CompareSpec, key: CellKey, tokens: tuple[TokenRecord, ...], value: str | None = None
) -> CellResult:
    """A finished cell."""
    text = "".join(token.text for token in tokens)
    item = spec.items[key.item]
    start = text.find(value) if value else -1
    correct = None if item.expected is None else value == item.expected
    return CellResult(
        key=key,
        variant=spec.variants[key.variant].label,
        item_id=item.id,
        expected=item.expected,
        sent=(SentPart("<s>", None), SentPart("hello", "instruction")),
        prompt_ids=(1, 2, 3, 4),
        generation=Generation(text, tokens, "stop-token", 4, 3, 10.0, 110.0, 2),
        extractions=(Extraction("last-answer", value, start, start + len(value or ""), correct),),
    )


def play(job: FakeJob, key: CellKey, tokens: tuple[TokenRecord, ...]) -> None:
    """Send tokens of a cell."""
    job.send(TokenChunk(job_id=job.id, key=key, records=tokens))


def finish_cell(job: FakeJob, result: CellResult) -> None:
    job.send(Partial(job_id=job.id, value=result))
