"""`lathe why` as a person calls it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from engine.cli import app
from tests.support.tiny_models import save_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return str(save_tiny("llama", tmp_path_factory.mktemp("models") / "tiny"))


def why(*arguments):
    return CliRunner().invoke(app, ["why", *map(str, arguments)])


PROMPT = (
    "--instruction=Say it.",
    "--input=four",
    "--expected=4",
    '--example={"input": "one", "output": "1"}',
    '--example={"input": "two", "output": "2"}',
    "--techniques=few-shot,zero-shot",
    "--extract=exact",
    "--dtype=float32",
    "--max-tokens=4",
)


@pytest.mark.parametrize(
    ("command", "key", "count"),
    [("attribute", "averages", 4), ("cross", "means", 4), ("order", "arrangements", 2)],
)
def test_every_question_answers_in_json(tiny, command, key, count):
    done = why(command, "--model", tiny, *PROMPT, "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found[key]) == count
    assert found["model"] == tiny
    assert found["provenance"]["dtype"] == "float32"


def test_states_measure_the_same_model_in_other_loads(tiny):
    done = why("states", "--model", tiny, *PROMPT, "--state", "none", "--json")
    assert done.exit_code == 0, done.stderr
    (state,) = json.loads(done.stdout)["states"]
    assert state["max_kl"] == 0.0
    assert state["same_top"] == 1.0


def test_the_table_names_the_parts_and_says_what_attention_is_not(tiny):
    done = why("attribute", "--model", tiny, *PROMPT)
    assert done.exit_code == 0, done.stderr
    assert "example 2" in done.stdout
    assert "attention is not an explanation" in done.stdout


def test_answers_that_nobody_gave_are_left_out_with_words(tiny):
    asked = [one for one in PROMPT if not one.startswith("--techniques")]
    two = why("cross", "--model", tiny, *asked, "--techniques=zero-shot,label-likelihood")
    assert two.exit_code == 2
    assert "does not answer by plain decoding" in " ".join(two.stderr.split())
    three = why(
        "cross", "--model", tiny, *asked, "--techniques=zero-shot,few-shot,label-likelihood"
    )
    assert three.exit_code == 0, three.stderr
    assert "left out: label-likelihood (scores labels)" in " ".join(three.stderr.split())
    assert "label-likelihood" not in three.stdout


def test_the_examples_of_a_vote_can_be_swept(tiny):
    steps = [
        '--example={"input": "one", "output": "1", "reasoning": "So it is."}',
        '--example={"input": "two", "output": "2", "reasoning": "So it is."}',
    ]
    asked = [one for one in PROMPT if not one.startswith(("--techniques", "--example"))]
    done = why("order", "--model", tiny, *asked, *steps, "--techniques=self-consistency", "--json")
    assert done.exit_code == 0, done.stderr
    assert len(json.loads(done.stdout)["arrangements"]) == 2


def test_without_a_prompt_the_demonstration_runs(tiny):
    done = why("attribute", "--model", tiny, "--items", 2, "--methods", "leave-one-out", "--json")
    assert done.exit_code == 0, done.stderr
    assert len(json.loads(done.stdout)["items"]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("attribute", "--methods", "tea-leaves"), "no measure “tea-leaves”"),
        (("attribute", "--answer", "best"), "--answer best is not known"),
        (("order", "--sweep", "all"), "--sweep all is not known"),
        (("order", "--input", "x", "--techniques", "zero-shot"), "No technique shows examples"),
        (("states", "--state", "int2"), "--state int2 is not known"),
    ],
)
def test_nonsense_is_refused_with_a_next_step(arguments, said):
    done = why(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr.replace("\n", " ")
