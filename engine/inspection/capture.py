"""What the probe brings back: queries, keys and row log-sum-exps of chosen layers, in numpy.

Everything that is drawn of attention is rebuilt from these (`S = q·k · scaling + bias`, soft-cap,
mask, sink, softmax), so no matrix of all heads, layers and token pairs is ever kept. No torch
here: a capture crosses to the window, and its tiles are computed wherever a thread is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.context.scaling.base import RopeConfig
    from engine.evaluation.spec import Provenance

Float = NDArray[np.float32]
Pairing = Literal["half", "interleaved"]
Role = Literal["self", "encoder", "cross"]
MaskKind = Literal["causal", "prefix", "window", "full"]


@dataclass(frozen=True, eq=False)
class Rotation:
    """The rotary embedding that one attention module applied (Su et al. 2021, eq. 34).

    Attributes:
        inv_freq: Effective frequencies read from the live module, radians per position, float64
            ``[rotary_dim / 2]``.
        positions: Position of every token (of the queries; keys have the same), float64
            ``[tokens]``; not whole numbers under position interpolation.
        pairing: Which dimensions turn together: ``"half"`` pairs i with i + rotary_dim/2 (Llama),
            ``"interleaved"`` 2i with 2i + 1 (GLM, GPT-J).
        rotary_dim: Leading dimensions of a head that turn; the rest passes.
        scaling: Factor on cos and sin (YaRN's attention scaling), usually 1.
    """

    inv_freq: NDArray[np.float64]
    positions: NDArray[np.float64]
    pairing: Pairing
    rotary_dim: int
    scaling: float = 1.0


@dataclass(frozen=True, eq=False)
class Alibi:
    """Linear bias (Press et al. 2022): ``-slope · (i - j)`` added to the scores.

    Attributes:
        slopes: One per head, float64 ``[heads]``, divisors of the model already applied.
        form: How the model writes it: ``"key"`` adds slope · j (Bloom), ``"distance"`` adds
            -slope · (i - j). A softmax sees no difference; the views show the distance.
    """

    slopes: NDArray[np.float64]
    form: Literal["key", "distance"]


@dataclass(frozen=True, eq=False)
class BucketBias:
    """T5's learned bias per bucket of relative distance.

    Attributes:
        table: ``[heads, buckets]``.
        bidirectional: Half of the buckets are for keys behind the query (encoder).
        max_distance: Distance from which all keys share the last bucket.
    """

    table: Float
    bidirectional: bool
    max_distance: int


@dataclass(frozen=True, eq=False)
class DenseBias:
    """A bias of another kind as it was added, ``[heads or 1, queries, keys]``; short texts only."""

    values: Float


Bias = Alibi | BucketBias | DenseBias


@dataclass(frozen=True, eq=False)
class Mask:
    """Which keys a query may see.

    Attributes:
        kind: ``"causal"`` (j <= i), ``"prefix"`` (causal, but the first `prefix` tokens see each
            other), ``"window"`` (causal, at most `window` tokens back), ``"full"``.
        prefix: Tokens of the prefix.
        window: Keys that a query sees, itself included.
        offset: Position of the first query among the keys (cached decoding).
        visible: Keys that are no padding, bool ``[keys]``, or None for all.
        painted: The whole mask when a person painted it, bool ``[queries, keys]``; wins. `kind`
            then says what the module does without it.
    """

    kind: MaskKind = "causal"
    prefix: int = 0
    window: int = 0
    offset: int = 0
    visible: NDArray[np.bool_] | None = None
    painted: NDArray[np.bool_] | None = None

    def allowed(self, rows: slice, cols: slice) -> NDArray[np.bool_]:
        """The part of the mask in a rectangle of queries and keys, bool ``[rows, cols]``."""
        return self.allowed_at(np.arange(rows.start, rows.stop), cols)

    def allowed_at(self, rows: NDArray[np.int64], cols: slice) -> NDArray[np.bool_]:
        """The same for single queries, bool ``[rows, cols]``."""
        if self.painted is not None:
            return self.painted[rows, cols]
        i = rows[:, None] + self.offset
        j = np.arange(cols.start, cols.stop)[None, :]
        seen = np.ones((i.shape[0], j.shape[1]), bool) if self.kind == "full" else j <= i
        if self.kind == "prefix":
            seen = seen | ((i < self.prefix) & (j < self.prefix))
        if self.kind == "window":
            seen = seen & (i - j < self.window)
        return seen if self.visible is None else seen & self.visible[cols]


@dataclass(frozen=True, eq=False)
class LayerCapture:
    """One attention module of one forward pass.

    Attributes:
        module: Its qualified name in the model; the key (T5 and BART share layer numbers).
        layer: Its layer, from 0.
        role: Self-attention of a decoder, of an encoder, or cross-attention.
        q: Queries after norm and rotation, float32 ``[heads, queries, head_dim]``.
        k: Keys likewise, not repeated, float32 ``[kv_heads, keys, head_dim]``; query head h reads
            head ``h // (heads / kv_heads)``.
        lse: Log-sum-exp of each row of masked scores (sink included), float64
            ``[heads, queries]``: ``P = exp(S - lse)``. Scores can be large, and float32 would
            round away the fifth digit of the weights.
        scaling: Factor on q·k.
        mask: Which keys are seen.
        rotation: The rotary embedding, or None.
        bias: What is added to the scores, or None.
        softcap: Scores s become ``softcap · tanh(s / softcap)`` (Gemma 2), or None.
        sinks: Learned sink logits (gpt-oss), float32 ``[heads]``, or None.
        error: Largest |rebuilt weight - the model's own| over the rows that were checked, or None
            when the model gives nothing to compare with.
        head_ids: Numbers of the heads that were kept, when not all; every array above then holds
            these alone (keys once per head).
        note: What a person should know of this module's figures, or empty.
        rope: The rotation that the model was loaded with, for this kind of layer (of a dynamic one
            within its trained length, where `rotation` has what this text was turned by); None
            without one. Modules that turn alike share it.
        tolerance: What `error` may be at most by the rounding of float32 (`verify.tolerance`).
    """

    module: str
    layer: int
    role: Role
    q: Float
    k: Float
    lse: NDArray[np.float64]
    scaling: float
    mask: Mask
    rotation: Rotation | None = None
    bias: Bias | None = None
    softcap: float | None = None
    sinks: Float | None = None
    error: float | None = None
    head_ids: tuple[int, ...] = ()
    note: str = ""
    rope: RopeConfig | None = None
    tolerance: float = 1e-5

    @property
    def verified(self) -> bool | None:
        """Whether the rebuilt weights are the model's own; None when nothing was compared."""
        return None if self.error is None else self.error <= self.tolerance

    @property
    def heads(self) -> int:
        """Query heads that are kept; heads are counted in these."""
        return int(self.q.shape[0])

    @property
    def shape(self) -> tuple[int, int]:
        """(queries, keys)."""
        return int(self.q.shape[1]), int(self.k.shape[1])

    @property
    def kept_bytes(self) -> int:
        """Memory of what is kept."""
        return self.q.nbytes + self.k.nbytes + self.lse.nbytes

    @property
    def full_bytes(self) -> int:
        """Memory of the float32 weights of the same heads, which are never kept."""
        return 4 * self.heads * self.shape[0] * self.shape[1]

    def head_name(self, head: int) -> int:
        """The model's number of the kept head `head`."""
        return self.head_ids[head] if self.head_ids else head

    def key_head(self, head: int) -> int:
        """The key head that query head `head` reads (grouped queries)."""
        return head // (self.heads // int(self.k.shape[0]))


@dataclass(frozen=True, eq=False)
class Capture:
    """One forward pass of one text through one model, seen from inside.

    Attributes:
        tokens: The tokens as shown (keys of self-attention; a decoder's own).
        ids: Their numbers.
        encoder_tokens: Tokens of the encoder of an encoder-decoder, else empty.
        layers: The modules that were asked for, in the order in which they ran.
        layer_count: Layers of the model, captured or not.
        heads: Heads per layer.
        provenance: Model, dtype, device, attention implementation.
        trained: Positions that the model was made for, or None where there is no such number. A
            longer text was read all the same.
        since: First token of the answer that followed the prompt; 0 = there was none.
        fills: Whether the model fills masked tokens in (an encoder alone) and names no next one.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    encoder_tokens: tuple[str, ...]
    layers: tuple[LayerCapture, ...]
    layer_count: int
    heads: int
    provenance: Provenance
    trained: int | None = None
    since: int = 0
    fills: bool = False

    @property
    def verified(self) -> bool | None:
        """Whether every module that could be compared is proven; None when none could."""
        found = [one.verified for one in self.layers if one.verified is not None]
        return all(found) if found else None

    def at(self, layer: int, role: Role = "self") -> LayerCapture:
        """The capture of a layer. Raises `KeyError` when it was not asked for."""
        for one in self.layers:
            if one.layer == layer and one.role == role:
                return one
        raise KeyError(f"layer {layer} ({role}) was not captured")
