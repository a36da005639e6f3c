"""The job "extend-finetune": a copy of a model trained for a while on stretched positions.

The stretch grows from 1 to its end while the model learns (a curriculum over the factor of
position interpolation, Chen et al. 2023, arXiv 2306.15595): a small model that is squeezed at once
forgets how to look keys up, and has to find it again from nothing.
"""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.context.methods import applied, method_of, refusal, trained_length
from engine.context.probe_spec import ProbeRow
from engine.context.probes.cells import Cell
from engine.context.probes.haystack import Haystack, haystack
from engine.context.probes.passkey import ask
from engine.context.scaling.base import RopeConfig
from engine.context.scaling.live import live_config
from engine.context.scaling.swap import KEPT, is_plain
from engine.context.tune_spec import TuneContextResult, TuneContextSpec, TuneStep
from engine.context.tuning.material import Material
from engine.context.tuning.save import check_folder, save
from engine.context.tuning.trainer import Trainer
from engine.devices import memory
from engine.errors import BadSpec, DoesNotFit, UnsupportedModel
from engine.evaluation.provenance import provenance_of
from engine.jobs.spec import Spec
from engine.models.architecture import shape_of
from engine.models.forecast import gigabytes, kv_bytes

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

GROWING: Final = 0.5
"""Share of the steps over which the stretch grows."""
NEEDLES: Final = 8
BYTES_PER_WEIGHT: Final = 20
"""A copy, its gradient, two moments of an optimiser and working memory, in float32."""


def run(spec: Spec, ctx: JobContext) -> TuneContextResult:
    """Run a `TuneContextSpec`; publishes the `ProbeRow`s before and after, and each `TuneStep`.

    A stopped job leaves nothing behind; the model in memory is never touched.

    Raises:
        BadSpec: The scaling does not apply, or the text cannot be used.
        UnsupportedModel: The weights are packed.
        DoesNotFit: There is no room for a training copy.
    """
    assert isinstance(spec, TuneContextSpec)
    if spec.out:
        check_folder(Path(spec.out))  # before minutes of work, not after them
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        return _Tuning(spec, loaded, ctx).run()


class _Tuning:
    """One training at work."""

    def __init__(self, spec: TuneContextSpec, loaded: LoadedModel, ctx: JobContext) -> None:
        self.spec = spec
        self.loaded = loaded
        self.ctx = ctx
        self.method = method_of(spec.method)
        refused = refusal(loaded.model, self.method)
        if refused is not None:
            raise refused
        if not is_plain(loaded.model):
            raise BadSpec(
                f"The model “{spec.model.id}” has a scaling of its own already.",
                "Train a model without one.",
            )
        _check_room(loaded)
        self.trained = trained_length(loaded.model)
        self.target = round(spec.factor * self.trained)
        self.material = Material(
            spec.source, loaded.tokenizer, self.trained, self.target, spec.seed
        )  # fmt: skip
        self.texts: dict[tuple[int, int], Haystack] = {}

    def run(self) -> TuneContextResult:
        """Measure, train, measure, write."""
        spec, ctx = self.spec, self.ctx
        ctx.progress(0.0, "Copying the model")
        copied: Any = copy.deepcopy(self.loaded.model)
        model: Any = copied.float()
        model.requires_grad_(True)
        own = live_config(model)
        ctx.progress(0.01, "Asking for keys before the training")
        before = self._measured(model)
        steps = self._train(model)
        ctx.progress(0.95, "Asking for keys after the training")
        after = self._measured(model)
        size = self._write(model, own, before, after) if spec.out else 0
        return TuneContextResult(
            model=spec.model.id,
            method=spec.method,
            factor=spec.factor,
            trained=self.trained,
            before=before,
            after=after,
            steps=steps,
            seconds=steps[-1].seconds,
            out=spec.out,
            file_bytes=size,
            provenance=provenance_of(
                self.loaded, batch_size=1, seed=spec.seed, temperature=0.0, check=ctx.check
            ),
        )

    def _train(self, model: PreTrainedModel) -> tuple[TuneStep, ...]:
        spec = self.spec
        trainer = Trainer(model, spec.steps, spec.rate, self.ctx.check)
        found: list[TuneStep] = []
        for number in range(spec.steps):
            share = min(1.0, (number + 1) / (GROWING * spec.steps))
            factor = spec.factor**share
            with applied(model, self.method, factor):
                step = trainer.step(self.material.step(number, factor))
            found.append(step)
            self.ctx.partial(step)
            done = 0.05 + 0.9 * (number + 1) / spec.steps
            self.ctx.progress(done, f"Step {step.step} of {spec.steps}")
        return tuple(found)

    def _measured(self, model: PreTrainedModel) -> tuple[ProbeRow, ...]:
        if not self.spec.measured:
            return ()
        with applied(model, self.method, self.spec.factor, self.target):
            return tuple(
                self._row(model, name, tokens)
                for name, tokens in (("1x", self.trained), (f"{self.spec.factor:g}x", self.target))
            )

    def _row(self, model: PreTrainedModel, length: str, tokens: int) -> ProbeRow:
        cell = Cell(self.spec.measured, 0.0)
        while not cell.done:
            number = cell.n // NEEDLES
            text = self.texts.get((tokens, number))
            if text is None:
                seed = self.spec.seed * 1000 + number
                text = haystack(self.loaded, tokens, NEEDLES, self.spec.language, seed)
                self.texts[tokens, number] = text
            began = time.monotonic()
            cell.add(ask(model, text, True, self.ctx.check), time.monotonic() - began)
        interval = cell.interval
        row = ProbeRow(
            method=self.spec.method,
            length=length,
            tokens=tokens,
            factor=self.spec.factor,
            n=cell.n,
            right=cell.right,
            passkey=cell.right / cell.n,
            low=interval.low,
            high=interval.high,
            perplexity=None,
            scored=0,
            depths=cell.depths(),
            complete=True,
            seconds=cell.seconds,
            kv_bytes=cell.kv_bytes,
            forecast_bytes=kv_bytes(shape_of(model.config), tokens, "float32"),
        )
        self.ctx.partial(row)
        return row

    def _write(
        self,
        model: PreTrainedModel,
        own: RopeConfig,
        before: tuple[ProbeRow, ...],
        after: tuple[ProbeRow, ...],
    ) -> int:
        self.ctx.progress(0.98, "Writing")
        config = model.config.get_text_config(decoder=True)
        scaled = self.method.scaling.parameters(own, self.spec.factor, self.target)
        former = config.rope_parameters or {}
        kept = {name: former[name] for name in KEPT if name in former}
        config.rope_parameters = kept | scaled
        config.max_position_embeddings = self.target
        return save(self.spec, model, self.loaded.tokenizer, self.trained, before, after)


def _check_room(loaded: LoadedModel) -> None:
    """Refuse packed weights, and a copy for which there is no memory."""
    info = loaded.info
    if info.quantization != "none":
        raise UnsupportedModel(
            f"The weights of “{info.ref.id}” are packed: they cannot be trained.",
            "Load the model without quantisation.",
        )
    needed, free = info.parameters * BYTES_PER_WEIGHT, memory(str(loaded.device)).free
    if needed > free:
        raise DoesNotFit(
            f"Training a copy of “{info.ref.id}” needs {gigabytes(needed)}, and "
            f"{gigabytes(free)} are free.",
            "Choose a smaller model, or a method that needs no training.",
        )
