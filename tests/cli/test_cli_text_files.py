"""A text can be named as a file wherever a model is looked into."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands.inspect_positions import read_by
from engine.errors import BadSpec


def test_a_file_is_read_after_an_at_sign(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("\ufeff小明有3个苹果。\n".encode())
    assert read_by("teach-rope", f"@{file}", chat=False).text == "小明有3个苹果。\n"


@pytest.mark.parametrize("name", ["missing.txt", "picture.png"])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str) -> None:
    if name.endswith("png"):
        (tmp_path / name).write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(BadSpec, match=name):
        read_by("teach-rope", f"@{tmp_path / name}", chat=False)


def test_an_at_sign_alone_is_a_text() -> None:
    assert read_by("teach-rope", "@", chat=False).text == "@"
