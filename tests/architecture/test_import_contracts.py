"""The rooms' doors: which package may import which (the contracts are in pyproject.toml)."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_import_contract_is_kept():
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(tool), "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_room_of_views_but_the_shell_is_kept_apart():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (pages,) = (one for one in contracts if one["name"] == "Pages do not know each other")
    views = ROOT / "workbench" / "views"
    rooms = {folder.parent.name for folder in views.glob("*/__init__.py")} - {"shell"}
    assert set(pages["modules"]) == {f"workbench.views.{room}" for room in rooms}
