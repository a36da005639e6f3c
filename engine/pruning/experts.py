"""Mixtures of experts, whose weights are fused into three-dimensional parameters.

transformers keeps the experts of a layer as ``gate_up_proj [experts, 2·width, in]`` and
``down_proj [experts, in, width]``; a walk over linear modules finds nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from torch import Tensor, nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

COUNTS: Final = ("num_experts", "num_local_experts", "n_routed_experts")
FUSED: Final = ("gate_up_proj", "down_proj")


@dataclass(frozen=True, eq=False)
class Experts:
    """The experts of a layer and the router that chooses among them.

    Attributes:
        name: Qualified name of the module with the fused weights.
        module: That module.
        router: Qualified name of the router, whose weight is ``[experts, in]``.
        setting: Name of their number in the configuration.
    """

    name: str
    module: nn.Module
    router: str
    setting: str

    @property
    def count(self) -> int:
        """How many."""
        return len(fused_weights(self.module)[0])

    @property
    def width(self) -> int:
        """Neurons of each."""
        return fused_weights(self.module)[1].shape[-1]


def experts_of(config: PreTrainedConfig, layer: nn.Module, names: dict[int, str]) -> Experts | None:
    """The mixture of a layer; None without one, or with one whose parts lie otherwise."""
    for parent in layer.modules():
        for module in parent.children():
            if not is_fused(module):
                continue
            count = len(fused_weights(module)[0])
            setting = next((s for s in COUNTS if getattr(config, s, None) == count), "")
            router = _router(parent, module, count, names)
            # Routers that first choose a group of experts need groups of one size.
            if setting and router and getattr(config, "n_group", None) in (None, 1):
                return Experts(names[id(module)], module, router, setting)
    return None


def is_fused(module: nn.Module) -> bool:
    """Whether a module keeps gated experts as two three-dimensional parameters, without biases."""
    gate_up, down = (getattr(module, name, None) for name in FUSED)
    if not isinstance(gate_up, Tensor) or not isinstance(down, Tensor):
        return False
    if gate_up.dim() != 3 or down.dim() != 3 or getattr(module, "is_transposed", False):
        return False
    own = len(list(module.parameters(recurse=False)))
    fits = len(gate_up) == len(down) and gate_up.shape[1] == 2 * down.shape[2]
    return fits and own == 2 and hasattr(module, "act_fn")


def fused_weights(module: nn.Module) -> tuple[Tensor, Tensor]:
    """``[experts, 2·width, in]`` and ``[experts, in, width]``."""
    gate_up, down = (getattr(module, name) for name in FUSED)
    assert isinstance(gate_up, Tensor)
    assert isinstance(down, Tensor)
    return gate_up, down


def _router(parent: nn.Module, experts: nn.Module, count: int, names: dict[int, str]) -> str:
    """The module beside the experts whose weight has a row for each of them."""
    for module in parent.children():
        weight = getattr(module, "weight", None)
        fits = isinstance(weight, Tensor) and weight.dim() == 2 and len(weight) == count
        if module is not experts and fits:
            return names[id(module)]
    return ""


def hidden(module: nn.Module, expert: int, rows: Tensor) -> Tensor:
    """What an expert's neurons say, ``[tokens, in]`` → ``[tokens, width]``."""
    gate, up = F.linear(rows, fused_weights(module)[0][expert]).chunk(2, dim=-1)
    product: Tensor = module.act_fn(gate) * up  # type: ignore[operator]
    return product


def output(module: nn.Module, expert: int, rows: Tensor) -> Tensor:
    """What an expert gives, ``[tokens, in]`` → ``[tokens, in]``, before the router's weight."""
    return F.linear(hidden(module, expert, rows), fused_weights(module)[1][expert])


def routed(
    module: nn.Module, inputs: tuple[Tensor, ...], real: Tensor
) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Which tokens went to each expert.

    Args:
        module: The experts.
        inputs: As they received them: states ``[tokens, in]``, chosen experts and their weights
            ``[tokens, k]``.
        real: Tokens that are no padding, ``[windows, length]``.

    Yields:
        Expert, its real tokens' states ``[routed, in]`` and the router's weights ``[routed]``.
    """
    states, chosen, weights = inputs[:3]
    states = states.reshape(-1, states.shape[-1])
    kept = real.reshape(-1, 1).to(chosen.device)
    for expert in range(len(fused_weights(module)[0])):
        tokens, places = ((chosen == expert) & kept).nonzero(as_tuple=True)
        yield expert, states[tokens], weights[tokens, places]
