"""Taking heads out and putting them back, with undo; and the sweep over all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.inspection.ablation_spec import (
    AblateResult,
    AblateSpec,
    Change,
    Method,
    Scope,
    TokenChange,
    Unit,
)
from engine.inspection.capture import Capture, Role
from engine.inspection.ranking import HeadRanking, save_ranking
from engine.inspection.sweep_spec import SweepHeadsSpec
from engine.models.reference import ModelRef
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.attention_heads import HeadAt
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

TOP = 6


class AblationModel(QObject):
    """What is taken out of the captured model, and what that does.

    Attributes:
        units: What is taken out, in the order of doing.
        method: What stands in the place of a head.
        scope: At the shown token alone (fast), or everywhere.
        at: The token whose next one is shown; -1 = the last.
        result: What the model says now, or None.
        ranking: What the sweep has measured, or None.
        job, sweep: The two jobs.
        undo_stack: Every change can be undone.

    Signals:
        units_changed(), result_changed(), ranking_changed().
    """

    units_changed = Signal()
    result_changed = Signal()
    ranking_changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.sweep = JobSlot(jobs, self)
        self.undo_stack = QUndoStack(self)
        self.units: tuple[Unit, ...] = ()
        self.method: Method = "zero"
        self.scope: Scope = "last"
        self.at = -1
        self.result: AblateResult | None = None
        self.ranking: HeadRanking | None = None
        self._read: AblateSpec | None = None
        self.job.found.connect(self._found)
        self.sweep.found.connect(self._swept)
        self.sweep.part.connect(self._swept)

    def set_capture(self, case: AttentionCase | None, capture: Capture | None) -> None:
        """Ask about another text; what was taken out of the one before is put back."""
        self.job.forget()
        self.sweep.forget()
        self.undo_stack.clear()
        self.units, self.result, self.ranking, self.at = (), None, None, -1
        self._read = reading(case, capture) if case is not None and capture is not None else None
        self.units_changed.emit()
        self.result_changed.emit()
        self.ranking_changed.emit()
        self.ask()

    def heads(self, role: Role) -> frozenset[HeadAt]:
        """The heads of a kind that are taken out."""
        return frozenset(HeadAt(unit.layer, unit.head) for unit in self.units if unit.role == role)

    def toggle(self, head: HeadAt, role: Role, text: str) -> None:
        """Take a head out, or put it back; `text` names the step for Undo."""
        unit = Unit(head.layer, head.head, "head", role)
        kept = tuple(one for one in self.units if one != unit)
        self._push(kept if unit in self.units else (*kept, unit), text)

    def restore_all(self, text: str) -> None:
        """Put everything back."""
        if self.units:
            self._push((), text)

    def set_method(self, method: Method) -> None:
        """What stands in the place of a head: zeros, or its mean over the text."""
        if method != self.method:
            self.method = method
            self.ask()

    def set_scope(self, scope: Scope) -> None:
        """Take heads out at the shown token alone, or at every token."""
        if scope != self.scope:
            self.scope = scope
            self.ask()

    def set_at(self, at: int) -> None:
        """Show what comes after this token; -1 = the last."""
        if at != self.at:
            self.at = at
            self.ask()

    def ask(self) -> None:
        """Ask the model what it says now."""
        if self._read is not None:
            spec = replace(
                self._read, units=self.units, method=self.method, scope=self.scope, at=self.at
            )
            self.job.start(spec)

    def start_sweep(self) -> None:
        """Take every head out in turn."""
        spec = self._read
        if spec is not None:
            self.sweep.start(
                SweepHeadsSpec(
                    model=spec.model, text=spec.text, messages=spec.messages, ids=spec.ids,
                    since=spec.since, target_ids=spec.target_ids, method=self.method,
                )
            )  # fmt: skip

    def importance(self, role: Role) -> dict[HeadAt, float]:
        """What the text loses without each head, nats per token."""
        if self.ranking is None:
            return {}
        return {
            HeadAt(one.unit.layer, one.unit.head): one.value(self.ranking.measure)
            for one in self.ranking.scores
            if one.unit.part == "head" and one.unit.role == role
        }

    def _push(self, units: tuple[Unit, ...], text: str) -> None:
        self.undo_stack.push(_Change(self, self.units, units, text))

    def take_units(self, units: tuple[Unit, ...]) -> None:
        """Have exactly these taken out (a step of Undo or Redo)."""
        self.units = units
        self.units_changed.emit()
        self.ask()

    def _found(self, result: object) -> None:
        if isinstance(result, AblateResult):
            self.result = result
            self.result_changed.emit()

    def _swept(self, result: object) -> None:
        if isinstance(result, HeadRanking):
            self.ranking = result
            self.ranking_changed.emit()


class _Change(QUndoCommand):
    """One step: other heads are taken out."""

    def __init__(
        self,
        model: AblationModel,
        before: tuple[Unit, ...],
        after: tuple[Unit, ...],
        text: str,
    ) -> None:
        super().__init__(text)
        self._model, self._before, self._after = model, before, after

    def redo(self) -> None:
        self._model.take_units(self._after)

    def undo(self) -> None:
        self._model.take_units(self._before)


def reading(case: AttentionCase, capture: Capture) -> AblateSpec:
    """The captured text as a question: the very tokens that were read."""
    model: ModelRef = case.model
    if capture.encoder_tokens:
        return AblateSpec(
            model=model, text=case.text, messages=case.messages(), ids=case.ids,
            target_ids=capture.ids, top=TOP,
        )  # fmt: skip
    since = case.since or capture.since
    return AblateSpec(model=model, ids=capture.ids, since=since, top=TOP)


def telling(change: Change, most: int) -> tuple[TokenChange, ...]:
    """The few tokens that were or are likeliest, in the order of before."""
    found = sorted(change.tokens, key=lambda one: -max(one.before, one.after))[:most]
    return tuple(sorted(found, key=lambda one: one.rank_before))


def change_columns(change: Change | None) -> tuple[tuple[str, list[float] | list[str]], ...]:
    """Every named token before and after, as columns of a file; no rows without a change."""
    tokens = change.tokens if change is not None else ()
    return (
        ("token", [one.text for one in tokens]),
        ("id", [float(one.id) for one in tokens]),
        ("before", [one.before for one in tokens]),
        ("after", [one.after for one in tokens]),
        ("logit change", [one.logit_delta for one in tokens]),
        ("rank before", [float(one.rank_before) for one in tokens]),
        ("rank after", [float(one.rank_after) for one in tokens]),
    )


def saving(ranking: HeadRanking, path: str) -> Path:
    """Write a ranking (on a worker); returns where.

    Raises:
        StoreError: The file cannot be written.
    """
    target = Path(path)
    save_ranking(ranking, target)
    return target
