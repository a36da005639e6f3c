"""The importance map against one whole forward pass per head, its file, and stopping."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import Engine
from engine.errors import BadSpec, DataError, JobCancelled
from engine.inspection.ablation_spec import Unit
from engine.inspection.ranking import HeadRanking, load_ranking, save_ranking
from engine.inspection.sweep_spec import SweepHeadsSpec
from engine.jobs.events import Event, Partial
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from tests.inspection.inside_models import HEADS, IDS, PROJECTION, TARGET, WIDTH
from tests.support.tiny_models import save_tiny, tiny_model


def ref(family: str, tmp_path: Path) -> ModelRef:
    return ModelRef(str(save_tiny(family, tmp_path / family)), options=LoadOptions(dtype="float32"))


def logits_without(family: str, layer: int, head: int, last_only: bool) -> torch.Tensor:
    """float64 log-probabilities of a whole forward pass; head -1 = nothing taken out."""
    model, _ = tiny_model(family)
    name = PROJECTION[family].replace(".1.", f".{layer}.", 1)

    def hook(_module: object, args: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
        out = args[0].clone()
        at = slice(-1, None) if last_only else slice(None)
        out[:, at, head * WIDTH : (head + 1) * WIDTH] = 0
        return (out,)

    if head >= 0:
        model.get_submodule(name).register_forward_pre_hook(hook)
    more = {"decoder_input_ids": torch.tensor([TARGET])} if model.config.is_encoder_decoder else {}
    with torch.no_grad():
        logits = model(torch.tensor([IDS]), **more).logits[0]
    return logits.double().log_softmax(-1)


def loss(logprobs: torch.Tensor, ids: tuple[int, ...]) -> float:
    return -float(logprobs[:-1].gather(1, torch.tensor(ids[1:])[:, None]).mean())


def kl(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    return (first.exp() * (first - second)).sum(-1)


@pytest.mark.parametrize("family", ["llama", "bloom", "bart"])
def test_every_head_costs_what_a_whole_pass_without_it_costs(family: str, tmp_path: Path):
    engine = Engine()
    partials: list[HeadRanking] = []

    def hear(event: Event) -> None:
        if isinstance(event, Partial):
            partials.append(event.value)

    spec = SweepHeadsSpec(model=ref(family, tmp_path), ids=IDS, target_ids=TARGET, roles=("self",))
    ranking = engine.submit(spec, hear).result(120)
    engine.close()
    assert isinstance(ranking, HeadRanking)
    own = logits_without(family, 0, -1, False)
    read = TARGET if family == "bart" else IDS
    assert ranking.baseline == pytest.approx(loss(own, read), abs=1e-5)
    for one in ranking.scores:
        without = logits_without(family, one.unit.layer, one.unit.head, False)
        assert one.nll == pytest.approx(loss(without, read) - loss(own, read), abs=1e-5)
        assert one.kl == pytest.approx(float(kl(own, without).mean()), abs=1e-5)
        assert one.kl_at == pytest.approx(float(kl(own, without)[-1]), abs=1e-5)
        assert one.top_changed == bool(own[-1].argmax() != without[-1].argmax())
    assert ranking.complete
    assert len(ranking.scores) == 2 * HEADS
    counts = [len(one.scores) for one in partials]
    assert counts == sorted(counts)
    assert not partials[0].complete
    values, known = ranking.matrix()
    assert known.all()
    best = ranking.ranked("head")[0]
    assert values.max() == np.float32(best.nll)
    assert values[best.unit.layer, best.unit.head] == values.max()


@pytest.mark.parametrize("family", ["qwen3", "gemma2"])
def test_at_the_shown_token_alone_all_heads_are_one_step(family: str, tmp_path: Path):
    engine = Engine()
    spec = SweepHeadsSpec(
        model=ref(family, tmp_path), ids=IDS, scope="last", measure="kl",
        parts=("head", "attention", "mlp"),
    )  # fmt: skip
    ranking = engine.submit(spec).result(120)
    engine.close()
    assert isinstance(ranking, HeadRanking)
    assert ranking.planned == 2 * (HEADS + 2)
    own = logits_without(family, 0, -1, True)[-1]
    for one in ranking.scores:
        if one.unit.part == "head":
            without = logits_without(family, one.unit.layer, one.unit.head, True)[-1]
            assert one.kl == pytest.approx(float(kl(own, without)), abs=1e-5)
    assert ranking.groups().shape == (2, 2)
    np.testing.assert_allclose(ranking.groups().sum(), ranking.matrix()[0].sum(), rtol=1e-5)


def test_only_the_answers_predictions_count(tmp_path: Path):
    engine = Engine()
    model = ref("llama", tmp_path)
    by_number = engine.submit(SweepHeadsSpec(model=model, ids=IDS, since=9)).result(120)
    spec = SweepHeadsSpec(model=model, text="abcd", answer="ef")
    by_answer = engine.submit(spec).result(120)
    with pytest.raises(JobFailed, match="No token is left"):
        engine.submit(SweepHeadsSpec(model=model, ids=IDS, since=12)).result(120)
    engine.close()
    assert isinstance(by_number, HeadRanking)
    assert isinstance(by_answer, HeadRanking)
    own = logits_without("llama", 0, -1, False)
    assert by_number.baseline == pytest.approx(loss(own[8:], IDS[8:]), abs=1e-5)
    for one in by_number.scores:
        without = logits_without("llama", one.unit.layer, one.unit.head, False)
        expected = loss(without[8:], IDS[8:]) - loss(own[8:], IDS[8:])
        assert one.nll == pytest.approx(expected, abs=1e-5)
        assert one.kl == pytest.approx(float(kl(own, without)[8:].mean()), abs=1e-5)
    assert (by_number.counted, by_answer.counted) == (3, 2)
    assert by_answer.tokens == 6


def test_a_stopped_sweep_keeps_what_it_has_measured(tmp_path: Path):
    engine = Engine()
    partials: list[HeadRanking] = []

    def hear(event: Event) -> None:
        if isinstance(event, Partial):
            partials.append(event.value)
            job.cancel()

    spec = SweepHeadsSpec(model=ref("llama", tmp_path), ids=IDS)
    job = engine.submit(spec, hear)
    with pytest.raises(JobCancelled):
        job.result(120)
    (kept,) = partials
    assert {one.unit.layer for one in kept.scores} == {0}
    _, known = kept.matrix()
    assert known.tolist() == [[True] * HEADS, [False] * HEADS]
    again = engine.submit(SweepHeadsSpec(model=spec.model, ids=IDS)).result(120)
    engine.close()
    assert isinstance(again, HeadRanking)
    assert again.scores[: len(kept.scores)] == kept.scores


def test_a_ranking_survives_its_file_and_other_files_are_refused(tmp_path: Path):
    engine = Engine()
    spec = SweepHeadsSpec(model=ref("gpt2", tmp_path), ids=IDS, parts=("head", "mlp"))
    ranking = engine.submit(spec).result(120)
    engine.close()
    assert isinstance(ranking, HeadRanking)
    file = tmp_path / "heads.json"
    save_ranking(ranking, file)
    assert load_ranking(file) == ranking
    file.write_text("{}")
    with pytest.raises(DataError, match="no ranking"):
        load_ranking(file)
    file.write_text('{"format": "lathe-head-ranking", "version": 99}')
    with pytest.raises(DataError, match="newer"):
        load_ranking(file)
    with pytest.raises(DataError, match="no ranking"):
        load_ranking(tmp_path / "nowhere.json")


def test_the_spec_survives_json_and_refuses_nothing_to_take_out():
    spec = SweepHeadsSpec(text="Hi", parts=("mlp",), roles=("encoder",), measure="kl")
    assert decode(encode(spec)) == spec
    with pytest.raises(BadSpec):
        SweepHeadsSpec(text="Hi", parts=()).check()
    assert Unit(0) == Unit(0, 0, "head", "self")
