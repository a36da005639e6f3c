"""Writing a trained model: what fails half way, and what does not say the same."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
import torch

from engine.context.tune_spec import TuneContextSpec
from engine.context.tuning.card import PROVENANCE, Card
from engine.context.tuning.forecast import forecast
from engine.context.tuning.save import Trained, logits, save
from engine.errors import BadSpec, StoreError
from tests.support.tiny_models import tiny_model


def written(out: Path, seed: int = 0, spoil: float = 0.0) -> int:
    """Write a tiny model; with `spoil` it is said to have answered otherwise."""
    model, tokenizer = tiny_model("llama")
    with torch.no_grad():
        model.lm_head.weight.add_(float(seed))
    spec = TuneContextSpec(out=str(out), steps=8)
    card = Card(spec, forecast(model.config, spec, 64, 1 << 40), 64, 3, 2.0, (), (), {}, "x", False)
    trained = Trained(
        model, None, tokenizer, "x", logits(model) + spoil, lambda: model, lambda _: nullcontext()
    )
    return save(card, trained, merge=False).bytes


def test_a_full_disk_says_so_and_the_former_model_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "longer"
    assert written(out) == (out / "model.safetensors").stat().st_size
    before = (out / "model.safetensors").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("engine.context.tuning.save.write_card", full)
        with pytest.raises(StoreError, match="the disk is full"):
            written(out, seed=1)
    assert list(tmp_path.iterdir()) == [out]
    assert (out / "model.safetensors").read_bytes() == before
    written(out, seed=1)
    assert (out / "model.safetensors").read_bytes() != before


def test_a_model_that_reads_back_otherwise_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not say what the trained one says"):
        written(tmp_path / "longer", spoil=1e-6)
    assert list(tmp_path.iterdir()) == []


def test_the_card_of_half_a_training_says_so(tmp_path: Path) -> None:
    written(tmp_path / "longer")
    text = (tmp_path / "longer" / "README.md").read_text(encoding="utf-8")
    assert "stopped after 3 of 8 steps" in text
    assert "it had come to 2 of 4 times" in text
    assert (tmp_path / "longer" / PROVENANCE).is_file()


def test_other_peoples_files_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadSpec, match="is not empty"):
        written(tmp_path)
    assert (tmp_path / "mine.txt").exists()
