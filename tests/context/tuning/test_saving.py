"""Writing a trained model that fails half way."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.context.tune_spec import TuneContextSpec
from engine.context.tuning.save import PROVENANCE, save


class Saved:
    """A model, or a tokenizer, that is one file."""

    def __init__(self, name: str, text: str, full: bool = False) -> None:
        self.name, self.text, self.full = name, text, full

    def save_pretrained(self, folder: Path) -> None:
        (folder / self.name).write_text(self.text, encoding="utf-8")
        if self.full:
            raise OSError(28, "No space left on device")


def write(out: Path, text: str, full: bool = False) -> int:
    spec = TuneContextSpec(out=str(out))
    model = Saved("model.safetensors", text)
    return save(spec, model, Saved("tokenizer.json", "{}", full), 64, (), ())


def test_a_full_disk_leaves_the_former_model_and_no_half_of_the_new(tmp_path: Path) -> None:
    out = tmp_path / "longer"
    with pytest.raises(OSError, match="No space"):
        write(out, "new", full=True)
    assert list(tmp_path.iterdir()) == []
    assert write(out, "first") == 5
    with pytest.raises(OSError, match="No space"):
        write(out, "second", full=True)
    assert list(tmp_path.iterdir()) == [out]
    assert (out / "model.safetensors").read_text(encoding="utf-8") == "first"
    assert write(out, "second") == 6
    assert list(tmp_path.iterdir()) == [out]
    assert (out / PROVENANCE).exists()


def test_the_former_model_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "longer"
    write(out, "first")
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".partial"):
            raise PermissionError(13, "in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write(out, "second")
    assert list(tmp_path.iterdir()) == [out]
    assert (out / "model.safetensors").read_text(encoding="utf-8") == "first"
