"""Stored runs in words: states, settings, environments."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from engine.decoding.params import Sampling
from engine.evaluation.spec import CompareSpec, Provenance, Variant
from engine.store.runs import RunInfo, RunStatus
from workbench.services.engine_words import tell
from workbench.viewmodels.names import column_title, model_title, rule_name

translate = QCoreApplication.translate
MOST_OF_QUESTION: Final = 120
Row = tuple[str, str]


def status_name(status: RunStatus) -> str:
    """How a run stands."""
    return {
        "running": translate("RunsWords", "running"),
        "finished": translate("RunsWords", "finished"),
        "cancelled": translate("RunsWords", "stopped"),
        "failed": translate("RunsWords", "failed"),
        "interrupted": translate("RunsWords", "interrupted"),
    }[status]


def kind_name(kind: str) -> str:
    """What kind of work a run was."""
    names = {
        CompareSpec.kind: translate("RunsWords", "Comparison"),
        "why-attribute": translate("RunsWords", "Why: parts of the prompt"),
        "why-cross": translate("RunsWords", "Why: prompts and answers swapped"),
        "why-order": translate("RunsWords", "Why: order of the examples"),
        "why-states": translate("RunsWords", "Why: states of a model"),
    }
    return names.get(kind, kind)


def title_of(run: RunInfo) -> str:
    """The person's own title, else what the job calls itself."""
    return run.name or tell(run.title)


def cells_text(run: RunInfo) -> str:
    """Answers that are there, of those wanted when some are missing."""
    if run.planned and run.cells != run.planned:
        text = translate("RunsWords", "{n} of {m}")
        return text.format(n=run.cells, m=run.planned)
    return str(run.cells)


def model_text(run: RunInfo) -> str:
    """The models, folders by their last name."""
    return ", ".join(model_title(name) for name in run.models)


def when_text(posix: float, now: float | None = None) -> str:
    """A moment: its time today, else its date, with the time."""
    moment = QDateTime.fromSecsSinceEpoch(int(posix))
    today = QDateTime.fromSecsSinceEpoch(int(time.time() if now is None else now)).date()
    clock = QLocale().toString(moment.time(), "HH:mm")
    if moment.date() == today:
        return translate("RunsWords", "today {time}").format(time=clock)
    if moment.date() == today.addDays(-1):
        return translate("RunsWords", "yesterday {time}").format(time=clock)
    day = QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
    return f"{day} {clock}"


def asked_rows(spec: CompareSpec) -> Iterator[Row]:
    """What a comparison asked, as name and value."""
    yield translate("RunsWords", "Questions"), str(len(spec.items))
    columns = " · ".join(variant_name(variant) for variant in spec.variants)
    yield translate("RunsWords", "Techniques"), columns
    rules = ", ".join(map(rule_name, spec.extraction))
    yield translate("RunsWords", "Answers read by"), rules
    yield from sampling_rows(spec.sampling)
    if spec.batch_size is not None:
        yield translate("RunsWords", "Batch size"), str(spec.batch_size)


def sampling_rows(sampling: Sampling) -> Iterator[Row]:
    """How tokens were chosen; what is at its default is left out."""
    greedy = translate("RunsWords", "greedy: always the likeliest token")
    warm = translate("RunsWords", "temperature {t:g}").format(t=sampling.temperature)
    chosen = [greedy if sampling.temperature == 0 else warm]
    filters = (
        ("top-k", float(sampling.top_k), 0.0),
        ("top-p", sampling.top_p, 1.0),
        ("min-p", sampling.min_p, 0.0),
        (translate("RunsWords", "repetition penalty"), sampling.repetition_penalty, 1.0),
    )
    chosen += [f"{name} {value:g}" for name, value, off in filters if value != off]
    yield translate("RunsWords", "Sampling"), ", ".join(chosen)
    yield translate("RunsWords", "Seed"), str(sampling.seed)
    if sampling.samples > 1:
        yield translate("RunsWords", "Answers per question"), str(sampling.samples)
    yield translate("RunsWords", "Longest answer"), tokens_text(sampling.max_new_tokens)


def sampling_text(sampling: Sampling) -> str:
    """How tokens were chosen, on one line."""
    (_, how), *others = sampling_rows(sampling)
    return " · ".join([how, *(f"{name} {value}" for name, value in others)])


def question_text(spec: CompareSpec, item: int) -> str:
    """A question of a comparison on one line: its number and how its text begins."""
    asked = spec.items[item]
    text = next((value for value in asked.variables.values() if value.strip()), asked.id)
    return f"{item + 1} · {' '.join(text.split())[:MOST_OF_QUESTION]}"


def tokens_text(count: int) -> str:
    """A number of tokens."""
    return translate("RunsWords", "{n} tokens").format(n=count)


def origin_rows(origin: Provenance) -> Iterator[Row]:
    """Where a run's numbers come from, as name and value."""
    packages = ", ".join(f"{name} {version}" for name, version in origin.packages.items())
    rows = (
        (translate("RunsWords", "Model"), model_title(origin.model)),
        (translate("RunsWords", "Revision"), origin.revision[:12]),
        (translate("RunsWords", "Weights (SHA-256)"), origin.weights_sha[:16]),
        (translate("RunsWords", "Edits"), ", ".join(map(tell, origin.edits))),
        (translate("RunsWords", "Device"), origin.device),
        (translate("RunsWords", "Number format"), origin.dtype),
        (
            translate("RunsWords", "Quantisation"),
            "" if origin.quantization == "none" else origin.quantization,
        ),
        (translate("RunsWords", "Attention"), origin.attention),
        (translate("RunsWords", "Packages"), packages),
    )
    return (row for row in rows if row[1])


def variant_name(variant: Variant) -> str:
    """A column's title."""
    return column_title(variant.technique, variant.name)


def setting_name(name: str) -> str:
    """A setting of `engine.store.run_pair.Setting` as the screen calls it."""
    known = {
        "models": translate("RunsWords", "Model"),
        "techniques": translate("RunsWords", "Techniques"),
        "extraction": translate("RunsWords", "Answers read by"),
        "batch_size": translate("RunsWords", "Batch size"),
        "temperature": translate("RunsWords", "Temperature"),
        "top_k": "top-k",
        "top_p": "top-p",
        "min_p": "min-p",
        "repetition_penalty": translate("RunsWords", "repetition penalty"),
        "max_new_tokens": translate("RunsWords", "Longest answer"),
        "stop": translate("RunsWords", "Stop texts"),
        "seed": translate("RunsWords", "Seed"),
        "samples": translate("RunsWords", "Answers per question"),
        "load: device": translate("RunsWords", "Device"),
        "load: dtype": translate("RunsWords", "Number format"),
        "load: quantization": translate("RunsWords", "Quantisation"),
        "load: attention": translate("RunsWords", "Attention"),
    }
    return known.get(name, name)
