"""SparseGPT: zero what the others can best make up for, and let them (Frantar & Alistarh 2023).

Algorithm 1: the Hessian ``H = 2 XᵀX + λI`` of the layer's squared output error; columns go from
left to right in blocks; a weight w of column j costs ``w² / [U]_jj²`` with U the upper Cholesky
factor of H⁻¹, and what is lost moves to the columns on its right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from engine.errors import BadSpec
from engine.pruning.inputs import Inputs
from engine.pruning.ranking import lowest, pruned_of_m
from engine.pruning.recipe import Pattern

STEP = 16
"""Columns between two matrix products within a block."""


@dataclass(frozen=True)
class SparseGpt:
    """Pruning with weight update.

    Attributes:
        pattern: How zeros may lie.
        block: Columns among which a mask is chosen at once.
        damping: λ as a share of the Hessian's mean diagonal.
    """

    updates: ClassVar[bool] = True

    pattern: Pattern = Pattern()
    block: int = 128
    damping: float = 0.01

    def prune(self, weight: Tensor, inputs: Inputs, ratio: float) -> Tensor:
        """See `Method.prune`.

        Raises:
            BadSpec: The Hessian cannot be factorised (the calibration text says too little).
        """
        upper = inputs.kept(self.damping, lambda: self._inverse_factor(inputs.moments))
        work = weight.detach().float().T.contiguous()  # [in, out]: a column is a stretch of memory
        work[inputs.moments.diagonal() == 0] = 0  # features that were never active
        gone = torch.zeros_like(work, dtype=torch.bool)
        columns = len(work)
        block = self._whole(self.block)
        for start in range(0, columns, block):
            stop = min(start + block, columns)
            part = slice(start, stop)
            lost = self._prune_block(work[part], upper[part, part], gone[part], ratio)
            work[stop:] -= upper[part, stop:].T @ lost
        weight.copy_(work.masked_fill_(gone, 0).T)
        return gone.T.contiguous()

    def _inverse_factor(self, moments: Tensor) -> Tensor:
        """The upper Cholesky factor of the damped Hessian's inverse, ``[in, in]``."""
        hessian = moments.clone()
        diagonal = hessian.diagonal()
        diagonal[diagonal == 0] = 1
        diagonal += self.damping * diagonal.mean()
        lower, failed = torch.linalg.cholesky_ex(hessian)
        upper: Tensor = lower
        if not failed:
            upper, failed = torch.linalg.cholesky_ex(torch.cholesky_inverse(lower), upper=True)
        if failed:
            raise BadSpec(
                "The second moments of the calibration's activations cannot be inverted.",
                "Use more calibration windows, or a method without weight update.",
            )
        return upper

    def _prune_block(self, work: Tensor, factor: Tensor, gone: Tensor, ratio: float) -> Tensor:
        """Choose, and move what is lost to the right within the block.

        Args:
            work: Columns of the block, ``[block, out]``, written to.
            factor: Their part of the upper factor, ``[block, block]``.
            gone: True where a weight goes, written, ``[block, out]``.
            ratio: Share of zeros; a pattern decides by itself.

        Returns:
            What the columns behind the block have to make up for, ``[block, out]``.
        """
        pivots = factor.diagonal().unsqueeze(1)
        if self.pattern.free:  # one threshold over the block, in the order of its rows
            gone.copy_(lowest((work / pivots).square_().T, "matrix", ratio).T)
        lost = torch.empty_like(work)
        step = self._whole(STEP)
        for start in range(0, len(work), step):
            stop = min(start + step, len(work))
            for column in range(start, stop):
                if not self.pattern.free and column % self.pattern.of == 0:
                    group = slice(column, column + self.pattern.of)
                    cost = (work[group] / pivots[group]).square_()
                    gone[group] = pruned_of_m(cost.T, self.pattern).T
                torch.mul(work[column], gone[column], out=lost[column])
                lost[column] /= factor[column, column]
                work[column:stop].addr_(factor[column, column:stop], lost[column], alpha=-1)
            # the rest of the block gets all of the step's columns in one product
            work[stop:] -= factor[start:stop, stop:].T @ lost[start:stop]
        return lost

    def _whole(self, columns: int) -> int:
        """At least so many columns, in whole groups of the pattern."""
        of = self.pattern.of or 1
        return -(-columns // of) * of
