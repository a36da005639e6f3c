"""From command-line options to a `CompareSpec`: a task, a prompt, a file, or a saved spec."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast, get_args

import msgspec

from engine.decoding.params import Sampling
from engine.errors import BadSpec, DataError
from engine.evaluation.spec import CompareSpec, Variant, VoteRule
from engine.evaluation.technique_settings import TechniqueSettings, unused
from engine.jobs.spec import decode
from engine.models.reference import (
    AttentionChoice,
    DTypeChoice,
    LoadOptions,
    ModelRef,
    Quantization,
)
from engine.prompting.elements import Example, Item, Language, PromptElements
from engine.prompting.render import ExamplesAs
from engine.prompting.strategies.registry import applicable, asks_for_steps, technique_class

T = TypeVar("T")


@dataclass(frozen=True)
class ModelOptions:
    """Which models, and how to load them."""

    names: tuple[str, ...] = ("teach-rope",)
    device: str = "auto"
    dtype: str = "auto"
    quantization: str = "none"
    attention: str = "auto"

    def refs(self) -> tuple[ModelRef, ...]:
        """The models as references; ``owner/name@revision`` names a revision."""
        options = LoadOptions(
            device=self.device,
            dtype=cast(DTypeChoice, one_of("--dtype", self.dtype, get_args(DTypeChoice))),
            quantization=cast(
                Quantization, one_of("--quantization", self.quantization, get_args(Quantization))
            ),
            attention=cast(
                AttentionChoice, one_of("--attention", self.attention, get_args(AttentionChoice))
            ),
        )
        return tuple(_ref(name, options) for name in self.names)


@dataclass(frozen=True)
class PromptOptions:
    """The prompt's elements and what fills them; a file first, then the single options over it."""

    file: Path | None = None
    instruction: str | None = None
    context: str | None = None
    input: str | None = None
    output_indicator: str | None = None
    system: str | None = None
    language: str = "en"
    examples_file: Path | None = None
    examples: tuple[str, ...] = ()
    items: str | None = None
    item: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    expected: str | None = None

    def given(self) -> bool:
        """Whether any part of a prompt was named."""
        texts = (self.instruction, self.context, self.input, self.output_indicator, self.system)
        return self.file is not None or any(text is not None for text in texts)


@dataclass(frozen=True)
class CompareOptions:
    """Everything that `lathe compare` takes, before it is checked.

    `further` techniques are asked beside the usual ones, where none is named.
    """

    spec: str | None = None
    task: str | None = None
    task_options: tuple[str, ...] = ()
    prompt: PromptOptions = field(default_factory=PromptOptions)
    techniques: str | None = None
    trigger: str = ""
    shots: int | None = None
    examples_as: str = "text"
    settings: TechniqueSettings = field(default_factory=TechniqueSettings)
    models: ModelOptions = field(default_factory=ModelOptions)
    sampling: Sampling = field(default_factory=Sampling)
    extraction: tuple[str, ...] = ()
    batch_size: int | None = None
    dataset: Path | None = None
    mapping: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


def build(options: CompareOptions) -> CompareSpec:
    """The comparison that the options ask for.

    Raises:
        BadSpec, DataError, PromptError: Options that contradict each other, or unreadable files.
    """
    if options.spec is not None:
        return read_spec(options.spec)
    if options.batch_size is not None and options.batch_size < 1:
        raise BadSpec("The batch size is below 1.", "Choose 1 or more.")
    if options.shots is not None and options.shots < 0:
        raise BadSpec("The number of shots is below 0.", "Choose 0 or more.")
    return _with_settings(_with_further(_plain(options), options.further), options.settings)


def _plain(options: CompareOptions) -> CompareSpec:
    """The comparison before the settings that only some techniques know."""
    if options.dataset is not None:
        from engine.commands.dataset_options import from_dataset

        return from_dataset(options, options.dataset)
    if options.task is not None:
        return _from_task(options, options.task)
    if not options.prompt.given():
        raise BadSpec(
            "There is nothing to compare.",
            "Name a --task, a --dataset, a --prompt-file, or write an --instruction or an --input.",
        )
    return _from_prompt(options)


def _with_further(spec: CompareSpec, further: tuple[str, ...]) -> CompareSpec:
    first = spec.variants[0]
    more = tuple(replace(first, technique=name) for name in further)
    return replace(spec, variants=(*spec.variants, *more))


def _with_settings(spec: CompareSpec, settings: TechniqueSettings) -> CompareSpec:
    variants = spec.variants
    if lost := unused(settings, variants):
        raise BadSpec(
            f"No technique of the comparison uses: {', '.join(lost)}.",
            "Leave the option out, or add the technique to --techniques.",
        )
    return replace(spec, variants=tuple(settings.applied(v, spec.sampling) for v in variants))


def vote_rule(text: str) -> VoteRule:
    """The option ``--vote``.

    Raises:
        BadSpec: It is none of the two.
    """
    return cast(VoteRule, one_of("--vote", text, get_args(VoteRule)))


def read_spec(name: str) -> CompareSpec:
    """A saved comparison; ``-`` reads standard input.

    Raises:
        DataError, BadSpec: It cannot be read.
    """
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"The file “{name}” cannot be read: {error}.", "Name a JSON file that Lathe wrote."
        ) from error
    spec = decode(text)
    if not isinstance(spec, CompareSpec):
        raise BadSpec(f"“{name}” holds a job of kind “{spec.kind}”.", "Name a comparison.")
    return spec


def _from_task(options: CompareOptions, task: str) -> CompareSpec:
    from engine.evaluation.tasks import MAX_NEW_TOKENS, task_spec

    if options.prompt.given():
        raise BadSpec(
            "A --task brings its own prompt.", "Leave out --prompt-file, --instruction and --input."
        )
    amount = options.prompt.items or "20"
    if not amount.isdecimal() or int(amount) < 1:
        raise BadSpec(
            f"--items {amount} is no number of exercises.", "With --task, give a number above 0."
        )
    sampling = options.sampling
    if sampling.max_new_tokens == Sampling().max_new_tokens:
        sampling = replace(sampling, max_new_tokens=MAX_NEW_TOKENS)
    spec = task_spec(
        task,
        language=_language(options.prompt.language),
        n=int(amount),
        seed=sampling.seed,
        techniques=None if options.techniques is None else _names(options.techniques),
        shots=3 if options.shots is None else options.shots,
        models=options.models.refs(),
        sampling=sampling,
        trigger=options.trigger,
        batch_size=options.batch_size,
        options=_task_options(options.task_options),
    )
    return replace(spec, extraction=options.extraction or spec.extraction)


def _from_prompt(options: CompareOptions) -> CompareSpec:
    layout = cast(ExamplesAs, one_of("--examples-as", options.examples_as, get_args(ExamplesAs)))
    prompt, items, extraction = _prompt(options.prompt)
    chosen = applicable(prompt) if options.techniques is None else _names(options.techniques)
    return CompareSpec(
        models=options.models.refs(),
        prompt=prompt,
        variants=tuple(
            Variant(
                technique=technique,
                trigger=options.trigger if asks_for_steps(technique) else "",
                shots=options.shots,
                examples_as=layout,
            )
            for technique in chosen
        ),
        items=items,
        sampling=options.sampling,
        extraction=options.extraction or extraction or ("last-answer",),
        batch_size=options.batch_size,
    )


def _prompt(
    options: PromptOptions,
) -> tuple[PromptElements, tuple[Item, ...], tuple[str, ...]]:
    """Elements, items and rules: from the prompt file, then from the single options."""
    from engine.prompting.examples import read_examples, read_items
    from engine.prompting.file import read_prompt

    elements = PromptElements(language=_language(options.language))
    items: tuple[Item, ...] = ()
    extraction: tuple[str, ...] = ()
    if options.file is not None:
        opened = read_prompt(options.file)
        elements, items, extraction = opened.elements, opened.items, opened.extraction
    changes = {
        name: value
        for name in ("instruction", "context", "input", "output_indicator", "system")
        if (value := getattr(options, name)) is not None
    }
    elements = replace(elements, **changes)
    if options.examples_file is not None:
        elements = replace(elements, examples=read_examples(options.examples_file))
    if options.examples:
        given = tuple(_from_json(text, Example, "--example") for text in options.examples)
        elements = replace(elements, examples=elements.examples + given)
    if options.items is not None:
        items = read_items(Path(options.items))
    if options.item:
        items = tuple(_from_json(text, Item, "--item") for text in options.item)
    variables = dict(_pair(text, "--var") for text in options.variables)
    if variables or options.expected is not None or not items:
        items = tuple(
            replace(
                item,
                variables={**variables, **item.variables},
                expected=item.expected if options.expected is None else options.expected,
            )
            for item in items or (Item(),)
        )
    return elements, items, extraction


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        technique_class(name)
    return names


def _ref(name: str, options: LoadOptions) -> ModelRef:
    place, mark, revision = name.rpartition("@")
    if mark and place and "/" not in revision and not Path(name).exists():
        return ModelRef(place, revision, options)
    return ModelRef(name, None, options)


def _language(text: str) -> Language:
    if text == "auto":
        return "en"
    name = text.lower().replace("-", "_").split("_")[0]
    return cast(Language, one_of("--language", name, get_args(Language)))


def one_of(option: str, value: str, allowed: Sequence[str]) -> str:
    """The value. Raises `BadSpec` when it is none of those allowed."""
    if value not in allowed:
        raise BadSpec(f"{option} {value} is not known.", f"Choose one of: {', '.join(allowed)}.")
    return value


def _pair(text: str, option: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise BadSpec(f"{option} {text} has no name and value.", f"Write {option} name=value.")
    return name.strip(), value


def _task_options(texts: tuple[str, ...]) -> dict[str, str | int | float]:
    found: dict[str, str | int | float] = {}
    for name, value in (_pair(text, "--option") for text in texts):
        try:
            found[name] = int(value)
        except ValueError:
            try:
                found[name] = float(value)
            except ValueError:
                found[name] = value
    return found


def _from_json(text: str, target: type[T], option: str) -> T:
    try:
        return msgspec.json.decode(text, type=target)
    except msgspec.DecodeError as error:
        raise BadSpec(
            f"{option} is not the JSON of one {target.__name__.lower()}: {error}.",
            f"Fields: {', '.join(target.__annotations__)}.",
        ) from error
