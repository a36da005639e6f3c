"""Pictures and the self-test without a person; the command line of the window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QPixmap

from engine.errors import ErrorReport
from engine.paths import Paths
from tests.support.qt import delete_deferred
from tests.workbench.shell.pages_for_tests import PAGES, NotePage
from workbench.bench.stall import figures_of
from workbench.bootstrap import Application
from workbench.options import parse
from workbench.unattended import Unattended, shows_something

ROOT = Path(__file__).resolve().parents[3]


def run(qapp, home: Path, *arguments: str) -> int:
    options = parse([*arguments, "--safe-mode", "--lang", "en"])
    application = Application(qapp, options, Paths.below(home), PAGES)
    code = Unattended(application).run()
    application.window.deleteLater()
    application.deleteLater()
    delete_deferred()
    return code


def test_a_picture_shows_the_page_at_the_size_asked_for(qapp, tmp_path):
    light, dark = tmp_path / "deep" / "light.png", tmp_path / "dark.png"
    size = ("--size", "1100x700")
    assert run(qapp, tmp_path, "--screenshot", "other", "--theme", "light", *size, str(light)) == 0
    assert run(qapp, tmp_path, "--screenshot", "other", "--theme", "dark", *size, str(dark)) == 0
    pictures = [QImage(str(file)) for file in (light, dark)]
    assert [(picture.width(), picture.height()) for picture in pictures] == [(1100, 700)] * 2
    middle = [picture.pixelColor(700, 400).lightness() for picture in pictures]
    assert middle[0] > 200 > 60 > middle[1]


def test_a_picture_that_cannot_be_written_fails(qapp, tmp_path, capsys):
    place = tmp_path / "folder.png"
    place.mkdir()
    assert run(qapp, tmp_path, "--screenshot", "note", str(place)) == 1
    assert "could not be written" in capsys.readouterr().err


def test_a_picture_of_a_failed_demo_is_kept_but_fails_with_the_sentence(
    qapp, tmp_path, capsys, monkeypatch
):
    failed = ErrorReport("no-model", "The model “x” was not found.", "Choose another model.")
    monkeypatch.setattr(NotePage, "demo_problem", lambda page: failed)
    place = tmp_path / "note.png"
    assert run(qapp, tmp_path, "--screenshot", "note", str(place)) == 1
    assert place.exists()
    said = capsys.readouterr().err
    assert failed.message in said
    assert failed.hint in said


def test_the_self_test_passes(qapp, tmp_path):
    assert run(qapp, tmp_path, "--self-test") == 0


def test_an_empty_picture_shows_nothing():
    blank = QPixmap(300, 300)
    blank.fill()
    assert not shows_something(blank)


@pytest.mark.parametrize(
    "wrong",
    [["--screenshot", "compare"], ["out.png"], ["--scale", "3"], ["--theme", "mauve"], ["--nope"]],
)
def test_a_wrong_command_line_ends_with_status_two(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        parse(wrong)
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_the_order_of_the_issue_is_understood():
    options = parse("--screenshot compare --theme dark --lang zh_CN --scale 1.5 out.png".split())
    assert (options.page, options.theme, options.language) == ("compare", "dark", "zh_CN")
    assert (options.scale, options.screenshot, options.size) == (1.5, Path("out.png"), (1440, 900))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_the_window_says_so(tmp_path):
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    environment["LATHE_HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "workbench"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no display" in done.stderr


def test_the_figures_of_the_stall_bench():
    figures = figures_of([16.0] * 98 + [34.0, 50.0])
    assert (figures["p50"], figures["p95"], figures["p99"]) == (16.0, 16.0, 50.0)
    assert (figures["max"], figures["share_over_33ms"]) == (50.0, 0.02)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--screenshot", "nopage", "x.png"), "Choose one of: compare, "),
        (("--page", "nopage"), "There is no page “nopage”"),
        (("--size", "banana"), "1440x900"),
        (("--size", "0x0"), "1440x900"),
        (("--scale", "big"), "0.8 to 2.0"),
    ],
)
def test_wrong_words_on_the_command_line_are_answered_in_one_line(arguments, words, tmp_path):
    environment = {**os.environ, "LATHE_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-m", "workbench", *arguments],
                          capture_output=True, text=True, cwd=ROOT, env=environment)  # fmt: skip
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
