"""How exact looking inside is and what it costs: weights, memory, overview, ablation, drawing.

The engine's figures are measured here, those of the window by `workbench.bench.attention` in a
process of its own. Times are medians of repetitions in one run on this computer.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final

import numpy as np

from engine.bench.attention_models import CONTEXT, FAMILIES, MASKED_MODELS, build
from engine.inspection.capture import LayerCapture, Mask

LONG: Final = 100_000
TOKENS: Final = 80
REPEATS: Final = 5
MEMORY_TOKENS: Final = 8192
HEADS, KEY_HEADS, HEAD_DIM = 32, 8, 128  # of Llama-3-8B
QUESTION: Final = "Tom has 3 apples and buys 4 more. How many apples does Tom have now?"

Progress = Callable[[str], None]


def run(
    n: int = 40, model: str = "teach-rope", progress: Progress | None = None
) -> dict[str, object]:
    """Measure everything.

    Args:
        n: Frames that are drawn.
        model: Whose heads are taken out.
        progress: Told the step.

    Returns:
        ``rebuild`` (family → largest |rebuilt - own| weight), ``rebuild_max``,
        ``overview_100k_ms`` (mean raw scores of one head of 100,000 tokens on 256² pixels, with
        the smallest repetition beside it), ``memory_ratio_8192`` (float32 weights of a layer of
        Llama-3-8B's shape over what is kept), ``ablation_ms`` (a head taken out at the last token
        to new bars), ``atlas_ms`` and ``pan_ms``.
    """
    from engine.models.libraries import ready

    tell = progress or _silent
    ready()
    tell("rebuilding the weights of every family")
    rebuild = {family: rebuild_error(family) for family in FAMILIES}
    tell("drawing 100,000 tokens of raw scores")
    overview = overview_ms()
    tell("taking heads out")
    ablation = ablation_ms(model)
    tell("drawing the atlas and panning")
    drawn = import_module("workbench.bench.attention").run(n)
    return {
        "rebuild_max": max(rebuild.values()),
        "families": len(rebuild),
        "overview_100k_ms": statistics.median(overview),
        "overview_100k_best_ms": min(overview),
        "memory_ratio_8192": memory_ratio(MEMORY_TOKENS),
        "ablation_ms": statistics.median(ablation),
        "ablation_best_ms": min(ablation),
        **drawn,
        "rebuild": rebuild,
    }


def rebuild_error(family: str, tokens: int = TOKENS) -> float:
    """Largest difference between rebuilt weights and the model's own, over all its modules."""
    from engine.inspection.passing import Passage, run_passage
    from engine.inspection.probe import Probe

    model = build(family)
    ids = tuple(int(one) for one in np.random.default_rng(0).integers(4, 120, min(tokens, CONTEXT)))
    whole = bool(model.config.is_encoder_decoder)
    probe = Probe(model)
    causal = not whole and family not in MASKED_MODELS
    passage = Passage(ids, ids[: len(ids) // 2] if whole else (), causal)
    run_passage(probe, passage, _quiet)
    errors = [layer.error for layer in probe.captures()]
    if not errors or any(error is None for error in errors):
        raise RuntimeError(f"{family}: nothing to compare the weights with")
    return max(error for error in errors if error is not None)


def overview_ms(tokens: int = LONG, repeats: int = REPEATS) -> list[float]:
    """Milliseconds of the overview tile of one head's raw scores."""
    from engine.inspection.tiles import levels, tile

    layer = _random_layer(tokens, heads=1, key_heads=1)
    coarsest = levels(layer) - 1
    draw = partial(tile, layer, 0, "rotation", coarsest, 0, 0)
    return [_milliseconds(draw) for _ in range(repeats)]


def memory_ratio(tokens: int) -> float:
    """Float32 weights of one layer over the bytes of queries, keys and row sums."""
    layer = _random_layer(tokens, HEADS, KEY_HEADS)
    return layer.full_bytes / layer.kept_bytes


def ablation_ms(model: str, repeats: int = REPEATS) -> list[float]:
    """Milliseconds from the submitted job to the new distribution, the text having been read."""
    from engine.api import Engine
    from engine.inspection.ablation_spec import AblateSpec, Unit
    from engine.models.reference import ModelRef

    engine = Engine()
    try:

        def once(head: int) -> None:
            spec = AblateSpec(model=ModelRef(model), text=QUESTION, units=(Unit(1, head),))
            engine.submit(spec).result()

        once(0)  # loads the model and reads the text
        return [_milliseconds(partial(once, 1)) for _ in range(repeats)]
    finally:
        engine.close()


def _random_layer(tokens: int, heads: int, key_heads: int) -> LayerCapture:
    draws = np.random.default_rng(0)
    q = draws.standard_normal((heads, tokens, HEAD_DIM), np.float32)
    k = draws.standard_normal((key_heads, tokens, HEAD_DIM), np.float32)
    lse = np.zeros((heads, tokens))
    return LayerCapture("bench", 0, "self", q, k, lse, HEAD_DIM**-0.5, Mask("causal"))


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _silent(_step: str) -> None:
    return


def _quiet(_share: float | None, _step: str) -> None:
    return
