"""`lathe inspect anatomy deepnorm`: α and β by the closed formulas."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.commands.anatomy_shared import Lines, show, write
from engine.commands.console import print_json
from engine.commands.inspect_shared import AsJson, Out, guarded


@guarded
def deepnorm(
    encoder: Annotated[int, typer.Option(help="Layers of the encoder.")] = 0,
    decoder: Annotated[int, typer.Option(help="Layers of the decoder.")] = 28,
    place: Out = None,
    as_json: AsJson = False,
) -> None:
    """DeepNorm's α and β by the closed formulas (Wang et al. 2022)."""
    from engine.inspection.anatomy.norms.deep_norm import factors

    found = factors(encoder, decoder)
    lines: Lines = [
        [half, one.alpha, one.beta]
        for half, one in (("encoder", found.encoder), ("decoder", found.decoder))
        if one is not None
    ]
    write(place, "deepnorm", ["half", "alpha", "beta"], lines)
    if as_json:
        print_json(found)
        return
    show(
        ["half", "alpha", "beta"],
        [[half, f"{alpha:.6f}", f"{beta:.6f}"] for half, alpha, beta in lines],
    )
