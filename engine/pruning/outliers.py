"""The job "prune-outliers": what methods lose when a model has outlier features, as large ones do.

Large models have a few features of huge norm (Dettmers et al. 2022); a tiny model has none, so
pruning by magnitude alone does well on it. Rescaling features gives it outliers without changing
what it computes (`engine.pruning.rescale`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.errors import BadSpec, UnsupportedModel
from engine.jobs.spec import Spec
from engine.pruning.inputs import Inputs
from engine.pruning.loss import loss
from engine.pruning.methods.by_gradient import at_matrices
from engine.pruning.methods.registry import method_of
from engine.pruning.one_pass import restored, visit_in_one_pass
from engine.pruning.outliers_spec import (
    OutlierFacts,
    OutlierPoint,
    OutliersResult,
    OutliersSpec,
)
from engine.pruning.passages import passages_of
from engine.pruning.prune_spec import Loss, ranked_by
from engine.pruning.reading import read_norms
from engine.pruning.recipe import Pattern, Recipe
from engine.pruning.rescale import Site, factors, rescaled, sites
from engine.pruning.targets import Target, targets
from engine.text_source import check_sources

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

COMPARED = 4
"""Evaluation windows whose logits are compared."""
TOLERANCE = 1e-2
"""A larger difference of logits means that something else reads the features."""


def run(spec: Spec, ctx: JobContext) -> OutliersResult:
    """Run an `OutliersSpec`; publishes `OutlierFacts` and each `OutlierPoint` as measured.

    Raises:
        BadSpec: A text cannot be used, or activations are not finite.
        UnsupportedModel: No feature can be rescaled without changing the function, or nothing
            can be pruned.
    """
    assert isinstance(spec, OutliersSpec)
    check_sources(spec.calibration, spec.evaluation)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded, torch.no_grad():
        return _Outliers(spec, loaded, ctx).run()


class _Outliers:
    """One experiment at work."""

    def __init__(self, spec: OutliersSpec, loaded: LoadedModel, ctx: JobContext) -> None:
        self.spec = spec
        self.model = loaded.model
        self.loaded = loaded
        self.ctx = ctx
        self.found = targets(loaded.model)
        self.calibration = passages_of(spec, loaded.tokenizer, evaluation=False)
        self.evaluation = passages_of(spec, loaded.tokenizer, evaluation=True)
        self.places = sites(loaded.model, self.found, self.evaluation.ids[:1])
        self.plain = self._logits()
        if not self.plain.isfinite().all():
            raise BadSpec(
                f"The logits of “{spec.model.id}” are not finite numbers.",
                "Load the model in float32 or bfloat16, or choose another one.",
            )
        self.plain_masks: dict[str, dict[str, Tensor]] = {}

    def run(self) -> OutliersResult:
        """Strength after strength."""
        spec = self.spec
        if 0.0 not in spec.strengths:  # what moves is told against the model as it is
            for method in spec.methods:
                self.plain_masks[method] = self._pruned(method)[1]
        points: list[OutlierPoint] = []
        facts: list[OutlierFacts] = []
        for number, strength in enumerate(sorted(set(spec.strengths))):
            self.ctx.progress(number / len(spec.strengths), f"Strength {strength:g}")
            with rescaled(self.places, factors(self.places, strength, spec.seed)):
                facts.append(self._facts(strength))
                self.ctx.partial(facts[-1])
                for method in spec.methods:
                    points.append(self._point(method, strength))
                    self.ctx.partial(points[-1])
        return OutliersResult(
            model=spec.model.id,
            ratio=spec.ratio,
            points=tuple(p for m in spec.methods for p in points if p.method == m),
            facts=tuple(facts),
            features=sum(place.features for place in self.places),
            calibration_sha256=self.calibration.sha256,
            evaluation_sha256=self.evaluation.sha256,
            length=spec.length,
        )

    def _facts(self, strength: float) -> OutlierFacts:
        """How equal the dense model is to the plain one, and how large its features are."""
        difference = float((self._logits() - self.plain).abs().max())
        if not difference <= TOLERANCE * float(self.plain.abs().max()):
            raise UnsupportedModel(
                f"Rescaling features changes what “{self.spec.model.id}” computes.",
                "Choose a model of the Llama or GPT kind.",
            )
        norms = read_norms(self.model, self.found, self.calibration, self.ctx.check)
        return OutlierFacts(strength, difference, _largest(self.places, norms), self._loss())

    def _point(self, method: str, strength: float) -> OutlierPoint:
        measured, masks = self._pruned(method)
        plain = self.plain_masks.setdefault(method, masks)
        moved = sum(int((masks[name] != plain[name]).sum()) for name in masks)
        total = sum(mask.numel() for mask in masks.values())
        return OutlierPoint(strength, method, measured, moved / total)

    def _pruned(self, name: str) -> tuple[Loss, dict[str, Tensor]]:
        """Loss of the pruned model and the masks, True where a weight went."""
        method = method_of(name, ranked_by(name, Recipe()), Pattern())
        own = at_matrices(method, self.model, self.found, self.calibration, self.ctx.check)
        masks: dict[str, Tensor] = {}

        def visit(target: Target, inputs: Inputs) -> None:
            masks[target.name] = own(target).prune(target.weight, inputs, self.spec.ratio)

        with restored(self.found):
            visit_in_one_pass(self.model, self.found, self.calibration, visit, self.ctx.check)
            return self._loss(), masks

    def _logits(self) -> Tensor:
        ids = self.evaluation.ids[:COMPARED].to(self.model.device)
        real = self.evaluation.real[:COMPARED].to(self.model.device)
        logits: Tensor = self.model(
            input_ids=ids, attention_mask=real.long(), use_cache=False
        ).logits
        return logits[real].float()  # [tokens, vocabulary]

    def _loss(self) -> Loss:
        return loss(self.model, self.evaluation, self.ctx.check)


def _largest(places: list[Site], norms: dict[str, Tensor]) -> float:
    """Largest feature norm over the median one; the median over all sites."""
    shares = []
    for place in places:
        own = norms[place.readers[0].name]
        middle = own.median().clamp_min(torch.finfo(own.dtype).tiny)
        shares.append(float(own.max() / middle))
    return float(torch.tensor(shares).median())
