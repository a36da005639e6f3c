"""Task presets as prompts to start from: the shipped ones, and further exercises of their tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from engine.errors import EngineError
from engine.evaluation.presets import BASE_TASKS, FIRST, PRESETS
from engine.evaluation.presets import preset as shipped
from engine.prompting.elements import Example, Item, Language, PromptElements
from engine.prompting.render import ExamplesAs
from workbench.viewmodels.compare_documents import DocumentChoice
from workbench.viewmodels.prompt_state import PromptState

__all__ = [
    "BASE_TASKS",
    "FIRST",
    "PRESETS",
    "documents_sample",
    "preset",
    "sample",
    "without_wrong_name",
]

SHOTS: Final = 3
SAMPLE_DOCUMENTS: Final = 6
SAMPLE_SENTENCES: Final = 24
SAMPLE_SEED: Final = 3
READ: Final[dict[Language, str]] = {"en": "Read the text and answer.", "zh": "阅读文本并回答。"}


@dataclass(frozen=True)
class _Recipe:
    """From which task of the teaching world a preset's further exercises come."""

    task: str
    options: tuple[tuple[str, int], ...] = ()
    shots: int = SHOTS


_RECIPES: Final[dict[str, _Recipe]] = {
    FIRST: _Recipe("arithmetic", (("steps", 5),)),
    "rule": _Recipe("rule", shots=4),
}


def sample(language: Language) -> PromptState:
    """The story of the first start: wrong when answered directly, right with steps."""
    return preset(FIRST, language)


def documents_sample(language: Language) -> tuple[PromptState, DocumentChoice]:
    """Documents of filler, longer together than the teaching models' window, each with the key of
    one person; and the question for one of these keys.
    """
    from engine.context.documents.planted import plant

    planted = plant(language, SAMPLE_DOCUMENTS, SAMPLE_DOCUMENTS, SAMPLE_SENTENCES, SAMPLE_SEED)
    fact = planted.facts[0]
    prompt = PromptState(
        language=language,
        instruction=READ[language],
        input=fact.question,
        expected=fact.answer,
        extraction=("last-number",),
    )
    return prompt, DocumentChoice(texts=planted.texts, rank="bm25")


def without_wrong_name(state: PromptState, number: int) -> PromptState:
    """A prompt from a file; one that is no longer its preset is the person's own."""
    if not state.task:
        return state
    try:
        same = preset(state.task, state.language, number) == state
    except EngineError:
        same = False
    return state if same else replace(state, task="")


def preset(name: str, language: Language, number: int = 0) -> PromptState:
    """A preset as an editable prompt.

    Args:
        name: One of `PRESETS`.
        language: Of the whole prompt.
        number: 0 = the shipped one; else the number of another exercise of the same task.

    Raises:
        BadSpec: There is no such preset.
        DataError: Its file cannot be read.
    """
    found = shipped(name, language)
    if number == 0:
        item = found.items[0] if found.items else Item()
        rules = found.extraction or ("last-answer",)
        return _filled(name, found.elements, item, rules, found.examples_as)
    from engine.evaluation.tasks import task_spec

    recipe = _RECIPES.get(name, _Recipe(name))
    spec = task_spec(
        recipe.task,
        language=language,
        n=1,
        seed=number,
        shots=recipe.shots,
        options=dict(recipe.options),
    )
    layout = spec.variants[0].examples_as
    return _filled(name, spec.prompt, spec.items[0], spec.extraction, layout)


def _filled(
    name: str,
    elements: PromptElements,
    item: Item,
    rules: tuple[str, ...],
    examples_as: ExamplesAs,
) -> PromptState:
    """The prompt with its variables written out, so that the person edits plain text."""
    from engine.evaluation.tasks import literal

    values = {variable: literal(text) for variable, text in item.variables.items()}

    def written(text: str) -> str:
        for variable, value in values.items():
            text = text.replace(f"{{{{{variable}}}}}", value)
        return text

    return PromptState(
        task=name,
        language=elements.language,
        system=written(elements.system),
        instruction=written(elements.instruction),
        context=written(elements.context),
        examples=tuple(
            Example(written(shot.input), written(shot.output), written(shot.reasoning))
            for shot in elements.examples
        ),
        input=written(elements.input),
        output_indicator=written(elements.output_indicator),
        expected=item.expected or "",
        extraction=rules,
        examples_as=examples_as,
    )
