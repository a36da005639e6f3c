"""Taking one component out of a model while a block lasts; hooks only, no weight is touched.

Attention and MLP give nothing to the residual (their last projection returns 0), a norm passes
its input on, positions are no longer told apart: no rotation (cos 1, sin 0), no linear bias, no
row of a learned table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.inspection.anatomy.components_spec import Component
from engine.inspection.head_sites import Sites
from engine.inspection.positions.live_bias import OWN, without_alibi
from engine.inspection.rotary import rotary_modules
from engine.models.anatomy import POSITION_TABLES
from engine.models.layers import decoder_layers, layer_stacks

if TYPE_CHECKING:
    from transformers import PreTrainedModel

INSIDE_ATTENTION = ("attn", "attention")


class Parts:
    """Where a model's components are.

    Args:
        model: A model that continues texts.

    Raises:
        UnsupportedModel: Its attentions cannot be found.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self.model = model
        self.layers = decoder_layers(model)
        sites = Sites(model)
        self.attention = {site.layer: site.module for site in sites.attention}
        self.mlp = {site.layer: site.module for site in sites.mlp}
        self.norms = {number: _norms(layer) for number, layer in enumerate(self.layers)}
        self.final = _final_norms(model, self.layers)
        self.rotary = list(rotary_modules(model).values())
        self.tables = [
            module
            for name, module in model.named_modules()
            if isinstance(module, nn.Embedding)
            and any(word in f"{name}." for word in POSITION_TABLES)
        ]

    @property
    def alibi(self) -> bool:
        """Whether positions enter as linear biases."""
        kind = str(self.model.config.model_type)
        return kind in OWN or bool(getattr(self.model.config, "alibi", False))

    def has(self, component: Component) -> bool:
        """Whether the model has that component where it can be taken out."""
        match component:
            case "position":
                return self.alibi or bool(self.rotary or self.tables)
            case "attention":
                return bool(self.attention)
            case "mlp":
                return bool(self.mlp)
            case "norm":
                return any(self.norms.values())
            case "final-norm":
                return bool(self.final)

    def by_layer(self, component: Component) -> bool:
        """Whether it can be taken out of one layer alone."""
        return component in ("attention", "mlp", "norm")

    @contextmanager
    def without(self, component: Component, layer: int = -1) -> Iterator[None]:
        """Run with a component taken out of one layer, or of all (-1)."""
        chosen = range(len(self.layers)) if layer < 0 else (layer,)
        with ExitStack() as stack:
            match component:
                case "attention" | "mlp":
                    places = self.attention if component == "attention" else self.mlp
                    for number in chosen:
                        if number in places:
                            _hook(stack, places[number], _nothing)
                case "norm":
                    for number in chosen:
                        for norm in self.norms[number]:
                            _hook(stack, norm, _passed_on)
                case "final-norm":
                    for norm in self.final:
                        _hook(stack, norm, _passed_on)
                case "position":
                    if self.alibi:
                        stack.enter_context(without_alibi(self.model))
                    for rotary in self.rotary:
                        _hook(stack, rotary, _unturned)
                    for table in self.tables:
                        _hook(stack, table, _nothing)
            yield


def _norms(layer: nn.Module) -> list[nn.Module]:
    """The norms of a layer, but not those of queries and keys inside its attention."""
    return [
        module
        for name, module in layer.named_modules()
        if name
        and "norm" in type(module).__name__.lower()
        and not list(module.children())
        and not any(word in part for part in name.lower().split(".")[:-1]
                    for word in INSIDE_ATTENTION)
    ]  # fmt: skip


def _final_norms(model: nn.Module, layers: list[nn.Module]) -> list[nn.Module]:
    """The norm beside the stack of layers, after the last one."""
    for name, stack in layer_stacks(model):
        if layers and stack[0] is layers[0]:
            parent = model.get_submodule(name.rpartition(".")[0])
            return [
                module
                for child, module in parent.named_children()
                if "norm" in type(module).__name__.lower() and "emb" not in child
            ]
    return []


def _hook(stack: ExitStack, module: nn.Module, hook: Any) -> None:  # noqa: ANN401 - torch's own
    stack.callback(module.register_forward_hook(hook).remove)


def _nothing(_module: nn.Module, _args: Any, out: Any) -> Any:  # noqa: ANN401
    if isinstance(out, tuple):
        return (torch.zeros_like(out[0]), *out[1:])
    return torch.zeros_like(out)


def _passed_on(_module: nn.Module, args: Any, _out: Any) -> Any:  # noqa: ANN401
    return args[0]


def _unturned(_module: nn.Module, _args: Any, out: Any) -> Any:  # noqa: ANN401
    cos, sin = out
    return torch.ones_like(cos), torch.zeros_like(sin)
