"""A row's textbook claims put to its running model, against formulas written out in numpy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from engine.inspection.anatomy.activations.registry import ACTIVATIONS, activation, gated_unit
from engine.inspection.anatomy.norms.deep_norm import chatglm_alpha
from engine.inspection.anatomy.norms.rms_norm import rms_norm
from engine.inspection.anatomy.rows.base import LAYERS
from engine.inspection.anatomy.table_spec import Claim

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.inspection.anatomy.rows.base import Wiring
    from engine.inspection.anatomy.running import Runner

EXACT: Final = 1e-9
ROUNDED: Final = 1e-4  # libraries turn and norm in float32 even where the rest is float64
SHIFT: Final = 3
Array = NDArray[np.float64]
Seen = dict[str, tuple["Tensor", "Tensor"]]


@contextmanager
def watched(model: nn.Module, names: set[str]) -> Iterator[Seen]:
    """What went into and came out of these modules in the last forward pass."""
    seen: Seen = {}

    def keep(name: str) -> Any:  # noqa: ANN401 - torch's hook type
        def hook(_module: nn.Module, args: Any, words: Any, out: Any) -> None:  # noqa: ANN401
            given = args[0] if args else words["hidden_states"]
            seen[name] = (given, out[0] if isinstance(out, tuple) else out)

        return hook

    handles = [
        model.get_submodule(name).register_forward_hook(keep(name), with_kwargs=True)
        for name in names
    ]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def shift_claim(runner: Runner, ids: Tensor, other: Tensor) -> Claim:
    """Move the whole text some places on: nothing changes iff positions are relative."""
    gap = runner.shifted(ids, other, SHIFT) - runner.plain(ids, other)
    size = float(runner.plain(ids, other).abs().max())
    error = float(gap.abs().max()) / size
    if runner.row.position_kind in ("sinusoidal", "learned"):
        return Claim("absolute", error >= 10 * ROUNDED, error, 10 * ROUNDED)
    return Claim("relative", error <= ROUNDED, error, ROUNDED)


def part_claims(
    runner: Runner, wiring: Wiring, ids: Tensor, other: Tensor, activation_id: str
) -> tuple[Claim, ...]:
    """Activation, norm and placement of the first layer, from what its modules really got."""
    names = {getattr(wiring, name) for name in vars(wiring)} - {""}
    with watched(runner.model, names) as seen:
        runner.plain(ids, other)
    return (
        _activation_claim(seen, wiring, activation_id),
        _norm_claim(runner, seen, wiring),
        _placement_claim(runner, seen, wiring),
    )


def _activation_claim(seen: Seen, wiring: Wiring, activation_id: str) -> Claim:
    """What reaches the projection back is the formula of what left the projection in."""
    gate = _array(seen[wiring.gate][1])
    bent = _array(seen[wiring.down][0])
    if activation_id in ACTIVATIONS:
        wanted = activation(activation_id).value(gate)
    else:
        if wiring.up == wiring.gate:
            gate, up = np.split(gate, 2, axis=-1)
        else:
            up = _array(seen[wiring.up][1])
        wanted = gated_unit(activation_id).value(gate, up)
    return _within("activation", bent, wanted)


def _norm_claim(runner: Runner, seen: Seen, wiring: Wiring) -> Claim:
    """The first norm computes the formula that the row names."""
    module: Any = runner.model.get_submodule(wiring.first_norm)
    given, out = (_array(part) for part in seen[wiring.first_norm])
    gain = _array(module.weight)
    eps = float(getattr(module, "eps", getattr(module, "variance_epsilon", 0.0)))
    if runner.row.norm_kind == "RMSNorm":
        return _within("norm", out, rms_norm(given, gain, eps))
    centred = given - given.mean(-1, keepdims=True)
    wanted = rms_norm(centred, gain, eps) + _array(module.bias)
    return _within("norm", out, wanted)


def _placement_claim(runner: Runner, seen: Seen, wiring: Wiring) -> Claim:
    """Pre: the norm gets the layer's input. Post: the layer's output is the norm's.

    DeepNorm: the second norm gets α times the first one's result plus what attention adds.
    """
    if runner.row.placement == "pre":
        pair = seen[wiring.layer][0], seen[wiring.first_norm][0]
    elif runner.row.placement == "post":
        pair = seen[wiring.layer][1], seen[wiring.last_norm][1]
    else:
        weighed = chatglm_alpha(LAYERS) * seen[wiring.first_norm][1]
        pair = seen[wiring.between][0], weighed + seen[wiring.attention][1]
    return _within("placement", _array(pair[0]), _array(pair[1]))


def alibi_claim(runner: Runner, ids: Tensor) -> Claim:
    """With silent queries the weights are softmax(-slope · distance), slope 2^(-8h/n)."""
    model: Any = runner.model
    heads = int(model.config.n_head)
    fused = model.transformer.h[0].self_attention.query_key_value
    kept = {name: weight.clone() for name, weight in fused.state_dict().items()}
    size = fused.out_features // heads // 3
    try:
        for tensor in (fused.weight, fused.bias):
            tensor.view(heads, 3, size, -1)[:, 0] = 0.0  # the queries of every head
        with torch.no_grad():
            weights = model(ids, output_attentions=True, use_cache=False).attentions[0][0]
    finally:
        fused.load_state_dict(kept)
    count = ids.shape[1]
    distance = np.arange(count)[:, None] - np.arange(count)[None, :]
    slopes = 2.0 ** (-8.0 * np.arange(1, heads + 1) / heads)
    bias = np.where(distance >= 0, -slopes[:, None, None] * distance, -np.inf)
    wanted = np.exp(bias)
    wanted /= wanted.sum(-1, keepdims=True)
    return _within("alibi", _array(weights), wanted, ROUNDED)


def table_claim(runner: Runner) -> Claim:
    """The native table of positions is sin and cos of p / 10000^(2i/width), taking turns."""
    table = _array(runner.model.get_buffer("positions"))
    places, width = table.shape
    wanted = np.empty_like(table)
    for place in range(places):
        for pair in range(width // 2):
            angle = place / 10000.0 ** (2 * pair / width)
            wanted[place, 2 * pair], wanted[place, 2 * pair + 1] = np.sin(angle), np.cos(angle)
    return _within("table", table, wanted, ROUNDED)


def _within(name: Any, found: Array, wanted: Array, limit: float = ROUNDED) -> Claim:  # noqa: ANN401
    error = float(np.abs(found - wanted).max())
    return Claim(name, error <= limit, error, limit)


def _array(tensor: Tensor) -> Array:
    return tensor.detach().double().numpy()
