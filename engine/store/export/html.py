"""A comparison as one self-contained HTML file: no script, no network, everything escaped.

Tokens are spans tinted by how surprising they were; the hint over each shows its probability and
the likeliest alternatives.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from html import escape

from engine.decoding.records import Generation, TokenRecord
from engine.evaluation.external import PASSAGE, fewer_text
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, Stage, Vote
from engine.store.export.facts import (
    environment_facts,
    environments,
    knowledge_facts,
    passages_of,
    percent,
    sample_text,
    sampling_facts,
    statistics_of,
    verdict,
    vote_text,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
MOST_TINTED = 40_000  # tokens; beyond, a browser would choke on the spans
_MARK = {"right": "✓ right", "wrong": "✗ wrong", "unknown": ""}
_TINTS = (
    '<p class="dim">Tokens are tinted by surprise: the fainter the tint, the surer the model.'
    " Hold the pointer over one for its alternatives.</p>"
)
_STYLE = """
:root{color-scheme:light dark;--ink:#1d2126;--paper:#fbfaf8;--card:#fff;--line:#d9d6cf;--dim:#666;
--heat:200,90,20;--good:#1a7f4b;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e4df;--paper:#17191c;--card:#1f2226;--line:#3a3e44;
--dim:#9aa0a6;--heat:255,150,60;--good:#5cc98d;--bad:#ff8a80}}
body{margin:2rem auto;max-width:110rem;padding:0 1rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}h3{font-size:1rem;margin:0 0 .4rem}
table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid var(--line);
padding:.25rem .6rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:.8rem}
.cell{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.7rem;
min-width:0}
pre,.answer{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;
font-family:ui-monospace,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace;font-size:.9em}
.tpl{color:var(--dim)}.right{color:var(--good)}.wrong,.error{color:var(--bad)}
.dim{color:var(--dim);font-size:.85em}details{margin:.3rem 0}summary{cursor:pointer;
color:var(--dim)}
.answer span{border-radius:2px}
"""


def render(spec: CompareSpec, result: CompareResult) -> str:
    """The report as one HTML document."""
    title = escape(spec.title())
    tinted = sum(len(cell.tokens) for cell in result.cells) <= MOST_TINTED
    sections = "".join(_sections(spec, result, tinted))
    facts = (*sampling_facts(spec), *knowledge_facts(spec))
    origins = "".join(_facts(environment_facts(one, result)) for one in environments(result))
    return (
        f'<!DOCTYPE html>\n<html lang="{_language(spec)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{title}</h1>{_summaries(result)}{_statistics(spec, result)}"
        f"{_TINTS if tinted else ''}"
        f"{sections}<h2>How it was measured</h2>{_facts(facts)}{origins}"
        "</body></html>\n"
    )


def _language(spec: CompareSpec) -> str:
    return "zh-CN" if spec.prompt.language == "zh" else "en"


def _summaries(result: CompareResult) -> str:
    head = ("Model", "Technique", "Right", "Scored", "Accuracy", "Invalid", "Failed", "New tokens")
    rows = "".join(
        f"<tr><td>{escape(one.model)}</td><td>{escape(one.variant)}</td>"
        f'<td class="n">{one.correct}</td><td class="n">{one.scored}</td>'
        f'<td class="n">{percent(one.accuracy)}</td><td class="n">{one.invalid}</td>'
        f'<td class="n">{one.failed}</td><td class="n">{one.new_tokens}</td></tr>'
        for one in result.summaries
    )
    return f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{rows}</table>"


def _statistics(spec: CompareSpec, result: CompareResult) -> str:
    shown = statistics_of(spec, result)
    return f"<h2>What it shows</h2>{_facts(shown)}" if shown else ""


def _sections(spec: CompareSpec, result: CompareResult, tinted: bool) -> Iterator[str]:
    """One section per item that has a cell."""
    cells: dict[int, list[CellResult]] = {}
    for cell in result.cells:
        cells.setdefault(cell.key.item, []).append(cell)
    votes: dict[int, list[Vote]] = {}
    for vote in result.votes:
        votes.setdefault(vote.item, []).append(vote)
    for index in sorted(cells):
        item = spec.items[index]
        wanted = f" – expected <b>{escape(item.expected)}</b>" if item.expected is not None else ""
        columns = "".join(_cell(spec, cell, tinted) for cell in cells[index])
        said = "".join(map(_vote, votes.get(index, [])))
        yield f'<h2>Item {escape(item.id)}{wanted}</h2>{said}<div class="row">{columns}</div>'


def _vote(vote: Vote) -> str:
    word = verdict(vote.correct)
    mark = f' <span class="{word}">{_MARK[word]}</span>' if _MARK[word] else ""
    return f"<p>Vote of {escape(vote.label)}: {escape(vote_text(vote))}{mark}</p>"


def _cell(spec: CompareSpec, cell: CellResult, tinted: bool) -> str:
    model = escape(spec.models[cell.key.model].id)
    sample = escape(sample_text(spec, cell))
    parts = [f"<h3>{escape(cell.variant)}{sample}</h3>", f'<div class="dim">{model}</div>']
    if cell.error is not None:
        parts.append(f'<p class="error">{escape(str(cell.error))}</p>')
    if cell.sent:
        parts.append(f"<details><summary>Text sent</summary><pre>{_sent(cell)}</pre></details>")
    parts += _passages(spec, cell)
    parts += [_stage(stage) for stage in cell.stages if stage.kind != PASSAGE]
    answer = cell.generation
    if answer is not None:
        text = _said(answer) if tinted else escape(answer.text)
        parts.append(f'<div class="answer">{text}</div>')
        parts.append(_labels(cell))
        parts.append(_extractions(cell))
        parts.append(
            f'<div class="dim">{answer.prompt_tokens} prompt tokens '
            f"({answer.reused_tokens} reused), {len(answer.chosen)} new, "
            f"first after {answer.first_token_ms:.0f} ms, {answer.total_ms:.0f} ms, "
            f"batch of {answer.batch_size}</div>"
        )
    return f'<div class="cell">{"".join(parts)}</div>'


def _passages(spec: CompareSpec, cell: CellResult) -> list[str]:
    """The passages of documents in the prompt, folded."""
    parts = [
        f"<details><summary>{escape(source)}</summary><pre>{escape(text)}</pre></details>"
        for source, text in passages_of(spec, cell)
    ]
    fewer = fewer_text(spec, cell)
    return parts if fewer is None else [*parts, f'<div class="dim">{escape(fewer)}</div>']


def _stage(stage: Stage) -> str:
    """An intermediate text, folded."""
    name = escape(f"{stage.kind} {stage.index + 1}")
    times = f" ×{stage.count}" if stage.count > 1 else ""
    decided = " – decided" if stage.decided else ""
    value = f" → {escape(stage.value)}" if stage.value is not None else ""
    said = escape(stage.generation.text) if stage.generation is not None else ""
    head = f"{name}{times}{value}{decided}"
    return (
        f"<details><summary>{head}</summary><pre>{said}</pre></details>"
        if said
        else (f'<div class="dim">{head}</div>')
    )


def _labels(cell: CellResult) -> str:
    rows = "".join(
        f'<tr><td>{escape(one.label)}</td><td class="n">{one.logprob:.3f}</td>'
        f'<td class="n">{percent(one.summed.raw)}</td></tr>'
        for one in cell.labels
    )
    head = "<tr><th>Label</th><th>Log-probability</th><th>Share</th></tr>"
    return f"<table>{head}{rows}</table>" if rows else ""


def _sent(cell: CellResult) -> str:
    return "".join(
        escape(part.text) if part.element else f'<span class="tpl">{escape(part.text)}</span>'
        for part in cell.sent
    )


def _said(answer: Generation) -> str:
    """The answer's tokens; what was put there is drawn as the text that was sent."""
    first, end = answer.forced
    put = "".join(token.text for token in answer.tokens[first:end])
    parts = [
        *map(_token, answer.tokens[:first]),
        f'<span class="tpl">{escape(put)}</span>' if put else "",
        *map(_token, answer.tokens[end:]),
    ]
    return "".join(parts)


def _token(token: TokenRecord) -> str:
    """One token; the tint is its surprise, 1 − probability."""
    tint = 0.75 * (1.0 - math.exp(min(0.0, token.logprob)))
    lines = [f"{_share(token.logprob)} · entropy {token.entropy:.2f} nats"]
    lines += [f"{_share(one.logprob)} {one.text!r}" for one in token.top]
    hint = escape("\n".join(lines), quote=True)
    style = f"background:rgba(var(--heat),{tint:.2f})"
    return f'<span style="{style}" title="{hint}">{escape(token.text)}</span>'


def _share(logprob: float) -> str:
    return f"{100 * math.exp(min(0.0, logprob)):.1f} %"


def _extractions(cell: CellResult) -> str:
    lines = []
    for found in cell.extractions:
        word = verdict(found.correct)
        value = f"<b>{escape(found.value)}</b>" if found.value is not None else "no answer found"
        mark = f' <span class="{word}">{_MARK[word]}</span>' if _MARK[word] else ""
        lines.append(f'<div>{value}{mark} <span class="dim">{escape(found.rule)}</span></div>')
    return "".join(lines)


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts
    )
    return f"<table>{rows}</table>"
