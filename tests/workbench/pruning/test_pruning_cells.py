"""Layers measured alone, with jobs that a test answers itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.errors import BadSpec
from engine.models.reference import ModelRef
from engine.pruning.live_spec import LivePruneSpec
from tests.workbench.pruning.test_pruning_live import Jobs
from workbench.viewmodels.pruning_cells import CellsModel
from workbench.viewmodels.pruning_live import LiveModel
from workbench.viewmodels.pruning_setup import Asked, PruneSetup


def at_rest(jobs: Jobs, model: str) -> LiveModel:
    """A slider whose copy of a model is cut."""
    live = LiveModel(jobs)
    live.set_asked(Asked(PruneSetup(measured=4), ModelRef(model)))
    jobs.answer()
    return live


def test_another_model_is_measured_by_its_own_matrices(qapp: QApplication) -> None:
    jobs = Jobs()
    live = at_rest(jobs, "m")
    cells = CellsModel(jobs, live)
    cells.measure_rows()
    while cells.job.running:
        jobs.answer()
    assert set(cells.losses) == {(0, 0.5), (1, 0.5)}
    live.leave()
    cells.forget()
    live.set_asked(Asked(PruneSetup(measured=4), ModelRef("other")))
    jobs.answer()
    assert live.state is not None
    live.state = replace(live.state, names=("c", "d"), sizes=np.array([200, 200]))
    cells.measure(((0, 0.5),))  # a click on a cell that was measured of the model before
    spec = jobs.specs[-1]
    assert spec.model.id == "other"
    assert set(spec.fixed) == {"d"}  # "c" takes what is left
    assert spec.ratio == pytest.approx(0.25, abs=1e-5)
    live.drop()


def test_a_refused_cell_does_not_keep_the_others_waiting(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs()
    live = at_rest(jobs, "m")
    cells = CellsModel(jobs, live)
    refused: list[object] = []
    cells.job.refused.connect(refused.append)
    live_spec = Asked.live

    def picky(
        asked: Asked, ratio: float, fixed: dict[str, float] | None = None, measured: int = 0
    ) -> LivePruneSpec:
        if ratio > 0.5:
            raise BadSpec("This cell cannot be measured.", "Choose another.")
        return live_spec(asked, ratio, fixed, measured)

    monkeypatch.setattr(Asked, "live", picky)
    cells.measure(((1, 0.9), (0, 0.5)))
    assert len(refused) == 1
    assert cells.job.running
    while cells.job.running:
        jobs.answer()
    assert set(cells.losses) == {(0, 0.5)}
    live.drop()
