"""The set-up: stamps, the lock file, pip's output in our words, and what a person is told."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

import setup_checks  # noqa: E402
import setup_commands  # noqa: E402
import setup_console  # noqa: E402
import setup_environment  # noqa: E402
import setup_system  # noqa: E402
from setup_environment import Environment  # noqa: E402


@pytest.fixture
def checkout(tmp_path: Path) -> Environment:
    """A checkout with an environment that looks set up."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "requirements.lock").write_text(
        "# versions\ntorch==2.13.0\nrich==1\n"
    )
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    environment = Environment(tmp_path)
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.write_stamp()
    return environment


def test_nothing_is_installed_when_nothing_changed(checkout, monkeypatch):
    monkeypatch.setattr(setup_environment, "pip", forbidden)
    monkeypatch.setattr(setup_environment, "create", forbidden)
    assert setup_environment.ensure(checkout) is False


def forbidden(*arguments: object) -> None:
    raise AssertionError(f"called with {arguments}")


@pytest.mark.parametrize("changed", ["packaging/requirements.lock", "pyproject.toml"])
def test_a_changed_file_asks_for_a_new_installation(checkout, monkeypatch, changed):
    calls = []
    monkeypatch.setattr(setup_environment, "pip", lambda _, arguments: calls.append(arguments))
    file = checkout.root / changed
    file.write_text(file.read_text() + "# more\n")
    assert not checkout.is_current()
    assert setup_environment.ensure(checkout) is True
    assert ["-r", str(checkout.lock)] in calls
    assert checkout.is_current()


def test_a_failed_installation_leaves_no_stamp(checkout, monkeypatch):
    checkout.lock.write_text("torch==9\n")

    def fail(*_: object) -> None:
        raise setup_console.SetupError("no")

    monkeypatch.setattr(setup_environment, "pip", fail)
    with pytest.raises(setup_console.SetupError):
        setup_environment.ensure(checkout)
    assert not checkout.stamp_file.exists()


def test_an_environment_of_another_checkout_or_python_is_not_current(checkout, monkeypatch):
    checkout.stamp_file.write_text(checkout.stamp_file.read_text().replace(".", "_"))
    assert not checkout.is_current()
    checkout.stamp_file.write_text("garbage")
    assert not checkout.is_current()


def test_a_torch_index_is_used_for_torch_alone(checkout, monkeypatch):
    calls = []
    monkeypatch.setattr(setup_environment, "pip", lambda _, arguments: calls.append(arguments))
    monkeypatch.setenv("LATHE_TORCH_INDEX", "https://example.org/cpu")
    checkout.stamp_file.unlink()
    setup_environment.ensure(checkout)
    assert calls[0] == ["torch==2.13.0", "--index-url", "https://example.org/cpu"]
    assert all("example.org" not in " ".join(call) for call in calls[1:])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Downloading torch-2.13.0-cp311.whl (190.5 MB)\n", ("downloading torch (190.5 MB)", True)),
        ("Downloading rich-15.0.0-py3.whl (310 kB)\n", ("downloading rich (310 kB)", False)),
        ("Collecting numpy==2.4.6\n", ("resolving numpy==2.4.6", False)),
        ("Installing collected packages: a, b, c\n", ("unpacking 3 packages", True)),
        ("Installing collected packages: a\n", ("unpacking 1 package", False)),
        ("Using cached something\n", ("", False)),
    ],
)
def test_pips_lines_become_words(line, expected):
    assert setup_environment.describe(line) == expected


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("NewConnectionError: Failed to establish a new connection: [Errno -2]", "network"),
        ("ERROR: No matching distribution found for torch==2.13.0", "platform"),
        ("OSError: [Errno 28] No space left on device", "disk"),
        ("something else", "pip"),
    ],
)
def test_pip_errors_are_told_apart(output, word):
    error = setup_environment.pip_error(output, Path("log"))
    assert word in error.message
    assert error.hint


def test_the_lock_pins_every_requirement_of_the_project_exactly():
    import tomllib

    lines = setup_environment.requirements(Environment(ROOT))
    pins = {}
    for line in lines:
        found = re.fullmatch(
            r'([A-Za-z0-9._-]+)==([0-9][\w.]*)(; platform_system == "Linux")?', line
        )
        assert found, f"not an exact public pin: {line}"
        pins[canonical(found[1])] = found[2]
    assert pins["torch"] == "2.13.0"
    assert pins["pyside6-essentials"] == "6.10.3"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {canonical(re.split(r"[=<>!~\[; ]", text)[0]) for text in wanted}
    assert names <= set(pins), names - set(pins)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_seconds_are_said_like_a_person_does():
    said = [setup_console.duration(s) for s in (0.44, 9.94, 9.99, 59.4, 59.9, 125.2)]
    assert said == ["0.4 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "2 min 5 s"]


def test_an_unknown_command_prints_the_usage():
    script = ROOT / "packaging" / "bootstrap.py"
    done = subprocess.run([sys.executable, str(script), "fly"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "run | test | headless | setup" in done.stdout


def test_an_old_python_gets_a_sentence(monkeypatch, capsys):
    import bootstrap

    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
    assert bootstrap.main(["run"]) == 1
    assert "needs Python 3.11 to 3.13; this is Python 3.8.1" in capsys.readouterr().out


def test_missing_libraries_stop_the_window_and_name_the_command(checkout, monkeypatch):
    from engine.doctor import desktop

    def missing(_: Path, platforms: tuple[str, ...]) -> tuple[str, ...]:
        return ("libxcb-cursor.so.0",) if "xcb" in platforms else ()

    monkeypatch.setattr(desktop, "missing_libraries", missing)
    monkeypatch.setattr(setup_system, "may_install", lambda: False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(setup_console.SetupError) as caught:
        setup_system.check_libraries(checkout, window=True)
    assert "sudo apt-get install libxcb-cursor0" in caught.value.hint
    setup_system.check_libraries(checkout, window=False)  # headless needs none of them


def test_root_installs_what_is_missing(checkout, monkeypatch):
    from engine.doctor import desktop

    installed: list[str] = []
    monkeypatch.setattr(
        desktop, "missing_libraries", lambda *_: () if installed else ("libEGL.so.1",)
    )
    monkeypatch.setattr(setup_system, "may_install", lambda: True)
    monkeypatch.setattr(setup_system, "install", installed.extend)
    setup_system.check_libraries(checkout, window=True)
    assert installed == ["libegl1"]


def test_checks_stop_at_the_first_failure(checkout, monkeypatch, capsys):
    ran = []

    def run_one(_environment, check, variables):
        ran.append(check.name)
        assert variables["HF_HUB_OFFLINE"] == "1"
        return 3 if check.name == "lint" else 0

    monkeypatch.setattr(setup_checks, "run_one", run_one)
    assert setup_checks.run(checkout, []) == 3
    assert ran == ["format", "lint"]
    assert "lint failed" in capsys.readouterr().out


def test_without_a_display_run_takes_the_headless_way(monkeypatch, capsys):
    ways = []
    monkeypatch.setattr(setup_commands, "prepare", lambda window: ways.append(window))
    monkeypatch.setattr(setup_commands, "run_headless", lambda *_: 0)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert setup_commands.run([]) == 0
    assert ways == [False]
    assert "No window can be opened here" in capsys.readouterr().out
