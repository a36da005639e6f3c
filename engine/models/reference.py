"""Which model, and how to load it: values that travel in specs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

DTypeChoice = Literal["auto", "float32", "bfloat16", "float16"]
Quantization = Literal["none", "nf4", "fp4", "int8"]
AttentionChoice = Literal["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"]

PLANNED_CONTEXT: Final = 8192


@dataclass(frozen=True)
class LoadOptions:
    """How to load a model.

    Attributes:
        device: ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:0"``, …
        dtype: ``"auto"`` lets a probe choose, with a reason.
        quantization: bitsandbytes 4-bit (nf4, fp4) or 8-bit, on CPU and CUDA.
        attention: Attention implementation; ``"auto"`` chooses and says why.
        context_length: Positions planned for (memory forecast, KV cache); None = the model's own,
            at most `PLANNED_CONTEXT` (many models name a context that no laptop can hold).
        allow_pickle: Accept pickle weights for this one load.
        trust_remote_code: Run code that comes with this one model.
        gguf_file: File name inside the folder when the weights are GGUF.
        state: Name of a copy of its own in memory, ``"pruned"`` for example: what is done to its
            weights leaves the plain copy alone. Empty = the plain one.
    """

    device: str = "auto"
    dtype: DTypeChoice = "auto"
    quantization: Quantization = "none"
    attention: AttentionChoice = "auto"
    context_length: int | None = None
    allow_pickle: bool = False
    trust_remote_code: bool = False
    gguf_file: str | None = None
    state: str = ""


@dataclass(frozen=True)
class ModelRef:
    """A model by name.

    Attributes:
        id: A teaching model (``"teach-rope"``), a folder, a ``.gguf`` file, or a hub repository
            that is in the local cache (``"owner/name"``).
        revision: Commit of a hub repository; None = the newest one in the cache.
        options: How to load it. Two refs with equal id, revision and options share one load.
    """

    id: str = "teach-rope"
    revision: str | None = None
    options: LoadOptions = field(default_factory=LoadOptions)
