"""Greedy and sampled answers of a teaching model, by the house's one step loop."""

from __future__ import annotations

from collections.abc import Sequence

from transformers import PreTrainedModel, PreTrainedTokenizerFast

from engine.decoding.loop import decode
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from engine.teaching.measures import Measure
from engine.teaching.scoring import is_right
from engine.teaching.tasks import Item

ROWS = 160


def replies(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    prompts: Sequence[str],
    *,
    longest: int = 64,
    temperature: float = 0.0,
    samples: int = 1,
    seed: int = 0,
) -> list[str]:
    """``samples`` replies per prompt (those of one prompt together), without special tokens.

    Args:
        model: Loaded in float32.
        tokenizer: Its tokenizer.
        prompts: Chat texts that end where the reply begins.
        longest: Most new tokens.
        temperature: 0 for greedy decoding.
        samples: Replies per prompt, each with noise of its own.
        seed: Of the sampling.
    """
    encoded = tokenizer(list(prompts), add_special_tokens=False)["input_ids"]
    requests = [
        Request(tuple(ids), item=str(number), sample=sample)
        for number, ids in enumerate(encoded)
        for sample in range(samples)
    ]
    sampling = Sampling(temperature=temperature, max_new_tokens=longest, seed=seed)
    found = decode(model, tokenizer, requests, sampling, batch_size=ROWS, record_top=1)
    return [generation.text for generation in found]


def accuracy(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    measure: Measure,
    items: Sequence[Item],
) -> float:
    """Share of ``items`` answered rightly, greedily."""
    said = replies(
        model, tokenizer, [measure.prompt(item) for item in items], longest=measure.longest
    )
    return sum(is_right(item, text) for item, text in zip(items, said, strict=True)) / len(items)
