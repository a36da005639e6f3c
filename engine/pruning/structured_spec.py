"""What structured pruning is asked, and what it answers. No torch here.

Whole parts go (key-value groups, MLP neurons, experts, layers), so tensors shrink: the file, the
memory and, where the machine is busy with weights, the time of a token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.pruning.measured_spec import MeasuredSpec
from engine.pruning.prune_spec import Loss, Seconds

Worth = Literal["wifn", "flap", "magnitude", "loss"]
Widths = Literal["uniform", "per-layer"]
Route = Literal["transformers", "lathe"]
WORTHS: Final[tuple[Worth, ...]] = ("wifn", "flap", "magnitude", "loss")
WIDTHS: Final[tuple[Widths, ...]] = ("uniform", "per-layer")


@dataclass(frozen=True)
class StructuredSpec(MeasuredSpec):
    """Cut whole parts out of a model.

    With `measured` 0 no loss is measured.

    Attributes:
        groups: Share of the key-value groups to cut, each with the query heads that read it.
        neurons: Share of the MLP neurons to cut.
        blocks: Layers to drop: those that change the residual stream least, or by the loss.
        experts: Share of the experts of a mixture to drop.
        widths: ``"uniform"`` (every layer alike: opens in any program) or ``"per-layer"`` (opens
            in Lathe).
        importance: How neurons and groups are judged: ``"wifn"`` (weights times the norm of their
            inputs), ``"flap"`` (fluctuation of the inputs), ``"magnitude"`` (weights alone), or
            ``"loss"``: groups and layers by the rise of the calibration's loss without each (one
            pass per part), neurons as with ``"wifn"``.
        ranking: File of a sweep of heads that judges the groups instead, or empty.
        compensate: Add what the cut neurons and heads give on average as a bias (FLAP).
        multiple: MLP widths are rounded up to multiples of it.
        tokens: New tokens of each timed run at batch 1; 0 = measure no speed.
        rounds: Timed runs of each model.
        out: Folder for the smaller model, or empty.
        overwrite: A pruned model that lies in the folder may be replaced.
    """

    kind: ClassVar[str] = "prune-structured"
    least_measured: ClassVar[int] = 0

    groups: float = 0.25
    neurons: float = 0.25
    blocks: int = 0
    experts: float = 0.0
    widths: Widths = "uniform"
    importance: Worth = "wifn"
    ranking: str = ""
    compensate: bool = False
    multiple: int = 16
    tokens: int = 16
    rounds: int = 21
    out: str = ""
    overwrite: bool = False

    def title(self) -> str:
        return f"Make {self.model.id} smaller"

    def check(self) -> None:
        super().check()
        for share in (self.groups, self.neurons, self.experts):
            if not 0 <= share < 1:
                raise BadSpec(f"A share of {share:g} cannot be cut.", "Choose 0 or more, below 1.")
        if self.blocks < 0:
            raise BadSpec("Fewer than no layers cannot be dropped.", "Choose 0 or more.")
        if not (self.groups or self.neurons or self.experts or self.blocks):
            raise BadSpec(
                "Nothing is to be cut.", "Choose a share of heads or neurons, or some layers."
            )
        if self.multiple < 1 or self.tokens < 0 or self.rounds < 1:
            raise BadSpec(
                "A number of the speed test or of the rounding is below its least.",
                "Choose 1 or more; 0 tokens leave the speed test out.",
            )


@dataclass(frozen=True, eq=False)
class LayerWidths:
    """What stays of a layer, and what its parts were worth.

    Attributes:
        layer: Its number in the whole model, from 0.
        stays: False when the layer was dropped.
        influence: 1 - mean cosine of what enters and leaves it (block influence).
        queries: Query heads per key-value group.
        groups: Worth of each key-value group; empty where they cannot be cut.
        groups_kept: Groups that stay, ascending.
        neurons: Worth of each MLP neuron, float32 ``[neurons]``.
        neurons_kept: Neurons that stay, ascending, int64 ``[kept]``.
        experts: Worth of each expert (REAP); empty without a mixture.
        experts_kept: Experts that stay, ascending.
    """

    layer: int
    stays: bool
    influence: float
    queries: int
    groups: tuple[float, ...]
    groups_kept: tuple[int, ...]
    neurons: NDArray[np.float32]
    neurons_kept: NDArray[np.int64]
    experts: tuple[float, ...] = ()
    experts_kept: tuple[int, ...] = ()


@dataclass(frozen=True)
class Speed:
    """Tokens per second at batch 1: the dense model twice (A/A) and the smaller one, in turns.

    Attributes:
        dense: Median over the rounds.
        again: The same model measured as if it were another.
        pruned: The smaller model.
        gain: Median of the rounds' ratios smaller / dense (of the two dense runs around it).
        noise: How far from 1 the same median of dense / dense strays (95 %, bootstrap).
        rounds: Timed runs of each.
        tokens: New tokens of each run.
    """

    dense: float
    again: float
    pruned: float
    gain: float
    noise: float
    rounds: int
    tokens: int

    @property
    def real(self) -> bool:
        """Whether the change exceeds what the same model shows against itself."""
        return abs(self.gain - 1) > self.noise


@dataclass(frozen=True)
class ReloadTest:
    """The written folder opened again.

    Attributes:
        equal: Whether its logits on the first calibration window are bit for bit the same.
        largest: Largest difference of a logit.
        route: ``"transformers"`` = plain ``AutoModelForCausalLM``; ``"lathe"`` = our loader.
    """

    equal: bool
    largest: float
    route: Route


@dataclass(frozen=True, eq=False)
class StructuredResult:
    """A smaller model, measured. The model in memory is as it was before.

    Attributes:
        model: Its name.
        importance: How its parts were judged.
        widths: Uniform or per layer.
        layers: One per layer of the whole model.
        dense: Loss before, on the same windows in the same run.
        pruned: Loss after.
        speed: Tokens per second before and after; None = not measured.
        parameters: (after, before).
        file_bytes: (after, before) in the same number format; measured where it was written.
        cache_bytes: (after, before) of the KV cache per token.
        reload: The written folder opened again; None = nothing was written.
        compensated: Whether biases make up for what was cut.
        reason: Why they do not, although asked; or empty.
        calibration_sha256: Of the calibration's token ids.
        evaluation_sha256: Of the evaluation's, or empty.
        length: Tokens per window.
        seconds: Where the time went.
        out: What was written, or empty.
    """

    model: str
    importance: str
    widths: Widths
    layers: tuple[LayerWidths, ...]
    dense: Loss | None
    pruned: Loss | None
    speed: Speed | None
    parameters: tuple[int, int]
    file_bytes: tuple[int, int]
    cache_bytes: tuple[int, int]
    reload: ReloadTest | None
    compensated: bool
    reason: str
    calibration_sha256: str
    evaluation_sha256: str
    length: int
    seconds: Seconds
    out: str = ""
