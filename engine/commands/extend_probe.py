"""`lathe extend probe`: keys found and perplexity, by method and length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.compare_options import ModelOptions, one_of
from engine.commands.console import note, out, print_json, print_table, run_job, stop
from engine.commands.text_option import Text, source
from engine.context.cache_names import CACHES
from engine.context.method_names import METHOD_NAMES, PARTS, parts_of
from engine.context.probe_spec import (
    DEFAULT_LENGTHS,
    DEFAULT_METHODS,
    IMPLEMENTATIONS,
    AttentionTime,
    ProbeResult,
    ProbeRow,
    ProbeSpec,
)
from engine.errors import BadSpec, EngineError
from engine.models.reference import AttentionChoice
from engine.prompting.elements import Language
from engine.text_source import TEACHING

if TYPE_CHECKING:
    from engine.context.probe_spec import MethodReport


def probe(
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "teach-rope",
    methods: Annotated[
        str,
        typer.Option(help=f"Of: {', '.join(METHOD_NAMES)}; joined by +, such as rerope+log-n."),
    ] = ",".join(DEFAULT_METHODS),
    lengths: Annotated[
        str, typer.Option(help="Times the trained length (4x) or tokens (1536).")
    ] = ",".join(DEFAULT_LENGTHS),
    factor: Annotated[
        float, typer.Option(help="Stretch of every method; 0 = as each length needs.")
    ] = 0.0,
    needles: Annotated[int, typer.Option(help="Keys hidden in one text.")] = 8,
    n: Annotated[int, typer.Option(help="Most keys per method and length; 0 = none.")] = 48,
    width: Annotated[
        float, typer.Option(help="End a cell once its interval is so narrow; 0 = never.")
    ] = 0.25,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    seed: Annotated[int, typer.Option(help="Which keys and which filler.")] = 0,
    text: Text = TEACHING,
    stride: Annotated[int, typer.Option(help="Tokens scored per window.")] = 128,
    windows: Annotated[int, typer.Option(help="Windows of perplexity; 0 = none.")] = 8,
    cache: Annotated[str, typer.Option(help=f"Of: {', '.join(CACHES)}.")] = "full",
    attention: Annotated[
        str, typer.Option(help=f"auto or one of: {', '.join(IMPLEMENTATIONS)}.")
    ] = "auto",
    time_attention: Annotated[
        str,
        typer.Option("--time", help="Implementations of attention to time; all = every one."),
    ] = "",
    chunk: Annotated[
        int, typer.Option(help="Tokens per forward pass; 0 = the whole text at once.")
    ] = 1024,
    long_factor: Annotated[
        str, typer.Option(help="LongRoPE's divisors, separated by commas.")
    ] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Measure again what was measured before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Measure where each method breaks: keys found in long texts, and perplexity.

    Every finished row is kept: a probe that was stopped goes on where it was.

    Example: lathe extend probe --methods direct,ntk,rerope --lengths 1x,4x
    """
    try:
        if not (n or windows or time_attention.strip()):
            raise BadSpec(
                "Nothing is to be measured.", "Ask for keys or for windows of perplexity."
            )
        spec = ProbeSpec(
            model=ModelOptions((model,), device=device, dtype=dtype).refs()[0],
            methods=_listed(methods),
            lengths=_listed(lengths),
            factor=factor,
            needles=needles,
            most=n,
            width=width,
            language=cast(Language, one_of("--language", language, get_args(Language))),
            seed=seed,
            evaluation=source(text),
            stride=stride,
            windows=windows,
            cache=cache,
            long_factor=_divisors(long_factor),
            attention=_implementation(attention),
            chunk=chunk,
            timed=_timed(time_attention),
            afresh=afresh,
        )
        result = _run(spec)
    except EngineError as error:
        stop(error)
    if as_json:
        print_json(_plain(result))
    else:
        _show(result)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _implementation(name: str) -> AttentionChoice:
    return cast(AttentionChoice, one_of("--attention", name, ("auto", *IMPLEMENTATIONS)))


def _timed(text: str) -> tuple[AttentionChoice, ...]:
    if text.strip() == "all":
        return IMPLEMENTATIONS
    return tuple(cast(AttentionChoice, one_of("--time", n, IMPLEMENTATIONS)) for n in _listed(text))


def _divisors(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise BadSpec(
            "The divisors of --long-factor are no numbers.", "Write 1.0,1.1,1.3 and so on."
        ) from None


def _run(spec: ProbeSpec) -> ProbeResult:
    def heard(part: object) -> None:
        if isinstance(part, ProbeRow) and part.complete:
            note(_line(part))

    result = run_job(spec, heard)
    assert isinstance(result, ProbeResult)
    return result


def _line(row: ProbeRow) -> str:
    if row.problem:
        return f"{row.length} {row.method}: {row.problem}"
    found = f"{row.right} of {row.n} keys" if row.n else "no keys asked for"
    text = "" if row.perplexity is None else f", perplexity {row.perplexity:.4g}"
    kept = " (measured before)" if row.stored else ""
    return f"{row.length} {row.method}: {found}{text}{kept}"


def _plain(result: ProbeResult) -> dict[str, object]:
    from engine.jobs.spec import to_plain

    return {
        "model": result.model,
        "trained": result.trained,
        "rows": [to_plain(row) for row in result.rows],
        "methods": [_plain_report(report) for report in result.methods],
        "attention": [to_plain(one) for one in result.attention],
        "inv_freq": result.inv_freq.tolist(),
        "seconds": result.seconds,
        "provenance": to_plain(result.provenance),
    }


def _plain_report(report: MethodReport) -> dict[str, object]:
    plain = {
        name: value.tolist() if name == "inv_freq" else value
        for name, value in vars(report).items()
    }
    return plain | {"formula": [PARTS[part].formula for part in parts_of(report.name)]}


def _attention_line(one: AttentionTime) -> str:
    if one.ms is None:
        return f"{one.tokens:,} tokens, {one.name}: {one.problem}"
    return (
        f"{one.tokens:,} tokens read with {one.name}: {one.ms:.0f} ms, "
        f"{one.peak_bytes / 1e6:.3g} MB beside the weights"
    )


def _show(result: ProbeResult) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    heads = (
        "Length", "tokens", "method", "keys found", "95 % interval", "of", "perplexity",
        "cache MB", "peak MB", "s",
    )  # fmt: skip
    for place, name in enumerate(heads):
        table.add_column(name, justify="left" if place in (0, 2) else "right", no_wrap=True)
    for row in result.rows:
        table.add_row(
            row.length,
            f"{row.tokens:,}",
            escape(row.method),
            f"{row.passkey:.0%}" if row.n else "–",
            f"{row.low:.0%} … {row.high:.0%}" if row.n else "–",
            str(row.n),
            "–" if row.perplexity is None else f"{row.perplexity:.4g}",
            f"{row.kv_bytes / 1e6:.3g}" if row.kv_bytes else "–",
            f"{row.peak_bytes / 1e6:.3g}" if row.peak_bytes else "–",
            f"{row.seconds:.3g}",
        )
    if result.rows:
        print_table(table)
    for failed in result.rows:
        if failed.problem:
            told = f"{failed.length} {failed.method}: {failed.problem} {failed.hint}"
            out.print(escape(told))
    for one in result.attention:
        out.print(escape(_attention_line(one)))
    for report in result.methods:
        if report.problem:
            out.print(
                f"{escape(report.name)}: not applicable. {escape(report.problem)} "
                f"{escape(report.hint)}"
            )
        elif not report.keeps_cache:
            gap = "" if report.cache_gap is None else f" (a logit moves by {report.cache_gap:.2g})"
            out.print(
                f"{escape(report.name)}: its frequencies follow the length, so keys that were "
                f"cached earlier go stale{gap}; every question was read from its start."
            )
    out.print(
        f"trained on {result.trained:,} tokens; digits of a key are given one after another and "
        "must each be the likeliest token."
    )
