"""The steps of a short training: one long and one short text each, only answers scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.context.tune_spec import TuneStep
from engine.context.tuning.material import Passage
from engine.decoding.interrupt import interruptible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transformers import PreTrainedModel

WARM_UP: Final = 0.1
"""Share of the steps over which the rate rises; it falls linearly over the rest."""
OF_VECTORS: Final = 5.0
"""Rate of biases and norms over that of matrices: a head that told neighbours apart by its biases
needs them several times as large once positions are squeezed."""
OF_TABLES: Final = 1 / 3
PEAK: Final = "peak"


class Trainer:
    """A model in training. It is changed in place.

    Args:
        model: With its scaling in force.
        steps: How many there will be.
        rate: Highest learning rate of the layers' matrices (Muon); biases and norms get five times
            as much, embeddings a third (AdamW).
        check: Called before each layer of a forward pass.
    """

    def __init__(
        self, model: PreTrainedModel, steps: int, rate: float, check: Callable[[], None]
    ) -> None:
        self.model = model
        self._steps, self._rate, self._check = steps, rate, check
        matrices: list[Tensor] = []
        tables: list[Tensor] = []
        vectors: list[Tensor] = []
        for name, weight in model.named_parameters():
            if weight.ndim == 1:
                vectors.append(weight)
            elif weight.ndim == 2 and "embed" not in name and "lm_head" not in name:
                matrices.append(weight)
            else:
                tables.append(weight)
        groups = [
            {"params": vectors, PEAK: rate * OF_VECTORS},
            {"params": tables, PEAK: rate * OF_TABLES},
        ]
        self._optimizers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon(matrices, lr=rate, weight_decay=0.0, adjust_lr_fn="original"),
            torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), weight_decay=0.0),
        )
        self._done = 0
        self._tokens = 0
        self._seconds = 0.0

    def step(self, passages: Sequence[Passage]) -> TuneStep:
        """One step on these texts; gives its loss before the step."""
        began = time.monotonic()
        share = self._share()
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group.get(PEAK, self._rate) * share
            optimizer.zero_grad(set_to_none=True)
        targets = sum(sum(one.scored[1:]) for one in passages)
        total = 0.0
        with torch.enable_grad(), self._training():
            for one in passages:
                loss = self._loss(one) / max(1, targets)
                loss.backward()  # type: ignore[no-untyped-call]
                total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self._optimizers:
            optimizer.step()
        self._done += 1
        self._tokens += sum(len(one.ids) for one in passages)
        self._seconds += time.monotonic() - began
        return TuneStep(self._done, total, self._tokens, self._seconds)

    def _share(self) -> float:
        warm = max(1.0, WARM_UP * self._steps)
        left = (self._steps - self._done) / max(1.0, self._steps - warm)
        return min(1.0, (self._done + 1) / warm, left)

    def _loss(self, passage: Passage) -> Tensor:
        """Summed cross-entropy; the head runs where something is predicted, and nowhere else."""
        ids = torch.tensor([passage.ids], device=self.model.device)
        scored = torch.tensor(passage.scored[1:], device=self.model.device)
        body: Any = self.model.base_model
        with interruptible(self.model, self._check):
            hidden = body(input_ids=ids, use_cache=False).last_hidden_state
        head: Any = self.model.get_output_embeddings()  # type: ignore[no-untyped-call]
        logits = head(hidden[0, :-1][scored])
        return F.cross_entropy(logits.float(), ids[0, 1:][scored], reduction="sum")

    @contextmanager
    def _training(self) -> Iterator[None]:
        before = self.model.training
        self.model.train()
        try:
            yield
        finally:
            self.model.train(before)
