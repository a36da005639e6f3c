"""Where a layer keeps the parts that can become narrower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from engine.errors import UnsupportedModel
from engine.models.layers import decoder_layers

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MLP = ("gate_proj", "up_proj", "down_proj")
ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True, eq=False)
class Layer:
    """A decoder layer whose MLP is gated and whose heads come in groups (Llama, Qwen, Mistral).

    Attributes:
        name: Its qualified name in the model.
        mlp: Name of the module with gate, up and down projections, inside the layer.
        attention: Name of the module with q, k, v and o projections, inside the layer.
        module: The layer.
        head_dim: Width of a head.
    """

    name: str
    mlp: str
    attention: str
    module: nn.Module
    head_dim: int

    def part(self, of: str, name: str) -> nn.Linear:
        """A projection of the MLP or the attention."""
        found = self.module.get_submodule(f"{of}.{name}")
        assert isinstance(found, nn.Linear)
        return found

    @property
    def neurons(self) -> int:
        """Width of the MLP."""
        return self.part(self.mlp, "down_proj").in_features

    @property
    def groups(self) -> int:
        """Key-value heads; each with the query heads that read it."""
        return self.part(self.attention, "k_proj").out_features // self.head_dim

    @property
    def queries(self) -> int:
        """Query heads per group."""
        return self.part(self.attention, "q_proj").out_features // self.head_dim // self.groups


def layout(model: PreTrainedModel) -> list[Layer]:
    """The layers of a model that can be made narrower.

    Raises:
        UnsupportedModel: Its layers keep their parts in another way; the sentence says how far.
    """
    names = {id(module): name for name, module in model.named_modules()}
    found: list[Layer] = []
    for layer in decoder_layers(model):
        mlp = _holder(layer, MLP)
        attention = _holder(layer, ATTENTION)
        head_dim = getattr(layer.get_submodule(attention), "head_dim", 0) if attention else 0
        if not mlp or not attention or not isinstance(head_dim, int) or not head_dim:
            raise UnsupportedModel(
                f"The layers of “{model.config.model_type}” have no width of their own in the "
                "configuration.",
                "Prune single weights or whole layers, or choose a model of the Llama kind.",
            )
        found.append(Layer(names[id(layer)], mlp, attention, layer, head_dim))
    return found


def _holder(layer: nn.Module, parts: tuple[str, ...]) -> str:
    """Name of the module inside a layer that has all these linear parts, or empty."""
    name: str
    for name, module in layer.named_modules():
        if name and all(isinstance(getattr(module, part, None), nn.Linear) for part in parts):
            return name
    return ""
