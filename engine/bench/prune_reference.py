"""Pruning as the published references do it, for comparison: block by block, sample by sample.

Written anew from the description of the algorithms (Sun et al. 2023; Frantar & Alistarh 2023):
every block reads each calibration sample alone, once dense with a statistic per linear layer, is
pruned, and reads every sample again for the inputs of the next block.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor, nn

from engine.models.layers import decoder_layers

if TYPE_CHECKING:
    from transformers import PreTrainedModel

BLOCK: Final = 128
DAMPING: Final = 0.01


@dataclass(frozen=True)
class Rule:
    """What the reference prunes.

    Attributes:
        ratio: Share of zeros.
        keep: Kept of every `of` neighbours; 0 = unstructured.
        of: Size of a group.
        update: True = SparseGPT, False = Wanda.
    """

    ratio: float = 0.5
    keep: int = 0
    of: int = 0
    update: bool = False


class _Statistic:
    """What a linear layer's hook keeps: norms of its inputs, or their second moments."""

    def __init__(self, linear: nn.Linear, update: bool) -> None:
        self.count = 0
        width = linear.weight.shape[1]
        self.norms = torch.zeros(width)
        self.moments = torch.zeros(width, width) if update else None

    def add(self, inputs: Tensor) -> None:
        """One sample ``[1, length, in]``; running means as each arrives."""
        rows = inputs.reshape(-1, inputs.shape[-1]).t().float()  # [in, length]
        self.count += 1
        if self.moments is None:
            self.norms *= (self.count - 1) / self.count
            self.norms += torch.norm(rows, p=2, dim=1) ** 2 / self.count
        else:
            self.moments *= (self.count - 1) / self.count
            rows = math.sqrt(2 / self.count) * rows
            self.moments += rows.matmul(rows.t())


@torch.no_grad()
def prune_by_blocks(model: PreTrainedModel, ids: Tensor, rule: Rule) -> None:
    """Prune a model's linear layers in place.

    Args:
        model: Whose decoder layers are pruned.
        ids: Calibration samples without padding, ``[samples, length]``.
        rule: How.
    """
    layers = decoder_layers(model)
    inputs, kwargs = _first_inputs(model, layers[0], ids)
    outputs: list[Tensor] = [torch.empty(0)] * len(inputs)
    for layer in layers:
        linears = [m for m in layer.modules() if isinstance(m, nn.Linear)]
        statistics = [_Statistic(linear, rule.update) for linear in linears]
        handles = [
            linear.register_forward_hook(_adding(statistic))
            for linear, statistic in zip(linears, statistics, strict=True)
        ]
        for sample in inputs:
            layer(sample, **kwargs)
        for handle in handles:
            handle.remove()
        for linear, statistic in zip(linears, statistics, strict=True):
            if rule.update:
                _sparsegpt(linear, statistic, rule)
            else:
                _wanda(linear, statistic, rule)
        for number, sample in enumerate(inputs):
            outputs[number] = layer(sample, **kwargs)
        inputs, outputs = outputs, inputs


class _Caught(Exception):
    """The inputs of the first block are known."""


def _first_inputs(
    model: PreTrainedModel, first: nn.Module, ids: Tensor
) -> tuple[list[Tensor], dict[str, Any]]:
    """What the first block gets of every sample, and its other arguments."""
    found: list[Tensor] = []
    others: dict[str, Any] = {}

    def catch(_module: nn.Module, args: tuple[Tensor, ...], kwargs: dict[str, Any]) -> None:
        found.append(args[0])
        others.update(kwargs)
        raise _Caught

    handle = first.register_forward_pre_hook(catch, with_kwargs=True)
    try:
        for sample in ids:
            try:
                model(input_ids=sample[None], use_cache=False)
            except _Caught:
                continue
    finally:
        handle.remove()
    return found, others


def _adding(statistic: _Statistic) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
    def add(_module: nn.Module, inputs: tuple[Tensor, ...], _output: Tensor) -> None:
        statistic.add(inputs[0])

    return add


def _wanda(linear: nn.Linear, statistic: _Statistic, rule: Rule) -> None:
    metric = linear.weight.data.abs() * torch.sqrt(statistic.norms.reshape(1, -1))
    mask = torch.zeros_like(metric) == 1
    if rule.of:
        for column in range(0, metric.shape[1], rule.of):
            group = metric[:, column : column + rule.of].float()
            worst = torch.topk(group, rule.of - rule.keep, dim=1, largest=False)[1]
            mask.scatter_(1, column + worst, True)
    else:
        order = torch.sort(metric, dim=-1, stable=True)[1]
        mask.scatter_(1, order[:, : int(metric.shape[1] * rule.ratio)], True)
    linear.weight.data[mask] = 0


def _sparsegpt(linear: nn.Linear, statistic: _Statistic, rule: Rule) -> None:
    weight = linear.weight.data.clone().float()
    moments = statistic.moments
    assert moments is not None
    dead = torch.diag(moments) == 0
    moments[dead, dead] = 1
    weight[:, dead] = 0
    places = torch.arange(weight.shape[1])
    moments[places, places] += DAMPING * torch.mean(torch.diag(moments))
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(moments))
    inverse = torch.linalg.cholesky(inverse, upper=True)
    for start in range(0, weight.shape[1], BLOCK):
        stop = min(start + BLOCK, weight.shape[1])
        _sparsegpt_block(weight, inverse, start, stop, rule)
    linear.weight.data = weight.to(linear.weight.dtype)


def _sparsegpt_block(weight: Tensor, inverse: Tensor, start: int, stop: int, rule: Rule) -> None:
    block = weight[:, start:stop].clone()
    result = torch.zeros_like(block)
    errors = torch.zeros_like(block)
    factor = inverse[start:stop, start:stop]
    cost = block**2 / torch.diag(factor).reshape(1, -1) ** 2
    if rule.of:
        mask = torch.zeros_like(block) == 1
    else:
        limit = torch.sort(cost.flatten())[0][int(cost.numel() * rule.ratio)]
        mask = cost <= limit
    for column in range(stop - start):
        before = block[:, column]
        if rule.of and column % rule.of == 0:
            group = slice(column, column + rule.of)
            own = block[:, group] ** 2 / torch.diag(factor)[group].reshape(1, -1) ** 2
            worst = torch.topk(own, rule.of - rule.keep, dim=1, largest=False)[1]
            mask.scatter_(1, column + worst, True)
        after = before.clone()
        after[mask[:, column]] = 0
        result[:, column] = after
        error = (before - after) / factor[column, column]
        block[:, column:] -= error.unsqueeze(1).matmul(factor[column, column:].unsqueeze(0))
        errors[:, column] = error
    weight[:, start:stop] = result
    weight[:, stop:] -= errors.matmul(inverse[start:stop, stop:])
