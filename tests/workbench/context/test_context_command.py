"""Copied lines of the page Context name the model as it is loaded."""

from __future__ import annotations

import shlex

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.commands import extend_documents
from engine.context.documents_spec import DocumentOptions, DocumentsSpec, DocumentText
from engine.context.probe_spec import ProbeSpec
from engine.context.tune_spec import TuneContextSpec
from engine.models.reference import LoadOptions, ModelRef
from workbench.viewmodels.context_command import documents_command, probe_command, tune_command

MODEL = ModelRef("owner/name", "abc1", LoadOptions(device="cuda:1", dtype="bfloat16"))


def test_lines_load_the_model_as_the_page_does() -> None:
    lines = (
        probe_command(ProbeSpec(model=MODEL)),
        documents_command(DocumentsSpec(model=MODEL)),
        tune_command(TuneContextSpec(model=MODEL)),
    )
    for text in lines:
        words = shlex.split(text)
        assert words[words.index("--model") + 1] == "owner/name@abc1"
        assert words[words.index("--device") + 1] == "cuda:1"
    for text in lines[:2]:  # training is always in 32 bits
        assert "--dtype bfloat16" in text
    assert "--dtype" not in lines[2]
    plain = probe_command(ProbeSpec())
    assert "--device" not in plain
    assert "--dtype" not in plain


CHANGED = DocumentOptions(
    window=256, chunk_tokens=64, overlap=8, top=7, rank="bm25", encoder="/models/an encoder",
    contexts=9, beta=0.4, top_p=0.85, bonus=0.35, drop_after=0, prior=0.15, rounds=6, sections=3,
    section_tokens=900, max_new_tokens=33,
)  # fmt: skip


@pytest.mark.parametrize(
    "spec",
    [
        DocumentsSpec(model=MODEL, question="Who?", files=("/a b/文档.txt", "/c.pdf"), flow="nbce"),
        DocumentsSpec(
            question="-x “y” 'z' $HOME", files=("/a.md",), options=CHANGED, language="zh"
        ),
        DocumentsSpec(
            question="Who?",
            flow="retrieval",
            texts=(DocumentText("Document 1", "a = b\n\n-- c"), DocumentText("二", "文字")),
        ),
        DocumentsSpec(question="A novel.", flow="long-output", scenario="novel"),
        DocumentsSpec(files=("/a.txt",), flow="refine"),
    ],
)
def test_a_copied_line_asks_for_the_very_same(monkeypatch: pytest.MonkeyPatch, spec) -> None:
    asked: list[DocumentsSpec] = []

    def taken(given: DocumentsSpec, _project: object) -> object:
        asked.append(given)
        raise KeyboardInterrupt

    monkeypatch.setattr(extend_documents, "_run", taken)
    words = shlex.split(documents_command(spec))
    assert words[0] == "lathe"
    done = CliRunner().invoke(app, words[1:])
    assert asked == [spec], done.output


def test_every_option_differs_from_its_default_in_the_test_above() -> None:
    default = DocumentOptions()
    same = [name for name in vars(default) if getattr(default, name) == getattr(CHANGED, name)]
    assert same == []
