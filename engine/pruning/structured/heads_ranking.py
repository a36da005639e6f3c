"""A saved sweep of heads as the worth of key-value groups."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from engine.errors import BadSpec
from engine.inspection.ranking import load_ranking
from engine.pruning.structured.layout import Layer


def groups_of_ranking(path: Path, model: str, layers: list[Layer]) -> tuple[Tensor, ...]:
    """What the sweep's text loses without each group: the sum over its query heads, in nats.

    The figures of all layers are on one scale; they need no standardisation.

    Args:
        path: File that a sweep saved.
        model: Name or folder of the model that is pruned.
        layers: Its layers.

    Returns:
        Per layer, float32 ``[groups]``.

    Raises:
        DataError: The file is no ranking.
        BadSpec: It is of another model, or lacks heads.
    """
    ranking = load_ranking(path)
    values = ranking.groups()
    shape = {(len(layers), layer.attention.groups) for layer in layers if layer.attention}
    if Path(ranking.model).name != Path(model).name or {values.shape} != shape:
        raise BadSpec(
            f"The ranking “{path.name}” is of the model “{ranking.model}”.",
            "Choose a ranking of the model that is pruned.",
        )
    _, known = ranking.matrix()
    if not known.all():
        raise BadSpec(
            f"The ranking “{path.name}” covers {int(known.sum())} of {known.size} heads.",
            "Sweep all heads of the model, to the end.",
        )
    return tuple(torch.from_numpy(row.copy()) for row in values)
