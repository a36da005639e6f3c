"""`lathe extend documents`: an answer from documents that are longer than the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.markup import escape

from engine.commands.compare_options import ModelOptions, one_of
from engine.commands.console import note, out, print_json, run_job, stop
from engine.context.documents_spec import (
    FLOWS,
    SCENARIOS,
    DocumentOptions,
    DocumentsResult,
    DocumentsSpec,
    DocumentText,
    Flow,
    Rank,
    Scenario,
    Step,
)
from engine.errors import BadSpec, EngineError
from engine.prompting.elements import Language

if TYPE_CHECKING:
    from engine.context.documents_spec import Passage

DEFAULTS = DocumentOptions()
SHOWN = 60


def documents(
    files: Annotated[
        list[Path] | None, typer.Argument(help=".txt, .md, .html, .pdf and .docx files.")
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option("--text", help="A document that is no file, NAME=TEXT; may be repeated."),
    ] = None,
    question: Annotated[
        str, typer.Option("--question", "-q", help="What to ask; empty = summarise.")
    ] = "",
    flow: Annotated[str, typer.Option(help=f"Of: {', '.join(FLOWS)}.")] = "auto",
    scenario: Annotated[
        str, typer.Option(help=f"What it is about, for auto: {', '.join(SCENARIOS)}.")
    ] = "",
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "teach-rope",
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    window: Annotated[int, typer.Option(help="Tokens of a prompt; 0 = as trained.")] = 0,
    chunk_tokens: Annotated[int, typer.Option(help="Tokens of a passage; 0 = as fits.")] = 0,
    overlap: Annotated[int, typer.Option(help="Tokens that passages repeat.")] = 0,
    top: Annotated[int, typer.Option(help="Passages in a prompt.")] = DEFAULTS.top,
    rank: Annotated[str, typer.Option(help="hybrid, bm25 or embeddings.")] = DEFAULTS.rank,
    encoder: Annotated[
        str, typer.Option(help="Folder of a sentence-transformers model; empty = the model's own.")
    ] = "",
    contexts: Annotated[int, typer.Option(help="Passages that NBCE reads.")] = DEFAULTS.contexts,
    beta: Annotated[
        float, typer.Option(help="NBCE's weight against the answer without a passage.")
    ] = DEFAULTS.beta,
    top_p: Annotated[
        float, typer.Option("--top-p", help="NBCE's nucleus, cut before passages are joined.")
    ] = DEFAULTS.top_p,
    bonus: Annotated[
        float, typer.Option(help="Nats for the passage that won the token before (stickiness).")
    ] = DEFAULTS.bonus,
    drop_after: Annotated[
        int, typer.Option(help="Passages that won none of so many tokens leave NBCE; 0 = never.")
    ] = DEFAULTS.drop_after,
    prior: Annotated[
        float, typer.Option(help="Weight of retrieval's rank in NBCE (ours); 0 = as published.")
    ] = DEFAULTS.prior,
    rounds: Annotated[
        int, typer.Option(help="Most waves in which map-reduce joins partial results.")
    ] = DEFAULTS.rounds,
    sections: Annotated[int, typer.Option(help="Sections of a long output.")] = DEFAULTS.sections,
    section_tokens: Annotated[
        int, typer.Option(help="Most tokens of a section.")
    ] = DEFAULTS.section_tokens,
    max_new_tokens: Annotated[
        int, typer.Option(help="Most tokens of the answer and of each step.")
    ] = DEFAULTS.max_new_tokens,
    project: Annotated[
        Path | None, typer.Option(help="Keep the index and unfinished work in this project.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:0, …")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Ask a question about documents beyond the window, or have them summarised.

    Example: lathe extend documents --question "What is the key of Anna?" a.txt b.pdf
    """
    try:
        spec = DocumentsSpec(
            model=ModelOptions((model,), device=device, dtype=dtype).refs()[0],
            question=question,
            files=tuple(str(path.absolute()) for path in files or ()),
            texts=tuple(_text(one) for one in text or ()),
            flow=cast(Flow, one_of("--flow", flow, FLOWS)),
            scenario=cast(Scenario, one_of("--scenario", scenario, ("", *SCENARIOS))),
            language=cast(Language, one_of("--language", language, ("en", "zh"))),
            options=DocumentOptions(
                window=window,
                chunk_tokens=chunk_tokens,
                overlap=overlap,
                top=top,
                rank=cast(Rank, one_of("--rank", rank, ("hybrid", "bm25", "embeddings"))),
                encoder=encoder,
                contexts=contexts,
                beta=beta,
                top_p=top_p,
                bonus=bonus,
                drop_after=drop_after,
                prior=prior,
                rounds=rounds,
                sections=sections,
                section_tokens=section_tokens,
                max_new_tokens=max_new_tokens,
            ),
        )
        result = _run(spec, project)
    except EngineError as error:
        stop(error)
    if as_json:
        print_json(_plain(result))
    else:
        _show(result)


def _text(given: str) -> DocumentText:
    """A document as ``NAME=TEXT``."""
    name, mark, said = given.partition("=")
    if not mark or not name.strip():
        raise BadSpec(f"“{given[:SHOWN]}” is no text with a name.", "Write it as NAME=TEXT.")
    return DocumentText(name, said)


def _run(spec: DocumentsSpec, project: Path | None) -> DocumentsResult:
    def heard(part: object) -> None:
        if isinstance(part, Step):
            note(_line(part))

    kept = "finished steps are kept in the project" if project else "nothing was kept"
    result = run_job(spec, heard, f"Stopped; {kept}.", project)
    assert isinstance(result, DocumentsResult)
    return result


def _line(step: Step) -> str:
    text = " ".join(step.text.split())
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    again = " (from an earlier run)" if step.resumed else ""
    return f"{step.number + 1}. {step.stage}: {len(step.passages)} passages{again}  {shown}"


def _plain(result: DocumentsResult) -> dict[str, object]:
    from engine.jobs.spec import to_plain

    plain: dict[str, object] = to_plain(result)
    return plain


def _show(result: DocumentsResult) -> None:
    out.print(escape(result.answer))
    out.print(f"\n{result.flow}: {escape(result.reason)}")
    for citation in result.citations:
        out.print(f"  {escape(_place(result, result.passages[citation.passage]))}")
    won = dict.fromkeys(token.passage for token in result.tokens if token.passage >= 0)
    for number in won:
        said = "".join(token.text for token in result.tokens if token.passage == number)
        place = _place(result, result.passages[number])
        out.print(f"  “{escape(said.strip())}” decided by {escape(place)}")
    counts = result.counts
    out.print(
        f"{counts.documents:,} tokens in {counts.passages} passages, window {counts.window:,}: "
        f"{counts.read:,} read, {counts.generated:,} written, {result.seconds:.1f} s."
    )
    for one in result.notes:
        out.print(escape(one))


def _place(result: DocumentsResult, passage: Passage) -> str:
    page = f", page {passage.page}" if passage.page else ""
    heading = f", {passage.heading}" if passage.heading else ""
    name = result.sources[passage.source].name
    return f"{name}{page}{heading}, characters {passage.start}–{passage.end}"
