"""Files are written wholly or not at all."""

from __future__ import annotations

import errno
import os

import pytest

from engine.errors import StoreError
from engine.store.atomic import write_bytes, write_text


def test_text_arrives_as_given(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write_text(path, "一\r\n二\n")
    assert path.read_bytes() == "一\r\n二\n".encode()


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("cause", [errno.ENOSPC, errno.EIO])
def test_a_failure_leaves_the_old_file_and_no_crumbs(tmp_path, monkeypatch, step, cause):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_):
        raise OSError(cause, os.strerror(cause))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(StoreError, match="disk is full" if cause == errno.ENOSPC else "not saved"):
        write_text(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert list(tmp_path.glob(".a*")) == []


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_permissions_are_kept_for_old_files_and_usual_for_new_ones(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"1")
    old.chmod(0o640)
    write_bytes(old, b"2")
    write_bytes(new, b"3")
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    assert old.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode == usual.stat().st_mode
