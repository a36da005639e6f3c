"""The job "states": the reference reads its answers, then every other state reads the same.

One state is in memory at a time; the reference's distributions wait in a temporary file.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.decoding.detokenize import Detokenizer
from engine.errors import BadSpec, EngineError
from engine.evaluation.evidence.averaging import figure
from engine.evaluation.evidence.forcing import Pair, divergence, force, token_records
from engine.evaluation.evidence.keeping import kept
from engine.evaluation.evidence.questions import answers_for, leased, measured_on, prompt_for
from engine.evaluation.evidence.states_spec import (
    StateItem,
    StatesResult,
    StatesSpec,
    StateSummary,
    state_name,
)
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.decoding.records import TokenRecord
    from engine.evaluation.spec import Provenance
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel


@kept
def run(spec: Spec, ctx: JobContext) -> StatesResult:
    """Run a `StatesSpec`; publishes a `StateItem` per state and question.

    A state that cannot be measured fails alone.

    Raises:
        BadSpec, PromptError: The column cannot be asked, or the answer is not known.
        ModelLoadError: The reference cannot be loaded.
    """
    assert isinstance(spec, StatesSpec)
    with TemporaryDirectory(prefix="lathe-states-") as folder:
        return _States(spec, Path(folder), ctx).run()


class _States:
    def __init__(self, spec: StatesSpec, folder: Path, ctx: JobContext) -> None:
        self.spec = spec
        self.folder = folder
        self.ctx = ctx
        self.items = spec.answered(spec.variant)
        self.pairs: list[Pair] = []
        self.reference: dict[int, tuple[TokenRecord, ...]] = {}
        self.vocabulary: dict[str, int] = {}
        self.found: list[StateItem] = []

    def run(self) -> StatesResult:
        """The reference first, then state by state."""
        spec = self.spec
        with leased(spec.compare.models[spec.model], self.ctx) as loaded:
            provenance = self._read_reference(loaded)
        summaries = []
        for number, state in enumerate(spec.others(), start=1):
            summaries.append(self._measured(state))
            self.ctx.progress(
                (1 + number) / len(spec.compare.models),
                f"State {number} of {len(spec.others())}",
            )
        return StatesResult(
            reference=state_name(spec.compare.models[spec.model]),
            variant=spec.compare.variants[spec.variant].label,
            states=tuple(summaries),
            items=tuple(self.found),
            provenance=provenance,
        )

    def _read_reference(self, loaded: LoadedModel) -> Provenance:
        provenance = measured_on(loaded, self.spec, self.ctx)
        column = self.spec.variant
        # Where both sources are open, the reference's own words are what the states may change.
        source = self.spec.source()
        answers = answers_for(loaded, replace(self.spec, answer=source), (column,), self.ctx)
        self.vocabulary = loaded.tokenizer.get_vocab()
        self.pairs = [
            Pair(prompt_for(loaded, self.spec.compare, column, item).ids, answers[column, item])
            for item in self.items
        ]
        pieces = Detokenizer(loaded.tokenizer)

        def take(index: int, logprobs: torch.Tensor) -> None:
            np.save(self._file(index), logprobs.cpu().numpy())
            self.reference[index] = token_records(logprobs, self.pairs[index].answer, pieces)

        force(loaded, self.pairs, take, check=self.ctx.check)
        return provenance

    def _file(self, index: int) -> Path:
        return self.folder / f"{index}.npy"

    def _measured(self, state: int) -> StateSummary:
        ref = self.spec.compare.models[state]
        try:
            with leased(ref, self.ctx) as loaded:
                if loaded.tokenizer.get_vocab() != self.vocabulary:
                    raise BadSpec(
                        f"The model “{ref.id}” has another vocabulary than the reference.",
                        "Choose states of one model, or models with the same tokenizer.",
                    )
                items = self._read_state(loaded, state)
                provenance = measured_on(loaded, self.spec, self.ctx)
        except EngineError as error:
            return StateSummary(state, state_name(ref), error=error.report())
        self.found += items
        return _summary(state, state_name(ref), items, provenance)

    def _read_state(self, loaded: LoadedModel, state: int) -> list[StateItem]:
        pieces = Detokenizer(loaded.tokenizer)
        done: dict[int, StateItem] = {}

        def take(index: int, logprobs: torch.Tensor) -> None:
            stored = torch.from_numpy(np.load(self._file(index))).to(logprobs.device)
            answer, item = self.pairs[index].answer, self.items[index]
            done[index] = StateItem(
                state=state,
                item=item,
                item_id=self.spec.compare.items[item].id,
                reference=self.reference[index],
                tokens=token_records(logprobs, answer, pieces),
                kl=tuple(divergence(stored, logprobs).tolist()),
                same_top=int((stored.argmax(-1) == logprobs.argmax(-1)).sum()),
            )
            self.ctx.partial(done[index])

        force(loaded, self.pairs, take, check=self.ctx.check)
        return [done[index] for index in range(len(self.pairs))]


def _summary(
    state: int, model: str, items: list[StateItem], provenance: Provenance
) -> StateSummary:
    worst = max(items, key=lambda item: item.kl[item.worst])
    tokens = sum(len(item.kl) for item in items)
    return StateSummary(
        state=state,
        model=model,
        kl=figure([sum(item.kl) / len(item.kl) for item in items]),
        max_kl=worst.kl[worst.worst],
        max_item=worst.item,
        max_place=worst.worst,
        delta=figure(
            [_mean_logprob(item.tokens) - _mean_logprob(item.reference) for item in items]
        ),
        same_top=sum(item.same_top for item in items) / tokens,
        tokens=tokens,
        provenance=provenance,
    )


def _mean_logprob(tokens: tuple[TokenRecord, ...]) -> float:
    return sum(token.logprob for token in tokens) / len(tokens)
