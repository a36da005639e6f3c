"""Which attention implementation to ask for, and why."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from engine.errors import UnsupportedModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.models.reference import AttentionChoice


def choose_attention(
    model_class: type[PreTrainedModel], wanted: AttentionChoice, device: str
) -> tuple[str, str]:
    """(implementation, reason).

    ``"sdpa"`` is the default because it is exact, needs no extra package and never stores the
    T × T matrix; a class that does not declare it gets ``"eager"``, written out by the class.

    Args:
        model_class: The class that will be loaded; its declared support decides.
        wanted: What the person chose; ``"auto"`` leaves it to us.
        device: Flash attention exists on CUDA only.

    Raises:
        UnsupportedModel: The chosen implementation is not possible for this model here.
    """
    sdpa = bool(getattr(model_class, "_supports_sdpa", False))
    if wanted == "auto":
        if sdpa:
            return "sdpa", "exact, and never stores the whole score matrix"
        return "eager", f"{model_class.__name__} does not support sdpa"
    problem = _problem(model_class, wanted, device, sdpa)
    if problem:
        raise UnsupportedModel(
            f"Attention “{wanted}” is not possible: {problem}.",
            "Choose “auto”, “sdpa” or “eager”.",
        )
    return wanted, "chosen"


def _problem(model_class: type, wanted: str, device: str, sdpa: bool) -> str:
    name = model_class.__name__
    if wanted == "sdpa" and not sdpa:
        return f"{name} does not support it"
    if wanted == "flex_attention" and not getattr(model_class, "_supports_flex_attn", False):
        return f"{name} does not support it"
    if wanted == "flash_attention_2":
        if not device.startswith("cuda"):
            return "it needs a CUDA device"
        if find_spec("flash_attn") is None:
            return "the package flash-attn is not installed"
        if not getattr(model_class, "_supports_flash_attn", False):
            return f"{name} does not support it"
    return ""
