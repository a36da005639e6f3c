"""Prompts of other programs, read and written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import DataError
from engine.prompting.elements import Example, Item, PromptElements
from engine.prompting.file import PromptFile, write_prompt
from engine.prompting.opening import open_prompt, save_prompt
from engine.prompting.prompty import format_prompty, parse_prompty

BASIC = """---
name: Basic Prompt
description: kept
authors:
  - someone
model:
  api: chat
  configuration:
    type: azure_openai
    azure_deployment: gpt
inputs:
  firstName:
    type: string
    sample: Jane
  question:
    type: string
sample:
  question: What is the meaning of life?
template: jinja2
---
system:
You are an assistant.
Answer {"as": "JSON"}.

# Customer
You help {{firstName}}.

user:
1+1?
assistant:
2

user:
{{question}}
"""


def test_a_prompty_file_becomes_elements():
    found = parse_prompty(BASIC)
    prompt = found.prompt
    assert found.warnings == ()
    assert prompt.name == "Basic Prompt"
    assert prompt.elements.system.startswith("You are an assistant.\nAnswer {")
    assert prompt.elements.system.endswith("You help {{firstName}}.")
    assert prompt.elements.examples == (Example("1+1?", "2"),)
    assert prompt.elements.input == "{{question}}"
    assert prompt.examples_as == "turns"
    assert prompt.items[0].variables == {
        "firstName": "Jane",
        "question": "What is the meaning of life?",
    }
    assert prompt.extra["model"]["configuration"]["azure_deployment"] == "gpt"
    again = parse_prompty(format_prompty(prompt)).prompt
    assert again == prompt
    assert again.extra["description"] == "kept"


OWN = PromptFile(
    PromptElements(
        instruction="Answer {{style}}.",
        context="Known: {{facts}}",
        examples=(Example("2+2", "The answer is 4.", "2 + 2 = 4."),),
        input="{{question}}\nuser is a word here",
        output_indicator="Answer:",
        system="Be brief.",
        language="zh",
    ),
    "Mine",
    (Item("a", {"style": "shortly", "facts": "x", "question": "y"}, "z"), Item("b", {}, None)),
    ("last-number", "exact"),
    "text",
    {"tags": ["one"]},
)


def test_our_prompts_survive_the_way_through_prompty(tmp_path):
    save_prompt(tmp_path / "p.prompty", OWN)
    assert open_prompt(tmp_path / "p.prompty").prompt == OWN


@pytest.mark.parametrize("line", ["User:", "Assistant:", "  system:", "# user:"])
def test_a_text_with_a_line_like_a_role_survives_too(tmp_path, line):
    text = f"Go on with this talk.\n{line}\nHello {{{{question}}}}"
    own = replace(OWN, elements=replace(OWN.elements, input=text))
    save_prompt(tmp_path / "p.prompty", own)
    assert open_prompt(tmp_path / "p.prompty").prompt == own


def test_a_body_edited_elsewhere_counts_more_than_our_note():
    text = format_prompty(OWN).replace("Be brief.\n\nuser", "Be long.\n\nuser")
    found = parse_prompty(text).prompt
    assert found.elements.system == "Be long."
    assert found.elements.instruction == ""
    assert found.elements.examples[0].output == "2 + 2 = 4.\nThe answer is 4."


def test_single_braces_count_only_when_they_are_declared():
    text = '---\ninputs: {topic: {type: string}}\n---\nuser:\nOn {topic} as {"a": 1} or {other}\n'
    found = parse_prompty(text)
    assert found.prompt.elements.input == 'On {{topic}} as {"a": 1} or {other}'
    assert "topic" in found.warnings[0]


def test_mixed_conventions_are_warned_about():
    text = "---\ninputs: {a: x, b: y}\n---\nuser:\n{{a}} and {b}\n"
    found = parse_prompty(text, "m.prompty")
    assert found.prompt.elements.input == "{{a}} and {{b}}"
    assert "m.prompty" in found.warnings[0]


def test_blocks_of_handlebars_are_refused():
    text = "---\ntemplate: {format: mustache}\n---\nuser:\n{{#each xs}}x{{/each}}\n"
    with pytest.raises(DataError, match="mustache"):
        parse_prompty(text)


def test_turns_that_are_no_pairs_keep_their_words():
    found = parse_prompty("user:\na\nuser:\nb\nassistant:\nc\n").prompt
    assert found.elements.examples == ()
    assert found.elements.input.split() == ["user:", "a", "user:", "b", "assistant:", "c"]


def test_each_suffix_opens_as_what_it_is(tmp_path):
    write_prompt(tmp_path / "a.prompt.md", OWN)
    assert open_prompt(tmp_path / "a.prompt.md").prompt == OWN
    (tmp_path / "b.txt").write_text("为什么 {% 天 }？", encoding="gb18030")
    plain = open_prompt(tmp_path / "b.txt").prompt
    assert plain.elements.language == "zh"
    assert plain.elements.input == "为什么 {{ '{%' }} 天 }？"
    (tmp_path / "c.bin").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="no prompt file"):
        open_prompt(tmp_path / "c.bin")
