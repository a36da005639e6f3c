"""The slider's model with jobs that a test answers itself: only the newest move waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.evaluation.spec import Provenance
from engine.jobs.events import Cancelled, Event, Finished
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.pruning.live_spec import LivePruneSpec, LiveState
from engine.pruning.prune_spec import Loss
from workbench.viewmodels.pruning_live import LiveModel
from workbench.viewmodels.pruning_setup import Asked, PruneSetup

LOSS = Loss(0.5, 0.01, 4, 100)


@dataclass
class Handle:
    id: str


@dataclass
class Jobs:
    """Keeps what was submitted and cancelled."""

    specs: list[LivePruneSpec] = field(default_factory=list)
    hears: list[Callable[[Event], None]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def submit(self, spec: Spec, on_event: Callable[[Event], None]) -> Handle:
        assert isinstance(spec, LivePruneSpec)
        spec.check()
        self.specs.append(spec)
        self.hears.append(on_event)
        return Handle(str(len(self.specs)))

    def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)

    def answer(self) -> None:
        """The newest job ends well."""
        spec = self.specs[-1]
        self.hears[-1](Finished(job_id=str(len(self.specs)), result=state(spec)))

    def end_cancelled(self) -> None:
        self.hears[-1](Cancelled(job_id=str(len(self.specs))))


def state(spec: LivePruneSpec) -> LiveState:
    ratios = np.array([spec.fixed.get(name, spec.ratio) for name in ("a", "b")])
    loss = LOSS if spec.measured else None
    made = Provenance("m", "", (), "cpu", "float32", "none", "sdpa", 1, 0, "", {})
    return LiveState(
        names=("a", "b"), layers=(0, 1), kinds=("mlp", "mlp"), sizes=np.array([100, 300]),
        ratios=ratios, grid=(0.0, 0.5), curves=np.array([[0.0, 0.2], [0.0, 0.4]]), dense=loss,
        pruned=loss, apply_ms=1.0, calibrated=False, calibration_sha256="f" * 64, provenance=made,
    )  # fmt: skip


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def live(qapp: QApplication, jobs: Jobs) -> Iterator[LiveModel]:
    model = LiveModel(jobs)
    model.set_asked(Asked(PruneSetup(measured=4), ModelRef("m")))
    yield model
    model.drop()


def test_of_many_moves_only_the_newest_waits(live: LiveModel, jobs: Jobs) -> None:
    assert len(jobs.specs) == 1
    for percent in range(10, 60):
        live.move(percent / 100, "move")
    assert len(jobs.specs) == 1  # one is under way, the others wait as one
    assert jobs.cancelled == []  # a move is not worth interrupting
    jobs.answer()
    assert [spec.ratio for spec in jobs.specs] == [0.5, 0.59]
    assert jobs.specs[-1].measured == 0
    jobs.answer()
    assert len(jobs.specs) == 2


def test_at_rest_the_loss_is_measured_and_a_move_ends_that(live, jobs, qtbot) -> None:
    jobs.answer()
    assert live.losses is None
    qtbot.waitUntil(lambda: len(jobs.specs) == 2)
    assert jobs.specs[-1].measured == 4
    live.move(0.3, "move")
    assert jobs.cancelled == ["2"]
    jobs.end_cancelled()
    assert (jobs.specs[-1].ratio, jobs.specs[-1].measured) == (0.3, 0)
    jobs.answer()
    qtbot.waitUntil(lambda: len(jobs.specs) == 4)
    with qtbot.waitSignal(live.rested):
        jobs.answer()
    assert live.losses == (LOSS, LOSS)


def test_a_drag_is_one_step_of_undo(live: LiveModel, jobs: Jobs) -> None:
    jobs.answer()
    for percent in (51, 55, 60):
        live.move(percent / 100, "move")
    live.begin_gesture()
    live.move(0.7, "move")
    assert live.undo_stack.count() == 2
    live.undo_stack.undo()
    assert live.wish.ratio == 0.6
    live.undo_stack.undo()
    assert live.wish.ratio == 0.5


def test_a_layer_is_set_by_its_matrices(live: LiveModel, jobs: Jobs) -> None:
    jobs.answer()
    live.fix(1, 0.2, "set")
    assert jobs.specs[-1].fixed == {"b": 0.2}
    jobs.answer()
    rows = live.rows()
    assert [row.fixed for row in rows] == [False, True]
    assert rows[1].ratio == 0.2
    assert rows[1].predicted == pytest.approx(0.4 * 0.2 / 0.5)
    live.flip(True)
    assert (jobs.specs[-1].ratio, jobs.specs[-1].fixed) == (0.0, {})
    jobs.answer()
    live.flip(False)
    assert (jobs.specs[-1].ratio, jobs.specs[-1].fixed) == (0.5, {"b": 0.2})


def test_another_model_begins_anew(live: LiveModel, jobs: Jobs) -> None:
    jobs.answer()
    live.fix(1, 0.2, "set")
    live.set_asked(Asked(PruneSetup(measured=4), ModelRef("other")))
    assert live.state is None
    assert live.wish.fixed == {}
    assert not live.undo_stack.canUndo()
    assert jobs.specs[-1].model.id == "other"
    jobs.hears[-2](Finished(job_id="2", result=state(jobs.specs[-2])))
    assert live.state is None  # an answer about the model before goes nowhere
