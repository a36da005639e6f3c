"""The colours of a comparison belong to the comparison in sight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.inspection.states import difference
from tests.support.hands import Hands
from tests.support.tiny_models import save_tiny
from tests.workbench.attention.conftest import RUN_MS
from workbench.viewmodels.attention_heads import HeadAt


def test_a_late_scale_of_the_older_pair_is_not_used(driver, page, bench, tiny_ref, tmp_path,
                                                    monkeypatch):  # fmt: skip
    driver.look()
    driver.view("states")
    results = []
    for seed in (1, 2):
        other = replace(tiny_ref, id=str(save_tiny("llama", tmp_path / f"other-{seed}", seed)))
        with driver.qtbot.waitSignal(page.states_model.job.ended, timeout=RUN_MS):
            page.states_model.ask(other)
        results.append(page.states_model.result)
    hands, head = Hands(), HeadAt(0, 0)
    monkeypatch.setattr(bench.services.background, "run", hands.run)
    for result in results:
        page.states_model.result = result
        page.states_model.changed.emit()
        page.states.atlas.chosen.emit(head)
    hands.serve_newest_first()
    pair = page.states._pair()
    assert pair.second is results[1].second.layers[0]
    queries = pair.first.shape[0]
    largest = abs(difference(pair, 0, "softmax", slice(0, queries))).max()
    assert page.states._full == pytest.approx(float(largest))
