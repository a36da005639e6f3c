"""What the page does, as the command line that does the same without a window."""

from __future__ import annotations

import shlex

from engine.pruning.measured_spec import MeasuredSpec
from engine.pruning.outliers_spec import OutliersSpec
from engine.pruning.prune_spec import CUSTOM, PruneSpec, TextSource
from engine.pruning.recipe import Recipe
from engine.pruning.structured_spec import StructuredSpec
from engine.pruning.sweep_spec import SweepPruneSpec
from engine.pruning.tune_spec import TuneSpec

Asked = MeasuredSpec | PruneSpec | StructuredSpec


def prune_command(spec: PruneSpec) -> str:
    """``lathe prune …``."""
    words = ["lathe", "prune", *_model(spec), "--method", spec.method]
    words += ["--sparsity", f"{spec.ratio:g}"]
    if spec.method == CUSTOM:
        words += _recipe(spec.recipe)
    if spec.pattern:
        words += ["--pattern", spec.pattern]
    if spec.allocation != "uniform":
        words += ["--allocation", spec.allocation]
    for name, ratio in spec.fixed.items():
        words += ["--fix", f"{name}={ratio:g}"]
    if spec.passes != 1:
        words += ["--passes", str(spec.passes)]
    words += _texts(spec)
    if spec.out:
        words += ["--out", spec.out, *(["--bitmask"] if spec.bitmask else [])]
    return shlex.join(words)


def sweep_command(spec: SweepPruneSpec) -> str:
    """``lathe prune sweep …``."""
    words = ["lathe", "prune", "sweep", *_model(spec), "--methods", ",".join(spec.methods)]
    words += ["--ratios", _list(spec.ratios)]
    if spec.allocation != "uniform":
        words += ["--allocation", spec.allocation]
    if spec.task:
        words += ["--task", spec.task, "--language", spec.language, "--items", str(spec.items)]
        words += ["--steps"] if spec.steps else []
    return shlex.join([*words, *_texts(spec)])


def tune_command(spec: TuneSpec) -> str:
    """``lathe prune tune …``."""
    words = ["lathe", "prune", "tune", *_model(spec), "--sparsity", f"{spec.ratio:g}"]
    words += ["--a", _list(spec.activations), "--u", _list(spec.magnitudes)]
    return shlex.join([*words, *_texts(spec)])


def outliers_command(spec: OutliersSpec) -> str:
    """``lathe prune outliers …``."""
    words = ["lathe", "prune", "outliers", *_model(spec), "--sparsity", f"{spec.ratio:g}"]
    words += ["--methods", ",".join(spec.methods), "--strengths", _list(spec.strengths)]
    return shlex.join([*words, *_texts(spec)])


def structured_command(spec: StructuredSpec) -> str:
    """``lathe prune structured …``."""
    words = ["lathe", "prune", "structured", *_model(spec), "--groups", f"{spec.groups:g}"]
    words += ["--neurons", f"{spec.neurons:g}", "--blocks", str(spec.blocks)]
    words += ["--widths", spec.widths, "--importance", spec.importance]
    if spec.ranking:
        words += ["--ranking", spec.ranking]
    words += ["--compensate"] if spec.compensate else []
    words += _texts(spec)
    return shlex.join([*words, "--out", spec.out] if spec.out else words)


def _model(spec: Asked) -> list[str]:
    return ["--model", spec.model.id]


def _recipe(recipe: Recipe) -> list[str]:
    return [
        "--mode", recipe.mode, "--u", f"{recipe.u:g}", "--a", f"{recipe.a:g}",
        "--group", recipe.group,
    ]  # fmt: skip


def _texts(spec: Asked) -> list[str]:
    """Texts and windows; a text that is no file comes from standard input."""
    return [
        "--calibration", _source(spec.calibration), "--evaluation", _source(spec.evaluation),
        "--windows", str(spec.windows), "--length", str(spec.length),
        "--measured", str(spec.measured), "--seed", str(spec.seed),
    ]  # fmt: skip


def _source(source: TextSource) -> str:
    return source.path or "-"


def _list(values: tuple[float, ...]) -> str:
    return ",".join(f"{value:g}" for value in values)
