"""What a short training on longer texts is asked, and what it answers. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from engine.context.method_names import SCALING_NAMES
from engine.context.probe_spec import ProbeRow
from engine.errors import BadSpec, ErrorReport
from engine.evaluation.spec import Provenance
from engine.jobs.spec import FILES_LANE, Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.text_source import TextSource

UNTRAINABLE = ("direct", "dynamic", "ntk-request", "longrope")
"""Presets without one set of frequencies of their own to train on."""


GROWING = 0.5
"""Share of the steps over which the stretch grows."""

Adapter = Literal["full", "lora"]
Also = Literal["norms", "biases", "embeddings"]
Begin = Literal["resume", "fresh", "finish"]
Written = Literal["auto", "merged", "adapter"]

FULL_BYTES = 8e9
"""All weights are trained where they, their gradients and the optimiser's memory take no more:
half of a laptop's 16 GB, about 650 million weights. A larger model gets an adapter, unless the
spec says otherwise."""


@dataclass(frozen=True)
class Lora:
    """Small matrices beside the model's own, which stay as they are (arXiv 2106.09685).

    Rank 64 found no more than 32 on teach-rope: 44 and 45 of 48 keys at four times its length, all
    weights 46 (seed 0, 450 steps; their 95 % intervals overlap).

    Attributes:
        rank: Rank r of what is added to each matrix.
        alpha: Scale: alpha / r times the product of the two small matrices is added.
        targets: Every linear layer of the repeated ones, or the attention's projections.
        also: What is trained whole beside them (norms and embeddings as LongLoRA, 2309.12307).
    """

    rank: int = 32
    alpha: float = 64.0
    targets: Literal["linear", "attention"] = "linear"
    also: tuple[Also, ...] = ("norms", "biases")

    def check(self) -> None:
        """Raise `BadSpec` for a number out of its range."""
        if self.rank < 1:
            raise BadSpec(
                f"An adapter of rank {self.rank} holds nothing.", "Choose a rank of at least 1."
            )
        if not 0 < self.alpha < float("inf"):
            raise BadSpec(
                f"An adapter scaled by {self.alpha:g} adds nothing.", "Choose an alpha above 0."
            )


@dataclass(frozen=True)
class TuneContextSpec(Spec):
    """Train a copy of a model for a while with its positions stretched.

    Attributes:
        model: Which model. It stays as it is; a copy is trained.
        method: The scaling in force, position interpolation by default.
        factor: Target length over trained length.
        steps: Optimiser steps. Each reads a long text and several shorter ones.
        rate: Highest learning rate of the layers' matrices.
        seed: Of the texts. Keys of the evaluation are never trained on.
        source: Lessons of the teaching world, or a file whose next tokens are learned.
        measured: Keys asked for before and after, at the trained and at the target length.
        language: Of the keys asked for.
        out: Folder for the trained model with its scaling, or empty.
        adapter: Train all weights, or an adapter; auto = all of them as long as that takes no
            more than `FULL_BYTES`, an adapter for larger and for packed models.
        lora: The adapter.
        written: Of an adapter: a whole model with the adapter added in (and the adapter beside
            it), or the adapter alone. Auto = a whole model, unless the weights are packed.
        begin: Go on where the same training was stopped; anew; or not go on, and make a model of
            what is trained so far.
    """

    kind: ClassVar[str] = "extend-finetune"

    model: ModelRef = field(default_factory=ModelRef)
    method: str = "linear"
    factor: float = 4.0
    steps: int = 450
    rate: float = 3e-3
    seed: int = 0
    source: TextSource = field(default_factory=TextSource)
    measured: int = 48
    language: Language = "en"
    out: str = ""
    adapter: Literal["auto", "full", "lora"] = "auto"
    lora: Lora = field(default_factory=Lora)
    written: Written = "auto"
    begin: Begin = "resume"

    def title(self) -> str:
        return f"Train {self.model.id} on longer texts"

    def same(self) -> TuneContextSpec:
        """The training itself, whatever is done with its result: equal ones share a checkpoint."""
        return replace(self, out="", written="auto", begin="resume")

    def stretch(self, step: int) -> float:
        """Stretch of a step, from 1: it grows as a power over the first of them."""
        share = min(1.0, step / (GROWING * self.steps))
        grown: float = self.factor**share
        return grown

    def check(self) -> None:
        if self.method not in SCALING_NAMES or self.method in UNTRAINABLE:
            raise BadSpec(
                f"“{self.method}” has no fixed frequencies to train on.",
                "Choose linear, ntk-exact or yarn.",
            )
        if not 1 < self.factor < float("inf"):
            raise BadSpec(
                f"A context cannot be trained longer by the factor {self.factor:g}.",
                "Choose a factor above 1.",
            )
        if self.steps < 1 or not 0 < self.rate < 1 or self.measured < 0:
            raise BadSpec(
                "A number of the training is out of its range.",
                "Take at least one step and a rate between 0 and 1.",
            )
        self.lora.check()
        packed = self.model.options.quantization != "none"
        if packed and self.adapter == "full":
            raise BadSpec(
                f"The weights of “{self.model.id}” are packed: only an adapter can be trained.",
                "Choose LoRA, or load the model without quantisation.",
            )
        if packed and self.written == "merged":
            raise BadSpec(
                f"An adapter cannot be added into the packed weights of “{self.model.id}”.",
                "Write the adapter alone, or load the model without quantisation.",
            )


@dataclass(frozen=True)
class TuneStep:
    """One optimiser step.

    Attributes:
        step: Its number, from 1.
        loss: Mean loss of the scored tokens, nats per token.
        tokens: Tokens read so far.
        seconds: Spent on training so far.
    """

    step: int
    loss: float
    tokens: int
    seconds: float


@dataclass(frozen=True)
class TuneForecast:
    """What a training will take, before it starts.

    Attributes:
        adapter: What is trained.
        parameters: Of the model.
        trained: Of them, or of the adapter: what changes.
        weights_bytes: Copy of the weights that is trained; 0 where the loaded ones are shared.
        gradient_bytes, optimiser_bytes: Beside each trained weight.
        activation_bytes: Of the longest text, roughly.
        tokens: Of the longest text.
        free: Memory that is free now.
    """

    adapter: Adapter
    parameters: int
    trained: int
    weights_bytes: int
    gradient_bytes: int
    optimiser_bytes: int
    activation_bytes: int
    tokens: int
    free: int

    @property
    def total(self) -> int:
        """Bytes beside the loaded model."""
        return (
            self.weights_bytes + self.gradient_bytes + self.optimiser_bytes + self.activation_bytes
        )

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.total <= self.free


@dataclass(frozen=True)
class TuneKept:
    """A training that can go on, or whose model can still be written.

    Attributes:
        spec: What was asked; its `out` is empty.
        steps: The loss curve so far.
        before, after: Rows measured so far.
        bytes: Of its checkpoint.
        when: Seconds since 1970 of the checkpoint.
    """

    spec: TuneContextSpec
    steps: tuple[TuneStep, ...]
    before: tuple[ProbeRow, ...]
    after: tuple[ProbeRow, ...]
    bytes: int
    when: float

    @property
    def finished(self) -> bool:
        """Whether every step is done."""
        return len(self.steps) >= self.spec.steps


@dataclass(frozen=True)
class TuneLookSpec(Spec):
    """Look at a training before it starts: its memory, and what is kept of it. Reads no weights.

    Attributes:
        tune: The training.
    """

    kind: ClassVar[str] = "extend-finetune-look"
    lane: ClassVar[str] = FILES_LANE

    tune: TuneContextSpec = field(default_factory=TuneContextSpec)

    def title(self) -> str:
        return f"Look at the training of {self.tune.model.id}"

    def check(self) -> None:
        self.tune.check()


@dataclass(frozen=True)
class TuneLook:
    """The answer: what the training takes, and what is kept of it (None = nothing)."""

    forecast: TuneForecast
    kept: TuneKept | None


@dataclass(frozen=True)
class TuneResumed:
    """Published when a training goes on: what was done before."""

    steps: tuple[TuneStep, ...]
    before: tuple[ProbeRow, ...]
    after: tuple[ProbeRow, ...]


@dataclass(frozen=True)
class TuneProblem:
    """Published when a checkpoint cannot be written; the training itself goes on."""

    report: ErrorReport


@dataclass(frozen=True)
class TuneContextResult:
    """A model trained on longer texts.

    Attributes:
        model: Its name.
        method, factor: The scaling that it was trained with.
        trained: Its former trained length.
        before: Keys found with the scaling alone, at the trained and at the target length.
        after: The same after the training.
        steps: The loss curve. Shorter than asked when a stopped training was made a model.
        seconds: Of the training alone.
        out: Folder that was written, or empty.
        file_bytes: Size of its weights.
        provenance: Where the figures come from.
        forecast: What was trained, and the memory that it was expected to take.
        difference: Largest difference of a logit between the tuned model in memory and the one
            read back from the folder; 0 = bit for bit equal, None = nothing was written.
        loadable: Whether the folder holds a whole model, not an adapter alone.
    """

    model: str
    method: str
    factor: float
    trained: int
    before: tuple[ProbeRow, ...]
    after: tuple[ProbeRow, ...]
    steps: tuple[TuneStep, ...]
    seconds: float
    out: str
    file_bytes: int
    provenance: Provenance
    forecast: TuneForecast
    difference: float | None = None
    loadable: bool = False
