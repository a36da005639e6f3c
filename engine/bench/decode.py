"""How much faster the step loop is than `generate`, one prompt at a time and batched by hand.

Six few-shot ways of asking the same 32 questions (three instructions, two or three examples with
their steps), greedy, in one run: the loop, transformers'
`generate` at batch 1, and `generate` on left-padded batches sorted by length (the best of several
sizes, without sharing prefixes). The three are interleaved, so that a busy machine hits all alike.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from engine.paths import RESOURCES

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

T = TypeVar("T")
Progress = Callable[[float | None, str], None]

ITEMS = 32
ROUNDS = 3
MAX_NEW_TOKENS = 96
BATCH_SIZES = (16, 48, 96, 192)
INSTRUCTIONS = ("Solve the problem.", "Work out the answer.", "Answer the question.")
SHOTS = (2, 3)
STEPS = 8  # of each story; prompt and answer fit the teaching models' window


@dataclass(frozen=True)
class Workload:
    """A model and what to ask it.

    Attributes:
        name: The model's name, with ``"random weights"`` when it has not learned anything.
        prompts: Token ids, variant by variant.
    """

    name: str
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    prompts: list[tuple[int, ...]]


def run(model: str | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Measure and compare.

    Args:
        model: Folder of a causal language model; None = ``teach-rope``, or the same
            architecture with random weights when it is not there.
        progress: Told the fraction and the step; may raise to stop.

    Returns:
        ``ratio_sequential`` and ``ratio_batched`` (their seconds / ours), ``identical`` (our tokens
        against `generate` at batch 1), ``seconds`` of each, ``tokens`` and ``config``.
    """
    tell = progress or _silent
    tell(0.0, "Preparing the prompts")
    work = _workload(model)
    tell(0.02, "Warming up")
    _ours(work)
    sizes = {}
    for place, size in enumerate(BATCH_SIZES):
        tell(0.05 + 0.2 * place / len(BATCH_SIZES), f"generate in batches of {size}")
        sizes[size] = timed(partial(_batched, work, size))[0]
    best = min(sizes, key=sizes.__getitem__)
    ours, batched, sequential = [], [sizes[best]], 0.0
    answers: list[tuple[int, ...]] = []
    reference: dict[int, tuple[int, ...]] = {}
    for turn in range(ROUNDS):
        share = 0.25 + 0.75 * turn / ROUNDS
        tell(share, f"Round {turn + 1} of {ROUNDS}")
        seconds, answers = timed(partial(_ours, work))
        ours.append(seconds)
        batched.append(timed(partial(_batched, work, best))[0])
        part = range(turn, len(work.prompts), ROUNDS)
        asked = [work.prompts[i] for i in part]
        seconds, found = timed(partial(_one_by_one, work, asked))
        sequential += seconds
        reference.update(zip(part, found, strict=True))
    tell(1.0, "Done")
    mine = statistics.median(ours)
    theirs = statistics.median(batched)
    return {
        "ratio_sequential": sequential / mine,
        "ratio_batched": theirs / mine,
        "identical": all(answers[i] == reference[i] for i in reference),
        "seconds": {
            "ours": mine,
            "sequential": sequential,
            "batched": theirs,
            "batched_by_size": {str(size): seconds for size, seconds in sizes.items()},
        },
        "tokens": {
            "prompt": sum(len(prompt) for prompt in work.prompts),
            "new": sum(len(answer) for answer in answers),
        },
        "config": {**_config(work), "best_batch": best, "rounds": ROUNDS},
    }


def _silent(_fraction: float | None, _text: str) -> None:
    return


def _config(work: Workload) -> dict[str, Any]:
    import torch
    import transformers

    return {
        "model": work.name,
        "variants": len(INSTRUCTIONS) * len(SHOTS),
        "items": ITEMS,
        "max_new_tokens": MAX_NEW_TOKENS,
        "longest_prompt": max(len(prompt) for prompt in work.prompts),
        "device": str(work.model.device),
        "dtype": str(work.model.dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "transformers": transformers.__version__,
    }


def _workload(model: str | None) -> Workload:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = model or str(RESOURCES / "models" / "teach-rope")
    if model is None and not (RESOURCES / "models" / "teach-rope" / "config.json").exists():
        name, net, tokenizer = _untaught()
    else:
        name = model or "teach-rope"
        net = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype="float32")
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    net.eval()  # type: ignore[no-untyped-call]
    return Workload(name, net, tokenizer, _prompts(tokenizer))


def _untaught() -> tuple[str, PreTrainedModel, PreTrainedTokenizerBase]:
    """The teaching architecture before any lesson."""
    from engine.teaching.architectures import create
    from engine.teaching.tokenizer import build
    from engine.teaching.vocabulary import chinese_words, sample_texts

    tokenizer = build(sample_texts(count=2000), chinese_words())
    return "teach-rope, random weights", create("teach-rope", len(tokenizer), 0), tokenizer


def _prompts(tokenizer: PreTrainedTokenizerBase) -> list[tuple[int, ...]]:
    from engine.models.chat import encode
    from engine.prompting.elements import PromptElements
    from engine.prompting.strategies.registry import technique_class
    from engine.teaching.tasks.registry import demonstrations, generate

    exercises = generate("arithmetic", "en", ITEMS, 0, steps=STEPS)
    examples = demonstrations("arithmetic", "en", max(SHOTS), 0)
    prompts = []
    for instruction in INSTRUCTIONS:
        for shots in SHOTS:
            ask = technique_class("few-shot-cot")(shots=shots)
            for exercise in exercises:
                elements = PromptElements(
                    instruction=instruction,
                    examples=examples,
                    input=exercise.elements.input,
                    output_indicator="Let's think step by step.",
                )
                prompts.append(encode(tokenizer, ask.messages(elements, {})).ids)
    return prompts


def _ours(work: Workload) -> list[tuple[int, ...]]:
    from engine.decoding.loop import decode
    from engine.decoding.params import Sampling
    from engine.decoding.request import Request

    found = decode(
        work.model,
        work.tokenizer,
        [Request(prompt) for prompt in work.prompts],
        Sampling(max_new_tokens=MAX_NEW_TOKENS),
    )
    return [tuple(token.id for token in answer.tokens) for answer in found]


def _one_by_one(work: Workload, prompts: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [_alone(work, prompt) for prompt in prompts]


def _alone(work: Workload, prompt: Sequence[int]) -> tuple[int, ...]:
    import torch

    ids = torch.tensor([prompt], device=work.model.device)
    out = work.model.generate(  # type: ignore[operator]
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=MAX_NEW_TOKENS,
    )
    return tuple(out[0, len(prompt) :].tolist())


def _batched(work: Workload, size: int) -> None:
    """`generate` as one would batch it by hand: sorted by length, padded on the left."""
    import torch

    order = sorted(work.prompts, key=len)
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        width = max(len(row) for row in rows)
        ids = torch.zeros((len(rows), width), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, width - len(row) :] = torch.tensor(row)
            mask[place, width - len(row) :] = 1
        work.model.generate(  # type: ignore[operator]
            ids.to(work.model.device),
            attention_mask=mask.to(work.model.device),
            do_sample=False,
            max_new_tokens=MAX_NEW_TOKENS,
        )


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds and result; as in `timeit`, without garbage collections of what others left."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        result = work()
        return time.perf_counter() - start, result
    finally:
        gc.enable()
