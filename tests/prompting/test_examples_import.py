"""Examples and items out of other programs' files."""

from __future__ import annotations

import json

import pytest

from engine.errors import DataError
from engine.prompting.elements import Example, Item
from engine.prompting.examples import (
    parse_examples,
    read_examples,
    read_items,
    write_examples,
    write_items,
)

EXAMPLES = (
    Example("2+2, please", "4", "2 + 2 = 4."),
    Example('say "hi"\nand go', "hi", ""),
    Example("北京是否比上海大？", "肯定的", "北京更大。"),
)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl"])
def test_examples_survive_export_and_import(tmp_path, suffix):
    path = tmp_path / f"examples{suffix}"
    write_examples(path, EXAMPLES)
    assert read_examples(path) == EXAMPLES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_recognised(tmp_path, encoding):
    path = tmp_path / "e.csv"
    path.write_bytes("问题,答案\r\n北京在哪里？,中国\r\n一加一等于几？,二\r\n".encode(encoding))
    assert read_examples(path) == (Example("北京在哪里？", "中国"), Example("一加一等于几？", "二"))


@pytest.mark.parametrize(
    "text", ["input,output\na,b\nété,été\n", "input,output\na,b\ncafé au lait,où\n"]
)
def test_western_eight_bit_text_is_not_taken_for_chinese(tmp_path, text):
    path = tmp_path / "e.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match="line 3") as caught:
        read_examples(path)
    assert "UTF-8" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("input,output\na,b\nc,d,e\n", "Line 3"),
        ('input,output\n"a\nb",c\nd\n', "Line 4"),
        ('input,output\na,b\n"c,d\n', "Line 3"),
        ("input,output\n\na,b\n\nc\n", "Line 5"),
    ],
)
def test_ragged_rows_and_open_quotes_name_the_line(tmp_path, text, line):
    path = tmp_path / "e.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=line) as caught:
        read_examples(path)
    assert caught.value.hint


def test_json_lines_of_known_collections(tmp_path):
    path = tmp_path / "e.jsonl"
    records = [
        {"question": "q", "answer": "2 * 9 = 18\n#### 18"},
        {"question": "r", "answer": "7"},
    ]
    path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    assert read_examples(path) == (Example("q", "18", "2 * 9 = 18"), Example("r", "7"))
    path.write_text('{"input": "a", "ideal": ["b", "c"]}\n{"input": ', "utf-8")
    with pytest.raises(DataError, match="Line 2"):
        read_examples(path)
    path.write_text('{"input": "a", "ideal": ["b", "c"]}\n\n{"input": "d"}\n', "utf-8")
    with pytest.raises(DataError, match="Line 3"):
        read_examples(path)
    path.write_text('{"input": "a", "ideal": ["b", "c"]}\n', "utf-8")
    assert read_examples(path) == (Example("a", "b"),)


def test_big_bench_files(tmp_path):
    path = tmp_path / "task.json"
    path.write_text('{"canary": "x", "examples": [{"input": "i", "target": "(A)"}]}', "utf-8")
    assert read_examples(path) == (Example("i", "(A)"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc\td", (Example("a", "b"), Example("c", "d"))),
        ("a\tsteps\tb", (Example("a", "b", "steps"),)),
        ("输入;输出\r\na;b\r\n", (Example("a", "b"),)),
        ("input,output\na,b", (Example("a", "b"),)),
    ],
)
def test_pasted_cells(text, expected):
    assert parse_examples(text) == expected


@pytest.mark.parametrize("text", ["", "only one column\nof text", "a\tb\tc\td"])
def test_text_without_two_columns_is_refused(text):
    with pytest.raises(DataError):
        parse_examples(text)


def test_missing_empty_and_binary_files(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_examples(tmp_path / "none.csv")
    path = tmp_path / "e.csv"
    path.write_bytes(b"")
    with pytest.raises(DataError, match="empty"):
        read_examples(path)
    path.write_bytes(b"input,output\n\x00\x01,b\n")
    with pytest.raises(DataError, match="line 2"):
        read_examples(path)
    path.write_bytes(b"colour,shape\nred,round\n")
    assert read_examples(path)[1] == Example("red", "round")  # no header is known: all is data


def test_items_take_variables_expected_answers_and_ids(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("id,question,place,answer\nx,q1,here,4\ny,q2,there,\n", "utf-8")
    assert read_items(path) == (
        Item("x", {"input": "q1", "place": "here"}, "4"),
        Item("y", {"input": "q2", "place": "there"}, None),
    )
    path.write_text("id,question\nx,q1\nx,q2\n", "utf-8")
    with pytest.raises(DataError, match="Line 3"):
        read_items(path)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_items_survive_export_and_import(tmp_path, suffix):
    items = (Item("a", {"input": "一", "k": "1,2"}, "x"), Item("b", {"input": "", "k": ""}, None))
    path = tmp_path / f"items{suffix}"
    write_items(path, items)
    assert read_items(path) == items
