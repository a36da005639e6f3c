"""The command line of the window. Free of Qt and torch: it is read before either is imported."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """How to start.

    Attributes:
        language, theme, scale: Override the settings for this run; None = as set.
        safe_mode: Keep and restore nothing: default settings, no session, no geometry.
        self_test: Show the window, check that it painted, and end.
        page: Page to show first.
        screenshot: Where to save a picture of `page` after its demo run; then end.
        size: Logical size of the picture.
    """

    language: str | None = None
    theme: str | None = None
    scale: float | None = None
    safe_mode: bool = False
    self_test: bool = False
    page: str | None = None
    screenshot: Path | None = None
    size: tuple[int, int] = (1440, 900)


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; argparse ends the process on a wrong one."""
    parser = argparse.ArgumentParser(
        prog="lathe", description="A desktop workbench for local language models."
    )
    parser.add_argument("--lang", choices=("en", "zh_CN"), help="language of the window")
    parser.add_argument(
        "--theme", choices=("light", "dark", "system"), help="colours of the window"
    )
    parser.add_argument("--scale", type=_scale, help="text size, 0.8 to 2.0")
    parser.add_argument("--page", help="page to open first")
    parser.add_argument(
        "--safe-mode", action="store_true", help="default settings, nothing restored or kept"
    )
    parser.add_argument("--self-test", action="store_true", help="open, check, and end")
    parser.add_argument(
        "--screenshot", metavar="PAGE", help="save a picture of a page after its demo run"
    )
    parser.add_argument("--size", type=_size, default=(1440, 900), help="of the picture: 1440x900")
    parser.add_argument("out", nargs="?", type=Path, help="file of the picture (PNG)")
    found = parser.parse_args(arguments)
    if (found.screenshot is None) != (found.out is None):
        parser.error("--screenshot needs a page and a file: --screenshot compare out.png")
    return Options(
        language=found.lang,
        theme=found.theme,
        scale=found.scale,
        safe_mode=found.safe_mode,
        self_test=found.self_test,
        page=found.screenshot or found.page,
        screenshot=found.out,
        size=found.size,
    )


def _scale(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.8 <= value <= 2.0:
        raise argparse.ArgumentTypeError("choose 0.8 to 2.0")
    return value


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError("write it as 1440x900")
    return int(width), int(height)
