"""Training on the page “Context”: the curve, stopping, saving."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox

from tests.workbench.context.conftest import RUN_MS, Driver
from workbench.viewmodels.context_tune import TRAINABLE


@pytest.fixture
def training(driver: Driver, running_text: Path) -> Driver:
    """A handful of steps on a small text, nothing asked for."""
    driver.topic("training")
    driver.number("tune-steps", "12")
    driver.number("tune-factor", "2")
    driver.number("tune-measured", "0")
    driver.page.panel.findChild(QComboBox, "tune-text").parent().take_file(str(running_text))
    return driver


def test_the_curve_is_what_the_job_tells(training: Driver) -> None:
    tune, view = training.model.tune, training.page.tune
    assert view.empty.isVisibleTo(training.page)
    training.run("training")
    assert view.line.report() is None
    assert [step.step for step in tune.steps] == list(range(1, 13))
    each, mean = view.loss.series()
    assert each.y.tolist() == [step.loss for step in tune.steps]
    assert mean.y[0] == pytest.approx(sum(step.loss for step in tune.steps[:10]) / 10)
    assert "step 12 of 12" in view.loss_card.note.text()
    assert tune.spec is not None
    assert (tune.spec.factor, tune.spec.steps, tune.spec.measured) == (2.0, 12, 0)


def test_stop_keeps_the_curve(training: Driver) -> None:
    training.number("tune-steps", "5000")
    tune, page = training.model.tune, training.page
    training.click(page.header.primary)
    training.qtbot.waitUntil(lambda: len(tune.steps) > 1, timeout=RUN_MS)
    training.until(tune.job.ended, lambda: training.click(page.header.primary))
    assert page.tune.line.report() is None
    assert 1 < len(tune.steps) < 5000
    assert page.tune.story.text().startswith("Stopped")


def test_a_copy_is_written(training: Driver, tmp_path: Path) -> None:
    folder = tmp_path / "longer"
    tune = training.model.tune
    training.until(tune.job.ended, lambda: training.page.save_to(str(folder)))
    assert training.page.tune.line.report() is None
    assert (folder / "config.json").is_file()
    assert str(folder) in training.page.tune.story.text()


def test_only_trainable_scalings_are_offered(driver: Driver) -> None:
    box = driver.find(QComboBox, "tune-method")
    assert tuple(box.itemData(n) for n in range(box.count())) == TRAINABLE
    assert "dynamic" not in TRAINABLE
    driver.topic("training")
    driver.choose("tune-method", "YaRN")
    assert driver.model.tune.choice.method == "yarn"
