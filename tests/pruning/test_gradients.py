"""Scores by gradients: against autograd written out, and blind to rescaled features."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import PreTrainedModel

from engine.api import Engine
from engine.errors import DeviceOutOfMemory
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.pruning import gradients
from engine.pruning.gradients import read_gradients
from engine.pruning.methods.registry import method_of
from engine.pruning.outliers_spec import OutliersResult, OutliersSpec
from engine.pruning.passages import Passages
from engine.pruning.prune_spec import PruneResult, PruneSpec
from engine.pruning.pruned import PrunedMatrix, prune_matrices
from engine.pruning.recipe import Pattern, Recipe
from engine.pruning.sweep_spec import SweepPruneSpec, SweepResult
from engine.pruning.targets import Target, targets
from tests.support.tiny_models import tiny_model

MODEL = ModelRef("teach-rope", options=LoadOptions(device="cpu", dtype="float32"))
ALPHA = 100.0
FEW = {"model": MODEL, "windows": 6, "length": 96, "measured": 8}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Paths.below(Path(tmp_path_factory.mktemp("gradients"))))
    yield engine
    engine.close()


def text(windows: int = 4, length: int = 11) -> Passages:
    ids = torch.randint(4, 200, (windows, length), generator=torch.Generator().manual_seed(7))
    real = torch.ones_like(ids, dtype=torch.bool)
    real[-1, 8:] = False
    scored = real.clone()
    scored[0, :5] = False
    scored[1] = False  # nothing counts here
    return Passages(ids, real, scored, "", "test")


def written_out(model: PreTrainedModel, found: list[Target], words: Passages) -> dict[str, Tensor]:
    """√(Σ g²), one window and one gradient after the other, over all logits."""
    weights = list({id(one.parameter): one.parameter for one in found}.values())
    for weight in weights:
        weight.requires_grad_(True)
    sums = [torch.zeros_like(weight, dtype=torch.float64) for weight in weights]
    for ids, real, scored in zip(words.ids, words.real, words.scored, strict=True):
        length = int(real.sum())
        logits = model(input_ids=ids[None, :length]).logits[0]
        lost = [
            -F.log_softmax(logits[place - 1], -1)[ids[place]]
            for place in range(1, length)
            if scored[place]
        ]
        if lost:
            grads = torch.autograd.grad(torch.stack(lost).mean(), weights, allow_unused=True)
            for total, grad in zip(sums, grads, strict=True):
                if grad is not None:
                    total += grad.double() ** 2
    for weight in weights:
        weight.requires_grad_(False)
    by_id = {id(weight): total.sqrt() for weight, total in zip(weights, sums, strict=True)}
    return {one.name: one.part_of(by_id[id(one.parameter)]).float() for one in found}


@pytest.mark.parametrize("family", ["llama", "gpt2", "bloom", "qwen3_moe"])
def test_gradients_equal_autograd_written_out(family: str) -> None:
    model = tiny_model(family)[0].eval().requires_grad_(False)
    found, words = targets(model), text()
    expected = written_out(model, found, words)
    dense = {one.name: one.weight.clone() for one in found}
    read = read_gradients(model, found, words, lambda: None)
    for target in found:
        torch.testing.assert_close(
            read[target.name], expected[target.name], rtol=1e-4, atol=1e-7, msg=target.name
        )
        assert torch.equal(target.weight, dense[target.name])
        assert target.parameter.grad is None
        assert not target.parameter.requires_grad


@pytest.mark.parametrize("method", ["taylor", "gblm"])
@pytest.mark.parametrize("pattern", [Pattern(), Pattern(2, 4)])
def test_masks_equal_the_formula_written_out(method: str, pattern: Pattern) -> None:
    model = tiny_model("llama")[0].eval().requires_grad_(False)
    found, words, ratio = targets(model), text(), 0.5
    first = found[0]  # its inputs come from nothing that is pruned
    weight = first.weight.clone().numpy().astype(np.float64)
    gradient = read_gradients(model, found, words, lambda: None)[first.name].double().numpy()
    seen: list[Tensor] = []
    handle = first.module.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    with torch.no_grad():
        model(input_ids=words.ids, attention_mask=words.real.long())
    handle.remove()
    norms = np.sqrt((seen[0][words.real].double().numpy() ** 2).sum(0))
    done: list[PrunedMatrix] = []
    with torch.no_grad():
        prune_matrices(
            model, found, words, method_of(method, Recipe(), pattern),
            {one.name: ratio for one in found}, done.append, lambda: None,
        )  # fmt: skip
    score = np.empty_like(weight)
    for i in range(weight.shape[0]):
        for j in range(weight.shape[1]):
            pull = gradient[i, j] if method == "taylor" else norms[j] + ALPHA * gradient[i, j]
            score[i, j] = abs(weight[i, j]) * pull
    if not pattern.free:
        groups = score.reshape(-1, pattern.of)
    else:
        groups = score.reshape(1, -1) if method == "taylor" else score
    expected = np.zeros_like(groups, dtype=bool)
    for row, group in enumerate(groups):
        expected[row, np.argsort(group, kind="stable")[: int(ratio * len(group))]] = True
    gone = done[0].gone.numpy().reshape(expected.shape)
    assert done[0].target is first
    assert (gone != expected).mean() < 0.005  # float32 may swap neighbours of one threshold


def test_rescaled_features_move_no_mask_of_taylor(engine: Engine) -> None:
    spec = OutliersSpec(**FEW, strengths=(0.0, 1.0), methods=("magnitude", "taylor", "gblm"))
    result = engine.submit(spec).result(300)
    assert isinstance(result, OutliersResult)
    plain, strong = result.curve("taylor")  # |W|/c · c‖G‖: the factor cancels exactly
    assert (strong.moved, strong.loss) == (0.0, plain.loss)
    # Where rows are scaled (up), only the gradient's half of GBLM's sum is as it was.
    assert 0 < result.curve("gblm")[1].moved < result.curve("magnitude")[1].moved / 10


def test_jobs_and_sweeps_agree_and_leave_the_model_whole(engine: Engine) -> None:
    swept = engine.submit(
        SweepPruneSpec(**FEW, methods=("taylor", "gblm"), ratios=(0.4, 0.6))
    ).result(300)
    assert isinstance(swept, SweepResult)
    by_cell = {(cell.method, cell.ratio): cell for cell in swept.cells}
    for method in ("taylor", "gblm"):
        one = engine.submit(PruneSpec(**FEW, method=method, ratio=0.6)).result(300)
        assert isinstance(one, PruneResult)
        assert one.pruned is not None
        assert one.dense == swept.dense.loss  # also after the pruning before it
        assert one.pruned.nll == pytest.approx(by_cell[method, 0.6].loss.nll, abs=1e-6)
        assert by_cell[method, 0.4].loss.nll < by_cell[method, 0.6].loss.nll


def test_what_does_not_fit_is_said_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model("llama")[0]
    monkeypatch.setattr(gradients, "free_bytes", lambda device: 1000)
    with pytest.raises(DeviceOutOfMemory, match="are free"):
        read_gradients(model, targets(model), text(), lambda: None)
