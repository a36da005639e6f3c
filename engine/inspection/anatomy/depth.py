"""The job "gradient norm against depth"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from engine.inspection.anatomy.depth_spec import PLACEMENTS, DepthCurve, DepthResult, DepthSpec
from engine.inspection.anatomy.rows.base import Placement
from engine.inspection.anatomy.stacks import StackLayer, factors_of, make_stack
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

CLASSES = 32


def run(spec: Spec, ctx: JobContext) -> DepthResult:
    """Run a `DepthSpec`; publishes the result as it grows."""
    assert isinstance(spec, DepthSpec)
    curves: list[DepthCurve] = []
    total = len(PLACEMENTS) * spec.seeds
    for number, placement in enumerate(PLACEMENTS):
        norms = np.zeros((spec.seeds, spec.layers))
        outputs = np.zeros((spec.seeds, spec.layers))
        for seed in range(spec.seeds):
            done = (number * spec.seeds + seed) / total
            ctx.progress(done, f"Stack {seed + 1} of {spec.seeds}: {placement}-norm")
            norms[seed], outputs[seed] = gradient_norms(spec, placement, seed)
        alpha, beta = factors_of(placement, spec.layers)
        curves.append(DepthCurve(placement, alpha, beta, norms, outputs))
        ctx.partial(DepthResult(tuple(curves), spec.layers, spec.seeds))
    ctx.progress(1.0)
    return DepthResult(tuple(curves), spec.layers, spec.seeds)


def gradient_norms(
    spec: DepthSpec, placement: Placement, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradient norm of each layer and size of the residual after it, ``[layers]`` each.

    The loss is the cross-entropy of a random output head on random targets; a pre-norm stack has
    its final norm before the head, as every such model does. Inputs are standard normal vectors,
    the same for every placement.
    """
    stack = make_stack(spec.layers, spec.width, spec.heads, placement, seed)
    dice = torch.Generator().manual_seed(1000 + seed)
    x = torch.randn(spec.batch, spec.tokens, spec.width, generator=dice)
    head = torch.randn(spec.width, CLASSES, generator=dice) / spec.width**0.5
    target = torch.randint(CLASSES, (spec.batch * spec.tokens,), generator=dice)
    sizes = []
    with torch.enable_grad():
        for layer in stack:
            x = layer(x)
            sizes.append(float(x.detach().square().mean().sqrt()))
        if placement == "pre":
            x = F.layer_norm(x, (spec.width,))
        loss = F.cross_entropy((x @ head).flatten(0, 1), target)
        loss.backward()  # type: ignore[no-untyped-call]
    return np.array([_norm(layer) for layer in stack]), np.array(sizes)


def _norm(layer: StackLayer) -> float:
    """Of the gradients of all weights of a layer, as one vector."""
    squares = [
        weight.grad.square().sum() for weight in layer.parameters() if weight.grad is not None
    ]
    return float(torch.stack(squares).sum().sqrt())
