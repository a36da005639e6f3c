"""Copied lines of the page Context name the model as it is loaded."""

from __future__ import annotations

import shlex

from engine.context.documents_spec import DocumentsSpec
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
