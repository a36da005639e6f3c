"""`lathe inspect ablate|sweep|lens|patch|mask|states`: heads, layers and masks under a text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args

import numpy as np
import typer
from rich.markup import escape

from engine.commands.console import STOPPED, note, out, print_table, watch
from engine.commands.inspect_positions import (
    AsJson,
    Chat,
    NewTokens,
    Out,
    Text,
    ask,
    finish,
    guarded,
    read_by,
    sheet,
)
from engine.errors import BadSpec, JobCancelled
from engine.inspection.ablation_spec import Method, Part, Scope
from engine.inspection.patching_spec import PatchKind
from engine.inspection.ranking import Measure
from engine.models.reference import ModelRef, Quantization

if TYPE_CHECKING:
    from engine.commands.table_files import Columns
    from engine.inspection.ablation_spec import AblateResult, Change
    from engine.inspection.lens_spec import LensResult
    from engine.inspection.masks_spec import MaskResult
    from engine.inspection.patching_spec import PatchResult
    from engine.inspection.ranking import HeadRanking
    from engine.inspection.states_spec import StatesPair
    from engine.jobs.events import Event

Model = Annotated[str, typer.Option(help="Folder or name of a model.")]
How = Annotated[Method, typer.Option(help="zero, or the part's mean over this text's tokens.")]
Where = Annotated[Scope, typer.Option(help="At the last token alone, or at all of them.")]
Top = Annotated[int, typer.Option(help="How many tokens to name.")]
MaskRule = Literal["own", "causal", "prefix", "window", "full"]
SHOWN = 12


@guarded
def ablate(
    unit: Annotated[
        list[str] | None,
        typer.Option(
            help="2.3 (layer.head), mlp:2, attention:2, cross/2.3; several times; without it, 0.0."
        ),
    ] = None,
    model: Model = "teach-rope",
    text: Text = "",
    chat: Chat = False,
    method: How = "zero",
    scope: Where = "all",
    top: Top = 8,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """The next token and the text's loss without some heads, attentions or MLPs."""
    from engine.inspection.ablation_spec import AblateSpec
    from engine.inspection.unit_names import unit_of

    asked = read_by(model, text, chat)
    units = tuple(unit_of(one) for one in unit or ["0.0"])
    spec = AblateSpec(
        model=asked.model,
        text=asked.text,
        messages=asked.messages,
        units=units,
        method=method,
        scope=scope,
        top=top,
    )
    result = cast("AblateResult", ask(spec)[0])
    facts: dict[str, object] = {
        "model": model,
        "units": list(unit or ["0.0"]),
        "method": method,
        "scope": scope,
        "loss_before": result.nll_before,
        "loss_after": result.nll_after,
        "seconds": result.seconds,
        **_distances(result.change),
    }
    tables: dict[str, Columns] = {"next_tokens": _candidates(result.change)}
    if result.kl.size:
        tables["positions"] = _positions(
            result.tokens, result.kl, result.loss_before, result.loss_after
        )
    finish(facts, tables, {}, place, as_json)
    if as_json:
        return
    out.print(f"Without {', '.join(unit or ['0.0'])}:")
    _show_change(result.change)
    _show_losses(result.nll_before, result.nll_after, len(result.loss_before))
    if method == "mean":
        out.print("Means are over the tokens of this text.")


@guarded
def sweep(
    model: Model = "teach-rope",
    text: Text = "",
    chat: Chat = False,
    method: How = "zero",
    scope: Where = "all",
    measure: Annotated[Measure, typer.Option(help="Rank by rise of the loss, or by KL.")] = "nll",
    part: Annotated[
        list[str] | None, typer.Option(help="head, attention, mlp; repeat for several.")
    ] = None,
    answer: Annotated[str, typer.Option(help="Let only these words count, said to the text.")] = "",
    ranking: Annotated[
        Path | None, typer.Option("--ranking", help="Save the ranking here, for pruning.")
    ] = None,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """Take every head out in turn; Ctrl+C keeps those that are done."""
    from engine.inspection.ranking import save_ranking
    from engine.inspection.sweep_spec import PARTS, SweepHeadsSpec
    from engine.inspection.unit_names import unit_name

    parts = tuple(part or ["head"])
    if unknown := [one for one in parts if one not in PARTS]:
        raise BadSpec(f"There is no part “{unknown[0]}”.", f"Choose of: {', '.join(PARTS)}.")
    asked = read_by(model, text, chat)
    spec = SweepHeadsSpec(
        model=asked.model,
        text=asked.text,
        messages=asked.messages,
        method=method,
        scope=scope,
        answer=answer,
        measure=measure,
        parts=cast("tuple[Part, ...]", parts),
    )
    result, stopped = _swept(spec)
    if ranking is not None:
        save_ranking(result, ranking)
        note(f"Wrote {ranking}.")
    best = result.ranked()
    columns: Columns = {
        "part": np.array([unit_name(one.unit) for one in best]),
        "loss_rise": np.array([np.nan if one.nll is None else one.nll for one in best]),
        "kl": np.array([one.kl for one in best]),
        "kl_last": np.array([one.kl_at for one in best]),
        "top_changed": np.array([one.top_changed for one in best]),
    }
    facts: dict[str, object] = {
        "model": model,
        "method": method,
        "scope": scope,
        "measure": measure,
        "tokens": result.tokens,
        "baseline": result.baseline,
        "complete": result.complete,
    }
    finish(facts, {"parts": columns}, {"importance": result.matrix()[0]}, place, as_json)
    if not as_json:
        _show_ranking(result)
    if stopped:
        raise typer.Exit(STOPPED)


@guarded
def lens(
    model: Model = "teach-rope",
    text: Text = "",
    chat: Chat = False,
    top: Top = 2,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """What the model would say after each layer, under each token (logit lens)."""
    from engine.inspection.lens_spec import LensSpec

    asked = read_by(model, text, chat)
    spec = LensSpec(model=asked.model, text=asked.text, messages=asked.messages, top=top)
    result = cast("LensResult", ask(spec)[0])
    columns: Columns = {
        "layer": np.repeat([row.layer for row in result.rows], len(result.tokens)),
        "token": np.array(result.tokens * len(result.rows)),
        "top": np.array(
            [result.names[int(token)] for row in result.rows for token in row.top_ids[:, 0]]
        ),
        "top_prob": np.concatenate([row.top_probs[:, 0] for row in result.rows]),
        "final_prob": np.concatenate([row.final_prob for row in result.rows]),
        "final_rank": np.concatenate([row.final_rank for row in result.rows]),
        "entropy": np.concatenate([row.entropy for row in result.rows]),
        "kl": np.concatenate([row.kl for row in result.rows]),
    }
    arrays: Columns = {
        "top_ids": np.stack([row.top_ids for row in result.rows]),
        "top_probs": np.stack([row.top_probs for row in result.rows]),
    }
    finish(
        {"model": model, "layers": result.layer_count}, {"lens": columns}, arrays, place, as_json
    )
    if as_json:
        return
    table = sheet("Layer", *(f"{number}." for number in range(1, top + 1)), "entropy", "final")
    for row in result.rows:
        named = [
            f"{result.names[int(token)]} {prob:.2f}"
            for token, prob in zip(row.top_ids[-1], row.top_probs[-1], strict=True)
        ]
        depth = "input" if row.layer < 0 else str(row.layer)
        table.add_row(
            depth, *map(escape, named), f"{row.entropy[-1]:.2f}", f"{row.final_prob[-1]:.3f}"
        )
    print_table(table)
    out.print("Under the last token; entropy in nats, final = probability of the model's answer.")


@guarded
def patch(
    clean: Annotated[str, typer.Argument(help="A prompt that is answered with --answer.")],
    corrupted: Annotated[str, typer.Argument(help="One that is answered with --other.")],
    answer: Annotated[str, typer.Option(help="What follows the clean prompt.")],
    other: Annotated[str, typer.Option(help="What follows the corrupted one.")],
    model: Model = "teach-rope",
    kind: Annotated[
        PatchKind, typer.Option(help="The residual stream, an attention, an MLP, or a head.")
    ] = "residual",
    chat: Chat = False,
    said: Annotated[str, typer.Option(help="What the model has said already.")] = "",
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """Put clean activations into the corrupted run: how much of the answer comes back where."""
    from engine.inspection.patching_spec import PatchSpec

    spec = PatchSpec(
        model=ModelRef(model), clean=clean, corrupted=corrupted, answer=answer, other=other,
        patch=kind,
        chat=chat,
        said=said,
    )  # fmt: skip
    result = cast("PatchResult", ask(spec)[0])
    values = result.matrix()
    names = (
        [f"head {head}" for head in range(values.shape[1])]
        if kind == "head"
        else list(result.corrupted_tokens)
    )
    columns: Columns = {
        "layer": np.repeat([row.layer for row in result.rows], len(names)),
        "place": np.tile(np.arange(len(names)), len(result.rows)),
        "name": np.array(names * len(result.rows)),
        "recovered": values.ravel(),
    }
    facts: dict[str, object] = {
        "model": model,
        "patch": kind,
        "answer": result.answer,
        "other": result.other,
        "clean_difference": result.clean_difference,
        "corrupted_difference": result.corrupted_difference,
    }
    finish(facts, {"patched": columns}, {"recovered": values}, place, as_json)
    if as_json:
        return
    table = sheet("Layer", "place", "name", "recovered")
    for flat in np.argsort(-values, axis=None)[:SHOWN]:
        row, column = divmod(int(flat), values.shape[1])
        table.add_row(
            str(result.rows[row].layer), str(column), escape(repr(names[column])),
            f"{values[row, column]:.3f}",
        )  # fmt: skip
    print_table(table)
    out.print(
        f"Logit of {escape(repr(result.answer))} minus {escape(repr(result.other))}: "
        f"{result.clean_difference:+.2f} clean, {result.corrupted_difference:+.2f} corrupted; "
        "recovered: 0 = as corrupted, 1 = as clean."
    )


@guarded
def mask(
    rule: Annotated[MaskRule, typer.Option(help="own, causal, prefix, window or full.")] = "full",
    size: Annotated[int, typer.Option(help="Tokens of the prefix or of the window.")] = 8,
    model: Model = "teach-rope",
    text: Text = "",
    chat: Chat = False,
    new_tokens: NewTokens = 0,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """The same text under another mask."""
    from engine.inspection.inspect_spec import MaskChoice
    from engine.inspection.masks_spec import MaskSpec

    asked = read_by(model, text, chat)
    spec = MaskSpec(
        model=asked.model, text=asked.text, messages=asked.messages,
        mask=MaskChoice(rule, prefix=size, window=size), said=new_tokens,
    )  # fmt: skip
    result = cast("MaskResult", ask(spec)[0])
    facts: dict[str, object] = {
        "model": model,
        "mask": rule,
        "leaks": result.leaks,
        "own_error": result.own_error,
        "text_before": result.text_before,
        "text_after": result.text_after,
        **_distances(result.change),
    }
    tables: dict[str, Columns] = {
        "next_tokens": _candidates(result.change),
        "positions": _positions(result.tokens, result.kl, result.loss_before, result.loss_after),
    }
    finish(facts, tables, {"seen": result.seen}, place, as_json)
    if as_json:
        return
    _show_change(result.change)
    if result.leaks:
        out.print("Some tokens see later ones, so the text's loss says nothing here.")
    elif result.loss_before.size:
        before, after = float(result.loss_before.mean()), float(result.loss_after.mean())
        _show_losses(before, after, len(result.loss_before))
    if new_tokens:
        out.print(f"Before: {escape(result.text_before)!r}")
        out.print(f"After:  {escape(result.text_after)!r}")


@guarded
def states(
    model: Model = "teach-rope",
    state: Annotated[
        str, typer.Option(help="Another load of it (nf4, fp4, int8), or another model.")
    ] = "nf4",
    text: Text = "",
    chat: Chat = False,
    as_json: AsJson = False,
    place: Out = None,
) -> None:
    """How far the heads of two states are apart on one text (Jensen-Shannon, in bits)."""
    from engine.inspection.states_spec import CompareStatesSpec

    asked = read_by(model, text, chat)
    second = ModelRef(state)
    if state in get_args(Quantization):
        quantized = replace(asked.model.options, quantization=cast(Quantization, state))
        second = replace(asked.model, options=quantized)
    spec = CompareStatesSpec(
        first=asked.model, second=second, text=asked.text, messages=asked.messages
    )
    result = cast("StatesPair", ask(spec)[0])
    found = result.divergences
    order = found.ranked()
    columns: Columns = {
        "layer": np.array([found.layers[row] for row, _ in order]),
        "role": np.array([found.roles[row] for row, _ in order]),
        "head": np.array([head for _, head in order]),
        "divergence": np.array([found.values[place] for place in order]),
        "worst": np.array([found.worst[place] for place in order]),
        "worst_token": np.array([found.worst_row[place] for place in order]),
    }
    facts: dict[str, object] = {"first": model, "second": state, "rows": found.rows}
    finish(facts, {"heads": columns}, {"divergence": found.values}, place, as_json)
    if as_json:
        return
    table = sheet("Head", "mean", "largest", "at token")
    for row, head in order[:SHOWN]:
        token = result.first.tokens[int(found.worst_row[row, head])]
        table.add_row(
            f"{found.layers[row]}.{head}", f"{found.values[row, head]:.5f}",
            f"{found.worst[row, head]:.5f}", escape(repr(token)),
        )  # fmt: skip
    print_table(table)
    out.print(f"Jensen-Shannon divergence in bits (0 to 1), mean over {found.rows} tokens.")


def _swept(spec: object) -> tuple[HeadRanking, bool]:
    """The ranking, and whether the sweep was stopped before its end."""
    from engine.api import Engine
    from engine.inspection.sweep_spec import SweepHeadsSpec
    from engine.jobs.events import Partial

    assert isinstance(spec, SweepHeadsSpec)
    kept: list[HeadRanking] = []

    def hear(event: Event) -> None:
        if isinstance(event, Partial):
            kept[:] = [cast("HeadRanking", event.value)]

    engine = Engine()
    try:
        return cast("HeadRanking", watch(engine, spec, hear)), False
    except JobCancelled:
        note("Stopped.")
        if not kept:
            raise typer.Exit(STOPPED) from None
        return kept[0], True
    finally:
        engine.close()


def _distances(change: Change) -> dict[str, object]:
    return {
        "kl_nats": change.kl,
        "entropy_before": change.entropy_before,
        "entropy_after": change.entropy_after,
    }


def _candidates(change: Change) -> Columns:
    return {
        "token": np.array([one.text for one in change.tokens]),
        "before": np.array([one.before for one in change.tokens]),
        "after": np.array([one.after for one in change.tokens]),
        "logit_delta": np.array([one.logit_delta for one in change.tokens]),
        "rank_before": np.array([one.rank_before for one in change.tokens]),
        "rank_after": np.array([one.rank_after for one in change.tokens]),
    }


def _positions(
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


def _show_change(change: Change) -> None:
    table = sheet("Next token", "before", "after", "Δ logit", "rank")
    for one in change.tokens[:SHOWN]:
        table.add_row(
            escape(repr(one.text)), f"{one.before:.3f}", f"{one.after:.3f}",
            f"{one.logit_delta:+.2f}", f"{one.rank_before} → {one.rank_after}",
        )  # fmt: skip
    print_table(table)
    out.print(f"KL {change.kl:.4f} nats.")


def _show_losses(before: float | None, after: float | None, count: int) -> None:
    if before is not None and after is not None:
        out.print(
            f"Loss of the text: {before:.3f} before, {after:.3f} after, nats per token over "
            f"{count} tokens."
        )


def _show_ranking(ranking: HeadRanking) -> None:
    from engine.inspection.unit_names import unit_name

    table = sheet("Part", "Δ loss", "KL", "KL at the last", "other top token")
    for one in ranking.ranked()[:SHOWN]:
        rise = "–" if one.nll is None else f"{one.nll:+.4f}"
        table.add_row(
            unit_name(one.unit), rise, f"{one.kl:.4f}", f"{one.kl_at:.4f}",
            "yes" if one.top_changed else "",
        )  # fmt: skip
    print_table(table)
    base = "" if ranking.baseline is None else f"; the loss is {ranking.baseline:.3f}"
    out.print(
        f"{len(ranking.scores)} of {ranking.planned} parts, {ranking.counted} predictions, in "
        f"nats{base}."
    )
