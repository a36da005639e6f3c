"""Training on the page “Context”: the curve, stopping, going on, saving, loading."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QWidget

from engine.context.tune_spec import TuneProblem, TuneStep
from engine.context.tuning.trainer import OF_TABLES, OF_VECTORS
from engine.errors import ErrorReport
from engine.models.reference import ModelRef
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


def test_the_rate_is_told_as_the_trainer_takes_it(training: Driver) -> None:
    told = training.page.panel.findChild(QWidget, "tune-rate").toolTip()
    words = {5.0: "biases and norms get five times as much", 1 / 3: "embeddings a third"}
    assert words[OF_VECTORS] in told
    assert words[OF_TABLES] in told


def test_what_is_stopped_goes_on_and_can_be_saved(training: Driver, tmp_path: Path) -> None:
    tune, page = training.model.tune, training.page
    training.number("tune-steps", "40")
    assert page.header.primary.text() == "Train"
    training.click(page.header.primary)
    training.qtbot.waitUntil(lambda: len(tune.steps) > 1, timeout=RUN_MS)
    training.until(tune.job.ended, lambda: training.click(page.header.primary))
    done = len(tune.steps)
    losses = [step.loss for step in tune.steps]
    assert 1 < done < 40
    assert page.tune.line.report() is None
    assert f"{done} of 40 steps are trained and kept" in page.tune.story.text()
    training.qtbot.waitUntil(lambda: tune.resumes, timeout=RUN_MS)
    assert page.header.primary.text() == "Resume"
    assert page.tune.save.text() == "Save what is trained…"
    half = tmp_path / "half"
    training.until(tune.job.ended, lambda: page.save_to(str(half)))
    assert f"stopped after {done} of 40 steps" in (half / "README.md").read_text(encoding="utf-8")
    training.until(tune.looked, page.tune._look)
    training.until(tune.job.ended, lambda: training.click(page.header.primary))
    assert [step.loss for step in tune.steps][:done] == losses
    assert len(tune.steps) == 40
    assert page.tune.save.text() == "Save…"


def test_a_kept_training_is_there_when_the_settings_name_it(training: Driver) -> None:
    tune, view = training.model.tune, training.page.tune
    training.run("training")
    losses = [step.loss for step in tune.steps]
    tune.forget()
    assert not tune.steps
    training.until(tune.looked, view._look)
    assert [step.loss for step in tune.steps] == losses
    assert view.anew.isVisibleTo(training.page)
    training.until(tune.job.ended, lambda: training.click(view.anew))
    assert tune.spec is not None
    assert tune.spec.begin == "fresh"
    assert [step.loss for step in tune.steps] == losses


def test_a_copy_is_written_loaded_and_shown(
    training: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "longer"
    tune, view = training.model.tune, training.page.tune
    training.until(tune.job.ended, lambda: training.page.save_to(str(folder)))
    assert view.line.report() is None
    assert (folder / "config.json").is_file()
    assert str(folder) in view.story.text()
    assert "bit for bit" in view.story.text()
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    training.click(view.folder)
    assert opened == [QUrl.fromLocalFile(str(folder))]
    training.click(view.load)
    assert training.page.services.model.ref == ModelRef(str(folder))


def test_lora_says_how_much_it_trains(training: Driver, tmp_path: Path) -> None:
    tune, page = training.model.tune, training.page
    training.until(tune.looked, page.tune._look)
    panel = page.panel.findChild(QComboBox, "tune-adapter").parent()
    assert tune.forecast is not None
    assert f"All {tune.forecast.parameters:,} parameters" in panel.forecast.text()
    assert not panel.lora.isVisibleTo(page)
    training.until(tune.looked, lambda: training.choose("tune-adapter", "LoRA"))
    assert panel.lora.isVisibleTo(page)
    training.until(tune.looked, lambda: training.number("tune-rank", "2"))
    small = tune.forecast.trained
    training.until(tune.looked, lambda: training.click(panel.also["embeddings"]))
    assert tune.forecast.trained > small
    assert f"{tune.forecast.trained:,} of" in panel.forecast.text()
    training.choose("tune-written", "adapter alone")
    training.until(tune.job.ended, lambda: page.save_to(str(tmp_path / "adapter")))
    assert page.tune.line.report() is None
    assert (tmp_path / "adapter" / "adapter_config.json").is_file()
    assert not page.tune.load.isVisibleTo(page)
    assert "--also norms,biases,embeddings" in page.tune.command()
    assert "--rank 2" in page.tune.command()


def test_a_checkpoint_that_cannot_be_written_is_told(training: Driver) -> None:
    tune, view = training.model.tune, training.page.tune
    assert not view.problem.isVisibleTo(training.page)
    report = ErrorReport("store", "“x” was not saved: the disk is full.", "Free some space.")
    tune.job.part.emit(TuneProblem(report))
    assert view.problem.isVisibleTo(training.page)
    assert view.problem.text() == "“x” was not saved: the disk is full. Free some space."


def test_the_time_that_is_left_counts_the_longer_texts_to_come(driver: Driver) -> None:
    tune = driver.model.tune
    tune.spec = tune.choice.spec(driver.model.ref, "en")
    spec = tune.spec
    read, seconds = 0.0, 0.0
    steps = []
    for number in range(1, 101):  # as many tokens as the stretch, a hundred tokens a second
        read += 1000 * spec.stretch(number)
        seconds += 10 * spec.stretch(number)
        steps.append(TuneStep(number, 1.0, round(read), seconds))
    tune.steps = tuple(steps)
    left = sum(10 * spec.stretch(number) for number in range(101, spec.steps + 1))
    assert tune.speed() == pytest.approx(100, rel=1e-3)
    assert tune.time_left() == pytest.approx(left, rel=1e-3)


def test_only_trainable_scalings_are_offered(driver: Driver) -> None:
    box = driver.find(QComboBox, "tune-method")
    assert tuple(box.itemData(n) for n in range(box.count())) == TRAINABLE
    assert "dynamic" not in TRAINABLE
    driver.topic("training")
    driver.choose("tune-method", "YaRN")
    assert driver.model.tune.choice.method == "yarn"
