"""`lathe extend search`: divisors for LongRoPE, where a model has none."""

from __future__ import annotations

from typing import Annotated, cast, get_args

import typer

from engine.commands.compare_options import ModelOptions, one_of
from engine.commands.console import note, out, print_json, run_job, stop
from engine.context.search_spec import SearchResult, SearchSpec, Tried
from engine.errors import EngineError
from engine.prompting.elements import Language


def search(
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "teach-rope",
    factor: Annotated[float, typer.Option(help="Target length over trained length.")] = 4.0,
    n: Annotated[int, typer.Option(help="Lists to try.")] = 24,
    needles: Annotated[int, typer.Option(help="Keys in the text that judges them.")] = 8,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    seed: Annotated[int, typer.Option(help="Which text and which lists.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Search LongRoPE's divisors on keys hidden in a long text; print them for --long-factor.

    Example: lathe extend search --factor 4 --n 24
    """
    try:
        spec = SearchSpec(
            model=ModelOptions((model,), device=device, dtype=dtype).refs()[0],
            factor=factor,
            evaluations=n,
            needles=needles,
            language=cast(Language, one_of("--language", language, get_args(Language))),
            seed=seed,
        )
        result = run_job(spec, _heard)
    except EngineError as error:
        stop(error)
    assert isinstance(result, SearchResult)
    if as_json:
        from engine.jobs.spec import to_plain

        print_json(to_plain(result))
        return
    out.print(",".join(f"{one:.6g}" for one in result.long_factor), soft_wrap=True)
    out.print(
        f"{result.best.found} of {needles} keys found in {result.tokens:,} tokens, "
        f"{result.best.nll:.3g} nats per digit; tried {len(result.tried)} lists."
    )


def _heard(part: object) -> None:
    if isinstance(part, Tried):
        note(f"power {part.power:.3g}, to {part.stretch:.3g}: {part.nll:.3g} nats per digit")
