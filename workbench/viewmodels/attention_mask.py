"""A mask that is painted: the rule, the strokes over it with undo, and what it changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.inspection.ablation_spec import AblateSpec
from engine.inspection.capture import Capture, LayerCapture, Mask
from engine.inspection.inspect_spec import MaskChoice, MaskName, Stroke
from engine.inspection.masks_spec import MaskResult, MaskSpec
from workbench.viewmodels.attention_ablation import TOP, reading
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

MOST_PAINTED: Final = 1024
SAID: Final = 16


class MaskModel(QObject):
    """State of the brush.

    Attributes:
        choice: The mask as it is painted now.
        hides: Whether the brush hides cells or shows them.
        size: Cells that it covers each way.
        result: What the mask changed, or None; it belongs to an earlier `choice` perhaps.
        undo_stack: Strokes and rules can be undone; the page's, which it clears itself.

    Signals:
        choice_changed(), result_changed().
    """

    choice_changed = Signal()
    result_changed = Signal()

    def __init__(self, jobs: Jobs, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.undo_stack = undo_stack
        self.choice = MaskChoice()
        self.hides = True
        self.size = 1
        self.result: MaskResult | None = None
        self._read: AblateSpec | None = None
        self._count = 0
        self._stroke: list[Stroke] = []
        self.job.found.connect(self._found)

    def set_capture(self, case: AttentionCase | None, capture: Capture | None) -> None:
        """Mean another text; strokes on the one before go."""
        self.job.forget()
        known = case is not None and capture is not None and not capture.encoder_tokens
        self._read = reading(case, capture) if known and case and capture else None
        self._count = len(capture.tokens) if capture is not None else 0
        self.choice = case.mask if case is not None else MaskChoice()
        self.result = None
        self._stroke = []
        self.choice_changed.emit()
        self.result_changed.emit()

    @property
    def can_paint(self) -> bool:
        """Whether the text is short enough, and the model has one stack."""
        return self._read is not None and self._count <= MOST_PAINTED

    def set_rule(self, kind: MaskName, width: int, text: str) -> None:
        """Another rule below the strokes; `text` names the step for Undo."""
        wide = max(1, width)
        prefix, window = (wide if kind == "prefix" else 0), (wide if kind == "window" else 0)
        wanted = replace(self.choice, kind=kind, prefix=prefix, window=window)
        if wanted != self.choice:
            self._push(wanted, text)

    def paint(self, row: int, column: int) -> Stroke:
        """The brush is over a cell: one more rectangle of the stroke under way."""
        reach = self.size - 1
        rows = (max(0, row - reach // 2), min(self._count, row + reach - reach // 2 + 1))
        columns = (max(0, column - reach // 2), min(self._count, column + reach - reach // 2 + 1))
        stroke = Stroke(rows, columns, not self.hides)
        if stroke not in self._stroke:
            self._stroke.append(stroke)
        return stroke

    def lift(self, text: str) -> None:
        """The brush was lifted: the stroke is one step."""
        if self._stroke:
            strokes = (*self.choice.strokes, *self._stroke)
            self._stroke = []
            self._push(replace(self.choice, strokes=strokes), text)

    def clear(self, text: str) -> None:
        """The model's own mask again."""
        if not self.choice.own:
            self._push(MaskChoice(), text)

    def ask(self) -> None:
        """Run the text under the model's mask and under this one."""
        read = self._read
        if read is not None:
            self.job.start(
                MaskSpec(
                    model=read.model, text=read.text, ids=read.ids, top=TOP, mask=self.choice,
                    said=SAID,
                )
            )  # fmt: skip

    def take(self, choice: MaskChoice) -> None:
        """Have exactly this mask (a step of Undo or Redo)."""
        self.choice = choice
        self.choice_changed.emit()

    def _push(self, choice: MaskChoice, text: str) -> None:
        self.undo_stack.push(_Step(self, self.choice, choice, text))

    def _found(self, result: object) -> None:
        if isinstance(result, MaskResult):
            self.result = result
            self.result_changed.emit()


class _Step(QUndoCommand):
    """One step: another mask."""

    def __init__(self, model: MaskModel, before: MaskChoice, after: MaskChoice, text: str) -> None:
        super().__init__(text)
        self._model, self._before, self._after = model, before, after

    def redo(self) -> None:
        self._model.take(self._after)

    def undo(self) -> None:
        self._model.take(self._before)


def own_cells(layer: LayerCapture, rows: slice, columns: slice) -> NDArray[np.bool_]:
    """What the model's own rule shows in a rectangle, also when it was looked at under another."""
    return replace(layer.mask, painted=None).allowed(rows, columns)


def cells_of(choice: MaskChoice, layer: LayerCapture) -> NDArray[np.bool_]:
    """Which keys each query would see, bool ``[queries, keys]``."""
    queries, keys = layer.shape
    whole = slice(0, queries), slice(0, keys)
    if choice.kind == "own":
        seen = own_cells(layer, *whole).copy()
    else:
        seen = Mask(choice.kind, prefix=choice.prefix, window=choice.window).allowed(*whole).copy()
    for stroke in choice.strokes:
        seen[slice(*stroke.rows), slice(*stroke.cols)] = stroke.visible
    return seen
