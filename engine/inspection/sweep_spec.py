"""Taking every part of a model out in turn, as a value. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, get_args

from engine.errors import BadSpec
from engine.inspection.ablation_spec import Method, Part, Scope
from engine.inspection.capture import Role
from engine.inspection.inside_spec import InsideSpec
from engine.inspection.ranking import Measure

PARTS: Final[tuple[Part, ...]] = get_args(Part)


@dataclass(frozen=True)
class SweepHeadsSpec(InsideSpec):
    """An importance map of a text: what is lost without each part. The result is a `HeadRanking`.

    With an answer (or `since`), only the predictions of the answer count.

    After each batch of parts the ranking so far is published, so a stopped sweep keeps what it
    has measured.

    Attributes:
        method: What stands in for a part: zeros, or its mean over the tokens of this text.
        scope: Taken out at every token, or at the shown one alone (faster; no losses then).
        measure: What importance means: the rise of the text's loss, or the KL.
        parts: Which parts: heads, whole attentions, whole MLPs.
        roles: Which attentions; empty = all that the model has.
    """

    kind: ClassVar[str] = "sweep-heads"

    method: Method = "zero"
    scope: Scope = "all"
    measure: Measure = "nll"
    parts: tuple[Part, ...] = ("head",)
    roles: tuple[Role, ...] = ()

    def title(self) -> str:
        return f"Sweep the heads of {self.model.id}"

    def check(self) -> None:
        super().check()
        if not self.parts:
            raise BadSpec("Nothing is to be taken out.", f"Choose of: {', '.join(PARTS)}.")
