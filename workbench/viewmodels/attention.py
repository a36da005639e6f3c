"""The page “Attention” without its widgets: what is looked at, the capture, the chosen head."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from engine.inspection.capture import Capture, LayerCapture, Role
from engine.inspection.inspect_spec import MaskChoice
from engine.inspection.stages import Cell, Stage, explain, stages_of
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.attention_heads import HeadAt, heads_of, roles_of, telling_head
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

View = Literal["map", "lines", "lens", "patch", "states", "mask"]
VIEWS: Final[tuple[View, ...]] = ("map", "lines", "lens", "patch", "states", "mask")


class AttentionModel(QObject):
    """State of the page.

    Attributes:
        case: What is looked at, or None.
        capture: What was found inside, or None; it belongs to `captured`.
        captured: The case that `capture` was made of.
        looking: The job that captures.
        role: Which kind of attention is shown.
        head: The head that is shown large, or None without a capture.
        stage: The stage that is shown.

    Signals:
        case_changed(), capture_changed(), head_changed(), stage_changed().
    """

    case_changed = Signal()
    capture_changed = Signal()
    head_changed = Signal()
    stage_changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.looking = JobSlot(jobs, self)
        self.case: AttentionCase | None = None
        self.captured: AttentionCase | None = None
        self.capture: Capture | None = None
        self.role: Role = "self"
        self.head: HeadAt | None = None
        self.stage: Stage = "softmax"
        self._asked: AttentionCase | None = None
        self.looking.found.connect(self._found)

    # What is looked at

    def set_case(self, case: AttentionCase) -> None:
        """Mean another text; what was found stays until it is looked at."""
        if case != self.case:
            self.case = case
            self.case_changed.emit()

    def set_mask(self, mask: MaskChoice) -> None:
        """Run with another mask from now on."""
        if self.case is not None:
            self.set_case(replace(self.case, mask=mask))

    def look(self) -> bool:
        """Capture; False when it cannot start (`looking.refused` says why)."""
        if self.case is None:
            return False
        self._asked = self.case
        return self.looking.start(self.case.spec())

    # What is shown

    @property
    def layer(self) -> LayerCapture | None:
        """The attention module of the shown head."""
        if self.capture is None or self.head is None:
            return None
        return self.capture.at(self.head.layer, self.role)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The kinds of attention that can be shown."""
        return roles_of(self.capture) if self.capture is not None else ()

    @property
    def heads(self) -> tuple[HeadAt, ...]:
        """The heads of the shown kind."""
        return heads_of(self.capture, self.role) if self.capture is not None else ()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that change something in the shown layer."""
        return stages_of(self.layer) if self.layer is not None else ()

    def row_tokens(self) -> tuple[str, ...]:
        """Tokens of the queries."""
        return self._tokens(self.role == "encoder")

    def column_tokens(self) -> tuple[str, ...]:
        """Tokens of the keys."""
        return self._tokens(self.role in ("encoder", "cross"))

    def error(self) -> float | None:
        """Largest error of the rebuilt weights over the captured layers; None = not compared."""
        if self.capture is None:
            return None
        errors = [layer.error for layer in self.capture.layers if layer.error is not None]
        return max(errors) if errors else None

    def explain(self, row: int, column: int) -> Cell | None:
        """One cell of the shown head in numbers."""
        layer = self.layer
        if layer is None or self.head is None:
            return None
        queries, keys = layer.shape
        if not (0 <= row < queries and 0 <= column < keys):
            return None
        return explain(layer, self.place_of(self.head), row, column)

    def place_of(self, head: HeadAt) -> int:
        """Number of a head within its layer's arrays."""
        return head.head

    def set_role(self, role: Role) -> None:
        """Show another kind of attention."""
        if role in self.roles and role != self.role:
            self.role = role
            self._keep_head()
            self.capture_changed.emit()
            self.head_changed.emit()

    def set_head(self, head: HeadAt) -> None:
        """Show another head."""
        if head != self.head and head in self.heads:
            self.head = head
            self._keep_stage()
            self.head_changed.emit()

    def set_stage(self, stage: Stage) -> None:
        """Show the values after another stage."""
        if stage != self.stage and stage in self.stages:
            self.stage = stage
            self.stage_changed.emit()

    def step(self, by: int) -> None:
        """The next stage, or the one before."""
        stages = self.stages
        if self.stage in stages:
            at = min(max(0, stages.index(self.stage) + by), len(stages) - 1)
            self.set_stage(stages[at])

    # Inside

    def _tokens(self, encoder: bool) -> tuple[str, ...]:
        if self.capture is None:
            return ()
        return (
            (self.capture.encoder_tokens or self.capture.tokens)
            if encoder
            else (self.capture.tokens)
        )

    def _found(self, result: object) -> None:
        if not isinstance(result, Capture):
            return
        self.capture, self.captured = result, self._asked
        roles = roles_of(result)
        if self.role not in roles and roles:
            self.role = "self" if "self" in roles else roles[0]
        self._keep_head()
        self.capture_changed.emit()
        self.head_changed.emit()

    def _keep_head(self) -> None:
        heads = self.heads
        if self.head not in heads:
            self.head = telling_head(self.capture, self.role) if self.capture else None
        self._keep_stage()

    def _keep_stage(self) -> None:
        if self.stage not in self.stages:
            self.stage = "softmax"
