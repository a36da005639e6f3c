"""Which heads a text needs: a ranking as a value and as a small JSON file that pruning can read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.evaluation.spec import Provenance
from engine.inspection.ablation_spec import Method, Part, Scope, Unit
from engine.inspection.capture import Role
from engine.store.atomic import write_text

FORMAT: Final = "lathe-head-ranking"
VERSION: Final = 1

Measure = Literal["nll", "kl"]


@dataclass(frozen=True)
class UnitScore:
    """What taking one part out did.

    Attributes:
        unit: The part.
        nll: Mean loss of the text after minus before, nats per token; None where there is none
            (an encoder, or a sweep at the shown token alone).
        kl: KL(before ‖ after) in nats: its mean over the text's tokens, or at the shown token.
        kl_at: KL at the shown token.
        top_changed: Whether another token is likeliest there now.
    """

    unit: Unit
    nll: float | None
    kl: float
    kl_at: float
    top_changed: bool

    def value(self, measure: Measure) -> float:
        """Its importance; of a text without losses the KL."""
        return self.nll if measure == "nll" and self.nll is not None else self.kl


@dataclass(frozen=True)
class HeadRanking:
    """The parts of one model by what one text loses without each of them.

    Attributes:
        model: Its name.
        method: What stood in for each part.
        scope: Taken out at every token, or at the shown one alone.
        measure: What importance means here.
        tokens: Length of the text.
        counted: Predictions that the means are over: those of an answer, or of the whole text.
        baseline: Its mean loss, nats per token; None where there is none.
        layers: Layers per role.
        heads: Query heads per layer, per role.
        kv_heads: Key-value heads per layer; a group of ``heads / kv_heads`` query heads shares one.
        planned: How many parts were to be measured.
        scores: Those that were, in the order of measuring.
        provenance: Where the figures come from.
        trained: Positions that the model was made for; a longer text was read all the same.
    """

    model: str
    method: Method
    scope: Scope
    measure: Measure
    tokens: int
    baseline: float | None
    layers: dict[Role, int]
    heads: dict[Role, int]
    kv_heads: int
    planned: int
    scores: tuple[UnitScore, ...]
    provenance: Provenance
    counted: int = 0
    trained: int | None = None

    @property
    def complete(self) -> bool:
        """Whether every part was measured."""
        return len(self.scores) == self.planned

    def ranked(self, part: Part | None = None, measure: Measure | None = None) -> list[UnitScore]:
        """The parts of a kind (None = all), the most important first."""
        wanted = [one for one in self.scores if part in (None, one.unit.part)]
        own = measure or self.measure
        return sorted(wanted, key=lambda one: -one.value(own))

    def matrix(
        self, role: Role = "self", measure: Measure | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Importance of every head ``[layers, heads]`` (0 if unmeasured), and which are known."""
        shape = (self.layers.get(role, 0), self.heads.get(role, 0))
        values, known = np.zeros(shape, np.float32), np.zeros(shape, np.bool_)
        for one in self.scores:
            if one.unit.part == "head" and one.unit.role == role:
                values[one.unit.layer, one.unit.head] = one.value(measure or self.measure)
                known[one.unit.layer, one.unit.head] = True
        return values, known

    def groups(self, role: Role = "self") -> NDArray[np.float32]:
        """Importance of each key-value group ``[layers, kv_heads]``: the sum over its heads."""
        values, _ = self.matrix(role)
        kv_heads = self.kv_heads if role == "self" else values.shape[1]
        grouped: NDArray[np.float32] = values.reshape(len(values), kv_heads, -1).sum(-1)
        return grouped


def save_ranking(ranking: HeadRanking, path: Path) -> None:
    """Write the ranking as JSON, the most important part first.

    Raises:
        StoreError: The file cannot be written.
    """
    import msgspec

    wrapped = {"format": FORMAT, "version": VERSION, "ranking": ranking}
    write_text(path, msgspec.json.format(msgspec.json.encode(wrapped), indent=1).decode() + "\n")


def load_ranking(path: Path) -> HeadRanking:
    """Read what `save_ranking` wrote.

    Raises:
        DataError: The file is not there, is no ranking, or is of a newer version.
    """
    import msgspec

    try:
        found = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise _no_ranking(path, error) from error
    version = found.get("version") if isinstance(found, dict) else None
    if not isinstance(version, int) or found.get("format") != FORMAT:
        raise _no_ranking(path, None)
    if version > VERSION:
        raise DataError(
            f"The ranking “{path.name}” was saved by a newer version.",
            "Update Lathe and open it again.",
        )
    try:
        return msgspec.convert(found.get("ranking"), type=HeadRanking)
    except msgspec.ValidationError as error:
        raise _no_ranking(path, error) from error


def _no_ranking(path: Path, error: Exception | None) -> DataError:
    return DataError(
        f"“{path.name}” is no ranking of heads.",
        "Choose a file that a sweep of heads saved.",
        detail=str(error or ""),
    )
