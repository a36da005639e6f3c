"""A model of a changed configuration, filled with given tensors."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

from torch import Tensor
from transformers.initialization import no_init_weights

from engine.errors import UnsupportedModel
from engine.models.bars import quiet_libraries
from engine.models.layered import layers_of_their_own
from engine.models.libraries import building

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel


def copied_config(model: PreTrainedModel) -> PreTrainedConfig:
    """The configuration of a model, to be changed."""
    return copy.deepcopy(model.config)


def set_widths(config: PreTrainedConfig, rows: list[dict[str, int]]) -> None:
    """Write the widths of the layers: once for all of them, or layer by layer.

    Args:
        config: Changed in place.
        rows: Settings of each layer.
    """
    config.__dict__.pop("_heterogeneity_spec", None)
    together = {name: value for row in rows for name, value in row.items()}
    if all(together[name] == value for row in rows for name, value in row.items()):
        for name, value in together.items():
            setattr(config, name, value)
        return
    config.allow_global_per_layer_attribute_access = True
    config.per_layer_config = dict(enumerate(rows))


def built(
    model: PreTrainedModel, config: PreTrainedConfig, state: dict[str, Tensor]
) -> PreTrainedModel:
    """A model of the same class on the same device, in eval mode, filled with a state.

    Raises:
        UnsupportedModel: Its tensors have other shapes than the state's.
    """
    build = cast(Any, type(model))._from_config
    with (
        building,
        quiet_libraries(),
        layers_of_their_own(config, type(model)),
        no_init_weights(),
    ):
        small = build(config, dtype=model.dtype)
    try:
        small.load_state_dict(state)
    except RuntimeError as error:
        raise UnsupportedModel(
            f"A smaller model of the kind “{config.model_type}” cannot be built from its parts.",
            "Cut other parts, or prune single weights.",
            detail=str(error),
        ) from error
    small.tie_weights()
    small.generation_config = copy.deepcopy(model.generation_config)
    made: PreTrainedModel = small.to(model.device).eval()
    return made
