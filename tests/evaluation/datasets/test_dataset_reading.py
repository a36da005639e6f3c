"""Test sets out of the files of other programs, and back into them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import DataError
from engine.evaluation.datasets.dataset import Unsupported
from engine.evaluation.datasets.reading import chosen, open_dataset, remapped, write_dataset
from engine.evaluation.datasets.trial import dataset_spec, prompt_and_rest
from engine.evaluation.scoring import extract
from engine.jobs.spec import decode, encode
from engine.prompting.elements import PromptElements

GSM8K = (
    '{"question": "Tom has 2 pens and buys 3. How many?", '
    '"answer": "2 + 3 = <<2+3=5>>5 pens.\\n#### 5"}\n'
    '{"question":"A box holds 1,200 nails. Two boxes?","answer":"#### 2,400", '
    '"own": [1, {"a": 2}]}\n'
)


def file(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read(folder: Path, name: str, text: str, encoding: str = "utf-8", **changes: str):
    return open_dataset(file(folder, name, text, encoding), changes or None)


def test_gsm8k_is_taken_apart_and_its_lines_survive(tmp_path):
    found = read(tmp_path, "g.jsonl", GSM8K)
    assert found.shape == "gsm8k"
    assert [item.expected for item in found.items] == ["5", "2,400"]
    assert found.steps == ("2 + 3 = 5 pens.", "")
    assert found.items[0].variables["input"].startswith("Tom has 2 pens")
    assert "5" not in found.items[0].variables.values()
    assert all("#### " not in text for text in found.items[0].variables.values())
    assert found.rules[0] == "last-number"
    write_dataset(tmp_path / "back.jsonl", found)
    assert (tmp_path / "back.jsonl").read_text(encoding="utf-8") == GSM8K


def test_a_choice_of_items_keeps_their_own_lines_and_unknown_keys(tmp_path):
    found = chosen(read(tmp_path, "g.jsonl", GSM8K), [1])
    assert [item.id for item in found.items] == ["2"]
    write_dataset(tmp_path / "one.jsonl", found)
    assert (tmp_path / "one.jsonl").read_text(encoding="utf-8") == GSM8K.splitlines(True)[1]


@pytest.mark.parametrize(
    ("name", "encoding", "told"),
    [
        ("t.csv", "utf-8", "utf-8"),
        ("t.csv", "utf-8-sig", "utf-8-sig"),
        ("t.csv", "gbk", "gb18030"),
        ("t.tsv", "utf-16", "utf-16"),
    ],
)
def test_tables_in_every_encoding_come_back_byte_for_byte(tmp_path, name, encoding, told):
    gap = "\t" if name.endswith("tsv") else ","
    text = gap.join(("编号", "题目", "答案")) + "\r\n"
    text += gap.join(("a1", '"一加一,等于几？\r\n请回答"', "二")) + "\r\n" + gap.join("b三四")
    path = file(tmp_path, name, text, encoding)
    found = open_dataset(path)
    assert found.encoding == told
    assert [item.id for item in found.items] == ["a1", "b"]
    assert found.items[0].variables["input"] == "一加一,等于几？\r\n请回答"
    assert [item.expected for item in found.items] == ["二", "四"]
    assert found.prompt.language == "zh"
    write_dataset(tmp_path / "back", found)
    assert (tmp_path / "back").read_bytes() == path.read_bytes()


def test_a_table_without_a_header_gets_numbered_columns(tmp_path):
    found = read(tmp_path, "t.csv", "What is two and two?,4\nWhat is three and one?,4\n")
    assert found.columns == ("1", "2")
    assert found.items[0].variables["input"] == "What is two and two?"
    assert len(found.items) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "question,answer\na,b\nc,d,e\n", "Line 3"),
        ("a.csv", 'question,answer\n"a\nb",c\n"d,e\n', "Line 4"),
        ("a.csv", "question,question\na,b\n", "same name"),
        ("a.csv", "\n", "is empty"),
        ("a.jsonl", '{"question": "a"}\n\n{"question": \n', "Line 3"),
        ("a.jsonl", '{"question": "a"}\n[1]\n', "Line 2"),
        ("a.jsonl", '{"question": "\\ud83d\\ude00"}\n{"question": "\\ud83d"}\n', "Line 2"),
        ("a.json", '[\n{"input": "\\ud83d\\ude00"},\n{"input": "\\ude00 x"}]', "Line 3"),
        ("a.json", '{"examples": 3}', "no list of records"),
        ("a.json", '[{"input": "a"}, 5]', "Record 2"),
        ("a.json", '[\n{"input": }]', "Line 2"),
        ("a.yaml", "tests:\n  - vars: {a: 1\n  - b", "Line "),
        ("a.yaml", "tests: file://tests.csv\n", "another file"),
        ("a.jsonl", '{"id": 1, "question": "a"}\n{"id": 1, "question": "b"}\n', "Line 2"),
    ],
)
def test_a_broken_file_says_where_and_what_next(tmp_path, name, text, said):
    with pytest.raises(DataError, match=said) as caught:
        read(tmp_path, name, text, **({"id": "id"} if "id" in text else {}))
    assert caught.value.hint


def test_aliases_that_explode_are_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(DataError, match="aliases"):
        read(tmp_path, "bomb.yaml", "\n".join(lines) + "\ntests:\n- vars: {t: *a11}\n")


def test_columns_are_guessed_with_a_reason_and_can_be_changed(tmp_path):
    line = {
        "n": 1,
        "input": "小明有3个苹果，吃掉1个，还剩几个？",
        "golden": "2",
        "reasoning_step": 1,
    }
    text = json.dumps(line, ensure_ascii=False)
    found = read(tmp_path, "c.jsonl", text)
    assert (found.mapping.expected, found.mapping.steps) == ("golden", "")
    assert found.reasons["expected"] == "called “golden”"
    other = read(tmp_path, "c.jsonl", text, expected="n", id="golden")
    assert (other.items[0].expected, other.items[0].id) == ("1", "2")
    assert "n" not in other.items[0].variables
    assert "expected" not in remapped(found, other.mapping).reasons
    with pytest.raises(DataError, match="no column “gold”"):
        read(tmp_path, "c.jsonl", text, expected="gold")


def test_an_id_column_with_repeats_is_not_taken_for_one(tmp_path):
    found = read(tmp_path, "d.csv", "id,question,answer\n1,a,b\n1,c,d\n")
    assert [item.id for item in found.items] == ["1", "2"]
    assert found.mapping.id == ""


def test_big_bench_keeps_its_canary(tmp_path):
    document = {
        "canary": "do not train",
        "license": "MIT",
        "examples": [{"input": "not True is", "target": "False"}, {"input": "x", "target": "True"}],
    }
    found = read(tmp_path, "b.json", json.dumps(document))
    assert (found.shape, found.licence, found.rules[0]) == ("big-bench", "MIT", "yes-no")
    write_dataset(tmp_path / "back.json", chosen(found, [1]))
    back = json.loads((tmp_path / "back.json").read_text(encoding="utf-8"))
    assert back == {**document, "examples": document["examples"][1:]}


def test_openai_evals_turns_become_system_history_and_question(tmp_path):
    messages = [
        {"role": "system", "content": "Answer in one word."},
        {"role": "system", "name": "example_user", "content": "1+1?"},
        {"role": "system", "name": "example_assistant", "content": "two"},
        {"role": "user", "content": "2+2?"},
    ]
    lines = [{"input": messages, "ideal": "four"}, {"input": "3+3?", "ideal": ["six"]}]
    found = read(tmp_path, "e.jsonl", "\n".join(json.dumps(line) for line in lines))
    assert found.shape == "openai-evals"
    first = found.items[0].variables
    assert first["system"] == "Answer in one word."
    assert first["history"] == "User: 1+1?\nAssistant: two"
    assert (first["input"], found.items[0].expected) == ("2+2?", "four")
    assert (found.prompt.system, found.prompt.context) == ("{{system}}", "{{history}}")
    assert found.items[1].expected == "six"
    spec = dataset_spec(found, shots=0, techniques=("zero-shot",))
    assert spec.items[1].variables == {"input": "3+3?", "system": "", "history": ""}


def test_any_of_several_ideal_answers_counts(tmp_path):
    line = {"input": "Where?", "ideal": ["New York", "NYC"]}
    found = read(tmp_path, "e.jsonl", json.dumps(line))
    expected = found.items[0].expected
    assert found.rules == ("asserts",)
    assert extract("asserts", "NYC, of course", expected).correct is True
    assert extract("asserts", "New York", expected).correct is True
    assert extract("asserts", "In NYC", expected).correct is False


def test_messages_and_completions(tmp_path):
    chat = {
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
        "weight": 1,
    }
    found = read(tmp_path, "m.jsonl", json.dumps(chat))
    assert (found.shape, found.items[0].variables["input"], found.items[0].expected) == (
        "messages",
        "Hi",
        "Hello",
    )
    found = read(tmp_path, "p.json", json.dumps([{"prompt": "2+2=", "completion": " 4"}]))
    assert (found.shape, found.items[0].expected) == ("prompt-completion", "4")


PROMPTFOO = """
description: kept
prompts: ["Say {{word}} in {{language}}"]
providers: [openai:gpt]
defaultTest:
  assert: [{type: javascript, value: "output.length > 0"}]
tests:
  - vars: {word: hello, language: [French, German]}
    assert:
      - {type: contains-any, value: [bonjour, hallo]}
    own: kept too
  - vars: {word: "yes", language: French}
    assert: [{type: equals, value: oui}, {type: llm-rubric, value: polite}]
"""


def test_promptfoo_yaml_brings_its_prompt_and_its_checks(tmp_path):
    found = read(tmp_path, "promptfooconfig.yaml", PROMPTFOO)
    assert [item.expected for item in found.items] == [
        "contains-any: bonjour, hallo",
        "contains-any: bonjour, hallo",
        "equals: oui",
    ]
    assert found.items[1].variables["language"] == "German"
    assert found.prompt.input == "Say {{word}} in {{language}}"
    assert set(found.unsupported) == {
        Unsupported("javascript", 2, 1),
        Unsupported("llm-rubric", 1, 2),
    }
    spec = dataset_spec(found, techniques=("zero-shot",))
    assert spec.items[0].variables == {"word": "hello", "language": "French"}
    write_dataset(tmp_path / "back.yaml", found)
    again = open_dataset(tmp_path / "back.yaml")
    assert (again.items, again.unsupported) == (found.items, found.unsupported)
    text = (tmp_path / "back.yaml").read_text(encoding="utf-8")
    assert "own: kept too" in text
    assert "openai:gpt" in text


def test_combinations_that_are_left_out_are_listed(tmp_path):
    values = list(range(40))
    test = {"vars": {"a": values, "b": values}, "assert": [{"type": "contains", "value": "1"}]}
    found = read(tmp_path, "t.json", json.dumps([test]))
    assert len(found.items) == 1000
    assert [one.what for one in found.unsupported] == ["600 of 1600 combinations"]


def test_promptfoo_tables_hold_checks_in_cells(tmp_path):
    text = (
        "city,__expected,__expected2,__metadata:region\n"
        "Paris,contains: France,icontains: EIFFEL,EU\n"
        'Oslo,"contains-any: Norway, Norge",python: grade(output),EU\n'
    )
    found = read(tmp_path, "t.csv", text)
    assert found.shape == "promptfoo-table"
    assert found.items[0].expected == "contains: France\nicontains: EIFFEL"
    assert found.items[1].expected == "contains-any: Norway, Norge"
    assert found.items[0].variables["region"] == "EU"
    assert found.unsupported == (Unsupported("python", 1, 3),)


def test_single_equals_checks_are_plain_answers(tmp_path):
    found = read(tmp_path, "t.csv", "question,__expected\n1+1,2\n2+2,equals: 4\n")
    assert [item.expected for item in found.items] == ["2", "4"]
    assert found.rules[0] == "last-number"


def test_the_first_items_become_examples_and_are_not_asked(tmp_path):
    lines = [
        {"question": f"{n}+1?", "answer": f"{n} + 1 = {n + 1}.\n#### {n + 1}"} for n in range(6)
    ]
    found = read(tmp_path, "g.jsonl", "\n".join(map(json.dumps, lines)))
    spec = dataset_spec(found, shots=2, n=3)
    assert [example.input for example in spec.prompt.examples] == ["0+1?", "1+1?"]
    assert spec.prompt.examples[0].output == "The answer is 1."
    assert spec.prompt.examples[0].reasoning == "0 + 1 = 1."
    assert [item.id for item in spec.items] == ["3", "4", "5"]
    assert {variant.technique for variant in spec.variants} >= {"few-shot-cot", "zero-shot"}
    assert spec.withheld == 2
    own, rest = prompt_and_rest(found, spec.prompt, shots=4)
    assert own is spec.prompt
    assert len(rest.items) == 6
    alone, rest = prompt_and_rest(found, PromptElements(input="{{input}}"), shots=99)
    assert len(alone.examples) == 5
    assert len(rest.items) == 1


@pytest.mark.parametrize(
    ("techniques", "withheld"),
    [
        (("zero-shot", "zero-shot-cot"), 0),
        (("zero-shot", "few-shot"), 2),
        (("self-consistency",), 2),  # builds on the chain of thought that the examples have
        (("zero-shot-cot", "self-consistency"), 0),  # on the one that stands beside it
        (("label-likelihood",), 2),
    ],
)
def test_items_become_examples_only_where_a_column_shows_them(tmp_path, techniques, withheld):
    lines = [
        {"question": f"{n}+1?", "answer": f"{n} + 1 = {n + 1}.\n#### {n + 1}"} for n in range(6)
    ]
    found = read(tmp_path, "g.jsonl", "\n".join(map(json.dumps, lines)))
    spec = dataset_spec(found, shots=2, n=3, techniques=techniques)
    assert spec.withheld == withheld == len(spec.prompt.examples)
    assert [item.id for item in spec.items] == [str(n + 1) for n in range(withheld, withheld + 3)]
    assert decode(encode(spec)) == spec
    forced = dataset_spec(found, shots=2, n=3, techniques=techniques, withhold=True)
    assert forced.withheld == 2


def test_a_limit_reads_no_further(tmp_path):
    text = "".join(f'{{"question": "q{n}", "answer": "a"}}\n' for n in range(300)) + "{broken"
    assert len(open_dataset(file(tmp_path, "l.jsonl", text), limit=200).items) == 200


def test_reading_can_be_stopped(tmp_path):
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        open_dataset(file(tmp_path, "g.jsonl", GSM8K), check=stop)


@pytest.mark.parametrize(
    ("name", "shape", "n", "language"),
    [
        ("gsm8k-sample.jsonl", "gsm8k", 200, "en"),
        ("cmath-sample.jsonl", "table", 150, "zh"),
        ("bbh/date_understanding.json", "big-bench", 250, "en"),
    ],
)
def test_public_files_are_recognised(name, shape, n, language):
    path = Path(__file__).resolve().parents[4] / "shared" / "data" / name
    if not path.exists():
        pytest.skip("the public sample files are not beside this checkout")
    found = open_dataset(path)
    assert (found.shape, len(found.items), found.prompt.language) == (shape, n, language)
    assert all(item.expected for item in found.items)
