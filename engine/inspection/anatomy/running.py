"""Building a row's small model and running it; the same call for every structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from engine.models.libraries import building

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.inspection.anatomy.rows.base import Row

STRENGTH = 0.25
SPREAD = 0.1


def built(build: Callable[[], nn.Module], seed: int) -> nn.Module:
    """A row's model in float64 and eval mode with weights drawn by a generator of its own.

    Large weights, gains away from 1 and biases away from 0, so that no claim holds by accident.
    The process's random state stays as it was.
    """
    with building, torch.random.fork_rng(devices=[]):
        model = build()
    model = model.double().eval()
    dice = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            drawn = torch.randn(weight.shape, generator=dice, dtype=weight.dtype)
            if weight.dim() >= 2:
                weight.copy_(drawn * STRENGTH)
            else:
                weight.mul_(1.0 + SPREAD * drawn).add_(SPREAD * drawn * (weight == 0))
    return model.requires_grad_(False)


class Runner:
    """Runs one row's model.

    Args:
        row: Its values.
        model: Of `built`.
        prefix: Tokens of the prompt, for a prefix decoder.
    """

    def __init__(self, row: Row, model: nn.Module, prefix: int) -> None:
        self.row = row
        self.model = model
        self.prefix = prefix

    def encoder(self, ids: Tensor, other: Tensor) -> Tensor:
        """States of the encoder, ``[batch, tokens, width]``."""
        found: Tensor = self._call(ids, other).encoder_last_hidden_state
        return found

    def decoder(self, ids: Tensor, other: Tensor) -> Tensor:
        """Logits, ``[batch, tokens, vocabulary]``; `ids` are the decoder's in an encoder-decoder,
        `other` then what the encoder reads."""
        if self.row.structure == "encoder-decoder":
            found: Tensor = self._call(other.expand(ids.shape[0], -1), ids).logits
            return found
        found = self._call(ids, other).logits
        return found

    def cross(self, ids: Tensor, other: Tensor) -> Tensor:
        """Logits of the decoder's tokens `other` as the encoder reads `ids`."""
        found: Tensor = self._call(ids, other).logits
        return found

    def shifted(self, ids: Tensor, other: Tensor, places: int) -> Tensor:
        """Output for the same tokens `places` later, behind padding that nothing may see."""
        if self.row.position_kind == "alibi":
            return self._with_later_bias(ids, other, places)
        pads = torch.zeros(ids.shape[0], places, dtype=ids.dtype)
        mask = torch.cat([pads, torch.ones_like(ids)], 1)
        outputs = self._call(torch.cat([pads, ids], 1), other, mask, places)
        both = self.row.structure == "encoder-decoder"
        found: Tensor = outputs.encoder_last_hidden_state if both else outputs.logits
        return found[:, places:]

    def plain(self, ids: Tensor, other: Tensor) -> Tensor:
        """The same output without the shift."""
        both = self.row.structure == "encoder-decoder"
        return self.encoder(ids, other) if both else self.decoder(ids, other)

    def _with_later_bias(self, ids: Tensor, other: Tensor, places: int) -> Tensor:
        """Bloom with the bias of a text that began `places` earlier.

        Padding would do the same, but rows that see nothing become NaN in its softmax.
        """
        body: Any = self.model.transformer
        bias_of = body.build_alibi_tensor

        def later(mask: Tensor, heads: int, dtype: torch.dtype) -> Tensor:
            longer = torch.ones(mask.shape[0], mask.shape[1] + places, dtype=mask.dtype)
            bias: Tensor = bias_of(longer, heads, dtype)
            return bias[..., places:]

        body.build_alibi_tensor = later
        try:
            return self.decoder(ids, other)
        finally:
            del body.build_alibi_tensor  # the method of the class shows again

    def _call(self, ids: Tensor, other: Tensor, mask: Tensor | None = None, places: int = 0) -> Any:  # noqa: ANN401 - each family has an output class of its own
        words: dict[str, Any] = {"input_ids": ids}
        words["attention_mask"] = torch.ones_like(ids) if mask is None else mask
        if self.row.structure == "encoder-decoder":
            words["decoder_input_ids"] = other.expand(ids.shape[0], -1)
        if self.row.structure == "prefix decoder":
            words["prefix"] = self.prefix + places
        if self.row.id not in ("native", "chatglm"):
            words["use_cache"] = False
        with torch.no_grad():
            return self.model(**words)
