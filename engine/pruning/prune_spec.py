"""What a pruning job is asked, and what it answers. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from engine.errors import BadSpec
from engine.pruning.card_spec import Card
from engine.pruning.measured_spec import MeasuredSpec, check_methods, check_ratio
from engine.pruning.recipe import PRESETS, Recipe, pattern_of, recipe_of

CUSTOM: Final = "custom"
SPARSEGPT: Final = "sparsegpt"
TAYLOR: Final = "taylor"
GBLM: Final = "gblm"
#: methods with a file of their own in methods/; the others are points of the one score
OWN: Final = (SPARSEGPT, TAYLOR, GBLM)
METHODS: Final = (*PRESETS, *OWN, CUSTOM)
ALLOCATIONS: Final = ("uniform", "owl", "water")


def stand_in(method: str) -> str:
    """The method whose ranks a method of `OWN` is planned and shown by; any other stands itself."""
    return "wanda" if method in OWN else method


def ranked_by(method: str, own: Recipe) -> Recipe:
    """The recipe that ranks the weights; of a method outside the one score, that plans its ratios.

    Args:
        method: One of `METHODS`.
        own: The recipe when it is `CUSTOM`.

    Raises:
        BadSpec: There is no such method.
    """
    return own if method == CUSTOM else recipe_of(stand_in(method))


def check_allocation(rule: str) -> None:
    """Raise `BadSpec` unless it is one of `ALLOCATIONS`."""
    if rule not in ALLOCATIONS:
        raise BadSpec(f"There is no allocation “{rule}”.", f"Choose of: {', '.join(ALLOCATIONS)}.")


@dataclass(frozen=True)
class PruneSpec(MeasuredSpec):
    """Prune a model by one method at one ratio.

    With `measured` 0 no loss is measured.

    Attributes:
        method: One of `METHODS`; `CUSTOM` stands for `recipe`.
        recipe: The score when the method is custom.
        ratio: Share of the weights that become zero; of a pattern, given by the pattern.
        pattern: ``"2:4"``, or empty for zeros anywhere in the group.
        allocation: How the zeros are shared among the layers, one of `ALLOCATIONS`.
        out: Folder for the pruned model, or empty.
        masks_only: Write the masks (NPZ) instead of a model.
        bitmask: Store the zeros as bits instead of values.
        passes: 1 = each matrix is judged in the pass that prunes it; 2 = block by block as in the
            published references, once dense for the statistics and once pruned.
        preset: The name under which a person keeps the recipe, for titles and cards.
        forecast: Say what to expect before the run: a few layers are pruned alone for it, and
            the card is published before anything is pruned.
        fixed: Ratios of matrices that a person has set, by the matrix's name; the rule shares what
            is left among the others.
        timed: New tokens of each timed run, dense and pruned in turns; 0 = measure no speed, and
            models that write no tokens have none.
        overwrite: A pruned model that lies in the folder may be replaced; without it the job is
            refused (`engine.pruning.folder.replaces` tells before).
    """

    kind: ClassVar[str] = "prune"
    least_measured: ClassVar[int] = 0

    method: str = "wanda"
    recipe: Recipe = field(default_factory=Recipe)
    ratio: float = 0.5
    pattern: str = ""
    allocation: str = "uniform"
    out: str = ""
    masks_only: bool = False
    bitmask: bool = False
    passes: int = 1
    preset: str = ""
    forecast: bool = False
    timed: int = 0
    fixed: dict[str, float] = field(default_factory=dict)
    overwrite: bool = False

    def title(self) -> str:
        return f"Prune {self.model.id}: {self.preset or self.method}"

    def check(self) -> None:
        super().check()
        for ratio in (self.ratio, *self.fixed.values()):
            check_ratio(ratio)
        if self.timed < 0:
            raise BadSpec("Fewer than nothing is to be measured.", "Choose 0 or more.")
        check_methods((self.method,), METHODS)
        if self.model.options.quantization != "none" and (self.bitmask or self.timed):
            raise BadSpec(
                "Packed weights are neither stored as bits nor timed in turns.",
                "Leave the bit mask and the timing out.",
            )
        if self.passes not in (1, 2):
            raise BadSpec(f"Pruning in {self.passes} passes is not known.", "Choose 1 or 2.")
        if self.masks_only and not self.out:
            raise BadSpec("No file is named for the masks.", "Name one with --out.")
        check_allocation(self.allocation)
        shared = self.allocation != "uniform" or self.fixed
        if not pattern_of(self.pattern).free and shared:
            raise BadSpec(
                "A pattern fixes the ratio of every layer.", "Choose the uniform allocation."
            )
        self.scored_by().check()

    def scored_by(self) -> Recipe:
        """The recipe that ranks the weights; see `ranked_by`."""
        return ranked_by(self.method, self.recipe)


@dataclass(frozen=True)
class MatrixRow:
    """What happened to one matrix.

    Attributes:
        name: Its parameter.
        layer: Its layer.
        kind: What it is in its layer.
        weights: How many weights it has.
        zeros: How many of them are zero now.
        error: Relative squared error of its outputs on the calibration text: of SparseGPT
            ``‖(W − W')Xᵀ‖² / ‖WXᵀ‖²``, else as the score sees it,
            ``Σ pruned (W·‖X‖)² / Σ (W·‖X‖)²``; None when no inputs were read.
    """

    name: str
    layer: int
    kind: str
    weights: int
    zeros: int
    error: float | None = None

    @property
    def ratio(self) -> float:
        """Share of zeros."""
        return self.zeros / self.weights


@dataclass(frozen=True)
class Loss:
    """Mean loss over windows.

    Attributes:
        nll: Mean negative log-likelihood of the scored tokens, nats per token.
        error: Standard error over windows.
        windows: How many.
        tokens: Scored tokens.
    """

    nll: float
    error: float
    windows: int
    tokens: int

    @property
    def perplexity(self) -> float:
        """exp(nll)."""
        from math import exp

        return exp(self.nll)


@dataclass(frozen=True)
class Seconds:
    """Where the time of a job went; loading is 0 when the model was in memory."""

    load: float = 0.0
    calibrate: float = 0.0
    score: float = 0.0
    measure: float = 0.0
    write: float = 0.0


@dataclass(frozen=True)
class PruneResult:
    """A model pruned and measured. The model in memory is as it was before.

    Attributes:
        model: Its name.
        method: The method's name.
        recipe: The score that decided.
        pattern: The pattern of zeros, or empty.
        rows: One per matrix, in the order of the layers.
        dense: Loss before, on the same windows in the same run.
        pruned: Loss after.
        calibration_sha256: Of the calibration's token ids.
        evaluation_sha256: Of the evaluation's.
        length: Tokens per window.
        seconds: Where the time went.
        out: What was written, or empty.
        file_bytes: Size of the written weights, and of the dense ones.
        card: What changed, beside what was expected.
    """

    model: str
    method: str
    recipe: Recipe
    pattern: str
    rows: tuple[MatrixRow, ...]
    dense: Loss | None
    pruned: Loss | None
    calibration_sha256: str
    evaluation_sha256: str
    length: int
    seconds: Seconds
    out: str = ""
    file_bytes: tuple[int, int] = (0, 0)
    card: Card | None = None

    @property
    def ratio(self) -> float:
        """Share of zeros over all prunable weights."""
        return sum(row.zeros for row in self.rows) / sum(row.weights for row in self.rows)
