"""`lathe prune tune`: the score that loses least, for the model at hand."""

from __future__ import annotations

from typing import Annotated, cast, get_args

import typer
from rich.table import Table

from engine.commands.compare_options import one_of
from engine.commands.console import note, out, print_json, print_table, run_job, stop
from engine.commands.prune_shared import (
    Device,
    DType,
    Json,
    Length,
    Measured,
    Model,
    Quantized,
    Seed,
    Sparsity,
    Windows,
    check_files,
    model_of,
    numbers,
    with_perplexity,
    words,
)
from engine.commands.text_option import Text, source
from engine.errors import EngineError
from engine.paths import Paths
from engine.pruning.presets import check_name, save_preset
from engine.pruning.recipe import Group, Mode
from engine.pruning.tune_spec import Candidate, TuneResult, TuneSpec
from engine.text_source import TEACHING


def tune(
    model: Model = "teach-rope",
    sparsity: Sparsity = 0.5,
    modes: Annotated[str, typer.Option(help="none, row+col, or both.")] = "none,row+col",
    u: Annotated[str, typer.Option(help="Exponents of the magnitude.")] = "1",
    a: Annotated[str, typer.Option(help="Exponents of the input norm.")] = "0,0.25,0.5,0.75,1",
    groups: Annotated[str, typer.Option(help="row, matrix, or both.")] = "row,matrix",
    save: Annotated[
        str, typer.Option("--save-preset", help="Keep the best score under this name.")
    ] = "",
    calibration: Text = TEACHING,
    evaluation: Text = TEACHING,
    windows: Windows = 32,
    length: Length = 128,
    measured: Measured = 128,
    seed: Seed = 0,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    as_json: Json = False,
) -> None:
    """Try every (mode, u, a, group) and the named presets: chosen on one half, judged on the other.

    Example: lathe prune tune --sparsity 0.6 --save-preset mine
    """
    try:
        spec = TuneSpec(
            model=model_of(model, device, dtype, quantization),
            ratio=sparsity,
            modes=tuple(cast(Mode, one_of("--modes", m, get_args(Mode))) for m in words(modes)),
            magnitudes=numbers("--u", u),
            activations=numbers("--a", a),
            groups=tuple(
                cast(Group, one_of("--groups", g, get_args(Group))) for g in words(groups)
            ),
            calibration=source(calibration),
            evaluation=source(evaluation),
            windows=windows,
            length=length,
            measured=measured,
            seed=seed,
        )
        check_files(spec)
        if save:
            check_name(save)
        result = run_job(spec)
        assert isinstance(result, TuneResult)
        if save:
            save_preset(Paths.default(), save, result.best.recipe)
            note(f"The best score is kept as “{save}”: lathe prune --method {save}")
    except EngineError as error:
        stop(error)
    if as_json:
        print_json(_plain(result))
    else:
        _show(result)


def _plain(result: TuneResult) -> dict[str, object]:
    from engine.jobs.spec import to_plain

    plain: dict[str, object] = to_plain(result)
    plain["dense"] = with_perplexity(result.dense)
    plain["candidates"] = [
        {
            **to_plain(one),
            "chosen": with_perplexity(one.chosen),
            "judged": with_perplexity(one.judged),
        }
        for one in result.candidates
    ]
    return plain


def _show(result: TuneResult) -> None:
    table = Table("Score", "mode", "u", "a", "group", "chosen by", "judged", "behind the best")
    for one in result.candidates:
        table.add_row(*_cells(one))
    print_table(table)
    out.print(
        f"NLL on {result.best.chosen.windows} windows of choice and {result.best.judged.windows} "
        f"others; dense there: {result.dense.nll:.4f}. {result.seconds:.1f} s."
    )


def _cells(one: Candidate) -> tuple[str, ...]:
    recipe = one.recipe
    return (
        one.name or "–", recipe.mode, f"{recipe.u:g}", f"{recipe.a:g}", recipe.group,
        f"{one.chosen.nll:.4f}", f"{one.judged.nll:.4f}",
        f"{one.behind:+.4f} ± {one.behind_error:.4f}",
    )  # fmt: skip
