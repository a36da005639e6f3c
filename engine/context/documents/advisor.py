"""Which flow, and why: the scenes of long texts, each with what suits it. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from engine.context.documents_spec import Flow, Scenario


@dataclass(frozen=True)
class Advice:
    """A choice with its reason.

    Attributes:
        flow: Around the model.
        reason: Why, in one sentence.
        method: Inside the model, as `engine.context.method_names` has it, where that suits better
            or as well; empty = none.
        instead: Flows that may suit as well.
    """

    flow: Flow
    reason: str
    method: str = ""
    instead: tuple[Flow, ...] = ()


@cache
def scenes() -> dict[Scenario, Advice]:
    """What suits each scene of the lecture when its text is longer than the window."""
    return {
        "long-summary": Advice(
            "map-reduce",
            "Parts of a long text are summarised side by side and joined; choose refine where the "
            "order matters, as in a story.",
            instead=("refine",),
        ),
        "long-qa": Advice(
            "retrieval",
            "A question needs few passages of a long text: finding them first is cheapest.",
            instead=("nbce", "map-reduce"),
        ),
        "multi-turn": Advice(
            "retrieval",
            "Earlier turns are found again when they are asked about; sinks alone forget them.",
            method="sinks",
        ),
        "persona": Advice(
            "retrieval",
            "A long persona stays in sight when all of it is kept as sinks, which happens inside "
            "the model; around it, the rules that matter are found per question.",
            method="sinks",
        ),
        "few-shot": Advice(
            "nbce",
            "Examples may stand in any order, so each group of them can be a context of its own.",
            instead=("retrieval",),
        ),
        "dqa": Advice(
            "nbce",
            "The answer may stand in any of a few documents: all are read side by side, and each "
            "word shows which one decided.",
            instead=("retrieval",),
        ),
        "novel": Advice(
            "long-output",
            "A text far beyond the window is written in sections from an outline, with a summary "
            "that rolls along; nothing earlier is seen but that.",
            method="sinks",
        ),
    }


def fitting() -> Advice:
    """What suits a text that fits."""
    return Advice("whole", "Everything fits the window, so nothing is left out or cut.")


def chosen(flow: Flow) -> Advice:
    """What the person chose."""
    return Advice(flow, "It was asked for.")


def advise(
    scenario: Scenario, question: str, tokens: int, window: int, contexts: int = 20
) -> Advice:
    """Choose a flow.

    Args:
        scenario: What it is about; empty = a question, or a summary without one.
        question: What is asked.
        tokens: Of all documents with the question and the answer.
        window: Tokens that one prompt with its answer may have.
        contexts: Most passages that NBCE reads.
    """
    if scenario == "novel":
        return scenes()["novel"]
    if tokens <= window:
        return fitting()
    if not scenario:
        scenario = "long-qa" if question.strip() else "long-summary"
    advice = scenes()[scenario]
    if advice.flow == "nbce" and tokens > contexts * window:
        return Advice(
            "retrieval",
            f"There is more than {contexts} windows of text: finding passages first is cheapest.",
            instead=("nbce",),
        )
    if advice.flow in ("retrieval", "nbce") and not question.strip():
        return scenes()["long-summary"]
    return advice
