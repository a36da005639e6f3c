"""`lathe inspect attention`: heads as numbers and pictures, from the real queries and keys."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import numpy as np
import typer
from numpy.typing import NDArray
from rich.markup import escape

from engine.commands.console import note, out, print_json, print_table
from engine.commands.inspect_shared import (
    AsJson,
    Chat,
    Device,
    DType,
    Model,
    Quantized,
    Text,
    ask,
    asked,
    guarded,
    note_length,
    sheet,
)
from engine.errors import BadSpec
from engine.inspection.capture import Role
from engine.inspection.inspect_spec import InspectSpec
from engine.store.atomic import write_bytes, write_text

if TYPE_CHECKING:
    from engine.inspection.capture import Capture, Float, LayerCapture
    from engine.inspection.fingerprints import Fingerprint
    from engine.inspection.stages import Stage
    from engine.inspection.tiles import Pool

FORMATS = (".png", ".svg", ".csv", ".npz", ".json")
MOST_CELLS = 1 << 24
PICTURE = 1024
LOWEST_WEIGHT = 1e-4


@guarded
def attention(
    model: Model = "teach-rope",
    text: Text = None,
    chat: Chat = False,
    target: Annotated[
        str, typer.Option(help="Of an encoder-decoder: the decoder's text; else its own answer.")
    ] = "",
    answer: Annotated[
        str, typer.Option(help="What the model has said already; it follows the text.")
    ] = "",
    layer: Annotated[
        int | None, typer.Option(min=0, help="Counted from 0; without it, all layers.")
    ] = None,
    head: Annotated[
        int | None, typer.Option(min=0, help="Counted from 0; without it, all heads.")
    ] = None,
    stage: Annotated[
        str, typer.Option(help="content, rotation, bias, mask, softcap or softmax.")
    ] = "softmax",
    role: Annotated[
        str, typer.Option(help="self, encoder or cross; without it, the decoder's own.")
    ] = "",
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    place: Annotated[
        Path | None, typer.Option("--out", help=f"A file: {', '.join(FORMATS)}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fingerprints of heads, proven weights, and one head's map (or the atlas) as a file."""
    _check(stage, role, place, head, layer)
    spec = InspectSpec(
        target=target,
        answer=answer,
        layers=() if layer is None else (layer,),
        heads=() if head is None else (head,),
    )
    (result,) = ask(
        asked(spec, model, text, chat, device=device, dtype=dtype, quantization=quantization)
    )
    found = cast("Capture", result)
    note_length(max(len(found.tokens), len(found.encoder_tokens)), found.trained)
    facts = summary(found)
    if place is not None:
        _write(found, cast("Stage", stage), cast("Role | None", role or None), place, facts)
        note(f"Wrote {place}.")
    if as_json:
        print_json(facts)
        return
    _show(found, facts)


def summary(found: Capture) -> dict[str, object]:
    """Everything that is told of a capture, ready for JSON."""
    from engine.inspection.fingerprints import fingerprints

    errors = [one.error for one in found.layers if one.error is not None]
    return {
        "model": found.provenance.model,
        "tokens": list(found.tokens),
        "encoder_tokens": list(found.encoder_tokens),
        "layers": found.layer_count,
        "heads": found.heads,
        "verified_error": max(errors) if errors else None,
        "verified": found.verified,
        "trained": found.trained,
        "kept_bytes": sum(one.kept_bytes for one in found.layers),
        "full_bytes": sum(one.full_bytes for one in found.layers),
        "modules": [_module(one) for one in found.layers],
        "fingerprints": list(fingerprints(found)),
        "provenance": found.provenance,
    }


def _module(one: LayerCapture) -> dict[str, object]:
    from engine.inspection.stages import stages_of

    return {
        "name": one.module,
        "layer": one.layer,
        "role": one.role,
        "shape": list(one.shape),
        "mask": "painted" if one.mask.painted is not None else one.mask.kind,
        "window": one.mask.window,
        "bias": None if one.bias is None else type(one.bias).__name__,
        "pairing": None if one.rotation is None else one.rotation.pairing,
        "scaling": one.scaling,
        "softcap": one.softcap,
        "stages": list(stages_of(one)),
        "error": one.error,
        "note": one.note,
    }


def _check(
    stage: str,
    role: str,
    place: Path | None,
    head: int | None,
    layer: int | None,
) -> None:
    from engine.inspection.stages import STAGES

    if stage not in STAGES:
        raise BadSpec(f"--stage {stage} is not known.", f"Choose one of: {', '.join(STAGES)}.")
    if role and role not in get_args(Role):
        raise BadSpec(f"--role {role} is not known.", "Choose self, encoder or cross.")
    if place is None:
        return
    if place.suffix.lower() not in FORMATS:
        raise BadSpec(f"{place.name} has no known ending.", f"Choose one of: {', '.join(FORMATS)}.")
    if place.suffix.lower() == ".csv" and (head is None or layer is None):
        raise BadSpec("A CSV file holds one head.", "Give --layer and --head.")


def _write(
    found: Capture, stage: Stage, role: Role | None, place: Path, facts: dict[str, object]
) -> None:
    from engine.inspection.thumbnails import layers_of

    chosen = layers_of(found, role)
    match place.suffix.lower():
        case ".json":
            import msgspec

            write_bytes(place, msgspec.json.format(msgspec.json.encode(facts), indent=1))
        case ".npz":
            write_bytes(place, _npz(found, chosen, stage))
        case ".csv":
            write_text(place, _csv(found, chosen[0], stage))
        case kind:
            _picture(found, chosen, stage, role, place, vector=kind == ".svg")


def _picture(
    found: Capture,
    chosen: tuple[LayerCapture, ...],
    stage: Stage,
    role: Role | None,
    place: Path,
    *,
    vector: bool,
) -> None:
    from engine.inspection.pictures import grid, png, svg
    from engine.inspection.thumbnails import thumbnails

    if len(chosen) == 1 and chosen[0].heads == 1:
        layer = chosen[0]
        values = _map(layer, stage)
        rows, cols = _labels(found, layer)
        name = f"layer {layer.layer} · head {layer.head_name(0)}"
        title = f"{found.provenance.model} · {name} · {stage}"
    else:
        values, rows, cols = thumbnails(found, name=stage, role=role), (), ()
        title = f"{found.provenance.model} · layers (down) × heads (across) · {stage}"
    indices, legend = _quantised(values, stage)
    if indices.ndim == 4:
        indices = grid(indices)
    if vector:
        write_text(place, svg(indices, rows, cols, title, legend))
    else:
        write_bytes(place, png(indices))


def _map(layer: LayerCapture, stage: Stage) -> Float:
    """The whole head in at most `PICTURE` pixels a side; what is hidden is -inf."""
    from engine.inspection.tiles import tile

    level = 0
    while max(layer.shape) > PICTURE << level:
        level += 1
    pool: Pool = "max" if stage == "softmax" else "mean"
    values = tile(layer, 0, stage, level, 0, 0, size=PICTURE, pool=pool)
    if stage == "softmax" and level == 0:
        shown = layer.mask.allowed(slice(0, layer.shape[0]), slice(0, layer.shape[1]))
        values = np.where(shown, values, -np.inf).astype(np.float32)
    return values


def _quantised(values: Float, stage: Stage) -> tuple[NDArray[np.uint8], str]:
    """Indices into the colours, and the scale in words."""
    from engine.inspection.tiles import quantised

    shown = values[np.isfinite(values)]
    high = float(shown.max(initial=LOWEST_WEIGHT if stage == "softmax" else 0.0))
    if stage == "softmax":
        low = 0.0
        return quantised(values, low, high), f"weight 0 … {high:.3g}; grey is masked"
    low = float(shown.min(initial=high))
    return quantised(values, low, high), f"score {low:.3g} … {high:.3g}; grey is masked"


def _labels(found: Capture, layer: LayerCapture) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rows = found.encoder_tokens if layer.role == "encoder" else found.tokens
    cols = found.encoder_tokens if layer.role in {"encoder", "cross"} else found.tokens
    return rows, cols


def _csv(found: Capture, layer: LayerCapture, stage: Stage) -> str:
    values = _cells(layer, 0, stage)
    rows, cols = _labels(found, layer)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["", *cols])
    for label, line in zip(rows, values, strict=True):
        writer.writerow([label, *("" if np.isinf(one) else f"{one:.8g}" for one in line)])
    return text.getvalue()


def _npz(found: Capture, chosen: tuple[LayerCapture, ...], stage: Stage) -> bytes:
    rows, cols = _labels(found, chosen[0])
    arrays = {
        "row_tokens": np.array(rows),
        "column_tokens": np.array(cols),
        "layers": np.array([layer.layer for layer in chosen]),
        "heads": np.array([chosen[0].head_name(head) for head in range(chosen[0].heads)]),
        "q": np.stack([layer.q for layer in chosen]),
        "k": np.stack([layer.k for layer in chosen]),
        "lse": np.stack([layer.lse for layer in chosen]),
    }
    cells = len(chosen) * chosen[0].heads * chosen[0].shape[0] * chosen[0].shape[1]
    if cells <= MOST_CELLS:
        arrays[stage] = np.stack(
            [[_cells(layer, head, stage) for head in range(layer.heads)] for layer in chosen]
        )
    raw = BytesIO()
    np.savez_compressed(raw, **arrays)  # type: ignore[arg-type]
    return raw.getvalue()


def _cells(layer: LayerCapture, head: int, name: Stage) -> Float:
    from engine.inspection.stages import stage

    if layer.shape[0] * layer.shape[1] > MOST_CELLS:
        raise BadSpec(
            f"A head of {layer.shape[0]:,} tokens has too many cells for a table.",
            "Write a picture (.png) or queries and keys (.npz).",
        )
    return stage(layer, head, name, slice(None), slice(None))


def _show(found: Capture, facts: dict[str, object]) -> None:
    names = ("entropy", "sink", "distance", "previous", "duplicate", "induction", "local")
    table = sheet(
        "Head", "entr.", "sink", "dist.", "prev.", "dupl.", "ind.", "local", "R²", "slope"
    )
    for one in cast("list[Fingerprint]", facts["fingerprints"]):
        values = [one.value(name) for name in (*names, "position_fit", "slope")]
        table.add_row(
            f"{one.layer}.{one.head}", *("–" if v is None else f"{v:z.2f}" for v in values)
        )
    print_table(table)
    error = facts["verified_error"]
    if error is None:
        proof = "not proven"
    elif found.verified:
        proof = f"weights equal the model's own within {error:.1e}"
    else:
        proof = f"weights DIFFER from the model's own by {error:.1e}"
    kept, full = cast(int, facts["kept_bytes"]), cast(int, facts["full_bytes"])
    room = f"{kept / 2**20:.2f} MiB kept of {full / 2**20:.2f} MiB of weights"
    if kept > full:
        room = (
            f"{kept / 2**20:.2f} MiB of queries and keys kept; a text this short has only "
            f"{full / 2**20:.2f} MiB of weights"
        )
    out.print(f"{escape(found.provenance.model)}: {len(found.tokens):,} tokens; {proof}; {room}.")
