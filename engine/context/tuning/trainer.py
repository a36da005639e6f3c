"""The steps of a short training.

Without a file each has four texts: a long one and two of up to its length with keys, and one of
lessons; answers alone are scored. Of a file each has one long passage, every token scored.
"""

from __future__ import annotations

import math
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
from engine.errors import BadSpec

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
WEIGHT: Final = "weight/"


class Trainer:
    """A model in training. What of it wants gradients is changed in place.

    Args:
        model: With its scaling in force.
        steps: How many there will be.
        rate: Highest learning rate of the layers' matrices (Muon); biases and norms get five times
            as much, embeddings a third (AdamW).
        check: Called before each layer of a forward pass. What it raises ends a step before
            anything is changed.
        seed: Of what a step draws by chance (dropout), together with its number.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        steps: int,
        rate: float,
        check: Callable[[], None],
        seed: int = 0,
    ) -> None:
        self.model = model
        self._steps, self._rate, self._check, self._seed = steps, rate, check, seed
        self._names = {
            id(weight): name for name, weight in model.named_parameters() if weight.requires_grad
        }
        matrices: list[Tensor] = []
        tables: list[Tensor] = []
        vectors: list[Tensor] = []
        for name, weight in model.named_parameters():
            if not weight.requires_grad:
                continue
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
        made: list[torch.optim.Optimizer] = []
        if matrices:
            made.append(
                torch.optim.Muon(matrices, lr=rate, weight_decay=0.0, adjust_lr_fn="original")
            )
        groups = [group for group in groups if group["params"]]
        if groups:
            made.append(torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), weight_decay=0.0))
        self._optimizers = tuple(made)
        self._done = 0
        self._tokens = 0
        self._seconds = 0.0

    def step(self, passages: Sequence[Passage]) -> TuneStep:
        """One step on these texts; gives its loss before the step.

        Raises:
            BadSpec: The loss is no number any more; the weights are those of the last step.
        """
        began = time.monotonic()
        share = self._share()
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group.get(PEAK, self._rate) * share
            optimizer.zero_grad(set_to_none=True)
        targets = sum(sum(one.scored[1:]) for one in passages)
        total = 0.0
        with torch.enable_grad(), self._training(), self._chance():
            for one in passages:
                loss = self._loss(one) / max(1, targets)
                loss.backward()  # type: ignore[no-untyped-call]
                total += float(loss.detach())
        length = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        if not math.isfinite(total) or not torch.isfinite(length):
            raise BadSpec(
                f"The loss is no number any more in step {self._done + 1}.",
                "Choose a lower learning rate and train anew.",
            )
        for optimizer in self._optimizers:
            optimizer.step()
        self._done += 1
        self._tokens += sum(len(one.ids) for one in passages)
        self._seconds += time.monotonic() - began
        return TuneStep(self._done, total, self._tokens, self._seconds)

    def state(self, optimiser: bool = True) -> dict[str, Tensor]:
        """What is trained, and with `optimiser` what it needs to go on, by name."""
        found = {
            f"{WEIGHT}{self._names[id(weight)]}": weight.detach()
            for weight in self.model.parameters()
            if id(weight) in self._names
        }
        for place, one in enumerate(self._optimizers if optimiser else ()):
            for weight, kept in one.state.items():
                for name, value in kept.items():
                    found[f"{place}/{name}/{self._names[id(weight)]}"] = value
        return found

    def restore(self, tensors: dict[str, Tensor], steps: Sequence[TuneStep]) -> None:
        """Go on from a `state`, after these steps.

        Raises:
            KeyError, RuntimeError: It is the state of another model.
        """
        with torch.no_grad():
            for weight in self.model.parameters():
                if id(weight) in self._names:
                    weight.copy_(tensors[f"{WEIGHT}{self._names[id(weight)]}"])
        by_name = {
            self._names[id(weight)]: weight
            for one in self._optimizers
            for group in one.param_groups
            for weight in group["params"]
        }
        for key, value in tensors.items():
            if not key.startswith(WEIGHT):
                place, inner, name = key.split("/", 2)
                weight = by_name[name]
                # Adam counts its steps on the CPU, wherever the weights are.
                device = value.device if value.ndim == 0 else weight.device
                self._optimizers[int(place)].state[weight][inner] = value.to(device)
        self._done = len(steps)
        self._tokens = steps[-1].tokens if steps else 0
        self._seconds = steps[-1].seconds if steps else 0.0

    @contextmanager
    def _chance(self) -> Iterator[None]:
        """A step draws the same, whatever was drawn before it; others draw as if it were not."""
        devices = [self.model.device] if self.model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed((self._seed << 32) + self._done)
            yield

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
