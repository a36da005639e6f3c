"""What the page does, as the command line that does the same without a window."""

from __future__ import annotations

from engine.commands.lines import line, model_words, number, text_word
from engine.pruning.measured_spec import MeasuredSpec
from engine.pruning.outliers_spec import OutliersSpec
from engine.pruning.prune_spec import CUSTOM, PruneSpec
from engine.pruning.recipe import Recipe
from engine.pruning.structured_spec import StructuredSpec
from engine.pruning.sweep_spec import SweepPruneSpec
from engine.pruning.tune_spec import TuneSpec


def prune_command(spec: PruneSpec) -> str:
    """``lathe prune …``."""
    words = ["lathe", "prune", *model_words(spec.model), "--method", spec.method]
    words += ["--sparsity", number(spec.ratio)]
    if spec.method == CUSTOM:
        words += _recipe(spec.recipe)
    if spec.pattern:
        words += ["--pattern", spec.pattern]
    if spec.allocation != "uniform":
        words += ["--allocation", spec.allocation]
    for name, ratio in spec.fixed.items():
        words += ["--fix", f"{name}={number(ratio)}"]
    if spec.passes != 1:
        words += ["--passes", str(spec.passes)]
    words += _texts(spec)
    if spec.out:
        words += ["--out", spec.out]
    words += ["--overwrite"] if spec.out and spec.overwrite else []
    words += ["--bitmask"] if spec.bitmask else []
    words += ["--masks-only"] if spec.masks_only else []
    words += ["--forecast"] if spec.forecast else []
    words += ["--timed", str(spec.timed)] if spec.timed else []
    return line(words)


def sweep_command(spec: SweepPruneSpec) -> str:
    """``lathe prune sweep …``."""
    words = ["lathe", "prune", "sweep", *model_words(spec.model)]
    words += ["--methods", ",".join(spec.methods), "--ratios", _list(spec.ratios)]
    if CUSTOM in spec.methods:
        words += _recipe(spec.recipe)
    if spec.allocation != "uniform":
        words += ["--allocation", spec.allocation]
    if spec.task:
        words += ["--task", spec.task]
    words += ["--language", spec.language, "--items", str(spec.items)]
    words += ["--steps"] if spec.steps else []
    words += ["--afresh"] if spec.afresh else []
    return line([*words, *_texts(spec)])


def tune_command(spec: TuneSpec) -> str:
    """``lathe prune tune …``."""
    words = ["lathe", "prune", "tune", *model_words(spec.model), "--sparsity", number(spec.ratio)]
    words += ["--modes", ",".join(spec.modes), "--groups", ",".join(spec.groups)]
    words += ["--a", _list(spec.activations), "--u", _list(spec.magnitudes)]
    return line([*words, *_texts(spec)])


def outliers_command(spec: OutliersSpec) -> str:
    """``lathe prune outliers …``."""
    words = ["lathe", "prune", "outliers", *model_words(spec.model)]
    words += ["--sparsity", number(spec.ratio), "--methods", ",".join(spec.methods)]
    words += ["--strengths", _list(spec.strengths)]
    return line([*words, *_texts(spec)])


def structured_command(spec: StructuredSpec) -> str:
    """``lathe prune structured …``."""
    words = ["lathe", "prune", "structured", *model_words(spec.model)]
    words += ["--groups", number(spec.groups), "--neurons", number(spec.neurons)]
    words += ["--blocks", str(spec.blocks)]
    words += ["--experts", number(spec.experts)] if spec.experts else []
    words += ["--widths", spec.widths, "--importance", spec.importance]
    if spec.ranking:
        words += ["--ranking", spec.ranking]
    words += ["--compensate"] if spec.compensate else []
    words += _texts(spec)
    for name in ("multiple", "tokens", "rounds"):
        value = getattr(spec, name)
        words += [f"--{name}", str(value)] if value != getattr(StructuredSpec, name) else []
    if spec.out:
        words += ["--out", spec.out]
    words += ["--overwrite"] if spec.out and spec.overwrite else []
    return line(words)


def _recipe(recipe: Recipe) -> list[str]:
    return [
        "--mode", recipe.mode, "--u", number(recipe.u), "--a", number(recipe.a),
        "--group", recipe.group,
    ]  # fmt: skip


def _texts(spec: MeasuredSpec) -> list[str]:
    """Texts and windows."""
    return [
        "--calibration", text_word(spec.calibration), "--evaluation", text_word(spec.evaluation),
        "--windows", str(spec.windows), "--length", str(spec.length),
        "--measured", str(spec.measured), "--seed", str(spec.seed),
    ]  # fmt: skip


def _list(values: tuple[float, ...]) -> str:
    return ",".join(number(value) for value in values)
