"""“Copy as command”: the `lathe compare` line that does what a spec does."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from engine.evaluation.spec import CompareSpec, Variant
from engine.evaluation.technique_settings import settings_of
from engine.models.reference import LoadOptions
from engine.prompting.elements import Item
from engine.prompting.strategies.registry import TECHNIQUES, asks_for_steps

LONGEST_LINE: Final = 6000
SPEC_FILE: Final = "compare.json"


def command_line(
    spec: CompareSpec, *, windows: bool = os.name == "nt", spec_file: str = SPEC_FILE
) -> str:
    """A shell line that runs the same comparison.

    A comparison that no line of sensible length can say (prompts of their own per column, cells
    picked out, hundreds of items) refers to `spec_file`, which `engine.jobs.spec.encode` writes;
    `needs_file` tells.

    Args:
        spec: The comparison.
        spec_file: Where that file is.
        windows: Quote for `cmd.exe` instead of a POSIX shell.
    """
    join = subprocess.list2cmdline if windows else shlex.join
    if _plain_enough(spec):
        line = join(["lathe", "compare", *_arguments(spec)])
        if len(line) <= LONGEST_LINE:
            return line
    return join(["lathe", "compare", "--spec", spec_file])


def needs_file(spec: CompareSpec) -> bool:
    """Whether `command_line` refers to a file with the spec."""
    return "--spec" in command_line(spec, windows=False).split()[:3]


def _plain_enough(spec: CompareSpec) -> bool:
    """Whether the options of the command line can say this spec."""
    if spec.only or spec.branch is not None or spec.continues or spec.withheld:
        return False
    if settings_of(spec.variants, spec.sampling) is None or not _by_files(spec):
        return False
    options = {model.options for model in spec.models}
    named = LoadOptions(context_length=None)
    usual = all(
        replace(one, device="auto", dtype="auto", quantization="none", attention="auto") == named
        for one in options
    )
    shared = {(variant.shots, variant.examples_as) for variant in spec.variants}
    triggers = {variant.trigger for variant in spec.variants if _triggered(variant)}
    quiet = all(_triggered(variant) or not variant.trigger for variant in spec.variants)
    own = any(variant.prompt is not None or variant.name for variant in spec.variants)
    empty = not any(_texts(spec))
    return (
        usual
        and len(options) == 1
        and len(shared) == 1
        and len(triggers) <= 1
        and quiet
        and not own
        and not empty
    )


def _by_files(spec: CompareSpec) -> bool:
    """Whether naming files says what the columns know of documents."""
    if any(variant.knowledge is not None for variant in spec.variants):
        return False
    return all(document.path for document in spec.knowledge.documents)


def _triggered(variant: Variant) -> bool:
    return variant.technique in TECHNIQUES and asks_for_steps(variant.technique)


def _texts(spec: CompareSpec) -> tuple[str, ...]:
    prompt = spec.prompt
    return (
        prompt.instruction,
        prompt.context,
        prompt.input,
        prompt.output_indicator,
        prompt.system,
    )


def _arguments(spec: CompareSpec) -> Iterator[str]:
    """The options, those at their default left out."""
    prompt, first = spec.prompt, spec.variants[0]
    names = ("--instruction", "--context", "--input", "--output-indicator", "--system")
    for name, text in zip(names, _texts(spec), strict=True):
        yield from _said(name, text, "")
    yield from _said("--language", prompt.language, "en")
    for example in prompt.examples:
        yield f"--example={_json(example)}"
    yield from _items(spec.items)
    yield from _documents(spec)
    yield f"--techniques={','.join(variant.technique for variant in spec.variants)}"
    triggers = {variant.trigger for variant in spec.variants if variant.trigger}
    for trigger in triggers:
        yield f"--trigger={trigger}"
    yield from _said("--shots", first.shots, None)
    yield from _said("--examples-as", first.examples_as, "text")
    if spec.extraction != ("last-answer",):
        for rule in spec.extraction:
            yield f"--extract={rule}"
    yield from _settings(spec)
    yield from _models(spec)
    yield from _sampling(spec)


def _documents(spec: CompareSpec) -> Iterator[str]:
    knowledge = spec.knowledge
    for document in knowledge.documents:
        yield f"--documents={document.path}"
    if knowledge:
        yield from _said("--passages", knowledge.top, 3)
        yield from _said("--rank", knowledge.rank, "hybrid")
        yield from _said("--encoder", knowledge.encoder, "")


def _settings(spec: CompareSpec) -> Iterator[str]:
    """What only some techniques know."""
    settings = settings_of(spec.variants, spec.sampling)
    assert settings is not None
    yield from _said("--base", settings.base, "")
    yield from _said("--paths", settings.samples, 0)
    yield from _said("--vote", settings.vote, "majority")
    if not settings.stop_early:
        yield "--all-paths"
    yield from _said("--path-temperature", settings.temperature, None)
    yield from _said("--statements", settings.statements, 0)
    for label in settings.labels:
        yield f"--label={label}"
    yield from _said("--answer-trigger", settings.answer_trigger, "")
    if not settings.calibrate:
        yield "--no-calibration"
    if settings.per_token:
        yield "--per-token"


def _models(spec: CompareSpec) -> Iterator[str]:
    for model in spec.models:
        yield f"--model={model.id}{'@' + model.revision if model.revision else ''}"
    options = spec.models[0].options
    yield from _said("--device", options.device, "auto")
    yield from _said("--dtype", options.dtype, "auto")
    yield from _said("--quantization", options.quantization, "none")
    yield from _said("--attention", options.attention, "auto")
    yield from _said("--batch-size", spec.batch_size, None)


def _sampling(spec: CompareSpec) -> Iterator[str]:
    sampling = spec.sampling
    yield from _said("--temperature", sampling.temperature, 0.0)
    yield from _said("--top-k", sampling.top_k, 0)
    yield from _said("--top-p", sampling.top_p, 1.0)
    yield from _said("--min-p", sampling.min_p, 0.0)
    yield from _said("--repetition-penalty", sampling.repetition_penalty, 1.0)
    yield from _said("--max-tokens", sampling.max_new_tokens, 128)
    for text in sampling.stop:
        yield f"--stop={text}"
    yield from _said("--seed", sampling.seed, 0)
    yield from _said("--samples", sampling.samples, 1)


def _items(items: tuple[Item, ...]) -> Iterator[str]:
    """One item as variables and an expected answer, several as JSON."""
    single = items[0]
    if len(items) == 1 and single.id == "0":
        for name, value in single.variables.items():
            yield f"--var={name}={value}"
        yield from _said("--expected", single.expected, None)
        return
    for item in items:
        yield f"--item={_json(item)}"


def _said(name: str, value: object, default: object) -> Iterator[str]:
    if value != default:
        yield f"{name}={value}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
