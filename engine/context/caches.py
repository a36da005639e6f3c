"""The kinds of key-value cache a long text may be read into, where the libraries offer them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from engine.context.cache_names import CACHES
from engine.errors import BadSpec

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers.cache_utils import Cache

    from engine.context.methods import Applied


def make_cache(kind: str, model: PreTrainedModel, state: Applied) -> Cache:
    """An empty cache.

    Args:
        kind: One of `CACHES`.
        model: Whose layers it is for.
        state: The method in force.

    Raises:
        BadSpec: It cannot work here.
    """
    from transformers.cache_utils import DynamicCache, QuantizedCache

    if kind == "full":
        return DynamicCache()
    if kind == "evicting":
        return _evicting(model, state)
    if kind == "offloaded":
        if model.device.type != "cuda":
            raise BadSpec(
                "A cache is moved to main memory only from a CUDA device.",
                "Choose the full cache or fp8.",
            )
        return DynamicCache(offloading=True)
    if kind == "fp8":
        return QuantizedCache(backend="fp8", config=model.config.get_text_config(decoder=True))
    if kind in CACHES:
        package = {"quanto": "optimum.quanto", "hqq": "hqq"}[kind]
        if not _installed(package):
            raise BadSpec(
                f"The cache “{kind}” needs a package that is not installed.",
                "Choose fp8, which needs none.",
            )
        return QuantizedCache(backend=kind, config=model.config.get_text_config(decoder=True))
    raise ValueError(f"a spec lets no cache “{kind}” through")


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # its parent package is not there
        return False


def _evicting(model: PreTrainedModel, state: Applied) -> Cache:
    from engine.context.attention.evicting_cache import EvictingCache

    layers = model.config.get_text_config(decoder=True).num_hidden_layers
    if state.keeps is not None:
        assert state.running is not None
        return EvictingCache(layers, *state.keeps, state.running)
    raise BadSpec(
        f"The method “{state.method.name}” looks at every token: none may be forgotten.",
        "Choose the method sinks or sliding for this cache.",
    )
