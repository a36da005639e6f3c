"""Outlier features on demand, as a value. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.errors import BadSpec
from engine.pruning.measured_spec import MeasuredSpec, check_methods, check_ratio
from engine.pruning.prune_spec import OWN, Loss
from engine.pruning.recipe import PRESETS

STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0)
LARGEST = 4.0
KNOWN = (*PRESETS, *OWN)


@dataclass(frozen=True)
class OutliersSpec(MeasuredSpec):
    """Give a model outlier features without changing what it computes, and prune it.

    Features behind each norm, and the neurons of each MLP, are multiplied by factors drawn from
    a log-normal distribution and rounded to powers of two; the columns that read them are divided
    by the same. Powers of two make every product exact, so the dense logits stay what they were.
    The result is an `OutliersResult`; each `OutlierPoint` is published when it is measured.

    Attributes:
        strengths: σ of the log-normal distribution (natural logarithm); 0 = the model as it is.
        methods: Methods to compare.
        ratio: Share of zeros.
    """

    kind: ClassVar[str] = "prune-outliers"

    strengths: tuple[float, ...] = STRENGTHS
    methods: tuple[str, ...] = ("magnitude", "wanda", "ria")
    ratio: float = 0.5

    def title(self) -> str:
        return f"Give {self.model.id} outlier features and prune it"

    def check(self) -> None:
        super().check()
        check_ratio(self.ratio)
        check_methods(self.methods, KNOWN)
        if not self.strengths:
            raise BadSpec("No strength is chosen.", "Choose 0 to 4.")
        for strength in self.strengths:
            if not 0 <= strength <= LARGEST:
                raise BadSpec(
                    f"Outlier features of strength {strength:g} are outside the range.",
                    "Choose 0 to 4.",
                )


@dataclass(frozen=True)
class OutlierPoint:
    """One method at one strength.

    Attributes:
        strength: σ of the factors.
        method: Its name.
        loss: Of the pruned model.
        moved: Share of the weights whose fate (kept or zeroed) differs from that at strength 0.
    """

    strength: float
    method: str
    loss: Loss
    moved: float


@dataclass(frozen=True)
class OutlierFacts:
    """The dense model at one strength.

    Attributes:
        strength: σ of the factors.
        logit_difference: Largest |logit - logit without outliers| on the first evaluation windows.
        largest: Largest feature norm over the median one, the median over all norms' outputs.
        loss: Of the dense model.
    """

    strength: float
    logit_difference: float
    largest: float
    loss: Loss


@dataclass(frozen=True)
class OutliersResult:
    """Curves of loss against strength.

    Attributes:
        model: Its name.
        ratio: Share of zeros.
        points: By method, then by strength.
        facts: One per strength.
        features: How many features got a factor.
        calibration_sha256: Of the calibration's token ids.
        evaluation_sha256: Of the evaluation's.
        length: Tokens per window.
    """

    model: str
    ratio: float
    points: tuple[OutlierPoint, ...]
    facts: tuple[OutlierFacts, ...]
    features: int
    calibration_sha256: str
    evaluation_sha256: str
    length: int

    def curve(self, method: str) -> tuple[OutlierPoint, ...]:
        """The points of one method by growing strength."""
        return tuple(sorted((p for p in self.points if p.method == method), key=_strength))


def _strength(point: OutlierPoint) -> float:
    return point.strength
