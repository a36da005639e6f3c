"""Outlier features on demand: the function stays, Wanda's masks stay, magnitudes mislead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.api import Engine
from engine.errors import BadSpec, UnsupportedModel
from engine.jobs.job import JobFailed
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.pruning.outliers_spec import OutliersResult, OutliersSpec
from engine.pruning.rescale import factors, rescaled, sites
from engine.pruning.targets import targets
from tests.support.tiny_models import tiny_model

MODEL = ModelRef("teach-rope", options=LoadOptions(device="cpu", dtype="float32"))
SPEC = OutliersSpec(
    model=MODEL, strengths=(0.0, 1.0), methods=("magnitude", "wanda", "ria"), windows=8,
    measured=16, length=96,
)  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Paths.below(Path(tmp_path_factory.mktemp("outliers"))))
    yield engine
    engine.close()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_activations_see_through_outliers_and_magnitudes_do_not(engine: Engine, seed: int) -> None:
    result = engine.submit(replace(SPEC, seed=seed)).result(300)
    assert isinstance(result, OutliersResult)
    for fact in result.facts:
        assert fact.logit_difference == 0.0  # powers of two: exact
        assert fact.loss == result.facts[0].loss
    assert result.facts[1].largest > 3 * result.facts[0].largest
    plain, strong = result.curve("wanda")
    assert (strong.moved, strong.loss) == (0.0, plain.loss)
    magnitude, ria = result.curve("magnitude"), result.curve("ria")
    assert magnitude[1].moved > 0.1
    assert magnitude[1].loss.nll > magnitude[0].loss.nll + 0.3
    for better in (strong, ria[1]):
        assert better.loss.nll + 0.3 < magnitude[1].loss.nll


def test_strength_zero_is_measured_against_even_when_not_asked_for(engine: Engine) -> None:
    spec = replace(SPEC, strengths=(1.0,), methods=("magnitude",))
    result = engine.submit(spec).result(300)
    assert isinstance(result, OutliersResult)
    assert result.points[0].moved > 0.1


@pytest.mark.parametrize("family", ["llama", "qwen3", "mistral", "bloom", "gpt2"])
@torch.no_grad()
def test_the_function_stays_and_every_bit_comes_back(family: str) -> None:
    model = tiny_model(family)[0].eval()
    ids = torch.randint(4, 200, (2, 12), generator=torch.Generator().manual_seed(2))
    found = targets(model)
    places = sites(model, found, ids[:1])
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    plain = model(input_ids=ids).logits
    with rescaled(places, factors(places, 1.0, seed=3)):
        changed = [n for n, t in model.state_dict().items() if not torch.equal(t, before[n])]
        assert changed
        assert torch.equal(model(input_ids=ids).logits, plain)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_factors_are_powers_of_two_of_the_strength() -> None:
    model = tiny_model("llama")[0].eval()
    places = sites(model, targets(model), torch.tensor([[5, 6]]))
    assert [place.features for place in places] == [64] * 4 + [128] * 2
    drawn = torch.cat(factors(places, 2.0, seed=0)).log2()
    assert torch.equal(drawn, drawn.round())
    assert float(drawn.std()) == pytest.approx(2.0 / 0.6931, rel=0.15)
    assert all(bool((scale == 1).all()) for scale in factors(places, 0.0, seed=0))


def test_norms_that_add_one_are_left_alone() -> None:
    model = tiny_model("gemma2")[0].eval()
    places = sites(model, targets(model), torch.tensor([[5, 6]]))
    assert all(place.norm is None for place in places)  # 1 + w is not proportional to w
    bare = tiny_model("gpt2")[0].eval()
    for module in bare.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.forward = torch.zeros_like  # type: ignore[method-assign]
    with pytest.raises(UnsupportedModel):
        sites(bare, [], torch.tensor([[5, 6]]))


@pytest.mark.parametrize(
    "change", [{"strengths": ()}, {"strengths": (9.0,)}, {"methods": ("custom",)}, {"ratio": -0.1}]
)
def test_bad_experiments_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadSpec):
        replace(SPEC, **change).check()  # type: ignore[arg-type]


def test_a_model_that_computes_no_numbers_is_named(engine: Engine) -> None:
    broken = replace(SPEC, model=replace(MODEL, options=replace(MODEL.options, state="broken")))
    with engine.resources.residency.lease(broken.model) as loaded:
        loaded.model.get_output_embeddings().weight.data[3, 3] = torch.nan
    with pytest.raises(JobFailed, match="not finite"):
        engine.submit(broken).result(300)
