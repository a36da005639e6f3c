"""Further questions to the captured text: the lens, patching, two states, another mask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.inspection.ablation_spec import AblateSpec
from engine.inspection.capture import Capture
from engine.inspection.lens_spec import LensResult, LensSpec
from engine.inspection.patching_spec import PatchKind, PatchResult, PatchSpec
from engine.inspection.states_spec import CompareStatesSpec, StatesPair
from engine.models.reference import ModelRef, Quantization
from workbench.viewmodels.attention_ablation import reading
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

QUANTISED: Final[tuple[Quantization, ...]] = ("nf4", "int8")


@dataclass(frozen=True)
class PatchChoice:
    """Two prompts that differ in what decides the answer.

    Attributes:
        clean, corrupted: The prompts.
        answer, other: What each is followed by.
        patch: What is put in.
        chat: Put both into the model's chat format.
        said: What the model has said to either already.
    """

    clean: str = ""
    corrupted: str = ""
    answer: str = ""
    other: str = ""
    patch: PatchKind = "residual"
    chat: bool = False
    said: str = ""


class LensModel(QObject):
    """The lens over the captured text.

    Attributes:
        result: What each depth would say, or None.
        fills: Whether the model fills masked tokens in and names no next one.

    Signals:
        changed(): `result` came or went.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.result: LensResult | None = None
        self.fills = False
        self._read: AblateSpec | None = None
        self.job.found.connect(self._found)

    def set_capture(self, case: AttentionCase | None, capture: Capture | None) -> None:
        """Mean another text; what was found of the one before goes."""
        self.job.forget()
        self._read = reading(case, capture) if case is not None and capture is not None else None
        self.result = None
        self.fills = capture is not None and capture.fills
        self.changed.emit()

    def ask(self) -> None:
        """Read every layer, unless it is there or under way."""
        read = self._read
        if read is not None and self.result is None and not self.job.running:
            self.job.start(
                LensSpec(
                    model=read.model, text=read.text, messages=read.messages, ids=read.ids,
                    target_ids=read.target_ids, top=5,
                )
            )  # fmt: skip

    def _found(self, result: object) -> None:
        if isinstance(result, LensResult):
            self.result = result
            self.changed.emit()


class PatchModel(QObject):
    """Patching between two prompts.

    Signals:
        changed(): `result` came or went.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.result: PatchResult | None = None
        self.job.found.connect(self._found)

    def ask(self, model: ModelRef, choice: PatchChoice) -> None:
        """Put every activation of the clean run into the corrupted one in turn."""
        self.job.start(
            PatchSpec(
                model=model, clean=choice.clean, corrupted=choice.corrupted,
                answer=choice.answer, other=choice.other, patch=choice.patch, chat=choice.chat,
                said=choice.said,
            )
        )  # fmt: skip

    def _found(self, result: object) -> None:
        if isinstance(result, PatchResult):
            self.result = result
            self.changed.emit()


class StatesModel(QObject):
    """The captured text in two states of a model, or in two models.

    Signals:
        changed(): `result` came or went.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.result: StatesPair | None = None
        self._case: AttentionCase | None = None
        self._capture: Capture | None = None
        self.job.found.connect(self._found)

    @property
    def first(self) -> ModelRef | None:
        """The model that read the text."""
        return self._case.model if self._case is not None else None

    def set_capture(self, case: AttentionCase | None, capture: Capture | None) -> None:
        """Mean another text; what was found of the one before goes."""
        self.job.forget()
        self._case, self._capture, self.result = case, capture, None
        self.changed.emit()

    def ask(self, second: ModelRef) -> None:
        """Let another state read the same tokens."""
        case, capture = self._case, self._capture
        if case is None or capture is None:
            return
        read = reading(case, capture)
        self.job.start(
            CompareStatesSpec(
                first=case.model, second=second, text=read.text, messages=read.messages,
                ids=read.ids, target=case.target,
            )
        )  # fmt: skip

    def _found(self, result: object) -> None:
        if isinstance(result, StatesPair):
            self.result = result
            self.changed.emit()


def other_states(ref: ModelRef, others: Sequence[str]) -> tuple[ModelRef, ...]:
    """What a model can be compared with: its quantised loads, then the models of the catalog."""
    quantised = tuple(
        replace(ref, options=replace(ref.options, quantization=kind))
        for kind in QUANTISED
        if kind != ref.options.quantization
    )
    full = replace(ref, options=replace(ref.options, quantization="none"))
    plain = () if full == ref else (full,)
    return (*plain, *quantised, *(ModelRef(other) for other in others if other != ref.id))
