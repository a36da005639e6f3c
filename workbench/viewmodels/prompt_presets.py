"""Task presets: one exercise of the teaching world as a prompt to start from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.prompting.elements import Example, Language
from workbench.viewmodels.prompt_state import PromptState

SAMPLE: Final = "arithmetic"
"""The task of the first start: direct answers fail, answers with steps do not."""
SAMPLE_SEED: Final = 0
SHOTS: Final = 3

BASE_TASKS: Final = (
    "summarisation",
    "extraction",
    "question-answering",
    "classification",
    "conversation",
    "code",
    "reasoning",
)


def preset(task: str, language: Language, seed: int = 0) -> PromptState:
    """The prompt of one held-out exercise, its examples and its expected answer.

    Args:
        task: A name from `BASE_TASKS`, or `SAMPLE`.
        language: Of the whole prompt.
        seed: Chooses the exercise.

    Raises:
        BadSpec: There is no such task.
    """
    from engine.evaluation.tasks import literal, task_spec

    spec = task_spec(task, language=language, n=1, seed=seed, shots=SHOTS)
    item, prompt = spec.items[0], spec.prompt
    values = {name: literal(text) for name, text in item.variables.items()}

    def filled(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"{{{{{name}}}}}", value)
        return text

    shots = tuple(
        Example(filled(shot.input), filled(shot.output), filled(shot.reasoning))
        for shot in prompt.examples
    )
    return PromptState(
        task=task,
        language=language,
        system=filled(prompt.system),
        instruction=filled(prompt.instruction),
        context=filled(prompt.context),
        examples=shots,
        input=filled(prompt.input),
        output_indicator=filled(prompt.output_indicator),
        expected=item.expected or "",
        extraction=spec.extraction,
        examples_as=spec.variants[0].examples_as,
    )


def sample(language: Language) -> PromptState:
    """The teaching story of the first start."""
    return preset(SAMPLE, language, SAMPLE_SEED)


def is_untouched(state: PromptState, seed: int) -> bool:
    """Whether the prompt is still the preset it came from."""
    if not state.task:
        return not any((state.instruction, state.input, state.context, state.examples))
    return replace(state, values={}) == preset(state.task, state.language, seed)
