"""`lathe inspect anatomy rows`: every row of the textbook's table built, run and proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from engine.commands.anatomy_shared import Lines, show, write
from engine.commands.console import out, print_json
from engine.commands.inspect_shared import AsJson, Out, ask, guarded
from engine.inspection.anatomy.rows.registry import ROWS

if TYPE_CHECKING:
    from engine.inspection.anatomy.table_spec import RowResult

SIGN: Final = {True: "✓", False: "✗"}


@guarded
def rows(
    names: Annotated[str, typer.Option(help="Of the table, with commas; empty = all.")] = "",
    tokens: Annotated[int, typer.Option(help="Length of the mask pictures.")] = 10,
    place: Out = None,
    as_json: AsJson = False,
) -> None:
    """Build every row small, run it, and put its claims to the test."""
    from engine.inspection.anatomy.table_spec import TableSpec

    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    results = cast("tuple[RowResult, ...]", ask(TableSpec(chosen, tokens))[0])
    ran = {result.id: result for result in results}
    lines: Lines = []
    for row in ROWS:
        if row.id in ran:
            held = [f"{claim.id} {SIGN[claim.holds]}" for claim in ran[row.id].claims]
            lines.append(
                [row.name, row.structure, row.position, row.activation, row.norm, ", ".join(held)]
            )
    head = ["model", "structure", "position", "activation", "norm", "claims"]
    arrays = {f"{one.id}.{mask.half}": mask.influence for one in results for mask in one.masks}
    write(place, "rows", head, lines, arrays)
    if as_json:
        print_json([_plain(result) for result in results])
        return
    show(
        head, [[*line[:-1], _summary(ran_of)] for line, ran_of in zip(lines, results, strict=True)]
    )
    for result in results:
        for mask in result.masks:
            out.print(f"{result.id}, {mask.half}:")
            for seen in mask.seen:
                out.print("  " + "".join("█" if cell else "·" for cell in seen))
    if not all(result.proven for result in results):
        raise typer.Exit(1)


def _plain(result: RowResult) -> dict[str, object]:
    return {
        "id": result.id,
        "class": result.class_name,
        "parameters": result.parameters,
        "proven": result.proven,
        "claims": result.claims,
        "shares": result.shares,
        "masks": {mask.half: mask.seen.astype(int).tolist() for mask in result.masks},
    }


def _summary(result: RowResult) -> str:
    held = sum(claim.holds for claim in result.claims)
    return f"{SIGN[result.proven]} {held} of {len(result.claims)}"
