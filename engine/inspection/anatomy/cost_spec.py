"""What a norm costs, as a job: LayerNorm against RMSNorm, alone and within a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from engine.errors import BadSpec
from engine.evaluation.evidence.spec import Figure
from engine.jobs.spec import Spec

Form = Literal["fused", "written", "block"]
FORMS: Final[tuple[Form, ...]] = ("fused", "written", "block")
PAPER_SAVING: Final = (0.07, 0.64)
"""Zhang & Sennrich 2019 (abstract): RMSNorm takes 7 % to 64 % off the running time of *models*."""


@dataclass(frozen=True)
class NormCostSpec(Spec):
    """Time LayerNorm and RMSNorm in turns and compare. Returns a `NormCost`.

    On the model lane: nothing else computes meanwhile.

    Attributes:
        widths: Sizes of the normalised vectors; the last is left out of the whole blocks, which
            would take minutes there.
        tokens: How many of them at once; of blocks at most 64.
        repeats: Measured pairs per width and form.
        device: ``"cpu"`` or a GPU (``"cuda"``).
    """

    kind: ClassVar[str] = "anatomy-cost"

    widths: tuple[int, ...] = (192, 768, 2048)
    tokens: int = 128
    repeats: int = 11
    device: str = "cpu"

    def title(self) -> str:
        return "Cost of LayerNorm and RMSNorm"

    def check(self) -> None:
        if not self.widths or not all(16 <= width <= 16384 for width in self.widths):
            raise BadSpec("A width is outside its range.", "Choose widths of 16 to 16384.")
        if not (1 <= self.tokens <= 65536 and 4 <= self.repeats <= 1000):
            raise BadSpec(
                "The measurement is too short or too long.",
                "Choose 1 to 65536 tokens and 4 to 1000 repeats.",
            )


@dataclass(frozen=True)
class CostRow:
    """LayerNorm against RMSNorm at one width in one form.

    Attributes:
        form: ``"fused"``: the library's one kernel; ``"written"``: step by step, as model code
            writes it; ``"block"``: a whole pre-norm block with either norm.
        width: Size of the vectors.
        layer_ns, rms_ns: Median nanoseconds per element (of the residual).
        saving: Share of the time that RMSNorm saves, mean of the pairs with its interval;
            negative = it takes longer.
    """

    form: Form
    width: int
    layer_ns: float
    rms_ns: float
    saving: Figure


@dataclass(frozen=True)
class NormCost:
    """Everything that was measured, and on what.

    Attributes:
        rows: By form, then by width.
        device: What computed.
        threads: Threads of the computation; one on a CPU.
        tokens: Vectors at once.
        torch: The library's version.
    """

    rows: tuple[CostRow, ...]
    device: str
    threads: int
    tokens: int
    torch: str

    def of(self, form: Form) -> tuple[CostRow, ...]:
        """The rows of one form."""
        return tuple(row for row in self.rows if row.form == form)

    def span(self, form: Form) -> tuple[float, float]:
        """Smallest and largest mean saving of a form."""
        savings = [row.saving.mean for row in self.of(form)]
        return min(savings), max(savings)
