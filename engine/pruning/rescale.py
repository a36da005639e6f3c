"""Rescaling features without changing what a model computes.

A feature behind a norm is multiplied by a factor and the columns of all matrices that read it are
divided by the same; the neurons of a gated MLP likewise (rows of up, columns of down). With powers
of two every product in floating point is exact, so the outputs stay bit for bit what they were
while magnitudes no longer say which weights matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.errors import UnsupportedModel
from engine.models.layers import decoder_layers, encoder_layers
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class Site:
    """Features that can be rescaled.

    Attributes:
        norm: The norm whose gain (and bias) is multiplied, or None for an MLP.
        writer: The matrix whose rows are multiplied (up), or None for a norm.
        readers: The matrices whose columns are divided.
        features: How many there are.
    """

    norm: nn.Module | None
    writer: Target | None
    readers: tuple[Target, ...]
    features: int


@torch.no_grad()
def sites(model: PreTrainedModel, found: Sequence[Target], ids: Tensor) -> list[Site]:
    """Every place whose features only known matrices read, found by watching one forward pass.

    Args:
        model: In eval mode.
        found: Its matrices.
        ids: A few token ids, ``[1, tokens]``.

    Raises:
        UnsupportedModel: There is none.
    """
    norms = [m for m in _parts(model) if _is_norm(m)]
    written: dict[int, tuple[nn.Module, Tensor]] = {}  # the tensor is held: its id stays its own
    read: dict[int, list[Target]] = {}
    by_module = {id(target.module): target for target in found}

    def after(module: nn.Module, _inputs: object, output: Tensor) -> None:
        written[id(output)] = module, output

    def before(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if id(inputs[0]) in written:
            norm = written[id(inputs[0])][0]
            read.setdefault(id(norm), []).append(by_module[id(module)])

    handles = [norm.register_forward_hook(after) for norm in norms]
    handles += [target.module.register_forward_pre_hook(before) for target in found]
    try:
        model.base_model(input_ids=ids.to(model.device), use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
    places = [
        Site(norm, None, tuple(read[id(norm)]), read[id(norm)][0].weight.shape[1])
        for norm in norms
        if id(norm) in read
    ]
    places += _gated(found)
    if not places:
        raise UnsupportedModel(
            f"The model “{model.config.model_type}” has no features that can be rescaled.",
            "Choose a model of the Llama or GPT kind.",
        )
    return places


def factors(places: Sequence[Site], strength: float, seed: int) -> list[Tensor]:
    """Factors of every site: log-normal with σ = strength, rounded to powers of two, ``[in]``."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for place in places:
        drawn = torch.randn(place.features, generator=generator, dtype=torch.float64)
        found.append(torch.exp2((strength * drawn / torch.log(torch.tensor(2.0))).round()).float())
    return found


@contextmanager
def rescaled(places: Sequence[Site], by: Sequence[Tensor]) -> Iterator[None]:
    """The model with rescaled features; every parameter is bit for bit as before afterwards."""
    touched: dict[int, Tensor] = {}
    for place in places:
        own = [*_gains(place), *(target.parameter for target in place.readers)]
        if place.writer is not None:
            own += [place.writer.parameter, *_bias(place.writer)]
        touched.update({id(parameter): parameter for parameter in own})
    kept = [(parameter, parameter.detach().clone()) for parameter in touched.values()]
    try:
        for place, scale in zip(places, by, strict=True):
            _rescale(place, scale)
        yield
    finally:
        for parameter, before in kept:
            parameter.data.copy_(before)


def _rescale(place: Site, scale: Tensor) -> None:
    for gain in _gains(place):
        gain.data.mul_(scale.to(gain))
    if place.writer is not None:
        weight = place.writer.weight
        weight.mul_(scale.to(weight).unsqueeze(1))
        for bias in _bias(place.writer):
            bias.data.mul_(scale.to(bias))
    for target in place.readers:
        target.weight.div_(scale.to(target.weight))


def _gated(found: Sequence[Target]) -> list[Site]:
    """The neurons of gated MLPs: up is linear in its rows, the activation stands in the gate."""
    by_name = {target.name: target for target in found}
    places = []
    for target in found:
        stem = target.name.removesuffix("mlp.up_proj.weight")
        down = by_name.get(f"{stem}mlp.down_proj.weight")
        if stem != target.name and down and f"{stem}mlp.gate_proj.weight" in by_name:
            places.append(Site(None, target, (down,), target.weight.shape[0]))
    return places


def _parts(model: PreTrainedModel) -> list[nn.Module]:
    layers = [*encoder_layers(model), *decoder_layers(model)]
    return [module for layer in layers for module in layer.modules()]


def _is_norm(module: nn.Module) -> bool:
    """A norm whose output is proportional to its gain and bias (Gemma's ``1 + w`` is not)."""
    own = _parameters(module)
    if "norm" not in type(module).__name__.lower() or not own or own[0].dim() != 1:
        return False
    probe = torch.linspace(-1, 1, len(own[0]), dtype=own[0].dtype, device=own[0].device)
    before = module(probe)
    kept = [parameter.detach().clone() for parameter in own]
    try:
        for parameter in own:
            parameter.data.mul_(2)
        return bool(torch.equal(module(probe), 2 * before))
    finally:
        for parameter, value in zip(own, kept, strict=True):
            parameter.data.copy_(value)


def _gains(place: Site) -> list[Tensor]:
    return [] if place.norm is None else _parameters(place.norm)


def _parameters(module: nn.Module) -> list[Tensor]:
    """Weight and bias, those that there are."""
    both = (getattr(module, "weight", None), getattr(module, "bias", None))
    return [one for one in both if isinstance(one, Tensor)]


def _bias(target: Target) -> list[Tensor]:
    return _parameters(target.module)[1:]
