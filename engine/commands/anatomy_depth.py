"""`lathe inspect anatomy depth`: gradient norms against depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from engine.commands.anatomy_shared import Lines, show, write
from engine.commands.console import print_json
from engine.commands.inspect_shared import AsJson, Out, ask, guarded

if TYPE_CHECKING:
    from engine.inspection.anatomy.depth_spec import DepthResult


@guarded
def depth(
    layers: Annotated[int, typer.Option(help="Depth of the stacks.")] = 18,
    seeds: Annotated[int, typer.Option(help="Stacks per placement.")] = 4,
    place: Out = None,
    as_json: AsJson = False,
) -> None:
    """Gradient norm against depth for post-norm, pre-norm and DeepNorm."""
    import numpy as np

    from engine.inspection.anatomy.depth_spec import DepthSpec

    result = cast("DepthResult", ask(DepthSpec(layers=layers, seeds=seeds))[0])
    head = ["layer", *(curve.placement for curve in result.curves)]
    medians = [np.median(curve.norms, axis=0) for curve in result.curves]
    lines: Lines = [
        [layer + 1, *(float(median[layer]) for median in medians)] for layer in range(layers)
    ]
    write(place, "depth", head, lines, {curve.placement: curve.norms for curve in result.curves})
    if as_json:
        print_json({curve.placement: curve.norms.tolist() for curve in result.curves})
        return
    show(head, [[line[0], *(f"{value:.4f}" for value in line[1:])] for line in lines])
