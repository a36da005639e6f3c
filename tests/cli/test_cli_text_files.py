"""A text can be named as a file wherever a model is looked into."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands.inspect_shared import SAMPLE, asked, reading
from engine.errors import BadSpec, PromptError
from engine.inspection.inspect_spec import InspectSpec
from engine.inspection.states_spec import CompareStatesSpec


def test_a_file_is_read_after_an_at_sign(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("\ufeff小明有3个苹果。\n".encode())
    assert reading(InspectSpec(), f"@{file}", chat=False).text == "小明有3个苹果。\n"


@pytest.mark.parametrize("name", ["missing.txt", "picture.png"])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str) -> None:
    if name.endswith("png"):
        (tmp_path / name).write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(BadSpec, match=name):
        reading(InspectSpec(), f"@{tmp_path / name}", chat=False)


def test_an_at_sign_alone_is_a_text() -> None:
    assert reading(InspectSpec(), "@", chat=False).text == "@"


def test_without_a_text_the_sample_is_asked() -> None:
    spec = asked(InspectSpec(), "teach-alibi", None, chat=False)
    assert spec.model.id == "teach-alibi"
    ((message,), text) = spec.messages, spec.text
    assert (message.segments[0].text, text) == (SAMPLE, "")


@pytest.mark.parametrize("chat", [False, True])
@pytest.mark.parametrize("kind", [InspectSpec, CompareStatesSpec])
def test_an_empty_text_is_never_replaced_by_the_sample(tmp_path: Path, kind, chat: bool) -> None:
    file = tmp_path / "nothing.txt"
    file.write_bytes(b"")
    with pytest.raises(PromptError, match="text is empty") as refused:
        reading(kind(), "", chat=chat)
    assert "sample" in refused.value.hint
    with pytest.raises(PromptError, match=r"nothing\.txt is empty"):
        reading(kind(), f"@{file}", chat=chat)
