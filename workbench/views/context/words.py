"""Methods, lengths and figures as the page says them."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QCoreApplication

from engine.context.documents.advisor import scenes
from engine.context.documents_spec import Scenario
from engine.context.method_names import PARTS, parts_of
from engine.context.probe_spec import ProbeRow
from engine.evaluation.spec import Provenance
from workbench.services.engine_words import tell
from workbench.services.numbers import duration

translate = QCoreApplication.translate


def method_name(method: str) -> str:
    """A method as the screen calls it."""
    return " + ".join(tell(PARTS[part].title) for part in parts_of(method))


def method_hint(method: str) -> str:
    """What each part of a method does: one sentence with its source, then the formula."""
    return "\n".join(
        f"{tell(PARTS[part].summary)}\n{PARTS[part].formula}" for part in parts_of(method)
    )


def cache_name(cache: str) -> str:
    """A kind of cache as the screen calls it."""
    match cache:
        case "full":
            return translate("Context", "Full")
        case "fp8":
            return translate("Context", "8 bits (fp8)")
        case "quanto":
            return translate("Context", "4 bits (quanto)")
        case "hqq":
            return translate("Context", "4 bits (HQQ)")
        case "offloaded":
            return translate("Context", "In main memory")
        case "evicting":
            return translate("Context", "Only what is seen")
    return cache


def cache_hint(cache: str) -> str:
    """What a kind of cache keeps."""
    match cache:
        case "full":
            return translate("Context", "every key and value as it is")
        case "fp8":
            return translate("Context", "8-bit floating point, needs no package")
        case "quanto":
            return translate("Context", "4-bit integers, needs optimum-quanto")
        case "hqq":
            return translate("Context", "4-bit integers, needs hqq")
        case "offloaded":
            return translate("Context", "each layer comes to the GPU when it is its turn")
        case "evicting":
            return translate("Context", "what sinks or a sliding window may still look at")
    return ""


def attention_name(name: str) -> str:
    """An implementation of attention as the screen calls it."""
    match name:
        case "auto":
            return translate("Context", "As loaded")
        case "sdpa":
            return "SDPA"
        case "eager":
            return translate("Context", "Written out (eager)")
        case "flex_attention":
            return "Flex"
        case "flash_attention_2":
            return "Flash 2"
    return name


def length_name(length: str) -> str:
    """``"4x"`` as ``"4×"``; tokens as they are."""
    return length.replace("x", "×")


def share(value: float) -> str:
    """A share in per cent without digits: ``"94 %"``."""
    return f"{100 * value:.0f} %"


def keys(row: ProbeRow) -> str:
    """A row in short: share and counts."""
    if not row.n:
        return "–"
    return f"{share(row.passkey)} · {row.right}/{row.n}"


def perplexity(value: float | None) -> str:
    """``"1.25"``; a dash when not measured."""
    if value is None:
        return "–"
    return f"{value:.3f}" if value < 10 else f"{value:.4g}"


def scenario_name(scenario: str) -> str:
    """A task of the advisor."""
    match scenario:
        case "fits":
            return translate("Context", "The text fits the window")
        case "twice":
            return translate("Context", "Up to twice the window, no training")
        case "eightfold":
            return translate("Context", "Up to eight times, no training")
        case "trained":
            return translate("Context", "A little training is possible")
        case "long-qa":
            return translate("Context", "Questions about a long document")
        case "dqa":
            return translate("Context", "Questions across many documents")
        case "long-summary":
            return translate("Context", "Summary of a long document")
        case "multi-turn":
            return translate("Context", "Recall over many turns")
        case "persona":
            return translate("Context", "A long persona")
        case "few-shot":
            return translate("Context", "Very many examples")
        case "novel":
            return translate("Context", "A novel of 30,000 characters")
    return translate("Context", "My own choice")


def scenario_reason(scenario: str) -> str:
    """What the advisor picks, and why."""
    match scenario:
        case "fits":
            return translate(
                "Context", "Leave the model as it is: every method costs something within."
            )
        case "twice":
            return translate(
                "Context",
                "NTK per request: one factor for the whole request, so short texts lose nothing "
                "and the cache stays right.",
            )
        case "eightfold":
            return translate(
                "Context",
                "ReRoPE: no distance is new to the model, so it holds where changed frequencies "
                "break. Self-Extend is close.",
            )
        case "trained":
            return translate(
                "Context",
                "Position interpolation: crowded positions need a few hundred steps, then they "
                "hold best.",
            )
    scene = scenes().get(cast(Scenario, scenario))
    return tell(scene.reason) if scene is not None else ""


def flow_name(flow: str) -> str:
    """A way to read documents."""
    match flow:
        case "truncate":
            return translate("Context", "Beginning alone")
        case "whole":
            return translate("Context", "As a whole")
        case "retrieval":
            return translate("Context", "Retrieval")
        case "nbce":
            return "NBCE"
        case "map-reduce":
            return "Map-reduce"
        case "refine":
            return translate("Context", "Refine")
        case "long-output":
            return translate("Context", "Long output")
    return translate("Context", "As advised")


def flow_hint(flow: str) -> str:
    """One sentence about a way to read."""
    match flow:
        case "truncate":
            return translate("Context", "What does not fit is never read: the floor.")
        case "retrieval":
            return translate(
                "Context", "Passages that match the question by words and meaning, nothing else."
            )
        case "nbce":
            return translate(
                "Context",
                "Passages side by side; the surest one decides each token (Su 2023).",
            )
        case "map-reduce":
            return translate(
                "Context", "Every part is read alone, in one batch; the results are joined."
            )
        case "refine":
            return translate("Context", "Part after part; each may correct what was said so far.")
        case "long-output":
            return translate(
                "Context", "An outline first, then its sections, with a rolling summary."
            )
    return ""


def stage_name(stage: str) -> str:
    """A step on the way to an answer."""
    match stage:
        case "retrieve":
            return translate("Context", "found")
        case "map":
            return translate("Context", "part read")
        case "collapse":
            return translate("Context", "joined")
        case "reduce":
            return translate("Context", "combined")
        case "refine":
            return translate("Context", "refined")
        case "answer":
            return translate("Context", "answered")
        case "outline":
            return translate("Context", "outlined")
        case "section":
            return translate("Context", "section written")
        case "summary":
            return translate("Context", "summarised")
    return stage


def origin(where: Provenance) -> list[str]:
    """Where figures come from, line by line."""
    packages = ", ".join(f"{name} {version}" for name, version in where.packages.items())
    return [
        " · ".join(part for part in (where.model, where.revision) if part),
        f"{where.device} · {where.dtype} · {where.attention}",
        packages,
    ]


def seconds(value: float) -> str:
    """A short time with its fraction: ``"0.62 s"``; longer ones as durations."""
    if value < 10:
        return translate("Context", "{n} s").format(n=f"{value:.2f}")
    return duration(value)
