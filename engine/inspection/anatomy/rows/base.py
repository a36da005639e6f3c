"""What a row of the table is: its textbook values, their sources, and how to build it small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from torch import nn

    from engine.models.spec import PositionKind

Structure = Literal["encoder-decoder", "encoder", "causal decoder", "prefix decoder"]
Placement = Literal["post", "pre", "deep"]
NormKind = Literal["LayerNorm", "RMSNorm"]

VOCABULARY: Final = 48
CONTEXT: Final = 64
HIDDEN: Final = 32
HEADS: Final = 4
LAYERS: Final = 2
INNER: Final = 64
USUAL: Final = {
    "vocab_size": VOCABULARY,
    "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "intermediate_size": INNER,
    "max_position_embeddings": CONTEXT,
}
"""The sizes under the names that most configurations give them."""


@dataclass(frozen=True)
class Fact:
    """One sentence about a model and where it can be looked up."""

    text: str
    source: str


def facts_of(texts: tuple[str, ...], sources: tuple[str, ...]) -> tuple[Fact, ...]:
    """Sentences, each with its source."""
    return tuple(Fact(text, source) for text, source in zip(texts, sources, strict=True))


@dataclass(frozen=True)
class Row:
    """One model of the table, as plain values.

    Attributes:
        id: Stable name.
        name: As the textbook calls it.
        source: The paper.
        structure: Encoder-decoder, encoder, causal or prefix decoder.
        position: How positions enter, in words.
        position_kind: The same as a kind.
        activation: As the field writes it (``"SwiGLU"``).
        activation_id: Of `activations.registry`: a gated unit's or an activation's id.
        norm_kind: What a norm computes.
        placement: Where it stands; ``"deep"`` is post-norm with α on the residual.
        lecture: One of the five models of the textbook's table.
        facts: What else should be known, each with its source.
        embedding_norm: A norm stands right after the embedding.
        final_norm: A norm stands after the last layer.
    """

    id: str
    name: str
    source: str
    structure: Structure
    position: str
    position_kind: PositionKind
    activation: str
    activation_id: str
    norm_kind: NormKind
    placement: Placement
    facts: tuple[Fact, ...]
    lecture: bool = False
    embedding_norm: bool = False
    final_norm: bool = False

    @property
    def norm(self) -> str:
        """Placement and kind in words: ``"pre-RMSNorm"``, ``"post-DeepNorm"``."""
        if self.placement == "deep":
            return "post-DeepNorm"
        return f"{self.placement}-{self.norm_kind}"


@dataclass(frozen=True)
class Wiring:
    """Names of the modules of the first layer that prove a row's claims.

    Attributes:
        layer: The layer.
        first_norm, last_norm: The first and the last norm of the layer, in the order of running.
        gate: The projection that is bent by the activation.
        up: The projection that is let through; empty = not gated; the same as `gate` = both
            stand in one projection, the gate first.
        down: The projection back.
        attention: Output projection of attention; only where DeepNorm is proven.
        between: The norm between the two sub-layers; only where DeepNorm is proven.
    """

    layer: str
    first_norm: str
    last_norm: str
    gate: str
    down: str
    up: str = ""
    attention: str = ""
    between: str = ""


@dataclass(frozen=True)
class Specimen:
    """A row with its small random model.

    Attributes:
        row: Its values.
        build: Makes the model; imports torch. Weights are set afterwards (`building`).
        wiring: Where its parts are.
        released: The same model as its released code computes it, where that differs.
        released_activation: Which activation that is.
    """

    row: Row
    build: Callable[[], nn.Module]
    wiring: Wiring
    released: Callable[[], nn.Module] | None = None
    released_activation: str = ""


def library(config: str, model: str, **values: object) -> Callable[[], nn.Module]:
    """Builds one of transformers' own classes; the library is imported when it is called.

    Args:
        config, model: Names of the classes.
        values: Of the configuration.
    """

    def build() -> nn.Module:
        import transformers

        built: nn.Module = getattr(transformers, model)(getattr(transformers, config)(**values))
        return built

    return build


def wired(layer: str, **places: str) -> Wiring:
    """The wiring of a layer whose parts are named from the layer on."""
    return Wiring(layer=layer, **{part: f"{layer}.{name}" for part, name in places.items()})
