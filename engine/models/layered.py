"""Models whose layers differ in width: `config.per_layer_config` read by the layers themselves.

transformers stores and checks such configurations (`PreTrainedConfig.per_layer_config`), but its
decoder layers read the common values. A subclass that takes its own layer's configuration is put
in place with `register_patch_mapping`, and taken away again.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import TYPE_CHECKING, Any, cast

from torch import nn
from transformers.monkey_patching import (
    apply_patches,
    register_patch_mapping,
    unregister_patch_mapping,
)

from engine.errors import UnsupportedModel

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel


@contextmanager
def layers_of_their_own(
    config: PreTrainedConfig, model_class: type[PreTrainedModel]
) -> Iterator[None]:
    """While the block lasts, layers of this class are built by their own layer's configuration.

    Does nothing for a configuration whose layers are alike.

    Raises:
        UnsupportedModel: The class of the layers cannot be found.
    """
    if not config.is_heterogeneous:
        yield
        return
    layer = _layer_class(model_class)
    name = layer.__name__
    register_patch_mapping({f"^{name}$": _own(layer)})
    patches = apply_patches()
    recorders = _recorders(model_class)
    try:
        patches.__enter__()
        try:
            yield
        finally:
            # Told of no error, or it would leave the classes replaced.
            patches.__exit__(None, None, None)
    finally:
        unregister_patch_mapping([f"^{name}$"])
        # transformers aims the recorders of the whole class at the replacement and leaves them
        # there; aimed at the common class they find both, for the replacement is a subclass.
        for kind, found in recorders.items():
            cast(Any, kind)._can_record_outputs = found


def _recorders(model_class: type[PreTrainedModel]) -> dict[type, dict[str, Any]]:
    """What each class of the model's module records of a forward pass, copied."""
    module = sys.modules[model_class.__module__]
    return {
        kind: {output: copy.deepcopy(recorder) for output, recorder in recorded.items()}
        for kind in vars(module).values()
        if isinstance(kind, type)
        and isinstance(recorded := vars(kind).get("_can_record_outputs"), dict)
    }


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
            super().__init__(config.per_layer_config[layer_idx], layer_idx)

    OwnLayer.__name__ = layer.__name__
    OwnLayer.__qualname__ = layer.__qualname__
    return OwnLayer
