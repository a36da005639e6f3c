"""The user's folders: created where they can be, said in words where not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.paths import Paths


def test_folders_are_created(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path / "new").ensure()
    assert all(folder.is_dir() for folder in (paths.data, paths.config, paths.cache, paths.logs))


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be created") as caught:
        Paths.below(tmp_path / "file").ensure()
    assert str(tmp_path / "file") in caught.value.message
    assert "LATHE_HOME" in caught.value.hint


def test_the_window_says_it_and_ends(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "workbench"],
        env={
            **os.environ,
            "LATHE_HOME": str(tmp_path / "file" / "home"),
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert "cannot be created" in done.stderr
    assert "Traceback" not in done.stderr
