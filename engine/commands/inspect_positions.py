"""What `lathe inspect rope` and `lathe inspect alibi` share: what other positions changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from engine.commands.console import out, print_table
from engine.commands.inspect_changes import show_losses, show_words
from engine.commands.inspect_shared import sheet

if TYPE_CHECKING:
    from engine.inspection.capture import Capture, LayerCapture
    from engine.inspection.positions.counterfactual_spec import CounterfactualResult

SHOWN = 8


def only_layer(found: Capture) -> LayerCapture:
    """The decoder's (or only) self-attention of a capture of one layer."""
    return next((one for one in found.layers if one.role != "cross"), found.layers[0])


def change_facts(result: CounterfactualResult) -> dict[str, object]:
    """A counterfactual's figures as plain values."""
    return {
        "kl_nats": result.change.kl,
        "loss_before": result.nll_before,
        "loss_after": result.nll_after,
        "text_before": result.text_before,
        "text_after": result.text_after,
        "next_tokens": [
            {"token": one.text, "before": one.before, "after": one.after}
            for one in result.change.tokens
        ],
    }


def show_positions_change(result: CounterfactualResult) -> None:
    """Print what a counterfactual did to the model's words."""
    table = sheet("Next token", "before", "after")
    for one in result.change.tokens[:SHOWN]:
        table.add_row(escape(repr(one.text)), f"{one.before:.3f}", f"{one.after:.3f}")
    print_table(table)
    out.print(f"KL {result.change.kl:.4f} nats at the last token.")
    show_losses(result.nll_before, result.nll_after, len(result.loss_before))
    show_words(result.text_before, result.text_after)
