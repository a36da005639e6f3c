"""The only capture of queries, keys and scores: one probe for every architecture.

Models that use transformers' attention interface run under an entry of ours; the others under a
tap of their softmax. Either way each attention module tells what it multiplied, by its qualified
name (layer numbers repeat in encoder-decoders), and the probe keeps queries, keys and row sums of
the wanted ones. Everything is put back when the block is left, however it is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from engine.decoding.interrupt import Check, no_check
from engine.inspection.biases import bias_of_heads
from engine.inspection.biasing import bias_from_keys, bias_from_scores, bias_from_tensor
from engine.inspection.capture import LayerCapture, Mask, Role, Rotation
from engine.inspection.families import family_of
from engine.inspection.interface import told, uses_interface
from engine.inspection.masking import joined, rule_of, seen_cells
from engine.inspection.roles import is_cross
from engine.inspection.rotary import Turn, rotary_modules, rotation_of, table_rotation, turn_of
from engine.inspection.rowsums import with_row_sums
from engine.inspection.tap import tapped
from engine.inspection.verify import error_of, own_weights, sampled, tolerance
from engine.models.anatomy import structure_of
from engine.models.rotary import preserved

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn
    from transformers import PreTrainedModel

    from engine.inspection.capture import Bias, Float
    from engine.inspection.families.parts import Tapped

FIRST_NUMBER: Final = re.compile(r"\.(\d+)(?:\.|$)")
CHECKED: Final = 48  # queries of a text whose rebuilt weights are compared
FEWEST_CHECKED: Final = 2  # of a piece of it


class Enough(Exception):
    """Ends a forward pass whose rest nobody needs."""


@dataclass
class Probe:
    """What to keep, and what was kept so far.

    Attributes:
        model: The model.
        layers: Wanted layers; empty = all.
        heads: Wanted query heads; empty = all.
        check: Cancellation point.
        last: The layer after which the pass may end, or None to run it to its end.
        tokens: Of the whole text, when it is run in pieces.
    """

    model: PreTrainedModel
    layers: frozenset[int] = frozenset()
    heads: tuple[int, ...] = ()
    check: Check = no_check
    last: int | None = None
    tokens: int = 0
    pieces: dict[str, list[LayerCapture]] = field(default_factory=dict)
    turns: dict[str, list[Turn]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def captures(self) -> tuple[LayerCapture, ...]:
        """One capture per module, in the order in which they ran."""
        return tuple(self._whole(pieces) for pieces in self.pieces.values())

    def heard(
        self,
        module: nn.Module,
        query: torch.Tensor,
        key: torch.Tensor,
        _value: torch.Tensor,
        mask: torch.Tensor | None,
        **call: Any,  # noqa: ANN401 - what the interface passes on
    ) -> None:
        """An attention function is about to run (interface)."""
        name = self.names[id(module)]
        if not self.wants(name):
            return
        queries, keys = int(query.shape[2]), int(key.shape[2])
        causal = call.get("is_causal")
        causal = bool(getattr(module, "is_causal", True) if causal is None else causal)
        offset = keys - queries if _role(name, self.model) == "self" else 0
        rule = rule_of(None if mask is None else seen_cells(mask), queries, keys, offset, causal)
        scaling = call.get("scaling") or getattr(module, "scaling", None) or query.shape[-1] ** -0.5
        sinks = call.get("s_aux")
        rows = self._checked(queries)
        own = own_weights(module, query, key, mask, causal, rows, call)
        self._keep(
            name,
            module,
            _Heard(
                q=query[0],
                k=key[0],
                scaling=float(scaling),
                mask=rule,
                bias=bias_from_tensor(self.model, name, call.get("position_bias"), offset),
                softcap=call.get("softcap"),
                sinks=None if sinks is None else _numpy(sinks.reshape(-1)),
                rows=rows,
                own=own,
            ),
        )

    def seen(self, tap: Tapped) -> None:
        """An attention module has computed its weights, or is about to by a kernel (tap)."""
        if not self.wants(tap.name):
            return
        parts = family_of(self.model.config.model_type)(tap)
        queries, keys = int(parts.q.shape[1]), int(parts.k.shape[1])
        offset = keys - queries
        causal = structure_of(self.model.config) not in {"encoder", "encoder-decoder"}
        if tap.kernel is not None:
            real = tap.kernel.get("attn_mask")
            cells = seen_cells(real) if isinstance(real, torch.Tensor) else None
            if cells is None:
                causal = bool(tap.kernel.get("is_causal", False)) or queries == 1
        else:
            assert tap.scores is not None
            cells = seen_cells(tap.scores)
        rows = self._checked(queries)
        bias: Bias | None = None
        if parts.key_bias is not None:
            bias = bias_from_keys(parts.key_bias, queries)
        elif parts.dense and tap.scores is not None:
            bias = bias_from_scores(tap.scores[0], parts.q, parts.k, parts.scaling)
        self._keep(
            tap.name,
            tap.module,
            _Heard(
                q=parts.q,
                k=parts.k,
                scaling=parts.scaling,
                mask=rule_of(cells, queries, keys, offset, causal),
                bias=bias,
                rows=rows,
                own=_own_of_tap(tap, parts.q, parts.k, parts.scaling, rows),
                rotated=parts.rotated,
                note=parts.note,
            ),
        )

    def wants(self, name: str) -> bool:
        """Whether this module's layer is wanted."""
        number = layer_of(name)
        return number is not None and (not self.layers or number in self.layers)

    def _checked(self, queries: int) -> NDArray[np.int64]:
        """Queries of this piece that are compared with the model's own weights."""
        share = queries / max(queries, self.tokens)
        return sampled(queries, max(FEWEST_CHECKED, round(CHECKED * share)))

    def _keep(self, name: str, module: nn.Module, heard: _Heard) -> None:
        self.check()
        rotation = None
        if heard.rotated:
            rotation = self._rotation(name, module, int(heard.q.shape[-1]))
        piece = LayerCapture(
            module=name,
            layer=layer_of(name) or 0,
            role=_role(name, self.model),
            q=_numpy(heard.q),
            k=_numpy(heard.k),
            lse=np.zeros(0),
            scaling=heard.scaling,
            mask=heard.mask,
            rotation=rotation,
            bias=heard.bias,
            softcap=heard.softcap,
            sinks=heard.sinks,
            note=heard.note,
        )
        own = heard.own
        if self.heads:
            piece = with_heads(piece, self.heads)
            own = None if own is None else own[list(self.heads)]
        piece = with_row_sums(piece, heard.q.device, self.check)
        if own is not None:
            error = error_of(piece, heard.rows, own)
            piece = replace(piece, error=error, tolerance=tolerance(piece))
        self.pieces.setdefault(name, []).append(piece)
        if self.last is not None and piece.layer >= self.last:
            raise Enough

    def _rotation(self, name: str, module: nn.Module, head_dim: int) -> Rotation | None:
        if _role(name, self.model) == "cross":
            return None
        kind = getattr(module, "layer_type", None) or layer_type(self.model, layer_of(name) or 0)
        turns = self.turns.get(str(kind)) or self.turns.get("")
        if turns:
            found = rotation_of(module, head_dim, turns[-1])
            if found is None:
                return None
            positions = np.concatenate([turn.positions for turn in turns])
            return replace(found, positions=positions)
        return table_rotation(module, head_dim, 1 << 17)

    @staticmethod
    def _whole(pieces: list[LayerCapture]) -> LayerCapture:
        last = pieces[-1]
        rotation = last.rotation
        if rotation is not None:
            rotation = replace(rotation, positions=rotation.positions[: last.shape[1]])
        if len(pieces) == 1:
            return replace(last, rotation=rotation)
        errors = [piece.error for piece in pieces if piece.error is not None]
        return replace(
            last,
            q=np.concatenate([piece.q for piece in pieces], axis=1),
            lse=np.concatenate([piece.lse for piece in pieces], axis=1),
            mask=joined([(piece.mask, piece.shape[0]) for piece in pieces]),
            rotation=rotation,
            error=max(errors) if errors else None,
            tolerance=max(piece.tolerance for piece in pieces),
        )


@dataclass
class _Heard:
    """One module's parts, still tensors."""

    q: torch.Tensor
    k: torch.Tensor
    scaling: float
    mask: Mask
    bias: Bias | None
    rows: NDArray[np.int64]
    own: Float | None
    softcap: float | None = None
    sinks: Float | None = None
    rotated: bool = True
    note: str = ""


@contextmanager
def probing(probe: Probe) -> Iterator[Probe]:
    """Let the probe listen to every forward pass of its model inside the block.

    Bit-exactly undone at its end: attention implementation, hooks, and rotary modules that adapt
    to the length.
    """
    model = probe.model
    probe.names = {id(module): name for name, module in model.named_modules()}
    with ExitStack() as stack:
        stack.enter_context(preserved(model))
        stack.enter_context(_rotary_listeners(probe))
        if uses_interface(model):
            stack.enter_context(told(model, probe.heard))
        else:
            stack.enter_context(tapped(model, probe.seen))
        yield probe


def layer_of(name: str) -> int | None:
    """The layer that a module's name tells, from 0."""
    found = FIRST_NUMBER.search(name)
    return int(found.group(1)) if found else None


def layer_type(model: PreTrainedModel, layer: int) -> str:
    """Which of its kinds a layer is (``"sliding_attention"``); empty where all are alike."""
    kinds = getattr(model.config.get_text_config(decoder=True), "layer_types", None)
    return str(kinds[layer]) if isinstance(kinds, list) and layer < len(kinds) else ""


def with_heads(layer: LayerCapture, heads: tuple[int, ...]) -> LayerCapture:
    """The capture with some heads alone, keys once per head."""
    chosen = list(heads)
    return replace(
        layer,
        q=np.ascontiguousarray(layer.q[chosen]),
        k=np.ascontiguousarray(layer.k[[layer.key_head(head) for head in chosen]]),
        lse=layer.lse[chosen] if layer.lse.size else layer.lse,
        bias=bias_of_heads(layer.bias, chosen),
        sinks=None if layer.sinks is None else layer.sinks[chosen],
        head_ids=heads,
    )


@contextmanager
def _rotary_listeners(probe: Probe) -> Iterator[None]:
    modules = rotary_modules(probe.model)
    handles = []

    def listen(
        module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object], output: object
    ) -> None:
        found = turn_of(module, args, kwargs, output)
        if found is not None:
            probe.turns.setdefault(found[0], []).append(found[1])

    try:
        for module in modules.values():
            handles.append(module.register_forward_hook(listen, with_kwargs=True))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _own_of_tap(
    tap: Tapped,
    q: torch.Tensor,
    k: torch.Tensor,
    scaling: float,
    rows: NDArray[np.int64],
) -> Float:
    """The module's weights of some queries: what its softmax gave, or what the kernel's give."""
    at = torch.from_numpy(rows).to(q.device)
    if tap.weights is not None and tap.kernel is None:
        return _numpy(tap.weights[0][:, at])
    assert tap.kernel is not None
    keys = k.float().repeat_interleave(q.shape[0] // k.shape[0], dim=0)
    scores = (q[:, at].float() @ keys.transpose(-1, -2)) * scaling
    mask = tap.kernel.get("attn_mask")
    if isinstance(mask, torch.Tensor):
        part = mask[0][:, at] if mask.shape[-2] > 1 else mask[0]
        if mask.dtype == torch.bool:
            scores = scores.masked_fill(~part, float("-inf"))
        else:
            scores = scores + part.float()
    elif tap.kernel.get("is_causal"):
        places = torch.arange(k.shape[1], device=q.device)
        scores = scores.masked_fill(places[None, None] > at[None, :, None], float("-inf"))
    return _numpy(torch.softmax(scores, dim=-1))


def _role(name: str, model: nn.Module) -> Role:
    if is_cross(name):
        return "cross"
    whole = getattr(getattr(model, "config", None), "is_encoder_decoder", False)
    return "encoder" if whole and "encoder" in name.lower().split(".") else "self"


def _numpy(tensor: torch.Tensor) -> Float:
    """float32 on the CPU, its own memory."""
    found: Float = tensor.detach().to("cpu", torch.float32).contiguous().numpy().copy()
    return found
