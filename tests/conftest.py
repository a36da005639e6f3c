"""Common ground of all tests: no display, a home folder of their own, nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest


class _Loggers(dict[str, logging.Logger | logging.PlaceHolder]):
    """Loggers by name. pytest walks them at the start of every phase of a test while a thread of
    the window may be importing a library that makes new ones: it walks a copy."""

    def values(self):
        return list(super().values())


logging.Logger.manager.loggerDict = _Loggers(logging.Logger.manager.loggerDict)
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test keeps its files below its own folder."""
    home = tmp_path / "home"
    monkeypatch.setenv("LATHE_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def _nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with a window fails when it leaves threads, timers or windows behind."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    from tests.support import qt

    request.getfixturevalue("qapp")
    # Cyclic garbage with Qt objects in it must die on this thread (`workbench.services.gc_pin`).
    # What is there before the test stays: a pass then walks only what the test itself has made,
    # not the million objects of the libraries.
    gc.disable()
    gc.collect()
    gc.freeze()
    threads, timers = qt.program_threads(), qt.active_timers()
    windows = qt.top_level_widgets()
    yield
    qt.delete_deferred()
    gc.enable()
    left = {
        "threads": qt.program_threads() - threads,
        "active timers": qt.active_timers() - timers,
        "windows": qt.top_level_widgets() - windows,
    }
    found = {name: things for name, things in left.items() if things}
    assert not found, f"left behind: {found}"
