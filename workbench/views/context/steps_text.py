"""What was done on the way to an answer: wave by wave, each step with what it read and wrote."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from engine.context.documents_spec import Stage, Step
from workbench.services.tips import tip
from workbench.views.context.clickable_text import ClickableText
from workbench.views.context.words import stage_name
from workbench.widgets.tinted_text import Stretch

LINES = 16
SHOWN_CHARS = 80


class StepsText(ClickableText):
    """Steps of one wave stand under one heading; a click leads to a step's first passage.

    Signals:
        passage_wanted(int): Show this passage in its document.
    """

    passage_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, most_lines=LINES)
        self._steps: tuple[Step, ...] = ()
        self._owners: list[Step | None] = []
        self.clicked.connect(self._clicked)
        self._write_name()

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show these."""
        self._steps = steps
        stretches: list[Stretch] = []
        self._owners = []
        for (stage, wave), group in groupby(steps, key=_batch):
            wave_steps = list(group)
            gap = "\n" if stretches else ""
            stretches.append(Stretch(f"{gap}{self._heading(stage, wave, wave_steps)}", dim=True))
            self._owners.append(None)
            for step in wave_steps:
                stretches.append(Stretch(f"\n{self._line(step)}", None, tip(self._told(step))))
                self._owners.append(step)
        self.follow(stretches)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write_name()
            self.show_steps(self._steps)
        super().changeEvent(event)

    def _write_name(self) -> None:
        self.setAccessibleName(self.tr("Steps"))

    def _heading(self, stage: Stage, wave: int, steps: Sequence[Step]) -> str:
        name = stage_name(stage)
        if stage == "collapse":
            name = self.tr("{stage}, wave {n}").format(stage=name, n=wave)
        if stage == "refine":
            return self.tr("{stage}: one part after another").format(stage=name)
        if len(steps) > 1:
            return self.tr("{stage}: {n} in one batch").format(stage=name, n=len(steps))
        return name

    def _line(self, step: Step) -> str:
        text = " ".join(step.text.split())
        if len(text) > SHOWN_CHARS:
            text = text[: SHOWN_CHARS - 1] + "…"
        parts = [f"{step.number + 1:>3}"]
        if step.inputs:
            parts.append(f"← {_ranges(step.inputs)}")
        if step.stage == "retrieve":
            parts.append(self.tr("{n} passages").format(n=len(step.passages)))
        else:
            parts.append(f"{step.prompt_tokens} → {step.new_tokens}")
        if step.resumed:
            parts.append(self.tr("kept"))
        return "  ".join([*parts, text] if text else parts)

    def _told(self, step: Step) -> str:
        lines = []
        if step.stage != "retrieve":
            lines.append(
                self.tr("read {read} tokens, wrote {new}").format(
                    read=step.prompt_tokens, new=step.new_tokens
                )
            )
        if step.sinks:
            lines.append(
                self.tr("{n} tokens of its beginning stayed in sight as sinks").format(n=step.sinks)
            )
        if step.resumed:
            lines.append(self.tr("finished by an earlier run"))
        return "\n".join([*lines, step.text])

    def _clicked(self, number: int) -> None:
        step = self._owners[number] if 0 <= number < len(self._owners) else None
        if step is not None and step.passages:
            self.passage_wanted.emit(step.passages[0])


def _batch(step: Step) -> tuple[Stage, int]:
    """Steps of one batch; those of refine follow one another and stand together."""
    return step.stage, 0 if step.stage == "refine" else step.wave


def _ranges(numbers: Sequence[int]) -> str:
    """Steps as people count them: ``"1–4, 6"``."""
    found: list[list[int]] = []
    for one in sorted(numbers):
        if found and found[-1][-1] + 1 == one:
            found[-1].append(one)
        else:
            found.append([one])
    return ", ".join(
        str(run[0] + 1) if len(run) == 1 else f"{run[0] + 1}–{run[-1] + 1}" for run in found
    )
