"""The first comparison without a display, end to end, on the model that ships with the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PNG = b"\x89PNG\r\n\x1a\n"


def headless(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "LATHE_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"}
    variables.pop("DISPLAY", None)
    return subprocess.run(
        [sys.executable, "-m", "workbench.headless", *arguments],
        cwd=ROOT, env=variables, capture_output=True, text=True,
    )  # fmt: skip


def test_it_prints_the_table_and_writes_report_and_picture(tmp_path: Path) -> None:
    model = ROOT / "resources" / "models" / "teach-rope"
    done = headless(tmp_path, "--model", str(model), "--out", str(tmp_path / "runs"))
    assert done.returncode == 0, done.stderr
    for technique in ("zero-shot", "zero-shot-cot"):
        assert technique in done.stdout
    report = (tmp_path / "runs" / "first-comparison.html").read_text(encoding="utf-8")
    assert report.lstrip().lower().startswith("<!doctype html")
    assert "zero-shot-cot" in report
    assert (tmp_path / "runs" / "window.png").read_bytes().startswith(PNG)
    assert "To open the window" in done.stderr


def test_a_missing_model_is_one_sentence_and_a_next_step(tmp_path: Path) -> None:
    done = headless(tmp_path, "--model", str(tmp_path / "nowhere"), "--out", str(tmp_path / "runs"))
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
