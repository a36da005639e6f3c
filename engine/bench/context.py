"""What stretching a context costs: exchanging a method, and measuring a cell of the key map."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from engine.context.probes.haystack import Haystack
    from engine.models.loaded import LoadedModel

SWAPS: Final = 50
REPEATS: Final = 3
NEEDLES: Final = 8
TIMES: Final = 4
"""Length of the measured texts, in trained lengths."""

Progress = Callable[[str], None]


def run(
    n: int = REPEATS, model: str = "teach-rope", progress: Progress | None = None
) -> dict[str, object]:
    """Measure everything on one model.

    Args:
        n: Repetitions of the key map's cell.
        model: With rotary positions.
        progress: Told the step.

    Returns:
        ``swap_ms`` (median of putting a scaling in force and back, the slowest method counts, with
        every method beside it), ``passkey_ratio`` (seconds of one `generate` per key over those
        of shared texts with teacher forcing, both on the same questions of 4 × the trained
        length), how many keys both ways agree on, and ``attention_ms`` (reading such a text, by
        implementation and by rule of attention; a sentence where one is not possible here).
    """
    from engine.api import Engine
    from engine.bench.documents import figures
    from engine.models.libraries import ready
    from engine.models.reference import ModelRef

    tell = progress or _silent
    ready()
    engine = Engine()
    try:
        with engine.resources.residency.lease(ModelRef(model)) as loaded:
            tell("exchanging methods")
            swaps = swap_ms(loaded)
            tell("asking for keys, one generate each and over shared texts")
            cells = [passkey_cell(loaded, seed) for seed in range(n)]
            tell("reading a long text with every implementation of attention")
            attention = attention_ms(loaded)
            documents = figures(loaded, tell)
    finally:
        engine.close()
    return {
        "swap_ms": max(swaps.values()),
        "passkey_ratio": statistics.median(each / shared for each, shared, _ in cells),
        "passkey_each_s": statistics.median(each for each, _, _ in cells),
        "passkey_shared_s": statistics.median(shared for _, shared, _ in cells),
        "passkey_agree": sum(agree for _, _, agree in cells),
        "passkey_n": NEEDLES * n,
        **documents,
        "swaps": swaps,
        "attention_ms": attention,
    }


def swap_ms(loaded: LoadedModel, repeats: int = SWAPS) -> dict[str, float]:
    """Milliseconds from the model as it is to a scaling in force and back, by method."""
    from engine.context.method_names import SCALING_NAMES
    from engine.context.methods import applied, method_of, trained_length
    from engine.context.scaling.live import live_config

    pairs = live_config(loaded.model).pairs
    length = TIMES * trained_length(loaded.model)
    found = {}
    for name in SCALING_NAMES:
        method = method_of(name, (1.0,) * pairs)
        times = []
        for _ in range(repeats):
            began = time.perf_counter()
            with applied(loaded.model, method, float(TIMES), length):
                pass
            times.append((time.perf_counter() - began) * 1000)
        found[name] = statistics.median(times)
    return found


def attention_ms(loaded: LoadedModel) -> dict[str, float | str]:
    """Milliseconds of reading 4 × the trained length, or why an implementation is not possible."""
    from engine.context.implementations import timed
    from engine.context.method_names import MOVING_NAMES, OTHER_RULES
    from engine.context.methods import applied, method_of, trained_length
    from engine.context.probe_spec import IMPLEMENTATIONS

    model = loaded.model
    tokens = TIMES * trained_length(model)
    found: dict[str, float | str] = {}
    for name in IMPLEMENTATIONS:
        one = timed(loaded, name, tokens, _never, repeats=REPEATS)
        found[name] = one.problem if one.ms is None else one.ms
    for rule in (*MOVING_NAMES, *OTHER_RULES):
        with applied(model, method_of(rule), float(TIMES), tokens):
            one = timed(loaded, "auto", tokens, _never, repeats=REPEATS)
            found[rule] = one.problem if one.ms is None else one.ms
    return found


def passkey_cell(loaded: LoadedModel, seed: int) -> tuple[float, float, int]:
    """One text with its keys, asked for in both ways under the model's own attention.

    Returns:
        Seconds of one `generate` per key, seconds of the shared way, and on how many keys both
        say the same (found or not found).
    """
    from engine.context.methods import applied, method_of, trained_length
    from engine.context.probes.haystack import haystack
    from engine.context.probes.passkey import ask

    tokens = TIMES * trained_length(loaded.model)
    text = haystack(loaded, tokens, NEEDLES, "en", seed)
    with applied(loaded.model, method_of("yarn"), float(TIMES), tokens):
        began = time.perf_counter()
        found = ask(loaded.model, text, True, _never)
        shared = time.perf_counter() - began
        began = time.perf_counter()
        said = [_generated(loaded, text, place) for place in range(NEEDLES)]
        each = time.perf_counter() - began
    agree = sum(one.right == spoken for one, spoken in zip(found.answers, said, strict=True))
    return each, shared, agree


def _generated(loaded: LoadedModel, text: Haystack, place: int) -> bool:
    """Whether plain greedy generation spells the key."""
    import torch

    question = text.questions[place]
    start = _answer_start(loaded, question.ids, question.digits[0])
    ids = torch.tensor([question.ids[:start]], device=loaded.device)
    model: Any = loaded.model
    with torch.no_grad():
        out = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=len(question.ids) - start,
            do_sample=False,
        )[0].tolist()
    return [out[one] if one < len(out) else -1 for one in question.digits] == [
        question.ids[one] for one in question.digits
    ]


def _answer_start(loaded: LoadedModel, ids: tuple[int, ...], digit: int) -> int:
    """Where the answer begins: as many tokens before its first digit as its lead has."""
    from engine.teaching.tasks.item import direct_answer

    lead = direct_answer("0", "en").split("0")[0]
    return digit - len(loaded.tokenizer(lead, add_special_tokens=False)["input_ids"])


def _never() -> None:
    return


def _silent(_step: str) -> None:
    return
