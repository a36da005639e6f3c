"""The job "prune" end to end on the teaching model, and from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM
from typer.testing import CliRunner

from engine.api import Engine
from engine.cli import app
from engine.errors import BadSpec
from engine.jobs.events import Partial
from engine.jobs.job import JobFailed
from engine.models import bitmask
from engine.models.reference import LoadOptions, ModelRef
from engine.pruning.prune_spec import PruneResult, PruneSpec
from engine.text_source import TextSource

MODEL = ModelRef("teach-rope", options=LoadOptions(device="cpu", dtype="float32"))
SHORT = PruneSpec(model=MODEL, windows=8, length=96, measured=12)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


def run(engine: Engine, spec: PruneSpec) -> PruneResult:
    result = engine.submit(spec).result(300)
    assert isinstance(result, PruneResult)
    return result


@pytest.mark.parametrize("method", ["magnitude", "wanda", "ria"])
def test_more_zeros_lose_more_and_the_model_comes_back(engine: Engine, method: str) -> None:
    light = run(engine, replace(SHORT, method=method, ratio=0.3))
    heavy = run(engine, replace(SHORT, method=method, ratio=0.7))
    assert light.dense is not None
    assert light.dense == heavy.dense
    assert light.pruned is not None
    assert heavy.pruned is not None
    assert light.dense.nll <= light.pruned.nll + 0.01 < heavy.pruned.nll
    assert heavy.ratio == pytest.approx(0.7, abs=0.01)
    assert sum(row.error or 0 for row in light.rows) < sum(row.error or 0 for row in heavy.rows)


def test_ratio_zero_changes_nothing(engine: Engine) -> None:
    result = run(engine, replace(SHORT, ratio=0.0))
    assert result.pruned == result.dense
    assert all(row.zeros == 0 and row.error == 0 for row in result.rows)


@pytest.mark.parametrize("packed", [False, True])
def test_the_written_model_has_the_loss_that_was_measured(
    engine: Engine, tmp_path: Path, packed: bool
) -> None:
    folder = tmp_path / "pruned"
    result = run(engine, replace(SHORT, out=str(folder), bitmask=packed))
    facts = json.loads((folder / "pruning.json").read_text())
    assert facts["calibration"]["sha256"] == result.calibration_sha256
    if packed:
        written, dense = result.file_bytes
        assert written < 0.65 * dense
        state = bitmask.load(folder)
    else:
        state = load_file(folder / "model.safetensors")
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        for name, tensor in state.items():
            assert torch.equal(model.state_dict()[name], tensor)
    for row in result.rows:
        assert int((state[row.name] == 0).sum()) == row.zeros
    again = replace(SHORT, model=replace(MODEL, id=str(folder)), ratio=0.0)
    assert run(engine, again).dense == result.pruned


def test_masks_alone_can_be_compared(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "masks.npz"
    result = run(engine, replace(SHORT, out=str(file), masks_only=True, pattern="2:4", measured=0))
    masks = np.load(file)
    assert set(masks) == {row.name for row in result.rows}
    for row in result.rows:
        groups = masks[row.name].reshape(-1, 4)
        assert (groups.sum(1) == 2).all()


def test_a_text_shorter_than_a_window_is_refused(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "short.txt"
    file.write_text("Anna has 3 apples.")
    with pytest.raises(JobFailed, match="fewer than one window of 96"):
        run(engine, replace(SHORT, calibration=TextSource(str(file))))
    with pytest.raises(JobFailed, match="fits into a window of 8 tokens"):
        run(engine, replace(SHORT, length=8))


def test_a_folder_of_something_else_is_not_overwritten(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    heard: list[object] = []
    job = engine.submit(replace(SHORT, out=str(tmp_path), measured=0), heard.append)
    with pytest.raises(JobFailed, match="not empty"):
        job.result(300)
    assert not any(isinstance(event, Partial) for event in heard)  # before anything was pruned
    assert (tmp_path / "letter.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "change", [{"ratio": 1.0}, {"ratio": -0.1}, {"method": "best"}, {"pattern": "4:2"}]
)
def test_bad_values_are_refused_before_anything_runs(change: dict[str, object]) -> None:
    with pytest.raises(BadSpec):
        replace(SHORT, **change).check()  # type: ignore[arg-type]


def test_the_command_prints_json(tmp_path: Path) -> None:
    words = [
        "prune", "--method", "ria", "--sparsity", "0.5", "--windows", "4", "--length", "64",
        "--measured", "4", "--json", "--device", "cpu",
    ]  # fmt: skip
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 0, ran.output
    result = json.loads(ran.stdout)
    assert result["ratio"] == pytest.approx(0.5, abs=0.01)
    assert result["dense"]["perplexity"] == pytest.approx(np.exp(result["dense"]["nll"]))
    assert set(result["seconds"]) == {"load", "calibrate", "score", "measure", "write"}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_loss_grows_with_the_ratio_for_every_calibration(engine: Engine, seed: int) -> None:
    spec = replace(SHORT, seed=seed, measured=48)
    light = run(engine, replace(spec, ratio=0.3))
    heavy = run(engine, replace(spec, ratio=0.6))
    assert light.dense is not None
    assert light.pruned is not None
    assert heavy.pruned is not None
    tolerance = light.dense.error  # where nothing is lost yet, the order is chance
    assert light.dense.nll <= light.pruned.nll + tolerance
    assert light.pruned.nll <= heavy.pruned.nll
    assert light.dense.nll < heavy.pruned.nll
