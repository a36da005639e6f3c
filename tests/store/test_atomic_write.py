"""Files are written wholly or not at all."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import save_file

from engine.errors import StoreError
from engine.store.atomic import as_os_error, cannot_write, write_bytes, write_text


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


def test_what_safetensors_says_of_the_system_is_the_systems(tmp_path):
    """The installed library's own words, and those of a full disk."""
    with pytest.raises(SafetensorError) as caught:
        save_file({"a": np.zeros(2)}, str(tmp_path / "none" / "a.safetensors"))
    assert as_os_error(caught.value).errno == errno.ENOENT
    full = SafetensorError("Error while serializing: I/O error: No space left (os error 28)")
    assert "disk is full" in cannot_write(tmp_path / "a", as_os_error(full)).message
    own = OSError(errno.EACCES, "denied")
    assert as_os_error(own) is own
    assert as_os_error(SafetensorError("invalid header")) is None
