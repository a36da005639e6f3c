"""Where a number comes from: model, edits, arithmetic, seeds, package versions."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from engine.evaluation.spec import Provenance

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel

SEED_POLICY: Final = "one noise tape per (seed, item, sample), shared by all variants and models"
GREEDY_POLICY: Final = "greedy: no noise"
HASHED_UP_TO_BYTES: Final = 1 << 30
_PACKAGES: Final = (
    "lathe-workbench",
    "torch",
    "transformers",
    "tokenizers",
    "safetensors",
    "bitsandbytes",
    "numpy",
)


@lru_cache(maxsize=1)
def package_versions() -> dict[str, str]:
    """Installed versions of what a result depends on; imports none of them."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def provenance_of(
    loaded: LoadedModel,
    *,
    batch_size: int,
    seed: int,
    temperature: float,
    check: Callable[[], None],
) -> Provenance:
    """The provenance of one answer of a loaded model.

    Weights above one GiB are named by their revision only: hashing them would keep the first
    answer waiting for minutes. `check` is the cancellation point while smaller ones are hashed.
    """
    info = loaded.info
    return Provenance(
        model=info.ref.id,
        revision=info.ref.revision or "",
        edits=tuple(loaded.edits),
        device=info.device,
        dtype=info.dtype,
        quantization=info.quantization,
        attention=info.attention,
        batch_size=batch_size,
        seed=seed,
        seed_policy=policy_of(temperature),
        packages=dict(package_versions()),
        weights_sha=_weights_sha(loaded, check),
    )


def policy_of(temperature: float) -> str:
    """What the seed stands for at that temperature."""
    return SEED_POLICY if temperature > 0 else GREEDY_POLICY


def _weights_sha(loaded: LoadedModel, check: Callable[[], None]) -> str:
    if loaded.info.weights_sha or loaded.info.measured_bytes > HASHED_UP_TO_BYTES:
        return loaded.info.weights_sha
    return loaded.weights_sha(check)
