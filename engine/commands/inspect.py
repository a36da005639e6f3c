"""`lathe inspect`: what a model does inside while it reads one text. One verb per file."""

from __future__ import annotations

import typer

from engine.commands import (
    inspect_ablate,
    inspect_alibi,
    inspect_anatomy,
    inspect_attention,
    inspect_lens,
    inspect_mask,
    inspect_patch,
    inspect_rope,
    inspect_states,
    inspect_sweep,
)

app = typer.Typer(
    help="Look inside a model while it reads: attention, heads, rotations, biases.",
    no_args_is_help=True,
)
app.command("attention")(inspect_attention.attention)
app.command("rope")(inspect_rope.rope)
app.command("alibi")(inspect_alibi.alibi)
app.command("ablate")(inspect_ablate.ablate)
app.command("sweep")(inspect_sweep.sweep)
app.command("lens")(inspect_lens.lens)
app.command("patch")(inspect_patch.patch)
app.command("mask")(inspect_mask.mask)
app.command("states")(inspect_states.states)
app.add_typer(inspect_anatomy.app, name="anatomy")
