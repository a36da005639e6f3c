"""Models whose layers differ in width: `config.per_layer_config` read by the layers themselves.

transformers stores and checks such configurations (`PreTrainedConfig.per_layer_config`), but its
decoder layers read the common values. A subclass that takes its own layer's configuration stands
in the model's module while such a model is built, and is taken away again. (transformers' own
`register_patch_mapping` would do it too, but looks through every module that is loaded, which takes
seconds, and aims the recorders of the whole class at the replacement.)
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import TYPE_CHECKING, Any

from torch import nn

from engine.errors import UnsupportedModel

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel


@contextmanager
def layers_of_their_own(
    config: PreTrainedConfig, model_class: type[PreTrainedModel]
) -> Iterator[None]:
    """While the block lasts, layers of this class are built by their own layer's configuration.

    Does nothing for a configuration whose layers are alike. Whoever builds a model in it holds
    `engine.models.libraries.building`.

    Raises:
        UnsupportedModel: The class of the layers cannot be found.
    """
    if not config.is_heterogeneous:
        yield
        return
    layer = _layer_class(model_class)
    module = sys.modules[model_class.__module__]
    setattr(module, layer.__name__, _own(layer))
    try:
        yield
    finally:
        setattr(module, layer.__name__, layer)


def _layer_class(model_class: type[PreTrainedModel]) -> type[nn.Module]:
    """The decoder layer of a model class: the one that its own module defines."""
    module = sys.modules[model_class.__module__]
    # The layer that must not be split over devices goes by many names: GPTNeoXLayer, GPT2Block.
    whole = getattr(model_class, "_no_split_modules", None) or ()
    for name in (*dir(module), *whole):
        found = getattr(module, name, None)
        known = name.endswith("DecoderLayer") or name in whole
        if known and isinstance(found, type) and "layer_idx" in signature(found).parameters:
            return found
    raise UnsupportedModel(
        f"{model_class.__name__} has no decoder layer of its own.",
        "Use the same width in every layer.",
    )


def _own(layer: type[nn.Module]) -> type[nn.Module]:
    """The same layer, built by its own configuration."""

    class OwnLayer(layer):  # type: ignore[misc, valid-type]
        def __init__(self, config: Any, layer_idx: int) -> None:  # noqa: ANN401
            own = config.per_layer_config[layer_idx] if config.is_heterogeneous else config
            super().__init__(own, layer_idx)

    OwnLayer.__name__ = layer.__name__
    OwnLayer.__qualname__ = layer.__qualname__
    return OwnLayer
