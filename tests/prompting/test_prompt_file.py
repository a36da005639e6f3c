"""The prompt file: readable, and the same after a round trip."""

from __future__ import annotations

import random

import pytest

from engine.errors import DataError
from engine.prompting.elements import Example, Item, PromptElements
from engine.prompting.file import PromptFile, format_prompt, parse, read_prompt, write_prompt

PROMPT = PromptFile(
    PromptElements(
        instruction="Solve {{kind}}.\n\nTake care.",
        context="# input\n\\# input\n---\nkey: value",
        examples=(Example("1 + 1", "2", "1 + 1 = 2."), Example("", "x")),
        input="{{question}}\n",
        output_indicator="Answer:  ",
        system="你很有帮助。",
        language="zh",
    ),
    name="“Sums”: 1",
    items=(Item("a", {"question": "q", "kind": "it"}, "4"), Item("b", {}, None)),
    extraction=("last-number", "exact"),
    examples_as="turns",
    extra={"author": "someone", "tags": ["a", 1]},
)


def test_a_prompt_comes_back_as_it_was(tmp_path):
    path = tmp_path / "p.prompt.md"
    write_prompt(path, PROMPT)
    assert read_prompt(path) == PROMPT
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_prompt(path) == PROMPT


@pytest.mark.parametrize("seed", range(200))
def test_any_text_survives(seed):
    rng = random.Random(seed)
    bits = [
        "# input",
        "## steps",
        "\\",
        "\n",
        "\n\n",
        "# example",
        " ",
        "---",
        "x",
        "{{a}}",
        "# output indicator ",
    ]
    texts = ["".join(rng.choices(bits, k=rng.randrange(7))) for _ in range(8)]
    prompt = PromptFile(
        PromptElements(*texts[:2], (Example(*texts[2:5]), Example(*texts[4:7])), *texts[5:8])
    )
    assert parse(format_prompt(prompt)) == prompt


def test_a_file_written_by_hand():
    text = "# instruction\nAdd.\n# example\n## input\n1\n## output\n2\n# input\n{{x}}"
    assert parse(text).elements == PromptElements(
        instruction="Add.", examples=(Example("1", "2"),), input="{{x}}"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hello", "Line 1 .*no heading"),
        ("---\nname: x\n---\n\nhello", "Line 4"),
        ("---\nname: [\n---\n", "no YAML"),
        ("---\n- a\n---\n", "no settings"),
        ("---\nlanguage: fr\n---\n", "wrong value"),
        ("---\nlathe: 9\n---\n", "newer version"),
        ("# input\na\n# input\nb", "Line 3 .*“input”"),
        ("# input\na\n## output\nb", "Line 3"),
        ("# output\na", "unexpected heading"),
    ],
)
def test_what_cannot_be_read_is_named(text, complaint):
    with pytest.raises(DataError, match=complaint) as caught:
        parse(text)
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_prompt(tmp_path / "none.prompt.md")
