"""Calibration texts: files, data sets, given words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from engine.errors import BadSpec, DataError
from engine.paths import RESOURCES
from engine.pruning.passages import passages
from engine.text_source import TextSource, text_of
from tests.support.tiny_models import tiny_tokenizer


def test_a_data_set_is_read_as_questions_and_answers_or_by_column(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    rows = [{"question": f"{n} + 1?", "answer": str(n + 1)} for n in range(3)]
    file.write_text("\n".join(map(json.dumps, rows)))
    text, name = text_of(TextSource(str(file)))
    assert name == "set.jsonl"
    assert text == "0 + 1?\n1\n\n1 + 1?\n2\n\n2 + 1?\n3"
    assert text_of(TextSource(str(file), column="answer"))[0] == "1\n\n2\n\n3"
    with pytest.raises(BadSpec, match="no column “title”"):
        text_of(TextSource(str(file), column="title"))
    file.write_text("")
    with pytest.raises(DataError):
        text_of(TextSource(str(file)))


def test_a_prompt_is_cut_into_windows_as_it_stands() -> None:
    words = "".join(chr(97 + n % 26) for n in range(40))
    found = passages(TextSource("", words), tiny_tokenizer(), windows=9, length=16, seed=0)
    assert found.ids.shape == (2, 16)
    assert tiny_tokenizer().decode(found.ids.flatten()) == words[:32]
    with pytest.raises(BadSpec, match="fewer than one window of 64"):
        passages(TextSource("", words), tiny_tokenizer(), windows=1, length=64, seed=0)
    with pytest.raises(BadSpec, match="fewer than one window"):
        passages(TextSource("", ""), tiny_tokenizer(), windows=1, length=8, seed=0)


def test_lessons_are_as_wide_as_the_longest_of_them() -> None:
    tokenizer = AutoTokenizer.from_pretrained(RESOURCES / "models" / "teach-rope")
    text = passages(TextSource(), tokenizer, windows=4, length=100_000, seed=0)
    assert text.ids.shape == (4, int(text.real.sum(1).max()))
