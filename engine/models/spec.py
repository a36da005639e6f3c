"""The model jobs as values, and what comes back from them. Free of torch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from engine.errors import BadSpec
from engine.jobs.spec import FILES_LANE, Spec
from engine.models.reference import ModelRef

ModelSource = Literal["teaching", "folder", "hub-cache", "gguf"]
PositionKind = Literal["rope", "alibi", "t5", "learned", "sinusoidal", "none"]
LoadState = Literal["unloaded", "loading", "loaded", "failed"]

DISK_RESERVE: Final = 100_000_000
"""Bytes that a download leaves free."""


@dataclass(frozen=True)
class ModelEntry:
    """A model that the catalog knows, before any load.

    Attributes:
        id: What goes into `ModelRef.id`.
        source: Where it was found.
        path: Its folder or file.
        architecture: e.g. ``"LlamaForCausalLM"``; empty when unreadable.
        size_bytes: Weights on disk.
        parameters: Count, or None when it cannot be told without loading.
        last_used: POSIX seconds, or None.
        problem: Why it cannot be loaded as it is (pickle only, no config …); empty = fine.
        generates: Whether it continues a text. Encoder-decoders and masked models do not; they
            can be loaded and looked at, but not asked.
    """

    id: str
    source: ModelSource
    path: str
    architecture: str = ""
    size_bytes: int = 0
    parameters: int | None = None
    last_used: float | None = None
    revision: str | None = None
    problem: str = ""
    generates: bool = True


@dataclass(frozen=True)
class MemoryForecast:
    """What a load will need against what is free, in bytes."""

    weights: int
    kv_cache: int
    overhead: int
    free: int
    device: str
    context_length: int
    fits: bool
    reason: str
    alternatives: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return self.weights + self.kv_cache + self.overhead


@dataclass(frozen=True)
class LayerRow:
    """One row of the anatomy's per-layer table."""

    index: int
    attention: str
    mlp: str
    norm: str
    parameters: int
    window: int | None = None


@dataclass(frozen=True)
class Anatomy:
    """What a model is made of, in the field's terms.

    `position_encoding` says in words, with base and scaling, what `position_kind` is a name for.
    """

    architecture: str
    structure: str
    position_encoding: str
    activation: str
    norm: str
    layers: int
    hidden_size: int
    intermediate_size: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    context_length: int | None
    parameters: int
    tied_embeddings: bool
    rope: dict[str, str] = field(default_factory=dict)
    rows: tuple[LayerRow, ...] = ()
    gated: bool = False
    position_kind: PositionKind = "none"


@dataclass(frozen=True)
class LoadedInfo:
    """A loaded model as the window sees it: the real state, each choice with its reason.

    `measured_bytes` is what its tensors take; `kept_bytes` what is kept beside them for the next
    question (a text that was read, weights to go back to).
    """

    ref: ModelRef
    state: LoadState
    device: str
    dtype: str
    dtype_reason: str
    attention: str
    attention_reason: str
    quantization: str
    parameters: int
    forecast_bytes: int
    measured_bytes: int
    load_seconds: float
    context_length: int | None
    has_chat_template: bool
    anatomy: Anatomy
    weights_sha: str = ""
    special_tokens: tuple[str, ...] = ()
    kept_bytes: int = 0

    @property
    def held_bytes(self) -> int:
        """Memory that unloading the model gives back."""
        return self.measured_bytes + self.kept_bytes


@dataclass(frozen=True)
class LoadModelSpec(Spec):
    """Load a model (or find it loaded) and return its `LoadedInfo`."""

    kind: ClassVar[str] = "load-model"

    model: ModelRef = ModelRef()

    def title(self) -> str:
        return f"Load {self.model.id}"


@dataclass(frozen=True)
class UnloadModelSpec(Spec):
    """Free a model's memory; None = every loaded model. Returns None."""

    kind: ClassVar[str] = "unload-model"

    model: ModelRef | None = None

    def title(self) -> str:
        return f"Unload {self.model.id}" if self.model else "Unload every model"


@dataclass(frozen=True)
class ModelDescription:
    """An unloaded model looked at closely: anatomy and forecast from its config alone.

    The last four say what a load with these options would choose, each with its reason; empty
    when the model cannot be loaded as it is.
    """

    entry: ModelEntry
    anatomy: Anatomy | None
    forecast: MemoryForecast | None
    dtype: str = ""
    dtype_reason: str = ""
    attention: str = ""
    attention_reason: str = ""


@dataclass(frozen=True)
class DescribeModelSpec(Spec):
    """Anatomy and memory forecast from the config, without loading weights."""

    kind: ClassVar[str] = "describe-model"
    lane: ClassVar[str] = FILES_LANE

    model: ModelRef = ModelRef()

    def title(self) -> str:
        return f"Look at {self.model.id}"


@dataclass(frozen=True)
class DownloadPlan:
    """What a download will fetch, exactly (from a dry run)."""

    repository: str
    revision: str
    files: tuple[tuple[str, int], ...]
    cached_bytes: int
    download_bytes: int
    free_disk_bytes: int

    @property
    def has_room(self) -> bool:
        """Whether the disk takes the download and keeps a little space."""
        return self.download_bytes + DISK_RESERVE <= self.free_disk_bytes


@dataclass(frozen=True)
class DownloadSpec(Spec):
    """Fetch a hub repository into the cache; with `dry_run`, only plan it. Returns the plan.

    Files that are finished stay when a download is stopped; the file under way starts again.

    Attributes:
        endpoint: Mirror address; empty = as the environment or the settings say, else the hub
            itself. A token is never sent to a mirror.
        files: Patterns for the weight files (``"*Q4_K_M.gguf"``); empty = what a load needs.
    """

    kind: ClassVar[str] = "download-model"
    lane: ClassVar[str] = FILES_LANE

    repository: str = ""
    revision: str | None = None
    dry_run: bool = False
    endpoint: str = ""
    allow_pickle: bool = False
    files: tuple[str, ...] = ()

    def title(self) -> str:
        return f"Download {self.repository}"

    def check(self) -> None:
        if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", self.repository):
            raise BadSpec(
                f"“{self.repository}” is no name of a hub repository.",
                "Write owner/name, as it stands on the model's page.",
            )
        if self.endpoint and not re.match(r"https?://[^/]+", self.endpoint):
            raise BadSpec(
                f"“{self.endpoint}” is no address of a mirror.",
                "Write https://… or leave it empty.",
            )


@dataclass(frozen=True)
class CountTokensSpec(Spec):
    """Count the tokens of several texts with a model's tokenizer (loads no weights).

    Returns a tuple of ints, one per text.
    """

    kind: ClassVar[str] = "count-tokens"
    lane: ClassVar[str] = FILES_LANE

    model: ModelRef = ModelRef()
    texts: tuple[str, ...] = ()
