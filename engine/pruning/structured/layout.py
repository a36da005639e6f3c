"""Where a layer keeps the parts that can go whole: neurons of its MLP, groups of heads, experts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from engine.errors import UnsupportedModel
from engine.models.layers import decoder_layers
from engine.pruning.experts import Experts, experts_of

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

#: (projections whose rows are neurons, the one that reads them, the width in the configuration)
MLPS: Final = (
    (("gate_proj", "up_proj"), "down_proj", "intermediate_size"),
    (("dense_h_to_4h",), "dense_4h_to_h", "intermediate_size"),
    (("fc1",), "fc2", "intermediate_size"),
    (("fc1",), "fc2", "ffn_dim"),
    (("c_fc",), "c_proj", "n_inner"),
    (("c_fc",), "c_proj", "intermediate_size"),
)
READERS: Final = ("q_proj", "k_proj", "v_proj")
OUTPUTS: Final = ("o_proj", "dense")
HEADS: Final = ("num_attention_heads", "num_key_value_heads")


@dataclass(frozen=True, eq=False)
class Part:
    """A linear projection, whichever way round its weight is stored.

    Attributes:
        name: Its qualified name in the model.
        module: A Linear, or GPT-2's transposed Conv1D.
    """

    name: str
    module: nn.Module

    @property
    def weight(self) -> Tensor:
        """The weights as ``[out, in]``."""
        return self.parameter.data.T if self.transposed else self.parameter.data

    @property
    def parameter(self) -> Tensor:
        """The weights as they are stored."""
        weight = self.module.weight
        assert isinstance(weight, Tensor)
        return weight

    @property
    def transposed(self) -> bool:
        """Stored ``[in, out]``."""
        return isinstance(self.module, Conv1D)


@dataclass(frozen=True, eq=False)
class Mlp:
    """An MLP of its own width.

    Attributes:
        writers: Projections whose rows are its neurons.
        reader: The projection whose columns they are.
        setting: Name of its width in the configuration.
    """

    writers: tuple[Part, ...]
    reader: Part
    setting: str

    @property
    def neurons(self) -> int:
        """Its width."""
        return self.reader.weight.shape[1]


@dataclass(frozen=True, eq=False)
class Attention:
    """Heads whose number the configuration gives.

    Attributes:
        query: Projection of the queries; `keys`, `values` and `output` likewise.
        head_dim: Width of a head.
    """

    query: Part
    keys: Part
    values: Part
    output: Part
    head_dim: int

    @property
    def groups(self) -> int:
        """Key-value heads; each with the query heads that read it."""
        return self.keys.weight.shape[0] // self.head_dim

    @property
    def queries(self) -> int:
        """Query heads per group."""
        return self.query.weight.shape[0] // self.head_dim // self.groups


@dataclass(frozen=True, eq=False)
class Layer:
    """A decoder layer; what cannot be cut in it is None.

    Attributes:
        name: Its qualified name in the model.
        module: The layer.
        mlp: Its MLP.
        attention: Its attention.
        experts: Its mixture of experts.
    """

    name: str
    module: nn.Module
    mlp: Mlp | None
    attention: Attention | None
    experts: Experts | None


def layout(model: PreTrainedModel) -> list[Layer]:
    """The layers of a model with the parts of each that can be cut."""
    names = {id(module): name for name, module in model.named_modules()}
    found: list[Layer] = []
    for layer, config in zip(decoder_layers(model), _configs(model), strict=True):
        experts = experts_of(config, layer, names)
        # A mixture may have a shared expert beside it, which is no MLP of the layer.
        mlp = None if experts else _mlp(config, layer, names)
        attention = _attention(config, layer, names)
        found.append(Layer(names[id(layer)], layer, mlp, attention, experts))
    return found


def require(
    model: PreTrainedModel, layers: list[Layer], *, groups: bool, neurons: bool, experts: bool
) -> None:
    """Raise `UnsupportedModel` when something is to be cut that the layers do not have."""
    kind = model.config.model_type
    if not layers:
        raise UnsupportedModel(
            f"The model “{kind}” has no layer that can be pruned.",
            "Choose a model with linear layers.",
        )
    if neurons and any(layer.mlp is None and layer.experts is None for layer in layers):
        raise UnsupportedModel(
            f"The layers of “{kind}” have no width of their own in the configuration.",
            "Prune single weights or whole layers, or choose a model of the Llama kind.",
        )
    if neurons and not any(layer.mlp for layer in layers):
        raise UnsupportedModel(
            f"The MLP of “{kind}” is a mixture of experts.",
            "Cut experts instead, and a share of 0 of the neurons.",
        )
    if groups and any(layer.attention is None for layer in layers):
        raise UnsupportedModel(
            f"The heads of “{kind}” cannot be cut out: their number or norm is tied to its width.",
            "Cut neurons or whole layers, with a share of 0 of the heads.",
        )
    if experts and not any(layer.experts for layer in layers):
        raise UnsupportedModel(
            f"“{kind}” is no mixture of experts that can be cut.",
            "Cut heads, neurons or whole layers instead.",
        )


def _configs(model: PreTrainedModel) -> list[PreTrainedConfig]:
    """The configuration of each decoder layer."""
    config = model.config
    count = len(decoder_layers(model))
    if not config.is_heterogeneous:
        return [config] * count
    return [config.per_layer_config[layer] for layer in range(count)]


def _mlp(config: PreTrainedConfig, layer: nn.Module, names: dict[int, str]) -> Mlp | None:
    for writers, reader, setting in MLPS:
        holder = _holder(layer, (*writers, reader))
        if holder is None or not hasattr(config, setting):
            continue
        parts = [_part(holder, name, names) for name in (*writers, reader)]
        found = Mlp(tuple(parts[:-1]), parts[-1], setting)
        stated = getattr(config, setting)  # GPT-2 leaves its own to the hidden size
        if stated in (None, found.neurons):
            return found
    return None


def _attention(
    config: PreTrainedConfig, layer: nn.Module, names: dict[int, str]
) -> Attention | None:
    stated = [getattr(config, name, None) for name in HEADS]
    for output in OUTPUTS:
        holder = _holder(layer, (*READERS, output))
        head_dim = getattr(holder, "head_dim", 0)
        if holder is not None and isinstance(head_dim, int) and head_dim:
            query, keys, values, out = (_part(holder, one, names) for one in (*READERS, output))
            found = Attention(query, keys, values, out, head_dim)
            own = stated == [found.groups * found.queries, found.groups]
            if own and not _normed_together(holder, head_dim):
                return found
    return None


def _normed_together(attention: nn.Module, head_dim: int) -> bool:
    """Whether queries or keys are normalised over all heads (OLMo 2): fewer would give another."""
    for module in attention.children():
        weight = getattr(module, "weight", None)
        if isinstance(weight, Tensor) and weight.dim() == 1 and len(weight) != head_dim:
            return True
    return False


def _holder(layer: nn.Module, parts: tuple[str, ...]) -> nn.Module | None:
    """The module inside a layer (or the layer) that has all these linear parts."""
    for module in layer.modules():
        if all(isinstance(getattr(module, part, None), nn.Linear | Conv1D) for part in parts):
            found: nn.Module = module
            return found
    return None


def _part(holder: nn.Module, name: str, names: dict[int, str]) -> Part:
    module = holder.get_submodule(name)
    return Part(names[id(module)], module)
