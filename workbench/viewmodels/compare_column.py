"""One column of the comparison: what was asked, what came back, what it measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from engine.decoding.records import Generation, TokenRecord
from engine.errors import ErrorReport
from engine.evaluation.spec import Branch, CellKey, CellResult, CompareSpec, Variant

ColumnState = Literal["waiting", "running", "finished", "failed", "stopped"]
VerifyState = Literal["running", "identical", "different", "failed"]


@dataclass(frozen=True)
class Verification:
    """What decoding the same cell alone (batch 1) showed.

    Attributes:
        at: Index of the first token that differs; -1 when none does.
        here, alone: The two tokens' texts at that index (empty when one answer ended).
        report: Why the check itself failed.
    """

    state: VerifyState
    at: int = -1
    here: str = ""
    alone: str = ""
    report: ErrorReport | None = None


@dataclass(frozen=True)
class Figures:
    """A column's measurements; None where nothing was measured yet."""

    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    first_token_ms: float
    tokens_per_s: float | None
    mean_probability: float | None
    batch_size: int

    @property
    def new_tokens(self) -> int:
        """Prompt tokens that were really computed."""
        return self.prompt_tokens - self.reused_tokens


@dataclass
class Column:
    """Mutable state of one column; only `CompareModel` changes it.

    Attributes:
        spec: The comparison that the column came from.
        key: Its cell there.
        records: Tokens so far (live), replaced by the result's own when it arrives.
        branched_from: Uid of the column whose answer was branched, or None.
        branch: The kept prefix, when this column is a branch.
    """

    uid: int
    spec: CompareSpec
    key: CellKey
    state: ColumnState = "waiting"
    records: list[TokenRecord] = field(default_factory=list)
    result: CellResult | None = None
    error: ErrorReport | None = None
    verification: Verification | None = None
    pinned: bool = False
    branched_from: int | None = None
    branch: Branch | None = None

    @property
    def variant(self) -> Variant:
        return self.spec.variants[self.key.variant]

    @property
    def model_id(self) -> str:
        return self.spec.models[self.key.model].id

    @property
    def busy(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def verifying(self) -> bool:
        """Whether "verify alone" is decoding this cell now."""
        return self.verification is not None and self.verification.state == "running"

    def answer_text(self) -> str:
        """The decoded answer, or what has streamed in so far."""
        generation = self.result.generation if self.result else None
        if generation is not None:
            return generation.text
        return "".join(record.text for record in self.records)

    def figures(self) -> Figures | None:
        """Measurements of a finished answer."""
        generation = self.result.generation if self.result else None
        return figures_of(generation) if generation is not None else None

    def answer_span(self) -> tuple[int, int]:
        """Where the extracted answer stands in the streamed text, or (-1, -1)."""
        if self.result is None or not self.result.extractions:
            return -1, -1
        first = self.result.extractions[0]
        return first.start, first.end


def figures_of(generation: Generation) -> Figures:
    """The measurements of an answer; rates need two tokens and a duration."""
    tokens = generation.tokens
    after_first_ms = generation.total_ms - generation.first_token_ms
    rate = None
    if len(tokens) > 1 and after_first_ms > 0:
        rate = (len(tokens) - 1) * 1000.0 / after_first_ms
    mean = None
    if tokens:
        mean = math.exp(sum(token.logprob for token in tokens) / len(tokens))
    return Figures(
        prompt_tokens=generation.prompt_tokens,
        reused_tokens=generation.reused_tokens,
        answer_tokens=len(tokens),
        first_token_ms=generation.first_token_ms,
        tokens_per_s=rate,
        mean_probability=mean,
        batch_size=generation.batch_size,
    )


def compare_tokens(here: tuple[TokenRecord, ...], alone: tuple[TokenRecord, ...]) -> Verification:
    """Whether two answers are the same tokens, and where they first part."""
    for index in range(max(len(here), len(alone))):
        left = here[index] if index < len(here) else None
        right = alone[index] if index < len(alone) else None
        if left is None or right is None or left.id != right.id:
            return Verification(
                "different", index, left.text if left else "", right.text if right else ""
            )
    return Verification("identical")
