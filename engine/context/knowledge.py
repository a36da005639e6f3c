"""Documents as the knowledge of a comparison: what to look for, and how it is given to columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.context.documents_spec import DocumentOptions, DocumentText
from engine.context.passages_spec import PassagesSpec
from engine.evaluation.external import reads
from engine.evaluation.plan import prompt_of, technique_of
from engine.evaluation.spec import CompareSpec
from engine.prompting.knowledge import Knowledge
from engine.prompting.strategies.registry import TECHNIQUES
from engine.prompting.template import fill


def search_spec(
    spec: CompareSpec,
    files: tuple[str, ...],
    texts: tuple[DocumentText, ...] = (),
    options: DocumentOptions | None = None,
) -> PassagesSpec:
    """The job that finds the passages for a comparison's questions.

    It is the first model's: all models then read the same passages.

    Raises:
        PromptError: A prompt lacks something.
        BadSpec: An unknown technique.
    """
    questions = tuple(_questions(spec))
    given = given_to(spec, Knowledge())
    return PassagesSpec(
        model=spec.models[0],
        question=questions[0],
        files=files,
        texts=texts,
        options=replace(
            options or DocumentOptions(), max_new_tokens=max(1, spec.sampling.max_new_tokens)
        ),
        further=questions[1:],
        beside=tuple(dict.fromkeys(_prompts(given))),
    )


def given_to(spec: CompareSpec, knowledge: Knowledge) -> CompareSpec:
    """The comparison with that knowledge.

    The columns whose technique reads documents get it; where there is none, every column does.
    """
    readers = [one for one in spec.variants if one.technique in TECHNIQUES]
    everywhere = not any(TECHNIQUES[one.technique].reads_documents for one in readers)
    return replace(spec, knowledge=replace(knowledge, everywhere=everywhere))


def _questions(spec: CompareSpec) -> Iterator[str]:
    """Per item what is to be looked for: the input; where the prompt has none, the instruction."""
    asked = spec.prompt.input if spec.prompt.input.strip() else spec.prompt.instruction
    for item in spec.items:
        yield fill(asked, item.variables).strip()


def _prompts(spec: CompareSpec) -> Iterator[str]:
    """The prompts of the first item in the columns that read passages, without any."""
    for variant in spec.variants:
        if reads(spec, variant):
            elements = prompt_of(spec, variant)
            messages = technique_of(spec, variant).messages(elements, spec.items[0].variables)
            yield "\n".join(message.content for message in messages)
