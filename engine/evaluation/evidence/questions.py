"""Prompts and answers of a comparison as tokens, ready to be read by its model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.decoding.loop import decode
from engine.decoding.request import Request
from engine.errors import BadSpec, UnsupportedModel
from engine.evaluation.compare import GENERATING
from engine.evaluation.evidence.spec import EvidenceSpec
from engine.evaluation.evidence.wording import expected_text
from engine.evaluation.plan import messages_for, prompt_of, sampling_of
from engine.evaluation.provenance import provenance_of
from engine.evaluation.spec import CellKey, CompareSpec, Provenance
from engine.models.chat import EncodedPrompt, encode

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel
    from engine.models.reference import ModelRef

Answers = dict[tuple[int, int], tuple[int, ...]]
"""(column, question) → token ids."""


@contextmanager
def leased(ref: ModelRef, ctx: JobContext) -> Iterator[LoadedModel]:
    """The model in memory; refused when it does not continue texts.

    Raises:
        UnsupportedModel: Its answers cannot be read token by token.
    """
    with ctx.resources.residency.lease(ref, ctx) as loaded:
        if loaded.info.anatomy.structure not in GENERATING:
            raise UnsupportedModel(
                f"The model “{ref.id}” does not continue a text, so no answer can be read by it.",
                "Choose a causal model.",
            )
        yield loaded


def prompt_for(loaded: LoadedModel, compare: CompareSpec, variant: int, item: int) -> EncodedPrompt:
    """The prompt of one column for one question, as the comparison sends it.

    Raises:
        PromptError: It cannot be rendered.
    """
    messages = messages_for(compare, CellKey(variant=variant, item=item))
    return encode(loaded, messages, prompt_of(compare, compare.variants[variant]).language)


def answer_tokens(loaded: LoadedModel, prompt: EncodedPrompt, text: str) -> tuple[int, ...]:
    """A reply's tokens as they follow a prompt.

    After a prompt that ends in a word (a plain ``A:`` without a chat template) an English reply
    begins with a space; Chinese needs none.
    """
    ends_in_word = bool(prompt.text) and not prompt.text[-1].isspace()
    plain = not loaded.tokenizer.chat_template
    lead = " " if plain and ends_in_word and text[:1].isascii() else ""
    encoded = loaded.tokenizer(lead + text, add_special_tokens=False)
    return tuple(int(token) for token in encoded["input_ids"])


def answers_for(
    loaded: LoadedModel, spec: EvidenceSpec, variants: tuple[int, ...], ctx: JobContext
) -> Answers:
    """The answer to be explained for each column and question.

    Those that are neither known nor expected are asked for, all together; questions to which one
    of the columns has no answer are left out.

    Raises:
        BadSpec: The expected answer was asked for and nobody knows it.
    """
    found: Answers = {}
    given = {(one.variant, one.item): one for one in spec.given}
    missing: list[tuple[int, int]] = []
    for variant in variants:
        for item in spec.answered(*variants):
            place = (variant, item)
            text = expected_text(spec, variant, item) if spec.answer != "given" else None
            if text is None and spec.answer == "expected":
                raise BadSpec(
                    f"The question “{spec.compare.items[item].id}” has no expected answer.",
                    "Give it one, or explain the answer that the model gave.",
                )
            if text is not None:
                prompt = prompt_for(loaded, spec.compare, variant, item)
                found[place] = answer_tokens(loaded, prompt, text)
            elif place in given and given[place].ids:
                found[place] = given[place].ids
            elif place in given:
                prompt = prompt_for(loaded, spec.compare, variant, item)
                found[place] = answer_tokens(loaded, prompt, given[place].text)
            else:
                missing.append(place)
    found.update(_asked(loaded, spec, missing, ctx))
    return found


def _asked(
    loaded: LoadedModel, spec: EvidenceSpec, places: list[tuple[int, int]], ctx: JobContext
) -> Answers:
    found: Answers = {}
    for variant in sorted({place[0] for place in places}):
        own = [place for place in places if place[0] == variant]
        ctx.progress(None, "Asking for the answers")
        generations = decode(
            loaded.model,
            loaded.tokenizer,
            [
                Request(
                    prompt_for(loaded, spec.compare, *place).ids, spec.compare.items[place[1]].id
                )
                for place in own
            ],
            sampling_of(spec.compare, spec.compare.variants[variant]),
            batch_size=spec.compare.batch_size,
            check=ctx.check,
        )
        for place, generation in zip(own, generations, strict=True):
            found[place] = tuple(token.id for token in generation.tokens)
    return found


def measured_on(loaded: LoadedModel, spec: EvidenceSpec, ctx: JobContext) -> Provenance:
    """Where the figures come from."""
    sampling = spec.compare.sampling
    return provenance_of(
        loaded,
        batch_size=1,
        seed=sampling.seed,
        temperature=sampling.temperature,
        check=ctx.check,
    )
