"""Every shape, the most particular first. A new one is one file and one line."""

from __future__ import annotations

from engine.evaluation.datasets.shapes.base import Sample, Shape
from engine.evaluation.datasets.shapes.big_bench import BigBench
from engine.evaluation.datasets.shapes.completion import PromptCompletion
from engine.evaluation.datasets.shapes.gsm8k import Gsm8k
from engine.evaluation.datasets.shapes.messages import Messages
from engine.evaluation.datasets.shapes.openai_evals import OpenAIEvals
from engine.evaluation.datasets.shapes.promptfoo import Promptfoo
from engine.evaluation.datasets.shapes.promptfoo_table import PromptfooTable
from engine.evaluation.datasets.shapes.table import PlainTable

SHAPES: dict[str, Shape] = {
    one.id: one
    for one in (
        Promptfoo(),
        PromptfooTable(),
        Gsm8k(),
        OpenAIEvals(),
        Messages(),
        PromptCompletion(),
        BigBench(),
        PlainTable(),
    )
}


def shape_of(sample: Sample) -> tuple[Shape, str]:
    """The shape of the records, and why."""
    for shape in SHAPES.values():
        if reason := shape.fits(sample):
            return shape, reason
    raise AssertionError("a plain table fits everything")
