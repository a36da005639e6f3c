"""How much faster a comparison is than asking one by one, and what sixteen voting paths cost.

120 items under four techniques through the comparison job itself (rendering, decoding, token
records, extraction, events), against transformers' `generate` at batch 1 on the same prompts,
which does none of the rest; then one question with 16 sampled paths and their vote, none of them
stopped early, against the same question with one path.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.bench.decode import timed
from engine.decoding.params import Sampling
from engine.evaluation.spec import CompareResult, CompareSpec, Variant
from engine.evaluation.tasks import task_spec
from engine.models.reference import LoadOptions, ModelRef

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.models.loaded import LoadedModel

Progress = Callable[[float | None, str], None]

ITEMS = 120
TECHNIQUES = ("zero-shot", "few-shot", "few-shot-cot", "zero-shot-cot")
PATHS = 16
QUESTIONS = 5
ROUNDS = 3
SAMPLING = Sampling(max_new_tokens=160)
OPTIONS = LoadOptions(dtype="float32")


def run(
    model: str | None = None, n: int | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure and compare.

    Args:
        model: A model's id or folder; None = ``teach-rope``.
        n: Items; None = 120.
        progress: Told the fraction and the step; may raise to stop.

    Returns:
        ``ratio_sequential`` (seconds of `generate` / ours), ``identical`` (our tokens against
        `generate`'s), ``k16_over_k1`` (seconds of 16 paths with their vote / of one path),
        ``seconds`` of each, ``tokens`` and ``config``.
    """
    from engine.api import Engine

    tell = progress or _silent
    engine = Engine()
    try:
        return _measured(engine, ModelRef(model or "teach-rope", options=OPTIONS), n, tell)
    finally:
        engine.close()


def _measured(engine: Engine, ref: ModelRef, n: int | None, tell: Progress) -> dict[str, Any]:
    spec = task_spec(
        "arithmetic", n=n or ITEMS, techniques=TECHNIQUES, models=(ref,), sampling=SAMPLING
    )
    tell(0.0, "Warming up")
    _compared(engine, replace(spec, items=spec.items[:4]))
    ours = []
    for turn in range(ROUNDS):
        tell(0.05 + 0.1 * turn, f"Comparing, round {turn + 1} of {ROUNDS}")
        seconds, result = timed(partial(_compared, engine, spec))
        ours.append(seconds)
    with engine.resources.residency.lease(ref) as loaded:
        sequential, same = _one_by_one(loaded, spec, result, tell)
        config = _config(loaded, spec)
    paths, one = _voting(engine, spec, tell)
    tell(1.0, "Done")
    return {
        "ratio_sequential": sequential / statistics.median(ours),
        "identical": same,
        "k16_over_k1": sum(paths) / sum(one),
        "seconds": {
            "ours": statistics.median(ours),
            "sequential": sequential,
            "paths_16": sum(paths) / len(paths),
            "path_1": sum(one) / len(one),
        },
        "tokens": {
            "prompt": sum(len(cell.prompt_ids) for cell in result.cells),
            "new": sum(len(cell.tokens) for cell in result.cells),
        },
        "config": config,
    }


def _silent(_fraction: float | None, _text: str) -> None:
    return


def _compared(engine: Engine, spec: CompareSpec) -> CompareResult:
    result = engine.submit(spec).result()
    assert isinstance(result, CompareResult)
    return result


def _one_by_one(
    loaded: LoadedModel, spec: CompareSpec, result: CompareResult, tell: Progress
) -> tuple[float, bool]:
    """Seconds of `generate` on every prompt in turn, and whether the tokens are the same."""
    same, total = True, 0.0
    for number, cell in enumerate(result.cells):
        if number % 10 == 0:
            share = number / len(result.cells)
            tell(0.35 + 0.45 * share, f"generate, prompt {number + 1} of {len(result.cells)}")
        seconds, found = timed(partial(_alone, loaded, cell.prompt_ids, spec.sampling))
        total += seconds
        same = same and found == tuple(token.id for token in cell.tokens)
    return total, same


def _alone(loaded: LoadedModel, prompt: Sequence[int], sampling: Sampling) -> tuple[int, ...]:
    import torch

    ids = torch.tensor([prompt], device=loaded.model.device)
    out = loaded.model.generate(  # type: ignore[operator]
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=sampling.max_new_tokens,
    )
    return tuple(out[0, len(prompt) :].tolist())


def _voting(engine: Engine, spec: CompareSpec, tell: Progress) -> tuple[list[float], list[float]]:
    """Seconds of 16 paths and of one, question by question, interleaved."""
    many = Variant("self-consistency", samples=PATHS, stop_early=False)
    single = replace(many, samples=1)
    paths, one = [], []
    for turn in range(ROUNDS):
        tell(0.8 + 0.2 * turn / ROUNDS, f"Voting, round {turn + 1} of {ROUNDS}")
        for item in spec.items[:QUESTIONS]:
            asked = replace(spec, items=(item,))
            alone = replace(asked, variants=(single,))
            voted = replace(asked, variants=(many,))
            one.append(timed(partial(_compared, engine, alone))[0])
            paths.append(timed(partial(_compared, engine, voted))[0])
    return paths, one


def _config(loaded: LoadedModel, spec: CompareSpec) -> dict[str, Any]:
    import torch
    import transformers

    return {
        "model": loaded.info.ref.id,
        "techniques": [variant.technique for variant in spec.variants],
        "items": len(spec.items),
        "paths": PATHS,
        "questions": QUESTIONS,
        "rounds": ROUNDS,
        "max_new_tokens": spec.sampling.max_new_tokens,
        "device": loaded.info.device,
        "dtype": loaded.info.dtype,
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "transformers": transformers.__version__,
    }
