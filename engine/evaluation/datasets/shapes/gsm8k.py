"""GSM8K (Cobbe et al. 2021): ``question``, and ``answer`` with the final number after ``####``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from engine.evaluation.datasets.dataset import Shell
from engine.evaluation.datasets.shapes.base import Roles, Sample, Shape
from engine.prompting.examples import GSM8K_MARK
from engine.prompting.tables import shown

CALCULATOR: Final = re.compile(r"<<[^<>]*>>")
STEPS: Final = "answer: steps"
FINAL: Final = "answer: number"


class Gsm8k(Shape):
    """The answer is taken apart; the calculator's marks ``<<…>>`` leave the steps."""

    id: ClassVar[str] = "gsm8k"

    def fits(self, sample: Sample) -> str:
        if not sample.every("question", "answer"):
            return ""
        if not all(GSM8K_MARK in text for text in sample.texts("answer")):
            return ""
        return "every “answer” ends in its number after ####"

    def rows(self, fields: dict[str, object], shell: Shell) -> Iterable[dict[str, str]]:
        texts = {key: shown(value) for key, value in fields.items()}
        steps, mark, final = texts.get("answer", "").rpartition(GSM8K_MARK)
        texts.pop("answer", None)
        yield {
            **texts,
            STEPS: " ".join(CALCULATOR.sub("", steps).split("\n")).strip() if mark else "",
            FINAL: final.strip(),
        }

    def roles(self, columns: Sequence[str]) -> Roles:
        return Roles({"input": "question"}, FINAL, "", STEPS)
