"""What the page does, as the command line that does the same without a window."""

from __future__ import annotations

from dataclasses import fields

from engine.commands.lines import line, model_words, number, text_word
from engine.context.documents_spec import DocumentOptions, DocumentsSpec
from engine.context.probe_spec import IMPLEMENTATIONS, ProbeSpec
from engine.context.tune_spec import TuneContextSpec
from engine.text_source import TEACHING


def probe_command(spec: ProbeSpec) -> str:
    """``lathe extend probe …``."""
    words = ["lathe", "extend", "probe", *model_words(spec.model, ("device", "dtype"))]
    words += ["--methods", ",".join(spec.methods), "--lengths", ",".join(spec.lengths)]
    if spec.factor:
        words += ["--factor", number(spec.factor)]
    words += ["--needles", str(spec.needles), "--n", str(spec.most)]
    words += ["--width", number(spec.width), "--language", spec.language, "--seed", str(spec.seed)]
    if spec.evaluation.path != TEACHING:
        words += ["--text", text_word(spec.evaluation)]
    words += ["--stride", str(spec.stride), "--windows", str(spec.windows)]
    if spec.cache != "full":
        words += ["--cache", spec.cache]
    if spec.attention != "auto":
        words += ["--attention", spec.attention]
    if spec.chunk != ProbeSpec().chunk:
        words += ["--chunk", str(spec.chunk)]
    if spec.timed:
        words += ["--time", "all" if spec.timed == IMPLEMENTATIONS else ",".join(spec.timed)]
    if spec.long_factor:
        words += ["--long-factor", ",".join(f"{one:g}" for one in spec.long_factor)]
    return line(words)


def tune_command(spec: TuneContextSpec) -> str:
    """``lathe extend finetune …``."""
    loaded = ("device", "quantization")
    words = ["lathe", "extend", "finetune", *model_words(spec.model, loaded)]
    words += ["--method", spec.method]
    words += ["--factor", number(spec.factor), "--steps", str(spec.steps)]
    words += ["--rate", number(spec.rate), "--seed", str(spec.seed), "--n", str(spec.measured)]
    words += ["--language", spec.language]
    if spec.source.path != TEACHING:
        words += ["--text", text_word(spec.source)]
    words += ["--adapter", spec.adapter]
    if spec.adapter != "full":
        lora = spec.lora
        words += ["--rank", str(lora.rank), "--alpha", number(lora.alpha)]
        words += ["--targets", lora.targets, "--also", ",".join(lora.also) or "none"]
        words += ["--write", spec.written]
    words += {"resume": [], "fresh": ["--fresh"], "finish": ["--finish"]}[spec.begin]
    return line([*words, "--out", spec.out] if spec.out else words)


def documents_command(spec: DocumentsSpec) -> str:
    """``lathe extend documents …``; every option that is not the default, texts included."""
    words = ["lathe", "extend", "documents", *model_words(spec.model, ("device", "dtype"))]
    words += ["--flow", spec.flow, "--language", spec.language]
    if spec.question:
        words += ["--question", spec.question]
    if spec.scenario:
        words += ["--scenario", spec.scenario]
    default = DocumentOptions()
    for one in fields(DocumentOptions):
        value = getattr(spec.options, one.name)
        if value != getattr(default, one.name):
            given = value if isinstance(value, str) else number(value)
            words += [f"--{one.name.replace('_', '-')}", given]
    for text in spec.texts:
        words += ["--text", f"{text.name}={text.text}"]
    return line([*words, "--", *spec.files] if spec.files else words)
