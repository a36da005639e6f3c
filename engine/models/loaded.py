"""A model in memory: what a lane works with. Never leaves its lane; `info` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.kept import Kept
from engine.models.weights import sha256_of

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from engine.models.reference import ModelRef
    from engine.models.spec import LoadedInfo
    from engine.models.weights import WeightFiles


class LoadedModel:
    """A model, its tokenizer and everything that says where its numbers come from.

    Attributes:
        model: In eval mode. Owned by the lane that leased it.
        tokenizer: The tokenizer that belongs to it.
        ref: What was asked for.
        path: Its folder or GGUF file.
        info: The same as plain values, for screen and store.
        edits: Names of what was changed since the load (pruning masks, rope), in order.
        kept: What later questions find ready: a text that was read, weights to go back to.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        ref: ModelRef,
        path: Path,
        weights: WeightFiles,
        info: LoadedInfo,
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.ref = ref
        self.path = path
        self.info = info
        self.edits: tuple[str, ...] = ()
        self.kept = Kept()
        self._weights = weights
        self._sha = ""

    @property
    def device(self) -> torch.device:
        """Where the first layer (and so the input) lives."""
        return next(self.model.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        """The format it computes in (of 4-bit weights: that of the rest of the model)."""
        return self.model.dtype

    @property
    def measured_bytes(self) -> int:
        """Memory that its tensors really take now, quantisation state included."""
        return measure(self.model)

    def weights_sha(self, check: Callable[[], None] = lambda: None) -> str:
        """SHA-256 of the weight files, read once; `check` is called between blocks."""
        if not self._sha:
            self._sha = sha256_of(self._weights.files, check)
        return self._sha


def measure(model: torch.nn.Module) -> int:
    """Bytes of all tensors of a model, each storage once.

    bitsandbytes keeps scales beside the packed weights in plain attributes; they are counted.
    """
    seen: dict[int, int] = {}
    for tensor in _all_tensors(model):
        storage = tensor.untyped_storage()
        seen[storage.data_ptr()] = storage.nbytes()
    return sum(seen.values())


def _all_tensors(model: torch.nn.Module) -> list[torch.Tensor]:
    import torch

    tensors: list[torch.Tensor] = [*model.parameters(), *model.buffers()]
    for parameter in list(tensors):
        state = getattr(parameter, "quant_state", None)
        for holder in (parameter, state, getattr(state, "state2", None)):
            extra = [
                getattr(holder, name, None) for name in ("absmax", "code", "offset", "CB", "SCB")
            ]
            tensors += [item for item in extra if isinstance(item, torch.Tensor)]
    return tensors
