"""`lathe compare --dataset FILE`: from a file of questions to a `CompareSpec`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast, get_args

from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.prompting.elements import Language
from engine.prompting.render import ExamplesAs
from engine.prompting.strategies.registry import technique_class

if TYPE_CHECKING:
    from engine.commands.compare_options import CompareOptions
    from engine.evaluation.spec import CompareSpec

AUTO: Final = "auto"


def from_dataset(options: CompareOptions, file: Path) -> CompareSpec:
    """The comparison on a test set.

    Raises:
        BadSpec, DataError: Options that contradict each other, or an unreadable file.
    """
    from engine.evaluation.datasets.reading import open_dataset
    from engine.evaluation.datasets.trial import MAX_NEW_TOKENS, SHOTS, dataset_spec
    from engine.prompting.examples import read_examples
    from engine.prompting.file import read_prompt

    if options.examples_as not in get_args(ExamplesAs):
        raise BadSpec(
            f"--examples-as {options.examples_as} is not known.", "Choose one of: text, turns."
        )
    dataset = open_dataset(file, _mapping(options.mapping))
    given = options.prompt
    prompt = read_prompt(given.file).elements if given.file is not None else dataset.prompt
    changes = {
        name: value
        for name in ("instruction", "context", "input", "output_indicator", "system")
        if (value := getattr(given, name)) is not None
    }
    prompt = replace(prompt, **changes)
    if given.language != AUTO:
        prompt = replace(prompt, language=_language(given.language))
    if given.examples_file is not None:
        prompt = replace(prompt, examples=read_examples(given.examples_file))
    base = options.settings.base or ""
    sampling = options.sampling
    if sampling.max_new_tokens == Sampling().max_new_tokens:
        sampling = replace(sampling, max_new_tokens=MAX_NEW_TOKENS)
    return dataset_spec(
        dataset,
        prompt=prompt,
        n=_count(given.items),
        techniques=None if options.techniques is None else _names(options.techniques),
        shots=SHOTS if options.shots is None else options.shots,
        examples_as=cast(ExamplesAs, options.examples_as),
        models=options.models.refs(),
        sampling=sampling,
        trigger=options.trigger,
        extraction=options.extraction,
        batch_size=options.batch_size,
        withhold=bool(base) and technique_class(base).uses_examples,
    )


def _mapping(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        role, mark, column = text.partition("=")
        if not mark or not role.strip():
            raise BadSpec(
                f"--map {text} has no role and column.", "Write --map expected=COLUMN, for example."
            )
        found[role.strip()] = column.strip()
    return found


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise BadSpec(f"--items {text} is no number.", "With --dataset, give a number above 0.")
    return int(text)


def _language(text: str) -> Language:
    name = text.lower().replace("-", "_").split("_")[0]
    if name not in get_args(Language):
        raise BadSpec(f"--language {text} is not known.", "Choose one of: auto, en, zh.")
    return cast(Language, name)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        technique_class(name)
    return names
