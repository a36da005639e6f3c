"""“Copy as command”: the line, parsed again by the real command line, gives the same spec."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.commands import compare
from engine.commands.compare_options import build
from engine.decoding.params import Sampling
from engine.evaluation.command import command_line, needs_file
from engine.evaluation.plan import alone
from engine.evaluation.spec import CellKey, CompareSpec, Variant
from engine.evaluation.tasks import task_spec
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Example, Item, PromptElements
from engine.prompting.knowledge import Knowledge, KnowledgeDocument

BASE = CompareSpec(
    prompt=PromptElements(instruction='It\'s "quoted" & $HOME;\n-x', input="--{{q}}"),
    items=(Item(variables={"q": "a=b", "r": ""}, expected="-4"),),
    variants=(Variant("zero-shot"), Variant("zero-shot-cot", trigger="Think, now.")),
)
SPECS = {
    "plain": CompareSpec(prompt=PromptElements(input="hi")),
    "quotes": BASE,
    "examples": replace(
        BASE,
        prompt=replace(
            BASE.prompt, language="zh", examples=(Example("问", "答", "步骤"),), system="s"
        ),
        variants=(Variant("few-shot", shots=1, examples_as="turns"),),
    ),
    "items": replace(BASE, items=(Item("a", {"q": "1"}, "2"), Item("b", {"q": "3"}))),
    "models": replace(
        BASE,
        models=tuple(
            ModelRef(name, revision, LoadOptions(device="cpu", dtype="float32", quantization="nf4"))
            for name, revision in (("teach-rope", None), ("owner/name", "abc123"))
        ),
        batch_size=1,
    ),
    "sampling": replace(
        BASE,
        sampling=Sampling(0.7, 40, 0.9, 0.05, 1.1, 64, ("Q:", "\n\n"), 3, 9),
        extraction=("regex:(\\d+)", "last-number"),
    ),
    "techniques": replace(
        BASE,
        variants=(
            Variant("zero-shot"),
            Variant("self-consistency", samples=5, vote="weighted", stop_early=False),
            Variant("two-stage", answer_trigger="So:"),
            Variant(
                "label-likelihood",
                labels=("a", "b c"),
                calibrate=False,
                per_token=True,
                answer_trigger="So:",
            ),
        ),
    ),
    "paths": replace(
        BASE,
        variants=(
            Variant("self-consistency", base="zero-shot", sampling=Sampling(temperature=0.5)),
            Variant("generated-knowledge", base="zero-shot", statements=3, labels=("{{q}}", "b")),
        ),
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_the_line_does_what_the_spec_does(name, monkeypatch):
    line = command_line(SPECS[name], windows=False)
    program, *arguments = shlex.split(line)
    assert program == "lathe"
    asked = []
    monkeypatch.setattr(compare, "run", lambda options, *_: asked.append(build(options)))
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert asked == [SPECS[name]]
    assert not needs_file(SPECS[name])


@pytest.mark.parametrize(
    "spec",
    [
        alone(BASE, CellKey()),
        replace(BASE, variants=(Variant(name="mine", prompt=PromptElements(input="x")),)),
        replace(BASE, variants=(Variant("few-shot", shots=1), Variant("zero-shot"))),
        replace(
            BASE, variants=(Variant("two-stage", answer_trigger="So"), Variant("two-stage", "b"))
        ),
        replace(BASE, variants=(Variant("generated-knowledge", trigger="Facts, please."),)),
        replace(BASE, variants=(Variant("self-consistency", sampling=Sampling(seed=4)),)),
        task_spec("arithmetic", n=200),
        CompareSpec(
            prompt=PromptElements(input="x"),
            models=(ModelRef(options=LoadOptions(context_length=64)),),
        ),
    ],
)
def test_what_no_line_can_say_goes_through_a_file(spec):
    assert command_line(spec, windows=False) == "lathe compare --spec compare.json"
    assert needs_file(spec)


def test_documents_are_named_by_their_files_and_texts_go_with_the_spec():
    file = KnowledgeDocument("a.txt", "/tmp/a b.txt")
    known = replace(BASE, knowledge=Knowledge((file,), top=5, rank="bm25"))
    line = shlex.split(command_line(known, windows=False))
    assert {"--documents=/tmp/a b.txt", "--passages=5", "--rank=bm25"} <= set(line)
    pasted = replace(BASE, knowledge=Knowledge((file, KnowledgeDocument("pasted"))))
    assert needs_file(pasted)
