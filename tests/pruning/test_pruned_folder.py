"""What lies in the folder of a pruned model is replaced only when that is wanted, and whole."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from safetensors import SafetensorError

from engine.errors import BadSpec, StoreError
from engine.pruning.folder import PROVENANCE, check_folder, replaces, whole_folder


def _write(folder: Path, words: str, *, overwrite: bool = False) -> None:
    with whole_folder(folder, overwrite=overwrite) as partial:
        (partial / PROVENANCE).write_text(words)


def _lost(folder: Path, error: Exception) -> None:
    with whole_folder(folder, overwrite=True) as partial:
        (partial / PROVENANCE).write_text("half")
        raise error


def test_replaced_only_when_allowed(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert not replaces(folder)
    _write(folder, "one")
    assert replaces(folder)
    with pytest.raises(BadSpec, match="already"):
        _write(folder, "two")
    assert (folder / PROVENANCE).read_text() == "one"
    _write(folder, "two", overwrite=True)
    assert (folder / PROVENANCE).read_text() == "two"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        SafetensorError("I/O error: No space left on device (os error 28)"),
    ],
    ids=["ours", "safetensors"],
)
def test_half_a_model_leaves_the_former_one(tmp_path: Path, error: Exception) -> None:
    folder = tmp_path / "out"
    _write(folder, "one")
    with pytest.raises(StoreError, match="the disk is full"):
        _lost(folder, error)
    assert (folder / PROVENANCE).read_text() == "one"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_other_files_are_never_replaced(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadSpec, match="holds no pruned model"):
        check_folder(tmp_path, overwrite=overwrite)
    with pytest.raises(BadSpec, match="holds no pruned model"):
        check_folder(tmp_path / "thesis.txt", overwrite=overwrite)
    assert not replaces(tmp_path)


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    check_folder(tmp_path, overwrite=False)
    check_folder(tmp_path / "new", overwrite=False)
