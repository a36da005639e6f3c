"""What a short training on longer texts is asked, and what it answers. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.context.method_names import SCALING_NAMES
from engine.context.probe_spec import ProbeRow
from engine.errors import BadSpec
from engine.evaluation.spec import Provenance
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.pruning.prune_spec import TextSource

UNTRAINABLE = ("direct", "dynamic", "ntk-request", "longrope")
"""Presets without one set of frequencies of their own to train on."""


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

    def title(self) -> str:
        return f"Train {self.model.id} on longer texts"

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
class TuneContextResult:
    """A model trained on longer texts.

    Attributes:
        model: Its name.
        method, factor: The scaling that it was trained with.
        trained: Its former trained length.
        before: Keys found with the scaling alone, at the trained and at the target length.
        after: The same after the training.
        steps: The loss curve. Shorter than asked when the job was stopped.
        seconds: Of the training alone.
        out: Folder that was written, or empty.
        file_bytes: Size of its weights.
        provenance: Where the figures come from.
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
