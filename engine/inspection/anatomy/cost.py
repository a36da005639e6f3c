"""The job "cost of the norms": timed in turns, so that whatever slows the machine slows both.

On a CPU the thread's own computing time is read, with one thread, so that other programs do not
count; on a GPU the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.evaluation.evidence.averaging import figure
from engine.inspection.anatomy.cost_spec import FORMS, CostRow, Form, NormCost, NormCostSpec
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

Norm = Callable[[Tensor], Tensor]
EPS: Final = 1e-5
BLOCK_TOKENS: Final = 64
LEAST_S: Final = 0.004  # one reading lasts at least so long, or the clock's steps would show


def run(spec: Spec, ctx: JobContext) -> NormCost:
    """Run a `NormCostSpec`; publishes a `CostRow` as each is measured."""
    assert isinstance(spec, NormCostSpec)
    rows: list[CostRow] = []
    total = len(FORMS) * len(spec.widths) - 1
    with torch.inference_mode(), one_thread():
        for form in FORMS:
            for width in spec.widths[: len(spec.widths) - (form == "block")]:
                ctx.progress(len(rows) / total, f"Width {width}")
                rows.append(_measure(spec, form, width, ctx.check))
                ctx.partial(rows[-1])
    ctx.progress(1.0)
    return NormCost(
        tuple(rows), _device_name(spec.device), 1, spec.tokens,
        str(torch.__version__),
    )  # fmt: skip


@contextmanager
def one_thread() -> Iterator[None]:
    """Computing on the calling thread alone; what was set before comes back."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def norms(form: Form, width: int, device: str) -> tuple[Norm, Norm]:
    """LayerNorm and RMSNorm with gains (and a bias for the first) in one form."""
    gain = torch.ones(width, device=device)
    bias = torch.zeros(width, device=device)
    if form == "written":

        def written_layer(x: Tensor) -> Tensor:
            centred = x - x.mean(-1, keepdim=True)
            scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + EPS)
            out: Tensor = centred * scale * gain + bias
            return out

        def written_rms(x: Tensor) -> Tensor:
            scaled: Tensor = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS) * gain
            return scaled

        return written_layer, written_rms

    def fused_layer(x: Tensor) -> Tensor:
        return F.layer_norm(x, (width,), gain, bias, EPS)

    def fused_rms(x: Tensor) -> Tensor:
        return F.rms_norm(x, (width,), gain, EPS)

    return fused_layer, fused_rms


def block(norm: Norm, width: int, device: str) -> Norm:
    """A pre-norm block around a norm: attention of 64-wide heads and a network of 4 × width."""
    dice = torch.Generator().manual_seed(width)
    heads = max(1, width // 64)

    def weight(rows: int, columns: int) -> Tensor:
        drawn: Tensor = torch.randn(rows, columns, generator=dice) / columns**0.5
        return drawn.to(device)

    fused, output = weight(3 * width, width), weight(width, width)
    up, down = weight(4 * width, width), weight(width, 4 * width)

    def run_block(x: Tensor) -> Tensor:
        tokens = x.shape[0]
        parts = F.linear(norm(x), fused).view(tokens, 3, heads, -1)
        q, k, v = parts.permute(1, 2, 0, 3)[:, None]  # [1, heads, tokens, head_dim] each
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(mixed[0].transpose(0, 1).flatten(1), output)
        out: Tensor = x + F.linear(F.gelu(F.linear(norm(x), up)), down)
        return out

    return run_block


def _measure(spec: NormCostSpec, form: Form, width: int, check: Callable[[], None]) -> CostRow:
    pair = norms("written" if form == "written" else "fused", width, spec.device)
    if form == "block":
        pair = (block(pair[0], width, spec.device), block(pair[1], width, spec.device))
    tokens = min(spec.tokens, BLOCK_TOKENS) if form == "block" else spec.tokens
    x = torch.randn(tokens, width, generator=torch.Generator().manual_seed(1))
    x = x.to(spec.device)
    times = max(1, round(LEAST_S / max(_seconds(pair[0], x, 3) / 3, 1e-9)))
    _seconds(pair[1], x, 3)
    readings: list[tuple[float, float]] = []
    for repeat in range(spec.repeats):
        check()
        order = (0, 1) if repeat % 2 == 0 else (1, 0)
        taken = {which: _seconds(pair[which], x, times) for which in order}
        readings.append((taken[0], taken[1]))
    elements = times * x.numel()
    return CostRow(
        form,
        width,
        median(first for first, _ in readings) / elements * 1e9,
        median(second for _, second in readings) / elements * 1e9,
        figure([1.0 - second / first for first, second in readings]),
    )


def _seconds(norm: Norm, x: Tensor, times: int) -> float:
    _wait(x)
    clock = time.perf_counter if x.is_cuda else time.thread_time
    start = clock()
    for _ in range(times):
        norm(x)
    _wait(x)
    return clock() - start


def _wait(x: Tensor) -> None:
    if x.is_cuda:
        torch.cuda.synchronize(x.device)


def _device_name(device: str) -> str:
    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    return "CPU"
