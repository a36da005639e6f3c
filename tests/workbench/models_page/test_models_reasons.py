"""Every reason that the engine can give is said in the window's language."""

from __future__ import annotations

import re

import pytest

from engine.devices import SMALL_MODEL, Probe, choose_dtype
from workbench.services.engine_words import tell

NAMES = {
    "torch",
    "float32",
    "bfloat16",
    "float16",
    "sdpa",
    "cpu",
    "cuda",
    "GPU",
    "CPU",
    "BloomForCausalLM",
}
LARGE = 10 * SMALL_MODEL


def probe(device: str, **milliseconds: float) -> Probe:
    return Probe(device, tuple(milliseconds.items()))


REASONS = (
    choose_dtype("cpu", "bfloat16")[1],
    choose_dtype("cpu", "auto", SMALL_MODEL)[1],
    choose_dtype("cpu", "auto", LARGE, probe("cpu", float32=2.0, bfloat16=1.0))[1],
    choose_dtype("cpu", "auto", LARGE, probe("cpu", float32=1.0, bfloat16=900.0, float16=1.2))[1],
    choose_dtype("cpu", "auto", LARGE, probe("cpu", float32=1.0, bfloat16=7.0))[1],
    choose_dtype("cuda:0", "auto", LARGE, probe("cuda:0", float32=1.0, bfloat16=0.4))[1],
    "small model: exact float32 costs little; cpu: no GPU that torch can use; "
    "quantised on a CPU: less memory, slower than unquantised",
    "spread over 2 GPUs, because one is too small; cuda:0: a GPU is present",
    "exact, and never stores the whole score matrix",
    "BloomForCausalLM does not support sdpa",
)


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_is_said_in_chinese(program, reason):
    program.services.i18n.set_language("zh_CN")
    said = tell(reason)
    assert re.search("[\u4e00-\u9fff]", said)
    words = set(re.findall(r"[A-Za-z][A-Za-z0-9]+", said))
    assert words <= NAMES, f"still English: {words - NAMES}"
    assert re.findall(r"[\d.]+×", said) == re.findall(r"[\d.]+×", reason)


def test_english_and_unknown_reasons_stay_as_they_are():
    assert tell("no GPU that torch can use") == "no GPU that torch can use"
    assert tell("the moon is full") == "the moon is full"
    assert tell("") == ""
