"""A training that was stopped, killed or crashed goes on as if it had never ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from engine.api import Engine
from engine.context.tune_spec import (
    Lora,
    TuneContextResult,
    TuneContextSpec,
    TuneProblem,
    TuneResumed,
    TuneStep,
)
from engine.context.tuning import checkpoint, tune
from engine.errors import JobCancelled, StoreError
from engine.jobs.events import Partial
from engine.jobs.job import JobFailed
from engine.jobs.spec import encode
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.text_source import TextSource
from tests.support.tiny_models import CHAT_TEMPLATE, save_tiny

STEPS = 5


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny model with dropout, so that chance matters too."""
    folder = tmp_path_factory.mktemp("tuned") / "tiny-llama"
    save_tiny("llama", folder, chat_template=CHAT_TEMPLATE)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"attention_dropout": 0.1}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return ModelRef(str(folder), options=LoadOptions(device="cpu", dtype="float32"))


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> TextSource:
    file = tmp_path_factory.mktemp("texts") / "text.txt"
    file.write_text(" ".join(str(n * n % 97) for n in range(900)), encoding="utf-8")
    return TextSource(str(file))


class Bench:
    """An engine with data of its own, and trainings on it."""

    def __init__(self, home: Path, model: ModelRef, text: TextSource) -> None:
        self.paths = Paths.below(home)
        self.engine = Engine(self.paths)
        self.spec = TuneContextSpec(
            model=model, factor=2.0, steps=STEPS, measured=0, source=text, lora=Lora(rank=3)
        )
        self.told: list[object] = []

    def run(self, stop_at: int = 0, **change: object) -> TuneContextResult:
        """Run to the end, or stop when a step is done."""
        self.told = []
        job = None

        def heard(event: object) -> None:
            if isinstance(event, Partial):
                self.told.append(event.value)
                if isinstance(event.value, TuneStep) and event.value.step == stop_at:
                    assert job is not None
                    job.cancel()

        fields = {**{name: getattr(self.spec, name) for name in vars(self.spec)}, **change}
        job = self.engine.submit(TuneContextSpec(**fields), heard)
        result = job.result(300)
        assert isinstance(result, TuneContextResult)
        return result

    def weights(self, out: Path) -> dict[str, torch.Tensor]:
        return load_file(str(out / "model.safetensors"))

    def files(self) -> list[Path]:
        return sorted(checkpoint.root(self.paths).glob("*/*.safetensors*"))


@pytest.fixture
def bench(tmp_path: Path, model: ModelRef, text: TextSource):
    made = Bench(tmp_path / "home", model, text)
    yield made
    made.engine.close()


@pytest.mark.parametrize("adapter", ["full", "lora"])
def test_after_a_stop_it_goes_on_bit_for_bit(bench: Bench, tmp_path: Path, adapter: str) -> None:
    bench.spec = TuneContextSpec(**{**vars(bench.spec), "adapter": adapter})
    whole = bench.run(out=str(tmp_path / "whole"))
    assert bench.files() == []  # what was written needs no checkpoint
    torch.manual_seed(99)  # what others draw in between is of no matter
    with pytest.raises(JobCancelled):
        bench.run(stop_at=2, out=str(tmp_path / "parted"))
    assert not (tmp_path / "parted").exists()
    assert len(bench.files()) == 1
    parted = bench.run(out=str(tmp_path / "parted"))
    (resumed,) = [one for one in bench.told if isinstance(one, TuneResumed)]
    assert len(resumed.steps) == 2
    assert [one.step for one in bench.told if isinstance(one, TuneStep)] == [3, 4, 5]
    assert [one.loss for one in parted.steps] == [one.loss for one in whole.steps]
    first, second = bench.weights(tmp_path / "whole"), bench.weights(tmp_path / "parted")
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


KILLED = """
import os, signal, sys
from pathlib import Path
from engine.api import Engine
from engine.context.tuning import tune
from engine.context.tuning.trainer import Trainer
from engine.jobs.spec import decode
from engine.paths import Paths

tune.EVERY_S, tune.SHARE, step = 0.0, 0, Trainer.step

def killed(self, passages):
    if self._done == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, passages)

Trainer.step = killed
Engine(Paths.below(Path(sys.argv[1]))).submit(decode(sys.argv[2])).result(300)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_program_that_is_killed_loses_what_came_after_the_last_checkpoint(
    bench: Bench, tmp_path: Path
) -> None:
    whole = bench.run(out=str(tmp_path / "whole"))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "home"), encode(bench.spec)],
        env=os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())},
        check=False, timeout=200,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL
    assert len(bench.run().steps) == STEPS
    (resumed,) = [one for one in bench.told if isinstance(one, TuneResumed)]
    assert [one.loss for one in resumed.steps] == [one.loss for one in whole.steps[:3]]
    bench.run(out=str(tmp_path / "later"))
    assert not [one for one in bench.told if isinstance(one, TuneStep)]  # nothing was left to do
    first, second = bench.weights(tmp_path / "whole"), bench.weights(tmp_path / "later")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_what_is_trained_so_far_becomes_a_model(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="Nothing of this training is kept"):
        bench.run(begin="finish")
    with pytest.raises(JobCancelled):
        bench.run(stop_at=1)
    part = bench.run(begin="finish", out=str(tmp_path / "part"))
    assert len(part.steps) == 1
    assert part.factor == pytest.approx(2 ** (1 / (STEPS / 2)))
    card = (tmp_path / "part" / "README.md").read_text(encoding="utf-8")
    assert f"stopped after 1 of {STEPS} steps" in card
    config = json.loads((tmp_path / "part" / "config.json").read_text(encoding="utf-8"))
    assert config["rope_parameters"]["factor"] == pytest.approx(part.factor)
    assert len(bench.run().steps) == STEPS  # and it still goes on from there
    assert any(isinstance(one, TuneResumed) for one in bench.told)
    anew = bench.run(begin="fresh")
    assert not any(isinstance(one, TuneResumed) for one in bench.told)
    assert len(anew.steps) == STEPS


def test_other_settings_have_another_checkpoint(bench: Bench) -> None:
    with pytest.raises(JobCancelled):
        bench.run(stop_at=2)
    bench.run(seed=1)
    assert not any(isinstance(one, TuneResumed) for one in bench.told)
    assert len(bench.files()) == 2


def test_a_full_disk_does_not_end_the_training_and_a_stop_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tune, "EVERY_S", 0.0)
    monkeypatch.setattr(tune, "SHARE", 0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(JobFailed, match="the disk is full"):
            bench.run()  # the last one of all must be kept
        problems = [one for one in bench.told if isinstance(one, TuneProblem)]
        assert len(problems) == STEPS + 1
        assert "the disk is full" in problems[0].report.message
        assert bench.files() == []
        with pytest.raises(JobFailed, match="the disk is full"):
            bench.run(stop_at=2)
    assert len(bench.run().steps) == STEPS


def test_a_disk_that_is_full_for_safetensors_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = checkpoint.Head(TuneContextSpec(), (), (), ())
    checkpoint.write(tmp_path, head, {"weight/x": torch.ones(2)})

    def full(*_: object) -> None:
        raise SafetensorError(
            "Error while serializing: I/O error: No space left on device (os error 28)"
        )

    monkeypatch.setattr("safetensors.torch.save_file", full)
    with pytest.raises(StoreError, match="the disk is full"):
        checkpoint.write(tmp_path, head, {"weight/x": torch.zeros(2)})
    assert checkpoint.read_tensors(tmp_path)["weight/x"].tolist() == [1.0, 1.0]


def test_a_damaged_checkpoint_is_told_and_can_be_left_behind(bench: Bench) -> None:
    with pytest.raises(JobCancelled):
        bench.run(stop_at=2)
    (file,) = bench.files()
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(JobFailed, match="it is damaged"):
        bench.run()
    assert len(bench.run(begin="fresh").steps) == STEPS


def test_the_three_last_at_work_are_kept_for_a_month(tmp_path: Path) -> None:
    head = checkpoint.Head(TuneContextSpec(), (), (), ())
    now = 1_000_000_000.0
    for number in range(5):
        checkpoint.write(tmp_path / str(number), head, {"weight/x": torch.ones(2)})
        os.utime(tmp_path / str(number) / checkpoint.FILE, (now + number, now + number))
    checkpoint.tidy(tmp_path, now + 10)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["2", "3", "4"]
    checkpoint.tidy(tmp_path, now + 3 + 30 * 86_400)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["3", "4"]
    assert checkpoint.find(tmp_path, TuneContextSpec(out="anywhere")) is not None
    assert checkpoint.find(tmp_path, TuneContextSpec(seed=5)) is None
    (tmp_path / "4" / checkpoint.FILE).write_bytes(b"nothing")
    with pytest.raises(StoreError, match="damaged"):
        checkpoint.kept(tmp_path / "4")
    assert checkpoint.find(tmp_path, TuneContextSpec()) is not None
