"""`lathe prune outliers`: what methods lose when a model has outlier features."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from engine.commands.console import out, print_json, print_table, run_job, stop
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
from engine.pruning.outliers_spec import KNOWN, STRENGTHS, OutliersResult, OutliersSpec
from engine.text_source import TEACHING


def outliers(
    model: Model = "teach-rope",
    methods: Annotated[
        str, typer.Option(help=f"With commas, of: {', '.join(KNOWN)}.")
    ] = "magnitude,wanda,ria",
    strengths: Annotated[
        str, typer.Option(help="σ of the log-normal factors, with commas; 0 = as it is.")
    ] = ",".join(map(str, STRENGTHS)),
    sparsity: Sparsity = 0.5,
    calibration: Text = TEACHING,
    evaluation: Text = TEACHING,
    windows: Windows = 32,
    length: Length = 128,
    measured: Measured = 64,
    seed: Seed = 0,
    device: Device = "auto",
    dtype: DType = "auto",
    quantization: Quantized = "none",
    as_json: Json = False,
) -> None:
    """Give a model outlier features without changing what it computes, and prune it.

    Example: lathe prune outliers --strengths 0,1,2 --sparsity 0.5
    """
    try:
        spec = OutliersSpec(
            model=model_of(model, device, dtype, quantization),
            methods=words(methods),
            strengths=numbers("--strengths", strengths),
            ratio=sparsity,
            calibration=source(calibration),
            evaluation=source(evaluation),
            windows=windows,
            length=length,
            measured=measured,
            seed=seed,
        )
        check_files(spec)
        result = run_job(spec)
    except EngineError as error:
        stop(error)
    assert isinstance(result, OutliersResult)
    if as_json:
        print_json(_plain(result))
    else:
        _show(result)


def _plain(result: OutliersResult) -> dict[str, object]:
    from engine.jobs.spec import to_plain

    plain: dict[str, object] = to_plain(result)
    for name, rows in (("points", result.points), ("facts", result.facts)):
        plain[name] = [{**to_plain(row), "loss": with_perplexity(row.loss)} for row in rows]
    return plain


def _show(result: OutliersResult) -> None:
    table = Table("Method", "Strength", "NLL", "± s.e.", "Perplexity", "Weights moved")
    for fact in result.facts:
        table.add_row(
            "dense", f"{fact.strength:g}", f"{fact.loss.nll:.4f}", f"{fact.loss.error:.4f}",
            f"{fact.loss.perplexity:.4g}", "–",
        )  # fmt: skip
    for point in result.points:
        loss = point.loss
        table.add_row(
            point.method, f"{point.strength:g}", f"{loss.nll:.4f}", f"{loss.error:.4f}",
            f"{loss.perplexity:.4g}", f"{point.moved:.1%}",
        )  # fmt: skip
    print_table(table)
    largest = max(fact.logit_difference for fact in result.facts)
    out.print(
        f"{result.features:,} features rescaled; dense logits differ by at most {largest:.3g}."
    )
