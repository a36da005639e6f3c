"""`lathe inspect anatomy`: the rows of the table, activations, norms, and what a part buys."""

from __future__ import annotations

import typer

from engine.commands import (
    anatomy_activations,
    anatomy_components,
    anatomy_cost,
    anatomy_deepnorm,
    anatomy_depth,
    anatomy_rows,
)

app = typer.Typer(
    help="What models are made of: the textbook's rows run, activations, norms, components.",
    no_args_is_help=True,
)
app.command("rows")(anatomy_rows.rows)
app.command("activations")(anatomy_activations.activations)
app.command("deepnorm")(anatomy_deepnorm.deepnorm)
app.command("depth")(anatomy_depth.depth)
app.command("cost")(anatomy_cost.cost)
app.command("components")(anatomy_components.components)
