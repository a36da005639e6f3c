"""`lathe inspect anatomy activations`: activations and gated units with their derivatives."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.commands.anatomy_shared import Lines, show, write
from engine.commands.console import print_json
from engine.commands.inspect_shared import AsJson, Out, guarded
from engine.errors import BadSpec


@guarded
def activations(
    names: Annotated[str, typer.Option(help="With commas.")] = "relu,gelu,gelu-tanh,swish,swiglu",
    beta: Annotated[float, typer.Option(help="Of Swish and SwiGLU.")] = 1.0,
    up: Annotated[float, typer.Option(help="What a gate lets through.")] = 1.0,
    reach: Annotated[float, typer.Option(help="From -reach to reach.")] = 5.0,
    points: Annotated[int, typer.Option(help="How many x.")] = 11,
    place: Out = None,
    as_json: AsJson = False,
) -> None:
    """Activations and gated units with their derivatives."""
    import numpy as np

    from engine.inspection.anatomy.activations.registry import GATED_UNITS, activation, gated_unit

    if points < 2 or reach <= 0:
        raise BadSpec("There is nothing to compute.", "Give 2 or more points and a reach above 0.")
    x = np.linspace(-reach, reach, points)
    head, columns = ["x"], [x]
    for name in (one.strip() for one in names.split(",") if one.strip()):
        if name in GATED_UNITS:
            unit, through = gated_unit(name), np.full_like(x, up)
            pair = unit.value(x, through, beta), unit.slopes(x, through, beta)[0]
        else:
            act = activation(name, beta)
            pair = act.value(x), act.slope(x)
        head += [name, f"{name}'"]
        columns += pair
    lines: Lines = [[float(value) for value in line] for line in zip(*columns, strict=True)]
    write(place, "activations", head, lines)
    if as_json:
        print_json({name: column.tolist() for name, column in zip(head, columns, strict=True)})
        return
    show(head, [[f"{value:.6f}" for value in line] for line in lines])
