"""SparseGPT: zero what the others can best make up for, and let them (Frantar & Alistarh 2023).

Algorithm 1: the Hessian ``H = 2 XᵀX + λI`` of the layer's squared output error; columns go from
left to right in blocks; a weight w of column j costs ``w² / [U]_jj²`` with U the upper Cholesky
factor of H⁻¹, and what is lost moves to the columns on its right.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import BadSpec
from engine.pruning.inputs import Inputs
from engine.pruning.ranking import count, pruned_of_m
from engine.pruning.recipe import Pattern


@dataclass(frozen=True)
class SparseGpt:
    """Pruning with weight update.

    Attributes:
        pattern: How zeros may lie.
        block: Columns among which a mask is chosen at once.
        damping: λ as a share of the Hessian's mean diagonal.
    """

    pattern: Pattern = Pattern()
    block: int = 128
    damping: float = 0.01

    def prune(self, weight: Tensor, inputs: Inputs, ratio: float) -> Tensor:
        """See `Method.prune`.

        Raises:
            BadSpec: The Hessian cannot be factorised (the calibration text says too little).
        """
        hessian = inputs.moments.clone()
        work = weight.detach().float().clone()
        dead = hessian.diagonal() == 0
        hessian.diagonal()[dead] = 1
        work[:, dead] = 0
        upper = self._inverse_factor(hessian)
        gone = torch.zeros_like(work, dtype=torch.bool)
        columns = work.shape[1]
        for start in range(0, columns, self.block):
            stop = min(start + self.block, columns)
            part = slice(start, stop)
            factor = upper[part, part]
            chosen = self._choose(work[:, part], factor, ratio)
            lost = self._update(work[:, part], factor, chosen)
            gone[:, part] = chosen
            work[:, stop:] -= lost @ upper[part, stop:]
        weight.copy_(work.masked_fill(gone, 0))
        return gone

    def _inverse_factor(self, hessian: Tensor) -> Tensor:
        """The upper Cholesky factor of the damped Hessian's inverse, ``[in, in]``."""
        damped = hessian + self.damping * hessian.diagonal().mean() * torch.eye(
            len(hessian), device=hessian.device
        )
        lower, failed = torch.linalg.cholesky_ex(damped)
        upper: Tensor = lower
        if not failed:
            upper, failed = torch.linalg.cholesky_ex(torch.cholesky_inverse(lower), upper=True)
        if failed:
            raise BadSpec(
                "The second moments of the calibration's activations cannot be inverted.",
                "Use more calibration windows, or a method without weight update.",
            )
        return upper

    def _choose(self, block: Tensor, factor: Tensor, ratio: float) -> Tensor:
        """Which weights of a block go; of a pattern, decided by `_update` column by column."""
        cost = block.square() / factor.diagonal().square()
        if not self.pattern.free:
            return pruned_of_m(cost, self.pattern)
        order = cost.flatten().argsort(stable=True)
        gone = torch.zeros(cost.numel(), dtype=torch.bool, device=cost.device)
        gone[order[: count(ratio, cost.numel())]] = True
        return gone.view_as(cost)

    def _update(self, block: Tensor, factor: Tensor, chosen: Tensor) -> Tensor:
        """Move what is lost to the right within the block (in place).

        Returns:
            What the columns behind the block have to make up for, ``[out, block]``.
        """
        lost = torch.zeros_like(block)
        for column in range(block.shape[1]):
            if not self.pattern.free and column % self.pattern.of == 0:
                group = slice(column, column + self.pattern.of)
                cost = block[:, group].square() / factor.diagonal()[group].square()
                chosen[:, group] = pruned_of_m(cost, self.pattern)
            before = block[:, column]
            after = before.masked_fill(chosen[:, column], 0)
            share = (before - after) / factor[column, column]
            block[:, column:] -= share.unsqueeze(1) * factor[column, column:]
            lost[:, column] = share
        return lost
