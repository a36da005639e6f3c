"""`lathe inspect anatomy`: the rows of the table, activations, norms, and what a part buys."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import STOPPED, note, out, print_json, print_table, watch
from engine.errors import BadSpec, JobCancelled
from engine.inspection.anatomy.rows.registry import ROWS

if TYPE_CHECKING:
    from engine.inspection.anatomy.components_spec import ComponentsResult
    from engine.inspection.anatomy.cost_spec import NormCost
    from engine.inspection.anatomy.depth_spec import DepthResult
    from engine.inspection.anatomy.table_spec import RowResult
    from engine.jobs.spec import Spec

app = typer.Typer(
    help="What models are made of: the textbook's rows run, activations, norms, components.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write a CSV file, or NPZ where arrays are asked for.")
]
Lines = list[list[object]]
SIGN: Final = {True: "✓", False: "✗"}


@app.command()
def rows(
    names: Annotated[str, typer.Option(help="Of the table, with commas; empty = all.")] = "",
    tokens: Annotated[int, typer.Option(help="Length of the mask pictures.")] = 10,
    save: Out = None,
    as_json: Json = False,
) -> None:
    """Build every row small, run it, and put its claims to the test."""
    from engine.inspection.anatomy.table_spec import TableSpec

    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    results: tuple[RowResult, ...] = _run(TableSpec(chosen, tokens))  # type: ignore[assignment]
    ran = {result.id: result for result in results}
    lines: Lines = []
    for row in ROWS:
        if row.id in ran:
            held = [f"{claim.id} {SIGN[claim.holds]}" for claim in ran[row.id].claims]
            lines.append(
                [row.name, row.structure, row.position, row.activation, row.norm, ", ".join(held)]
            )
    head = ["model", "structure", "position", "activation", "norm", "claims"]
    if save is not None and save.suffix == ".npz":
        _save_masks(save, results)
    elif save is not None:
        _save(save, head, lines)
    if as_json:
        print_json([_plain(result) for result in results])
        return
    _show(
        head, [[*line[:-1], _summary(ran_of)] for line, ran_of in zip(lines, results, strict=True)]
    )
    for result in results:
        for mask in result.masks:
            out.print(f"{result.id}, {mask.half}:")
            for seen in mask.seen:
                out.print("  " + "".join("█" if cell else "·" for cell in seen))
    if not all(result.proven for result in results):
        raise typer.Exit(1)


@app.command()
def activations(
    names: Annotated[str, typer.Option(help="With commas.")] = "relu,gelu,gelu-tanh,swish,swiglu",
    beta: Annotated[float, typer.Option(help="Of Swish and SwiGLU.")] = 1.0,
    up: Annotated[float, typer.Option(help="What a gate lets through.")] = 1.0,
    reach: Annotated[float, typer.Option(help="From -reach to reach.")] = 5.0,
    points: Annotated[int, typer.Option(help="How many x.")] = 11,
    save: Out = None,
    as_json: Json = False,
) -> None:
    """Activations and gated units with their derivatives."""
    import numpy as np

    from engine.inspection.anatomy.activations.registry import GATED_UNITS, activation, gated_unit

    if points < 2 or reach <= 0:
        raise BadSpec("There is nothing to compute.", "Give 2 or more points and a reach above 0.")
    x = np.linspace(-reach, reach, points)
    head, columns = ["x"], [x]
    for name in (one.strip() for one in names.split(",") if one.strip()):
        if name in GATED_UNITS:
            unit, through = gated_unit(name), np.full_like(x, up)
            pair = unit.value(x, through, beta), unit.slopes(x, through, beta)[0]
        else:
            act = activation(name, beta)
            pair = act.value(x), act.slope(x)
        head += [name, f"{name}'"]
        columns += pair
    lines: Lines = [[float(value) for value in line] for line in zip(*columns, strict=True)]
    if save is not None:
        _save(save, head, lines)
    if as_json:
        print_json({name: column.tolist() for name, column in zip(head, columns, strict=True)})
        return
    _show(head, [[f"{value:.6f}" for value in line] for line in lines])


@app.command()
def deepnorm(
    encoder: Annotated[int, typer.Option(help="Layers of the encoder.")] = 0,
    decoder: Annotated[int, typer.Option(help="Layers of the decoder.")] = 28,
    as_json: Json = False,
) -> None:
    """DeepNorm's α and β by the closed formulas (Wang et al. 2022)."""
    from engine.inspection.anatomy.norms.deep_norm import factors

    found = factors(encoder, decoder)
    if as_json:
        print_json(found)
        return
    lines: Lines = [
        [half, f"{one.alpha:.6f}", f"{one.beta:.6f}"]
        for half, one in (("encoder", found.encoder), ("decoder", found.decoder))
        if one is not None
    ]
    _show(["half", "alpha", "beta"], lines)


@app.command()
def depth(
    layers: Annotated[int, typer.Option(help="Depth of the stacks.")] = 18,
    seeds: Annotated[int, typer.Option(help="Stacks per placement.")] = 4,
    save: Out = None,
    as_json: Json = False,
) -> None:
    """Gradient norm against depth for post-norm, pre-norm and DeepNorm."""
    import numpy as np

    from engine.inspection.anatomy.depth_spec import DepthSpec

    result: DepthResult = _run(DepthSpec(layers=layers, seeds=seeds))  # type: ignore[assignment]
    head = ["layer", *(curve.placement for curve in result.curves)]
    medians = [np.median(curve.norms, axis=0) for curve in result.curves]
    lines: Lines = [
        [layer + 1, *(float(median[layer]) for median in medians)] for layer in range(layers)
    ]
    if save is not None:
        _save(save, head, lines)
    if as_json:
        print_json({curve.placement: curve.norms.tolist() for curve in result.curves})
        return
    _show(head, [[line[0], *(f"{value:.4f}" for value in line[1:])] for line in lines])


@app.command()
def cost(
    widths: Annotated[str, typer.Option(help="With commas.")] = "192,768,2048",
    tokens: Annotated[int, typer.Option(help="Vectors at once.")] = 128,
    repeats: Annotated[int, typer.Option(help="Measured pairs.")] = 11,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    save: Out = None,
    as_json: Json = False,
) -> None:
    """LayerNorm against RMSNorm: nanoseconds per element, and the share that is saved."""
    from engine.inspection.anatomy.cost_spec import NormCostSpec

    try:
        sizes = tuple(int(width) for width in widths.split(","))
    except ValueError:
        raise BadSpec(f"--widths {widths} are no numbers.", "Write 192,768.") from None
    result: NormCost = _run(NormCostSpec(sizes, tokens, repeats, device))  # type: ignore[assignment]
    head = ["form", "width", "LayerNorm ns", "RMSNorm ns", "saving", "low", "high"]
    lines: Lines = [
        [one.form, one.width, one.layer_ns, one.rms_ns, one.saving.mean, one.saving.low,
         one.saving.high]
        for one in result.rows
    ]  # fmt: skip
    if save is not None:
        _save(save, head, lines)
    if as_json:
        print_json(result)
        return
    _show(
        head,
        [
            [*line[:2], *(f"{value:.3f}" for value in line[2:4]),
             *(f"{value:+.1%}" for value in line[4:])]
            for line in lines
        ],
    )  # fmt: skip
    out.print(f"{result.device}, {result.threads} thread(s), torch {result.torch}")


@app.command()
def components(
    model: Annotated[str, typer.Option(help="Folder or name of a model.")] = "teach-rope",
    text: Annotated[
        Path | None, typer.Option(help="A text whose lines are read instead of teaching tasks.")
    ] = None,
    items: Annotated[int, typer.Option(help="Held-out items per task.")] = 6,
    by_layer: Annotated[bool, typer.Option(help="Also each layer by itself.")] = True,
    save: Out = None,
    as_json: Json = False,
) -> None:
    """What each component buys: the loss with it taken out."""
    from engine.inspection.anatomy.components_spec import ComponentsSpec
    from engine.models.reference import ModelRef

    written = _read(text) if text is not None else ""
    spec = ComponentsSpec(ModelRef(model), written, items=items, by_layer=by_layer)
    result: ComponentsResult = _run(spec)  # type: ignore[assignment]
    head = ["without", "layer", "loss", "rise", "low", "high"]
    lines: Lines = []
    for one in result.losses:
        layer = "all" if one.layer < 0 else one.layer
        if one.loss is None or one.rise is None:
            lines.append([one.component, layer, "overflow", "", "", ""])
        else:
            figures = (one.loss.mean, one.rise.mean, one.rise.low, one.rise.high)
            lines.append([one.component, layer, *(f"{value:.4f}" for value in figures)])
    if save is not None:
        _save(save, head, lines)
    if as_json:
        print_json(result)
        return
    _show(head, lines)
    back = "bit for bit as before" if result.restored else "NOT as before"
    out.print(
        f"Whole model {result.whole.mean:.4f} nats per token, {result.items} items, "
        f"{result.tokens} tokens; afterwards {back}."
    )


def _run(spec: Spec) -> object:
    from engine.api import Engine

    engine = Engine()
    try:
        return watch(engine, spec)
    except JobCancelled:
        note("Stopped.")
        raise typer.Exit(STOPPED) from None
    finally:
        engine.close()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSpec(f"The text “{path}” cannot be read.", "Choose a UTF-8 file.") from error


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


def _save_masks(path: Path, results: tuple[RowResult, ...]) -> None:
    import numpy as np

    from engine.store.atomic import write_bytes

    buffer = io.BytesIO()
    arrays = {f"{one.id}.{mask.half}": mask.influence for one in results for mask in one.masks}
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_bytes(path, buffer.getvalue())
    note(f"Saved {path}")


def _save(path: Path, head: list[str], lines: Lines) -> None:
    from engine.store.atomic import write_bytes

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(head)
    writer.writerows(lines)
    write_bytes(path, buffer.getvalue().encode("utf-8-sig"))
    note(f"Saved {path}")


def _show(head: list[str], lines: Lines) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(head):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for line in lines:
        table.add_row(*(escape(str(value)) for value in line))
    print_table(table)
