"""The job "position-table": finds the embedding that tells a model where its tokens stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from torch import nn

from engine.errors import BadSpec
from engine.inspection.positions.sinusoidal import Layout, sinusoidal
from engine.inspection.positions.table_spec import PositionTable, PositionTableSpec
from engine.jobs.spec import Spec
from engine.models.anatomy import POSITION_TABLES

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.jobs.job import JobContext

AGREEMENT: Final = 1e-3  # tables may be stored in half precision
LAYOUTS: Final[tuple[Layout, ...]] = ("interleaved", "blocks")


def run(spec: Spec, ctx: JobContext) -> PositionTable:
    """Run a `PositionTableSpec`.

    Raises:
        BadSpec: The model has no table.
        ModelLoadError: The model cannot be loaded.
    """
    assert isinstance(spec, PositionTableSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        return table_of(loaded.model)


def table_of(model: PreTrainedModel) -> PositionTable:
    """The first position table of a model (an encoder-decoder's encoder's).

    Raises:
        BadSpec: It has none.
    """
    for name, module in model.named_modules():
        if isinstance(module, nn.Embedding) and any(word in f"{name}." for word in POSITION_TABLES):
            return _described(name, module)
    raise BadSpec(
        f"The model “{model.config.model_type}” adds no position table to its embeddings.",
        "Choose a model such as GPT-2, OPT, BERT or BART, or look at its rotations or biases.",
    )


def _described(name: str, module: nn.Embedding) -> PositionTable:
    rows = module.weight.detach().float().cpu().numpy().copy()
    offset = int(getattr(module, "offset", 0))
    if not offset and module.padding_idx is not None:
        offset = int(module.padding_idx) + 1  # RoBERTa counts on from its padding row
    formula = np.arange(len(rows) - offset, dtype=np.float64)
    for layout in LAYOUTS:
        expected = sinusoidal(formula, rows.shape[1], layout)
        deviation = float(np.abs(rows[offset:] - expected).max())
        if deviation < AGREEMENT:
            return PositionTable(name, "sinusoidal", rows, offset, layout, deviation)
    return PositionTable(name, "learned", rows, offset)
