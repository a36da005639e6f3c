"""`lathe inspect anatomy cost`: LayerNorm against RMSNorm, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from engine.commands.anatomy_shared import Lines, show, write
from engine.commands.console import out, print_json
from engine.commands.inspect_shared import AsJson, Out, ask, guarded
from engine.errors import BadSpec

if TYPE_CHECKING:
    from engine.inspection.anatomy.cost_spec import NormCost


@guarded
def cost(
    widths: Annotated[str, typer.Option(help="With commas.")] = "192,768,2048",
    tokens: Annotated[int, typer.Option(help="Vectors at once.")] = 128,
    repeats: Annotated[int, typer.Option(help="Measured pairs.")] = 11,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    place: Out = None,
    as_json: AsJson = False,
) -> None:
    """LayerNorm against RMSNorm: nanoseconds per element, and the share that is saved."""
    from engine.inspection.anatomy.cost_spec import PAPER_SAVING, NormCostSpec

    try:
        sizes = tuple(int(width) for width in widths.split(","))
    except ValueError:
        raise BadSpec(f"--widths {widths} are no numbers.", "Write 192,768.") from None
    result = cast("NormCost", ask(NormCostSpec(sizes, tokens, repeats, device))[0])
    head = ["form", "width", "LayerNorm ns", "RMSNorm ns", "saving", "low", "high"]
    lines: Lines = [
        [one.form, one.width, one.layer_ns, one.rms_ns, one.saving.mean, one.saving.low,
         one.saving.high]
        for one in result.rows
    ]  # fmt: skip
    write(place, "cost", head, lines)
    if as_json:
        print_json(result)
        return
    show(
        head,
        [
            [*line[:2], *(f"{value:.3f}" for value in line[2:4]),
             *(f"{value:+.1%}" for value in line[4:])]
            for line in lines
        ],
    )  # fmt: skip
    out.print(f"{result.device}, {result.threads} thread(s), torch {result.torch}")
    low, high = PAPER_SAVING
    out.print(
        f"Of whole models the paper reports a saving of {low:.0%} to {high:.0%} (Zhang & Sennrich "
        "2019); above are single parts of one."
    )
