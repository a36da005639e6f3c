"""How a change moved a model's words: the same tables for every verb that makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.markup import escape

from engine.commands.console import out, print_table
from engine.commands.inspect_shared import sheet

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.ablation_spec import Change

SHOWN = 12


def distances(change: Change) -> dict[str, object]:
    """A change's single figures."""
    return {
        "kl_nats": change.kl,
        "entropy_before": change.entropy_before,
        "entropy_after": change.entropy_after,
    }


def candidates(change: Change) -> Columns:
    """The likeliest tokens of either distribution, a row each."""
    return {
        "token": np.array([one.text for one in change.tokens]),
        "before": np.array([one.before for one in change.tokens]),
        "after": np.array([one.after for one in change.tokens]),
        "logit_delta": np.array([one.logit_delta for one in change.tokens]),
        "rank_before": np.array([one.rank_before for one in change.tokens]),
        "rank_after": np.array([one.rank_after for one in change.tokens]),
    }


def positions(
    tokens: tuple[str, ...], kl: np.ndarray, before: np.ndarray, after: np.ndarray
) -> Columns:
    """Per token; the first one has no loss (nothing predicts it)."""

    def led(losses: np.ndarray) -> np.ndarray:
        return np.concatenate([[np.nan], losses]) if losses.size else np.full(len(tokens), np.nan)

    return {
        "token": np.array(tokens),
        "kl": kl,
        "loss_before": led(before),
        "loss_after": led(after),
    }


def show_change(change: Change) -> None:
    """Print how one distribution moved."""
    table = sheet("Next token", "before", "after", "Δ logit", "rank")
    for one in change.tokens[:SHOWN]:
        table.add_row(
            escape(repr(one.text)), f"{one.before:.3f}", f"{one.after:.3f}",
            f"{one.logit_delta:+.2f}", f"{one.rank_before} → {one.rank_after}",
        )  # fmt: skip
    print_table(table)
    out.print(f"KL {change.kl:.4f} nats.")


def show_losses(before: float | None, after: float | None, count: int) -> None:
    """Print the losses of the text, where there are any."""
    if before is not None and after is not None:
        out.print(
            f"Loss of the text: {before:.3f} before, {after:.3f} after, nats per token over "
            f"{count} tokens."
        )


def show_words(before: str, after: str) -> None:
    """Print how the text goes on, before and after."""
    if before or after:
        out.print(f"Before: {escape(before)!r}")
        out.print(f"After:  {escape(after)!r}")
