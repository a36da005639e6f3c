"""`lathe extend`: stretch a model's context, and measure which method still works where."""

from __future__ import annotations

import typer

from engine.commands.extend_documents import documents
from engine.commands.extend_finetune import finetune
from engine.commands.extend_probe import probe
from engine.commands.extend_search import search

app = typer.Typer(help="Longer texts than a model was trained on.", no_args_is_help=True)
app.command("probe")(probe)
app.command("search")(search)
app.command("finetune")(finetune)
app.command("documents")(documents)
