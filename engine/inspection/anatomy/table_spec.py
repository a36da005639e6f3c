"""The table of models as a job: what is asked, and what running each row has shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from engine.inspection.anatomy.rows.registry import SPECIMENS, specimen
from engine.jobs.spec import FILES_LANE, Spec

Half = Literal["encoder", "decoder", "cross"]
ClaimId = Literal[
    "mask", "relative", "absolute", "activation", "released", "norm", "placement", "alibi", "table"
]
Part = Literal["embedding", "position", "attention", "mlp", "norm", "head", "other"]


@dataclass(frozen=True, eq=False)
class MaskPicture:
    """Which token reaches which, measured: one token is changed, and what moves is seen.

    Attributes:
        half: Self-attention of the encoder, of the decoder, or the decoder's look at the encoder.
        influence: Largest change of output i when input j is changed, float64 ``[tokens, tokens]``,
            1 = the largest of the picture.
        seen: Whether it changed at all, bool, the same shape.
    """

    half: Half
    influence: NDArray[np.float64]
    seen: NDArray[np.bool_]


@dataclass(frozen=True)
class Claim:
    """A textbook claim put to the running model.

    Attributes:
        id: Which.
        holds: Whether it does.
        error: Largest deviation from what the claim says (for ``"absolute"``: the size of the
            change that must be there).
        limit: What `error` may at most be (at least, for ``"absolute"``).
    """

    id: ClaimId
    holds: bool
    error: float
    limit: float


@dataclass(frozen=True)
class Share:
    """Parameters of one part of a model."""

    part: Part
    parameters: int


@dataclass(frozen=True, eq=False)
class RowResult:
    """What running a row has shown.

    Attributes:
        id: The row.
        class_name: Of the model that ran.
        parameters: Of that small model.
        shares: Its parameters by part.
        masks: Its mask pictures.
        claims: Its claims, each put to the test.
        prefix: Tokens of the prompt in the pictures of a prefix decoder, else 0.
    """

    id: str
    class_name: str
    parameters: int
    shares: tuple[Share, ...]
    masks: tuple[MaskPicture, ...]
    claims: tuple[Claim, ...]
    prefix: int = 0

    @property
    def proven(self) -> bool:
        """Whether every claim holds."""
        return all(claim.holds for claim in self.claims)


@dataclass(frozen=True)
class TableSpec(Spec):
    """Build the rows small, run them and prove their claims; publishes a `RowResult` per row.

    Returns a tuple of them. On the pool for small work: the models have some ten thousand
    weights and touch nothing that is loaded.

    Attributes:
        rows: Which rows; empty = all.
        tokens: Length of the mask pictures.
        seed: Of the random weights and tokens.
    """

    kind: ClassVar[str] = "anatomy-table"
    lane: ClassVar[str] = FILES_LANE

    rows: tuple[str, ...] = ()
    tokens: int = 10
    seed: int = 0

    def title(self) -> str:
        return "Run the table of models"

    def chosen(self) -> tuple[str, ...]:
        """The rows meant, in the table's order."""
        return tuple(name for name in SPECIMENS if not self.rows or name in self.rows)

    def check(self) -> None:
        from engine.errors import BadSpec

        for name in self.rows:
            specimen(name)
        if not 4 <= self.tokens <= 32:
            raise BadSpec(
                f"A mask picture of {self.tokens} tokens cannot be drawn.",
                "Choose 4 to 32 tokens.",
            )
