"""Every kind of job: where its spec class and its run function live. Imported lazily.

A new kind is one line. The spec's module must import without torch; the run module may not be
imported before a lane runs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from engine.errors import BadSpec
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

RunFunction = Callable[[Spec, "JobContext"], object]


@dataclass(frozen=True, slots=True)
class Kind:
    """Targets as ``"module:name"``, and whether the run module needs torch and transformers."""

    spec: str
    run: str
    tensors: bool = False


KINDS: dict[str, Kind] = {
    "compare": Kind("engine.evaluation.spec:CompareSpec", "engine.evaluation.compare:run", True),
    "inspect": Kind(
        "engine.inspection.inspect_spec:InspectSpec", "engine.inspection.inspect_job:run", True
    ),
    "why-attribute": Kind(
        "engine.evaluation.evidence.attribute_spec:AttributeSpec",
        "engine.evaluation.evidence.attribute:run",
        True,
    ),
    "why-cross": Kind(
        "engine.evaluation.evidence.cross_spec:CrossSpec",
        "engine.evaluation.evidence.cross:run",
        True,
    ),
    "why-order": Kind(
        "engine.evaluation.evidence.order_spec:OrderSpec",
        "engine.evaluation.evidence.order:run",
        True,
    ),
    "why-states": Kind(
        "engine.evaluation.evidence.states_spec:StatesSpec",
        "engine.evaluation.evidence.states:run",
        True,
    ),
    "prune-live": Kind("engine.pruning.live_spec:LivePruneSpec", "engine.pruning.live:run", True),
    "prune-structured": Kind(
        "engine.pruning.structured_spec:StructuredSpec",
        "engine.pruning.structured.job:run",
        True,
    ),
    "prune": Kind("engine.pruning.prune_spec:PruneSpec", "engine.pruning.prune:run", True),
    "prune-sweep": Kind(
        "engine.pruning.sweep_spec:SweepPruneSpec", "engine.pruning.sweep:run", True
    ),
    "prune-tune": Kind("engine.pruning.tune_spec:TuneSpec", "engine.pruning.tune:run", True),
    "prune-outliers": Kind(
        "engine.pruning.outliers_spec:OutliersSpec", "engine.pruning.outliers:run", True
    ),
    "extend-probe": Kind(
        "engine.context.probe_spec:ProbeSpec", "engine.context.probes.probe:run", True
    ),
    "extend-probe-kept": Kind(
        "engine.context.probe_spec:KeptProbeSpec", "engine.context.probe_store:kept"
    ),
    "extend-search": Kind(
        "engine.context.search_spec:SearchSpec", "engine.context.probes.search:run", True
    ),
    "extend-finetune": Kind(
        "engine.context.tune_spec:TuneContextSpec", "engine.context.tuning.tune:run", True
    ),
    "extend-finetune-look": Kind(
        "engine.context.tune_spec:TuneLookSpec", "engine.context.tuning.look:run", True
    ),
    "extend-documents": Kind(
        "engine.context.documents_spec:DocumentsSpec", "engine.context.documents.job:run", True
    ),
    "find-passages": Kind(
        "engine.context.passages_spec:PassagesSpec", "engine.context.documents.find:run", True
    ),
    "ablate-heads": Kind(
        "engine.inspection.ablation_spec:AblateSpec", "engine.inspection.ablation:run", True
    ),
    "sweep-heads": Kind(
        "engine.inspection.sweep_spec:SweepHeadsSpec", "engine.inspection.sweep:run", True
    ),
    "patch-activations": Kind(
        "engine.inspection.patching_spec:PatchSpec", "engine.inspection.patching:run", True
    ),
    "run-mask": Kind("engine.inspection.masks_spec:MaskSpec", "engine.inspection.masks:run", True),
    "compare-attention": Kind(
        "engine.inspection.states_spec:CompareStatesSpec", "engine.inspection.states_job:run", True
    ),
    "logit-lens": Kind("engine.inspection.lens_spec:LensSpec", "engine.inspection.lens:run", True),
    "anatomy-table": Kind(
        "engine.inspection.anatomy.table_spec:TableSpec",
        "engine.inspection.anatomy.table:run",
        True,
    ),
    "position-table": Kind(
        "engine.inspection.positions.table_spec:PositionTableSpec",
        "engine.inspection.positions.table:run",
        True,
    ),
    "position-swap": Kind(
        "engine.inspection.positions.counterfactual_spec:CounterfactualSpec",
        "engine.inspection.positions.counterfactual:run",
        True,
    ),
    "anatomy-depth": Kind(
        "engine.inspection.anatomy.depth_spec:DepthSpec",
        "engine.inspection.anatomy.depth:run",
        True,
    ),
    "anatomy-cost": Kind(
        "engine.inspection.anatomy.cost_spec:NormCostSpec",
        "engine.inspection.anatomy.cost:run",
        True,
    ),
    "anatomy-components": Kind(
        "engine.inspection.anatomy.components_spec:ComponentsSpec",
        "engine.inspection.anatomy.components:run",
        True,
    ),
    "load-model": Kind("engine.models.spec:LoadModelSpec", "engine.models.jobs:load", True),
    "unload-model": Kind("engine.models.spec:UnloadModelSpec", "engine.models.jobs:unload"),
    "describe-model": Kind(
        "engine.models.spec:DescribeModelSpec", "engine.models.jobs:describe", True
    ),
    "download-model": Kind("engine.models.spec:DownloadSpec", "engine.models.jobs:download"),
    "count-tokens": Kind(
        "engine.models.spec:CountTokensSpec", "engine.models.jobs:count_tokens", True
    ),
}


def spec_class(kind: str) -> type[Spec]:
    """The spec class of `kind`. Raises `BadSpec` for an unknown kind."""
    return cast(type[Spec], _load(_kind(kind).spec))


def run_function(kind: str) -> RunFunction:
    """The run function of `kind`; importing it may import torch, so call it on a lane only.

    A kind with tensors waits for the libraries first: two lanes that import them at once see
    half-made modules.
    """
    if _kind(kind).tensors:
        from engine.models.libraries import ready

        ready()
    return cast(RunFunction, _load(_kind(kind).run))


def _kind(kind: str) -> Kind:
    try:
        return KINDS[kind]
    except KeyError:
        raise BadSpec(
            f"There is no job of kind “{kind}”.", f"Known kinds: {', '.join(KINDS)}."
        ) from None


def _load(target: str) -> object:
    module, name = target.split(":")
    return cast(object, getattr(import_module(module), name))
