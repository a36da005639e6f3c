"""Greedy and sampled answers of a teaching model, in left-padded float32 batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import GenerationConfig, PreTrainedModel, PreTrainedTokenizerFast

from engine.teaching.measures import Measure
from engine.teaching.scoring import is_right
from engine.teaching.tasks import Item


def replies(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    prompts: Sequence[str],
    *,
    longest: int = 64,
    temperature: float = 0.0,
    seed: int = 0,
    rows: int = 64,
) -> list[str]:
    """One reply per prompt, special tokens removed; prompts of like length share a batch.

    Args:
        model: Loaded in float32.
        tokenizer: Its tokenizer.
        prompts: Chat texts that end where the reply begins.
        longest: Most new tokens.
        temperature: 0 for greedy decoding.
        seed: Of the sampling.
        rows: Prompts per batch.
    """
    settings = GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=longest,
        do_sample=temperature > 0,
        temperature=temperature or None,
        top_k=0 if temperature else None,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    generator: Any = model
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    found = [""] * len(prompts)
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(seed)
        for start in range(0, len(order), rows):
            chosen = order[start : start + rows]
            inputs = tokenizer(
                [prompts[index] for index in chosen],
                return_tensors="pt",
                padding=True,
                padding_side="left",
                add_special_tokens=False,
            )
            output = generator.generate(**inputs, generation_config=settings)
            fresh = output[:, inputs["input_ids"].shape[1] :]
            for index, text in zip(
                chosen, tokenizer.batch_decode(fresh, skip_special_tokens=True), strict=True
            ):
                found[index] = text
    return found


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
