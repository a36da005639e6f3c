"""What a pruning job will change, said before it runs: cells of the sensitivity map made true.

The predicted error of a layer says how layers and ratios compare, not what the loss will be. A few
layers pruned alone, each with a forward pass over some windows, give the rise of the loss per
predicted error; the sum over all layers is the forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from engine.pruning.card_spec import SensitivityCell
from engine.pruning.curves import GRID
from engine.pruning.cuts import Ratios, cutting
from engine.pruning.file_size import bitmask_bytes
from engine.pruning.judge import Judged
from engine.pruning.loss import losses
from engine.pruning.passages import Passages
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CELLS: Final = 4
"""Layers that are pruned alone."""
WINDOWS: Final = 16
"""Windows on which their loss is measured."""


def predicted(judged: Judged, ratios: Ratios) -> Ratios:
    """Predicted relative error of each matrix at its ratio, ``[matrices]``."""
    pairs = zip(ratios, judged.curves, strict=True)
    return np.array([np.interp(ratio, GRID, curve) for ratio, curve in pairs])


@torch.no_grad()
def validated(
    model: PreTrainedModel,
    found: Sequence[Target],
    judged: Judged,
    ratios: Ratios,
    text: Passages,
    check: Callable[[], None],
) -> tuple[SensitivityCell, ...]:
    """The true rise of the loss for some layers, spread over the depth, each pruned alone.

    Args:
        model: Comes back as it was.
        found: Its matrices.
        judged: How they rank.
        ratios: The ratio that each is to get, ``[matrices]``.
        text: Evaluation windows; the first `WINDOWS` are used.
        check: Called before each forward.
    """
    part = first(text, WINDOWS)
    dense = losses(model, part, check)
    layers = np.array(judged.layers)
    names = np.unique(layers)
    places = np.unique(np.linspace(0, len(names) - 1, min(CELLS, len(names))).round().astype(int))
    errors = predicted(judged, ratios)
    cells = []
    with cutting(found) as cuts:
        for layer in names[places]:
            own = layers == layer
            cuts.cut(judged.rankings, np.where(own, ratios, 0.0))
            rise, error = losses(model, part, check).above(dense)
            share = float(np.average(ratios[own], weights=judged.sizes[own]))
            cells.append(SensitivityCell(int(layer), share, float(errors[own].sum()), rise, error))
    return tuple(cells)


def expected_rise(cells: Sequence[SensitivityCell], judged: Judged, ratios: Ratios) -> float:
    """Rise of the loss, nats per token: the cells' rise per predicted error, over all layers."""
    known = sum(cell.predicted for cell in cells)
    if known == 0:
        return 0.0
    rise = max(0.0, sum(cell.rise for cell in cells))
    return rise / known * float(predicted(judged, ratios).sum())


def first(text: Passages, windows: int) -> Passages:
    """The first windows of a text."""
    part = slice(0, windows)
    return replace(text, ids=text.ids[part], real=text.real[part], scored=text.scored[part])


def file_bytes(found: Sequence[Target], ratios: Ratios, dense: int, bitmask: bool) -> int:
    """Bytes of the written weights: as many as before, unless zeros are stored as bits."""
    if not bitmask:
        return dense
    weights = [target.weight.numel() for target in found]
    return bitmask_bytes(dense, weights, ratios, [one.weight.element_size() for one in found])
