"""A folder is written wholly or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.store.folder import whole_folder


def write(folder: Path, text: str, full: bool = False) -> None:
    with whole_folder(folder) as partial:
        (partial / "weights").write_text(text, encoding="utf-8")
        if full:
            raise OSError(28, "No space left on device")


def read(folder: Path) -> str:
    return (folder / "weights").read_text(encoding="utf-8")


def test_a_full_disk_leaves_the_former_folder_and_no_half_of_the_new(tmp_path: Path) -> None:
    out = tmp_path / "longer"
    with pytest.raises(OSError, match="No space"):
        write(out, "new", full=True)
    assert list(tmp_path.iterdir()) == []
    write(out, "first")
    with pytest.raises(OSError, match="No space"):
        write(out, "second", full=True)
    assert list(tmp_path.iterdir()) == [out]
    assert read(out) == "first"
    write(out, "second")
    assert list(tmp_path.iterdir()) == [out]
    assert read(out) == "second"


def test_the_former_folder_comes_back_when_the_new_one_cannot_take_its_place(
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
    assert read(out) == "first"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_files_have_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.write_text("", encoding="utf-8")
    with whole_folder(tmp_path / "out") as partial:
        (partial / "parts").mkdir()
        for private in (partial / "weights", partial / "parts" / "more"):
            private.write_text("", encoding="utf-8")
            private.chmod(0o600)
    for file in (tmp_path / "out" / "weights", tmp_path / "out" / "parts" / "more"):
        assert file.stat().st_mode == usual.stat().st_mode


def test_what_a_killed_writer_left_is_no_part_of_the_next(tmp_path: Path) -> None:
    out = tmp_path / "longer"
    left = tmp_path / "longer.partial"
    left.mkdir()
    (left / "half").write_text("half", encoding="utf-8")
    write(out, "whole")
    assert [one.name for one in out.iterdir()] == ["weights"]
    assert list(tmp_path.iterdir()) == [out]
