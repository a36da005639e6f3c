"""``lathe bench prune``: pruning against a block-sequential two-pass loop, in one run.

Both sides prune the same weights with the same calibration windows (text without padding), in
turns; a ratio is the median of the turns' ratios, with its quartiles beside. Timed is, on both
sides, what stands between the text and the pruned weights; on ours also the errors of the table.
Loading, measuring and bringing the weights back are left out on both sides (the reference has no
way back; what ours costs is ``restored_s``).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.bench.prune_reference import Rule
    from engine.pruning.passages import Passages
    from engine.pruning.recipe import Pattern
    from engine.pruning.targets import Target

RATIOS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
WINDOWS: Final = 16
LARGE_WINDOWS: Final = 8
LENGTH: Final = 64  # what the longest lessons of the teaching world come to
MOVES: Final = 31
SHORT: Final = 15
"""Turns of what takes a fraction of a second: fewer leave the median to chance."""
LARGE: Final = 3
"""Turns of the large model's pattern, the figure that lies nearest to its limit."""
Progress = Callable[[str], None]


def run(
    n: int = 3, model: str = "teach-rope", progress: Progress | None = None
) -> dict[str, object]:
    """Measure everything.

    Args:
        n: Turns of the sweep, of SparseGPT and of the whole job on the teaching model. Wanda, which
            takes a tenth of a second there, takes `SHORT` at least; the large model takes `LARGE`
            turns of the pattern and one of everything else.
        model: The teaching model.
        progress: Told the step.

    Returns:
        ``wanda_ratio`` (reference over ours, 50 %), ``wanda_nm_ratio`` (4:8), ``sweep_ratio``
        (eight ratios; the reference runs once per ratio: on the large model one of its runs is
        counted eight times, for its time does not depend on the ratio), ``sparsegpt_ratio``: each
        the smaller of both models, which stand beside them (``teaching``, ``random_100m``, with
        seconds of the reference and ours);
        ``slider_ms`` (median move of the live slider) and ``job_s`` (the whole job "prune" with
        loading, measuring and writing, libraries imported).
    """
    from engine.models.libraries import ready

    tell = progress or _silent
    ready()
    figures: dict[str, dict[str, object]] = {}
    tell("the teaching model")
    short = max(n, SHORT)
    turns = {"wanda": short, "wanda_nm": short, "sweep": n, "sparsegpt": n}
    figures["teaching"] = _Case(_teaching(model), WINDOWS).measure(turns, len(RATIOS), tell)
    tell("a random model of 100 M parameters")
    figures["random_100m"] = _Case(_random(), LARGE_WINDOWS).measure({"wanda_nm": LARGE}, 1, tell)
    tell("the slider")
    slider = slider_ms(model)
    tell("the whole job")
    jobs = [job_s(model) for _ in range(n)]
    names = ("wanda_ratio", "wanda_nm_ratio", "sweep_ratio", "sparsegpt_ratio")
    return {
        **{name: min(_number(figure[name]) for figure in figures.values()) for name in names},
        "slider_ms": slider,
        "job_s": statistics.median(jobs),
        **figures,
    }


class _Case:
    """One model on which both sides are timed; its weights come back after each turn."""

    def __init__(self, model: PreTrainedModel, windows: int) -> None:
        import torch

        from engine.pruning.passages import Passages
        from engine.pruning.targets import targets

        self.model = model
        self.found: list[Target] = targets(model)
        generator = torch.Generator().manual_seed(0)
        ids = torch.randint(4, model.config.vocab_size, (windows, LENGTH), generator=generator)
        every = torch.ones_like(ids, dtype=torch.bool)
        self.text: Passages = Passages(ids, every, every, "", "random tokens")

    def measure(self, turns: Mapping[str, int], runs: int, tell: Progress) -> dict[str, object]:
        """Ratios with their quartiles, and seconds of both sides.

        Args:
            turns: Of each figure; 1 where none are named.
            runs: Of the reference that stand for its sweep.
            tell: Told the step.
        """
        from engine.bench.prune_reference import Rule
        from engine.pruning.recipe import Pattern

        pairs: dict[str, tuple[Sequence[Rule], Callable[[], None]]] = {
            "wanda": ([Rule(0.5)], partial(self._ours, "wanda")),
            "wanda_nm": ([Rule(keep=4, of=8)], partial(self._ours, "wanda", Pattern(4, 8))),
            "sweep": ([Rule(ratio) for ratio in RATIOS[-runs:]], self._our_sweep),
            "sparsegpt": ([Rule(0.5, update=True)], partial(self._ours, "sparsegpt")),
        }
        figures: dict[str, object] = {
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "calibration_tokens": self.text.tokens,
        }
        self._seconds(partial(self._ours, "wanda"))  # warm up, both sides
        self._reference([Rule(0.5)])
        for name, (rules, own) in pairs.items():
            tell(f"{name}: the reference and ours in turns")
            times = len(RATIOS) / runs if name == "sweep" else 1.0
            measured = [
                (times * self._reference(rules), self._seconds(own))
                for _ in range(turns.get(name, 1))
            ]
            ratios = [one / two for one, two in measured]
            figures[f"{name}_ratio"] = statistics.median(ratios)
            figures[f"{name}_quartiles"] = tuple(np.percentile(ratios, (25, 75)).tolist())
            figures[f"{name}_s"] = tuple(map(statistics.median, zip(*measured, strict=True)))
        figures["restored_s"] = self._seconds(self._restored)
        return figures

    def _reference(self, rules: Sequence[Rule]) -> float:
        """Seconds of the reference, which starts from the dense model for each rule."""
        from engine.bench.prune_reference import prune_by_blocks

        return sum(
            self._seconds(partial(prune_by_blocks, self.model, self.text.ids, rule))
            for rule in rules
        )

    def _ours(self, name: str, pattern: Pattern | None = None) -> None:
        from engine.pruning.methods.registry import method_of
        from engine.pruning.pruned import prune_matrices
        from engine.pruning.recipe import PRESETS, Pattern

        method = method_of(name, PRESETS["wanda"], pattern or Pattern())
        ratios = {target.name: 0.5 for target in self.found}
        prune_matrices(self.model, self.found, self.text, method, ratios, _nothing, _nothing)

    def _restored(self) -> None:
        """The copy and the way back of a job, without what it does in between."""
        from engine.pruning.one_pass import restored

        with restored(self.found):
            pass

    def _our_sweep(self) -> None:
        from engine.pruning.cuts import cutting
        from engine.pruning.reading import rank_all, read_norms
        from engine.pruning.recipe import PRESETS

        with cutting(self.found) as cuts:
            norms = read_norms(self.model, self.found, self.text, _nothing)
            rankings = rank_all(self.found, norms, PRESETS["wanda"], _nothing)
            for ratio in RATIOS:
                cuts.cut(rankings, np.full(len(self.found), ratio))

    def _seconds(self, work: Callable[[], None]) -> float:
        kept = [target.parameter.detach().clone() for target in self.found]
        started = time.perf_counter()
        work()
        spent = time.perf_counter() - started
        for target, dense in zip(self.found, kept, strict=True):
            target.parameter.data.copy_(dense)
        return spent


def slider_ms(model: str) -> float:
    """Median milliseconds in which the live slider cuts a model to another ratio."""
    from engine.api import Engine
    from engine.models.reference import LoadOptions, ModelRef
    from engine.pruning.live_spec import PRUNED, LivePruneSpec, LiveState

    engine = Engine()
    try:
        copy = ModelRef(model, options=LoadOptions(state=PRUNED))
        spec = LivePruneSpec(model=copy)
        engine.submit(spec).result()  # loads and calibrates
        moves = []
        for number in range(MOVES):
            state = engine.submit(replace(spec, ratio=0.02 + 0.9 * number / MOVES)).result()
            assert isinstance(state, LiveState)
            moves.append(state.apply_ms)
        return statistics.median(moves)
    finally:
        engine.close()


def job_s(model: str) -> float:
    """Seconds of the whole job: loading, calibrating, pruning, measuring twice, writing."""
    from engine.api import Engine
    from engine.models.reference import ModelRef
    from engine.pruning.prune_spec import PruneSpec

    engine = Engine()
    try:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            engine.submit(PruneSpec(model=ModelRef(model), out=str(Path(folder) / "out"))).result()
            return time.perf_counter() - started
    finally:
        engine.close()


def _teaching(name: str) -> PreTrainedModel:
    import torch
    from transformers import AutoModelForCausalLM

    from engine.paths import RESOURCES

    found: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        RESOURCES / "models" / name, dtype=torch.float32
    )
    found.train(False)
    return found


def _random() -> PreTrainedModel:
    """A Llama of about 100 M parameters; the global random state is left as it was."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=16_000,
        hidden_size=768,
        intermediate_size=2048,
        num_hidden_layers=12,
        num_attention_heads=12,
        num_key_value_heads=12,
        max_position_embeddings=LENGTH,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model: PreTrainedModel = LlamaForCausalLM(config)
    model.train(False)
    return model


def _number(value: object) -> float:
    assert isinstance(value, float)
    return value


def _nothing(*_: object) -> None:
    return


def _silent(_step: str) -> None:
    return
