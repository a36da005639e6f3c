"""The job "prune-structured": judge, cut, measure, write, open again; the whole model stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UnsupportedModel
from engine.jobs.spec import Spec
from engine.models.anatomy import structure_of
from engine.pruning.folder import check_folder
from engine.pruning.loss import loss
from engine.pruning.passages import Passages, passages_of
from engine.pruning.prune_spec import Loss
from engine.pruning.stopwatch import Stopwatch
from engine.pruning.structured.compensation import Biases, biases_for
from engine.pruning.structured.heads_ranking import groups_of_ranking
from engine.pruning.structured.importance import Importance, importance
from engine.pruning.structured.layout import layout, require
from engine.pruning.structured.measured import blocks_by_loss, groups_by_loss
from engine.pruning.structured.report import cache_bytes, rows_of, tensor_bytes
from engine.pruning.structured.slicing import narrowed, shortened
from engine.pruning.structured.speed import compared
from engine.pruning.structured.widths import Kept, dropped, kept
from engine.pruning.structured.writing import Facts, reloaded, write
from engine.pruning.structured_spec import Speed, StructuredResult, StructuredSpec
from engine.text_source import check_sources

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel


def run(spec: Spec, ctx: JobContext) -> StructuredResult:
    """Run a `StructuredSpec`.

    Raises:
        BadSpec: A text, the ranking or the folder cannot be used.
        UnsupportedModel: What is to be cut cannot be cut out of this architecture.
    """
    assert isinstance(spec, StructuredSpec)
    check_sources(spec.calibration, spec.evaluation)
    if spec.out:
        check_folder(Path(spec.out), overwrite=spec.overwrite)  # before minutes of work
    watch = Stopwatch()
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        watch.loaded()
        return _Cutting(spec, loaded, ctx, watch).run()


class _Cutting:
    """One job at work."""

    def __init__(
        self, spec: StructuredSpec, loaded: LoadedModel, ctx: JobContext, watch: Stopwatch
    ) -> None:
        self.spec = spec
        self.loaded = loaded
        self.ctx = ctx
        self.watch = watch
        _refuse(loaded)
        self.layers = layout(loaded.model)
        require(
            loaded.model,
            self.layers,
            groups=spec.groups > 0,
            neurons=spec.neurons > 0,
            experts=spec.experts > 0,
        )
        if spec.blocks >= len(self.layers):
            raise UnsupportedModel(
                f"“{spec.model.id}” has {len(self.layers)} layers; {spec.blocks} cannot go.",
                "Drop fewer layers.",
            )
        self.ranked = None
        if spec.ranking:
            self.ranked = groups_of_ranking(Path(spec.ranking), spec.model.id, self.layers)

    def run(self) -> StructuredResult:
        """Measure, cut, measure, write, open again."""
        spec, dense = self.spec, self.loaded.model
        text = passages_of(spec, self.loaded.tokenizer, evaluation=False)
        evaluation = None
        if spec.measured:
            evaluation = passages_of(spec, self.loaded.tokenizer, evaluation=True)
        self.ctx.progress(0.0, "Measuring the dense model")
        before = self._loss(dense, evaluation)
        self.ctx.progress(0.2, "Reading what each part is worth")
        worth = self._worth(text)
        drop = self._dropped(worth, text)
        stay = [number for number in range(len(self.layers)) if number not in drop]
        self.ctx.progress(0.4, "Cutting")
        with self.watch.timed("score"):
            small, chosen, biases = self._cut(worth, drop, stay)
        self.ctx.progress(0.5, "Measuring the smaller model")
        after = self._loss(small, evaluation)
        speed = self._speed(small, text)
        facts = Facts(
            layers=rows_of(self.layers, worth, stay, chosen),
            parameters=(small.num_parameters(), dense.num_parameters()),
            dense=before,
            pruned=after,
            speed=speed,
            compensated=bool(biases and biases.added),
        )
        return self._result(small, text, evaluation, facts, biases)

    def _result(
        self,
        small: PreTrainedModel,
        text: Passages,
        evaluation: Passages | None,
        facts: Facts,
        biases: Biases | None,
    ) -> StructuredResult:
        spec, dense = self.spec, self.loaded.model
        written, reload = tensor_bytes(small), None
        if spec.out:
            self.ctx.progress(0.85, "Writing")
            with self.watch.timed("write"):
                written = write(spec, small, self.loaded.tokenizer, text, facts)
                self.ctx.progress(0.92, "Opening the written model")
                reload = reloaded(Path(spec.out), small, text)
        return StructuredResult(
            model=spec.model.id,
            importance=spec.importance,
            widths="per-layer" if small.config.is_heterogeneous else "uniform",
            layers=tuple(facts.layers),
            dense=facts.dense,
            pruned=facts.pruned,
            speed=facts.speed,
            parameters=facts.parameters,
            file_bytes=(written, tensor_bytes(dense)),
            cache_bytes=(cache_bytes(small), cache_bytes(dense)),
            reload=reload,
            compensated=facts.compensated,
            reason=_reason(dense, biases),
            calibration_sha256=text.sha256,
            evaluation_sha256=evaluation.sha256 if evaluation else "",
            length=spec.length,
            seconds=self.watch.seconds,
            out=spec.out,
        )

    def _worth(self, text: Passages) -> Importance:
        """Scores of all parts; of the groups by the ranking, where one is given."""
        rule = self.spec.importance
        with self.watch.timed("calibrate"):
            worth = importance(self.loaded.model, text, self.ctx.check, rule)
            given = self.ranked
            if given is None and rule == "loss" and self.spec.groups:
                given = groups_by_loss(
                    self.loaded.model, self.layers, text, self.ctx.check, self._silencing
                )
        return worth if given is None else replace(worth, groups=given, comparable=True)

    def _dropped(self, worth: Importance, text: Passages) -> tuple[int, ...]:
        """The layers that go."""
        spec = self.spec
        if spec.importance != "loss":
            return dropped(worth.influence, spec.blocks)
        with self.watch.timed("calibrate"):
            return blocks_by_loss(
                self.loaded.model,
                self.layers,
                text,
                spec.blocks,
                self.ctx.check,
                self._silencing,
            )

    def _silencing(self, part: int, total: int) -> None:
        self.ctx.progress(0.2 + 0.2 * part / total, f"Part {part} of {total}")

    def _cut(
        self, worth: Importance, drop: tuple[int, ...], stay: list[int]
    ) -> tuple[PreTrainedModel, Kept, Biases | None]:
        """The smaller model, what stays in the layers that stay, and the biases put in."""
        spec, model = self.spec, self.loaded.model
        left = worth.of(stay)
        chosen = kept(
            left,
            neurons=spec.neurons,
            groups=spec.groups,
            sharing=spec.widths,
            multiple=spec.multiple,
            experts=spec.experts,
            least=int(getattr(model.config, "num_experts_per_tok", 1) or 1),
        )
        if drop:
            model = shortened(model, drop)
        if not (spec.groups or spec.neurons or spec.experts):
            return model, chosen, None
        biases = biases_for(model, layout(model), left, chosen) if spec.compensate else None
        return narrowed(model, chosen, biases), chosen, biases

    def _loss(self, model: PreTrainedModel, text: Passages | None) -> Loss | None:
        if text is None:
            return None
        with self.watch.timed("measure"):
            return loss(model, text, self.ctx.check)

    def _speed(self, small: PreTrainedModel, text: Passages) -> Speed | None:
        spec = self.spec
        if spec.tokens == 0:
            return None
        self.ctx.progress(0.6, "Timing both models")
        with self.watch.timed("measure"):
            return compared(
                self.loaded.model,
                small,
                text.ids[0],
                tokens=spec.tokens,
                rounds=spec.rounds,
                check=self.ctx.check,
            )


def _refuse(loaded: LoadedModel) -> None:
    """Raise `UnsupportedModel` for what no smaller model can be built of."""
    config = loaded.model.config
    if structure_of(config) != "causal decoder":
        raise UnsupportedModel(
            f"Parts of “{config.model_type}” cannot be cut out: it is no causal decoder.",
            "Prune single weights, or choose a decoder.",
        )
    packed = getattr(config, "quantization_config", None) is not None
    if packed or loaded.info.quantization != "none":
        raise UnsupportedModel(
            "The weights are packed in 4 or 8 bits and cannot be pruned in place.",
            "Load the model without quantisation, prune, then quantise the result.",
        )


def _reason(model: PreTrainedModel, biases: Biases | None) -> str:
    """Why something has no bias that makes up for it, or empty."""
    if biases is None or not biases.refused:
        return ""
    names = ", ".join(biases.refused)
    return f"“{model.config.model_type}” has no bias for {names}: their loss is not made up for."
