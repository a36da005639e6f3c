"""A model's configuration worked out once: class, shapes, census, anatomy. No weights are read.

Building the skeleton takes up to a second for a large model, and the forecast is asked for at
each change of an option; so a blueprint is kept until the model's files change.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.models.anatomy import anatomy_of
from engine.models.architecture import Shape, shape_of
from engine.models.catalog import Found
from engine.models.forecast import Census, census
from engine.models.libraries import ready
from engine.models.skeleton import auto_class_name, read_model_config, skeleton
from engine.models.spec import Anatomy

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel


@dataclass(frozen=True)
class Blueprint:
    """What a configuration amounts to.

    Attributes:
        config: As transformers understands it. Copy before changing.
        auto_class: Name of the Auto class that loads it.
        model_class: The class itself; its declared support decides about attention.
        shape: Sizes.
        census: How many values, by what quantisation does to them.
        anatomy: For people.
        quantized: The stored weights are packed already (GPTQ, AWQ, bitsandbytes …).
    """

    config: PreTrainedConfig
    auto_class: str
    model_class: type[PreTrainedModel]
    shape: Shape
    census: Census
    anatomy: Anatomy
    quantized: bool

    @property
    def encoder_only(self) -> bool:
        return self.auto_class == "AutoModelForMaskedLM"


_lock = threading.Lock()


def blueprint_of(found: Found, trust_remote_code: bool = False) -> Blueprint:
    """The blueprint of a model that was found.

    Raises:
        ModelLoadError, UnsupportedModel: The configuration cannot be used.
    """
    ready()
    config_file = found.path if found.path.is_file() else found.path / "config.json"
    stamp = config_file.stat().st_mtime_ns if config_file.exists() else 0
    with _lock:
        return _blueprint(_Key(found, stamp, trust_remote_code))


class _Key:
    """A cache key that carries the `Found` along without hashing its config."""

    def __init__(self, found: Found, stamp: int, trusted: bool) -> None:
        self.found, self.trusted = found, trusted
        self.value = (str(found.path), stamp, found.weights.files, trusted)

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.value == other.value


@lru_cache(maxsize=8)
def _blueprint(key: _Key) -> Blueprint:
    config = read_model_config(key.found, key.trusted)
    body = skeleton(config, key.trusted)
    return Blueprint(
        config=config,
        auto_class=auto_class_name(config),
        model_class=type(body),
        shape=shape_of(config),
        census=census(body),
        anatomy=anatomy_of(config, body),
        quantized=getattr(config, "quantization_config", None) is not None,
    )
