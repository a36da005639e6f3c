"""A whole program with two small pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.jobs.registry import KINDS, Kind
from tests.jobs import kinds_for_tests
from tests.support.qt import running_application
from tests.workbench.shell.pages_for_tests import PAGES
from workbench.bootstrap import Application

JOBS = "tests.jobs.kinds_for_tests"


@pytest.fixture
def shell(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    for name, spec, run in (
        ("test-count", "CountSpec", "count"),
        ("test-gate", "GateSpec", "gate"),
        ("test-break", "BreakSpec", "fall"),
        ("test-forever", "ForeverSpec", "forever"),
    ):
        monkeypatch.setitem(KINDS, name, Kind(f"{JOBS}:{spec}", f"{JOBS}:{run}"))
    kinds_for_tests.gates.clear()
    with running_application(qapp, tmp_path / "home", PAGES) as application:
        yield application
