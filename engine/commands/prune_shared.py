"""What the verbs of `lathe prune` share: options, texts from them, losses in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from engine.commands.compare_options import ModelOptions, one_of
from engine.errors import BadSpec
from engine.pruning.folder import check_folder
from engine.pruning.prune_spec import ALLOCATIONS, PruneSpec
from engine.pruning.recipe import Group, Mode, Recipe
from engine.pruning.structured_spec import StructuredSpec
from engine.text_source import check_sources

if TYPE_CHECKING:
    from engine.models.reference import ModelRef
    from engine.pruning.measured_spec import MeasuredSpec
    from engine.pruning.prune_spec import Loss

Model = Annotated[str, typer.Option(help="A model's name or folder.")]
Sparsity = Annotated[float, typer.Option(help="Share of zeros, 0 to 1.")]
Allocation = Annotated[str, typer.Option(help=f"Of: {', '.join(ALLOCATIONS)}.")]
Normalised = Annotated[str, typer.Option(help="Custom: none or row+col.")]
MagnitudePower = Annotated[float, typer.Option(help="Custom: exponent of the magnitude.")]
InputPower = Annotated[float, typer.Option(help="Custom: exponent of the activation norm.")]
Compared = Annotated[str, typer.Option(help="Custom: row or matrix.")]
Windows = Annotated[int, typer.Option(help="Windows of calibration.")]
Length = Annotated[int, typer.Option(help="Tokens per window.")]
Measured = Annotated[int, typer.Option(help="Windows measured.")]
MeasuredOrNot = Annotated[int, typer.Option(help="Windows measured; 0 = none.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace a pruned model that lies in --out.")
]
Seed = Annotated[int, typer.Option(help="Which windows are drawn.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")]
DType = Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")]
Quantized = Annotated[str, typer.Option("--quantization", help="none, nf4, fp4 or int8.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def model_of(name: str, device: str, dtype: str, quantization: str) -> ModelRef:
    """The model of the options. Raises `BadSpec`."""
    return ModelOptions((name,), device=device, dtype=dtype, quantization=quantization).refs()[0]


def recipe_of_options(mode: str, u: float, a: float, group: str) -> Recipe:
    """The score of the method “custom”. Raises `BadSpec`."""
    return Recipe(
        cast(Mode, one_of("--mode", mode, get_args(Mode))),
        u,
        a,
        cast(Group, one_of("--group", group, get_args(Group))),
    )


def check_files(spec: MeasuredSpec) -> None:
    """Say what is wrong with the files of a job before the seconds of loading the libraries.

    Raises:
        BadSpec: A text is missing or is none, or the folder cannot take the model.
    """
    check_sources(spec.calibration, spec.evaluation)
    if isinstance(spec, PruneSpec) and spec.masks_only:
        return
    if isinstance(spec, PruneSpec | StructuredSpec) and spec.out:
        check_folder(Path(spec.out), overwrite=spec.overwrite)


def numbers(option: str, text: str) -> tuple[float, ...]:
    """``"0.1,0.5"`` as numbers. Raises `BadSpec`."""
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise BadSpec(
            f"{option} {text} is no list of numbers.", "Write them with commas: 0.3,0.5."
        ) from None


def words(text: str) -> tuple[str, ...]:
    """``"wanda,ria"`` as words."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def loss_words(loss: Loss) -> str:
    """A loss in one line."""
    return (
        f"perplexity {loss.perplexity:.4g}, {loss.nll:.4f} ± {loss.error:.4f} nats per token "
        f"({loss.tokens:,} tokens, {loss.windows} windows)"
    )


def with_perplexity(loss: Loss) -> dict[str, object]:
    """A loss as plain values, with the perplexity and its standard error."""
    from engine.jobs.spec import to_plain

    perplexity = loss.perplexity
    return {
        **to_plain(loss),
        "perplexity": perplexity,
        "perplexity_error": perplexity * loss.error,  # to first order
    }
