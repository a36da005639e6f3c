"""From the settings of the page to the comparison that runs them. Made off the GUI thread."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from engine.decoding.params import Sampling
from engine.errors import DataError
from engine.evaluation.datasets.dataset import Dataset
from engine.evaluation.datasets.reading import open_dataset
from engine.evaluation.datasets.trial import dataset_spec
from engine.evaluation.plan import sampling_of, shows_examples
from engine.evaluation.spec import CompareSpec, Variant
from engine.evaluation.tasks import task_spec
from engine.prompting.elements import PromptElements
from engine.prompting.library import FOLDER, Library
from engine.prompting.render import ExamplesAs
from engine.prompting.strategies.registry import TECHNIQUES
from workbench.viewmodels.compare_setup import VariantChoice
from workbench.viewmodels.evaluate_setup import EvaluateSetup

Stamp = tuple[int, int]
"""When a file was written last, in ns, and its bytes."""


@dataclass(frozen=True)
class Plan:
    """A run before it starts.

    Attributes:
        spec: What would run; None when no technique can be asked.
        name: Of the set.
        whole: How many items the set has, those that became examples included.
        left_out: Techniques that the prompt has no examples or no steps for.
        rules: The rules that fit the set's answers.
        answers: How many answers the run asks for.
        dataset: The imported set; None for a task set.
        stamp: Of the set's file when it was read.
    """

    spec: CompareSpec | None
    name: str
    whole: int
    left_out: tuple[str, ...]
    rules: tuple[str, ...]
    answers: int
    dataset: Dataset | None = None
    stamp: Stamp | None = None

    @property
    def withheld(self) -> int:
        """Items that became examples and are asked in no column."""
        return self.spec.withheld if self.spec is not None else 0


@dataclass(frozen=True)
class Wish:
    """What a plan is made of.

    Attributes:
        setup: The page's settings.
        compare: The prompt of the Compare page.
        data: Folder of the person's data (the library lies there).
        dataset: The set as it was read before from the same path by the same mapping.
        stamp: Of its file at that time; None = unknown.
    """

    setup: EvaluateSetup
    compare: PromptElements | None
    data: Path
    dataset: Dataset | None = None
    stamp: Stamp | None = None


def plan(wish: Wish) -> Plan:
    """The run that the settings mean.

    Raises:
        BadSpec, DataError, PromptError: They mean none; says why.
    """
    setup = wish.setup
    prompt = _prompt(wish)
    if setup.source == "file":
        dataset, stamp = _dataset(wish)
        made = _with_techniques(
            _asked(dataset, setup, prompt, setup.shots), setup, dataset.name, dataset
        )
        if made.spec is not None and made.withheld and not shows_examples(made.spec):
            made = _with_techniques(_asked(dataset, setup, prompt, 0), setup, dataset.name, dataset)
        return replace(made, stamp=stamp)
    techniques = tuple(dict.fromkeys(c.technique for c in setup.compare.chosen()))
    base = task_spec(
        setup.task,
        language=setup.language,
        n=setup.items or 20,
        seed=setup.seed,
        techniques=techniques or ("zero-shot",),
        shots=setup.shots,
        models=setup.compare.models,
        sampling=setup.compare.sampling,
    )
    if prompt is not None:
        base = replace(base, prompt=_with_examples(prompt, base.prompt))
    return _with_techniques(base, setup, setup.task, None)


def _asked(
    dataset: Dataset, setup: EvaluateSetup, prompt: PromptElements | None, shots: int
) -> CompareSpec:
    """The set's comparison before its columns are known."""
    return dataset_spec(
        dataset,
        prompt=prompt,
        n=setup.items or None,
        techniques=("zero-shot",),
        shots=shots,
        models=setup.compare.models,
        sampling=setup.compare.sampling,
        withhold=True,
    )


def _dataset(wish: Wish) -> tuple[Dataset, Stamp | None]:
    """The set as its file is now: read again only when that was changed since."""
    file = wish.setup.file
    if file is None:
        raise DataError("No data set is chosen.", "Import a file, or choose a task set.")
    path = Path(file.path)
    stamp = _stamp(path)
    known = wish.dataset
    if known is not None and stamp is not None and (stamp == wish.stamp or _same(known, path)):
        return known, stamp
    return open_dataset(path, file.mapping), stamp


def _stamp(path: Path) -> Stamp | None:
    """None = there is no such file; opening it says so."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _same(dataset: Dataset, path: Path) -> bool:
    """Whether the file has the bytes it was read from; opening it says why it cannot be read."""
    try:
        found = path.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(found).hexdigest() == dataset.sha256


def _prompt(wish: Wish) -> PromptElements | None:
    """The prompt that is not the set's own, or None."""
    if wish.setup.prompt == "compare":
        return wish.compare
    if wish.setup.prompt == "library" and wish.setup.library:
        return Library(wish.data / FOLDER).entry(wish.setup.library).prompt.elements
    return None


def _with_examples(prompt: PromptElements, own: PromptElements) -> PromptElements:
    return prompt if prompt.examples else replace(prompt, examples=own.examples)


def _with_techniques(
    base: CompareSpec, setup: EvaluateSetup, name: str, dataset: Dataset | None
) -> Plan:
    """The chosen chips as columns, without those that the prompt cannot serve."""
    whole = len(base.items) if dataset is None else len(dataset.items)
    patterns = {variant.technique: variant for variant in base.variants}
    layout = base.variants[0].examples_as
    chosen = setup.compare.chosen()
    kept = [choice for choice in chosen if _can(choice, base.prompt)]
    left_out = tuple(choice.uid for choice in chosen if choice not in kept)
    variants = tuple(
        _variant(choice, patterns.get(choice.technique), layout, base.sampling) for choice in kept
    )
    rules = setup.rules or base.extraction
    spec = replace(base, variants=variants, extraction=rules) if variants else None
    answers = 0
    if spec is not None:
        samples = sum(sampling_of(spec, variant).samples for variant in spec.variants)
        answers = samples * len(spec.items) * len(spec.models)
    return Plan(spec, name, whole, left_out, base.extraction, answers, dataset)


def _variant(
    choice: VariantChoice, pattern: Variant | None, layout: ExamplesAs, sampling: Sampling
) -> Variant:
    """The chip as a column; what the set knows of the technique fills what the chip leaves open."""
    made = choice.variant(layout, sampling)
    if pattern is None:
        return made
    return replace(
        made,
        trigger=made.trigger or pattern.trigger,
        answer_trigger=made.answer_trigger or pattern.answer_trigger,
    )


def _can(choice: VariantChoice, prompt: PromptElements) -> bool:
    """Whether the prompt has the examples, and the steps in them, that the technique shows."""
    technique = TECHNIQUES[choice.technique]
    if not technique.uses_examples or technique.composed:
        return True
    if not prompt.examples:
        return False
    return not technique.uses_reasoning or any(one.reasoning.strip() for one in prompt.examples)
