"""`lathe inspect`: what a model does inside while it reads one text. One verb per file."""

from __future__ import annotations

import typer

from engine.commands import (
    inspect_alibi,
    inspect_anatomy,
    inspect_attention,
    inspect_heads,
    inspect_rope,
)

app = typer.Typer(
    help="Look inside a model while it reads: attention, heads, rotations, biases.",
    no_args_is_help=True,
)
app.command("attention")(inspect_attention.attention)
app.command("rope")(inspect_rope.rope)
app.command("alibi")(inspect_alibi.alibi)
app.command("ablate")(inspect_heads.ablate)
app.command("sweep")(inspect_heads.sweep)
app.command("lens")(inspect_heads.lens)
app.command("patch")(inspect_heads.patch)
app.command("mask")(inspect_heads.mask)
app.command("states")(inspect_heads.states)
app.add_typer(inspect_anatomy.app, name="anatomy")
