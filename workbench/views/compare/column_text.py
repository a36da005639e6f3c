"""What a column says, in words and numbers with units."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from PySide6.QtCore import QCoreApplication

from workbench.viewmodels.compare_column import Column
from workbench.viewmodels.names import column_title, finish_name, rule_name
from workbench.widgets.token_text import shown

# Chinese breaks after every sign; a word joiner holds the signs of one figure together.
_JOINS: Final = re.compile(r"(?<=[\u4e00-\u9fff])(?=[^\u2060])")


def title(column: Column) -> str:
    """The technique, with its number, and the place where a branch leaves."""
    text = column_title(column.variant.technique, column.variant.name)
    if column.branch is not None:
        at = len(column.branch.prefix)
        text += " · " + QCoreApplication.translate("Column", "branch at {n}").format(n=at)
    return text


def subtitle(column: Column, show_model: bool, outdated: bool) -> str:
    """The model when there are several, and what makes this column special."""
    parts = [column.model_id] if show_model else []
    if column.vote is not None:
        text = QCoreApplication.translate("Column", "path {n} of {all}")
        parts.append(text.format(n=column.paths.shown + 1, all=column.vote.planned))
    if column.branch is not None and column.records:
        chosen = column.records[len(column.branch.prefix) - 1]
        text = QCoreApplication.translate("Column", "from “{token}” on")
        parts.append(text.format(token=shown(chosen.text)))
    if outdated and not column.busy:
        parts.append(QCoreApplication.translate("Column", "asked before the last edit"))
    return " · ".join(parts)


def verdict(column: Column) -> tuple[str, str, str]:
    """Sign, word and role of the verdict; the sign and the word say it without colour."""
    if column.state == "waiting":
        return "…", QCoreApplication.translate("Column", "waiting"), "muted"
    if column.state == "running":
        return "…", QCoreApplication.translate("Column", "answering"), "muted"
    if column.state == "failed":
        return "⚠", QCoreApplication.translate("Column", "failed"), "bad"
    if column.state == "stopped":
        return "■", QCoreApplication.translate("Column", "stopped"), "muted"
    found, correct = _outcome(column)
    if correct is None:
        return "", "", "muted"
    if correct:
        return "✓", QCoreApplication.translate("Column", "right"), "good"
    if found is None:
        return "–", QCoreApplication.translate("Column", "no answer found"), "warning"
    return "✗", QCoreApplication.translate("Column", "wrong"), "bad"


def _outcome(column: Column) -> tuple[str | None, bool | None]:
    """The answer that counts, and whether it is right: of the vote where there is one."""
    if column.vote is not None:
        return column.vote.winner, column.vote.correct
    result = column.result
    if result is None or not result.extractions:
        return None, None
    return result.extractions[0].value, result.correct


def extracted(column: Column) -> str:
    """The answer that counts, and the expected one when they differ (rich text)."""
    result = column.result
    if result is None or not (result.extractions or column.vote is not None):
        return ""
    value, correct = _outcome(column)
    if value is None:
        rule = rule_name(result.extractions[0].rule if result.extractions else column.spec.rule)
        text = QCoreApplication.translate("Column", "No answer by the rule “{rule}”")
        line = escape(text.format(rule=rule))
    else:
        text = QCoreApplication.translate("Column", "Answer {value}")
        line = escape(text).replace("{value}", f"<b>{escape(_short(value))}</b>")
    if result.answer_stage and column.vote is None:
        line += " · " + escape(QCoreApplication.translate("Column", "answer stage"))
    if correct is False and result.expected is not None:
        wanted = QCoreApplication.translate("Column", "expected {value}")
        value = f"<b>{escape(_short(result.expected))}</b>"
        line += " · " + escape(wanted).replace("{value}", value)
    return line


def extraction_hint(column: Column) -> str:
    """Which rule found the answer, and what the other rules found."""
    result = column.result
    if result is None or not result.extractions:
        return ""
    text = QCoreApplication.translate("Column", "Found by the rule “{rule}”: {value}")
    nothing = QCoreApplication.translate("Column", "nothing")
    return "\n".join(
        text.format(rule=rule_name(e.rule), value=nothing if e.value is None else e.value)
        for e in result.extractions
    )


def sent_heading(column: Column) -> tuple[str, str]:
    """Heading and note of the fold with the exact text."""
    heading = QCoreApplication.translate("Column", "Exact text sent")
    if column.result is None or not column.result.prompt_ids:
        return heading, ""
    note = QCoreApplication.translate("Column", "{n} tokens")
    return heading, note.format(n=len(column.result.prompt_ids))


def waiting(column: Column) -> str:
    """What stands in the empty answer."""
    if column.state == "waiting":
        return QCoreApplication.translate("Column", "Waiting for its turn…")
    if column.state == "running":
        return QCoreApplication.translate("Column", "Reading the prompt…")
    if column.state == "stopped":
        return QCoreApplication.translate("Column", "Stopped before the first token.")
    if column.state == "finished":
        return QCoreApplication.translate("Column", "The model answered with nothing.")
    return ""


def figures(column: Column) -> str:
    """The measurements in two lines."""
    measured = column.figures()
    if measured is None:
        if not column.records:
            return ""
        text = QCoreApplication.translate("Column", "{n} tokens so far")
        return text.format(n=len(column.records))
    if measured.reused_tokens:
        text = QCoreApplication.translate("Column", "{new} tokens in + {reused} reused · {out} out")
    else:
        text = QCoreApplication.translate("Column", "{new} tokens in · {out} out")
    first = text.format(
        new=measured.new_tokens, reused=measured.reused_tokens, out=measured.answer_tokens
    )
    parts = []
    if measured.mean_probability is not None:
        text = QCoreApplication.translate("Column", "probability {p:.2f}")
        parts.append(text.format(p=measured.mean_probability))
    text = QCoreApplication.translate("Column", "first token {t}")
    parts.append(text.format(t=milliseconds(measured.first_token_ms)))
    scored = column.result is not None and column.result.decided_by == "likelihood"
    if measured.tokens_per_s is not None and not scored:  # forced tokens come all at once
        text = QCoreApplication.translate("Column", "{rate} tokens/s")
        parts.append(text.format(rate=f"{measured.tokens_per_s:.3g}"))
    return _unbroken(first) + "\n" + " · ".join(_unbroken(part) for part in parts)


def figures_hint() -> str:
    """Where the measurements come from."""
    return QCoreApplication.translate(
        "Column",
        "Tokens in: prompt tokens computed for this column; reused: taken from the shared "
        "beginning of several columns.\nProbability: that of its tokens, their geometric mean; "
        "what was put there to ask for the answer counts neither here nor among the tokens out.\n"
        "Times are from the start of this column's reading; columns are decoded together, "
        "so they share the processor.",
    )


def verification(column: Column) -> tuple[str, str]:
    """What "verify alone" showed, and its role."""
    check = column.verification
    if check is None:
        return "", "muted"
    if check.state == "running":
        return QCoreApplication.translate("Column", "Decoding it alone…"), "muted"
    if check.state == "identical":
        text = QCoreApplication.translate("Column", "✓ Alone: identical, all {n} tokens")
        return text.format(n=len(column.records)), "good"
    if check.state == "different":
        text = QCoreApplication.translate(
            "Column", "≠ Alone: differs first at token {n}: “{alone}” instead of “{here}”"
        )
        return (
            text.format(n=check.at + 1, alone=shown(check.alone), here=shown(check.here)),
            "warning",
        )
    text = QCoreApplication.translate("Column", "⚠ The check failed: {why}")
    return text.format(why=str(check.report) if check.report else ""), "bad"


def provenance(column: Column) -> str:
    """Everything the column's numbers depend on, one line each."""
    result = column.result
    where = result.provenance if result else None
    if result is None or where is None:
        return ""
    generation = result.generation
    rows = [
        (QCoreApplication.translate("Column", "Model"), f"{where.model} {where.revision}".strip()),
        (QCoreApplication.translate("Column", "Device"), f"{where.device} · {where.dtype}"),
        (QCoreApplication.translate("Column", "Quantisation"), where.quantization),
        (QCoreApplication.translate("Column", "Attention"), where.attention),
        (QCoreApplication.translate("Column", "Decoded together"), str(where.batch_size)),
        (QCoreApplication.translate("Column", "Seed"), f"{where.seed} · {where.seed_policy}"),
        (QCoreApplication.translate("Column", "Edits"), ", ".join(where.edits)),
        (QCoreApplication.translate("Column", "Weights"), where.weights_sha[:16]),
        (
            QCoreApplication.translate("Column", "Packages"),
            ", ".join(f"{name} {version}" for name, version in where.packages.items()),
        ),
    ]
    if generation is not None:
        ended = QCoreApplication.translate("Column", "Answer")
        rows.insert(0, (ended, finish_name(generation.finish)))
    return "\n".join(f"{name}: {value}" for name, value in rows if value and value != "none")


def milliseconds(value: float) -> str:
    """A duration with its unit."""
    if value < 9.95:
        return f"{value:.1f} ms"
    if value < 999.5:
        return f"{value:.0f} ms"
    return f"{value / 1000:.2f} s"


def _unbroken(text: str) -> str:
    """A figure and its unit stay on one line; only the dots between figures may break."""
    parts = text.replace("/", "\u2060/\u2060").split(" · ")
    return " · ".join(_JOINS.sub("\u2060", part.replace(" ", "\u00a0")) for part in parts)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"
