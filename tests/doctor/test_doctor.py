"""The doctor's findings against small, made-up systems, and the whole report on this one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from engine import doctor
from engine.doctor import desktop, software, storage

LDD = """\tlinux-vdso.so.1 (0x00007ffd)
\tlibxcb-cursor.so.0 => not found
\tlibQt6Gui.so.6 => /somewhere/libQt6Gui.so.6 (0x00007f)
\tlibxcb-icccm.so.4 => not found
\tlibxcb-cursor.so.0 => not found
"""


def test_ldd_names_each_missing_library_once():
    missing = desktop.parse_ldd(LDD)
    assert missing == ("libxcb-cursor.so.0", "libxcb-icccm.so.4")
    assert desktop.debian_packages(missing) == ("libxcb-cursor0", "libxcb-icccm4")
    assert desktop.debian_packages(("libnew.so.9",)) == ("libnew.so.9",)


def test_a_display_is_believed_only_when_a_server_answers(tmp_path: Path):
    def problem(**variables: str) -> str:
        return desktop.display_problem(variables, "linux")

    assert "neither" in problem()
    assert "no X server answers" in problem(DISPLAY=":987")
    assert problem(DISPLAY="far.example.org:0") == ""
    assert problem(WAYLAND_DISPLAY="wayland-9", XDG_RUNTIME_DIR=str(tmp_path)) != ""
    (tmp_path / "wayland-9").touch()
    assert problem(WAYLAND_DISPLAY="wayland-9", XDG_RUNTIME_DIR=str(tmp_path)) == ""
    assert desktop.display_problem({}, "darwin") == ""


def test_a_listening_x_server_is_found(tmp_path: Path, monkeypatch):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "X3"))
        server.listen()
        assert desktop._answers(str(tmp_path / "X3"))
    assert not desktop._answers(str(tmp_path / "X4"))


def test_the_hub_cache_follows_the_hubs_own_rules(monkeypatch, tmp_path: Path):
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code = "from huggingface_hub import constants; print(constants.HF_HUB_CACHE)"

    def hub_says() -> str:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()

    assert str(storage.hub_cache()) == hub_says()
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    assert str(storage.hub_cache()) == hub_says()
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    assert str(storage.hub_cache()) == hub_says()


def test_a_folder_that_cannot_be_made_says_where(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(storage.os, "access", lambda *_: False)
    finding = storage.folder("data folder", tmp_path / "a" / "b")
    assert not finding.ok
    assert str(tmp_path) in finding.hint


def test_a_missing_library_is_a_finding_not_a_crash():
    finding = software.library("no-such-distribution-anywhere")
    assert (finding.value, finding.ok) == ("not installed", False)
    assert finding.hint


def test_the_report_is_json_and_true_of_this_computer():
    report = json.loads(json.dumps(doctor.run()))
    entries = {entry["name"]: entry for entry in report["entries"]}
    for entry in entries.values():
        assert set(entry) == {"name", "value", "ok", "reason", "hint"}
        assert entry["ok"] or entry["hint"], f"{entry['name']} names no next step"
    assert entries["Python"]["value"] == sys.version.split()[0]
    assert entries["Qt"]["value"] == f"PySide6 {metadata.version('PySide6-Essentials')}"
    assert "cpu" in entries["bitsandbytes"]["value"]
    assert entries["chosen device"]["reason"]
    assert entries["dtype, small models"]["value"] == "float32"
    assert report["ok"] == all(entry["ok"] for entry in entries.values())


def test_the_doctor_never_imports_qt():
    code = "import sys, engine.doctor as d; d.findings(); sys.exit('PySide6' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
