"""The job "prune-structured" and its command, end to end on the teaching models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM
from typer.testing import CliRunner

from engine.api import Engine
from engine.cli import app
from engine.errors import BadSpec
from engine.inspection.ranking import HeadRanking, save_ranking
from engine.inspection.sweep_spec import SweepHeadsSpec
from engine.jobs.events import Progress
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from engine.pruning.loss import loss
from engine.pruning.passages import APART, passages
from engine.pruning.structured.speed import verdict
from engine.pruning.structured_spec import StructuredResult, StructuredSpec
from engine.text_source import TextSource
from tests.support import tiny_models

OPTIONS = LoadOptions(device="cpu", dtype="float32")
ROPE = ModelRef("teach-rope", options=OPTIONS)
SHORT = StructuredSpec(model=ROPE, windows=8, length=96, measured=6, tokens=0)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


def run(engine: Engine, spec: StructuredSpec) -> StructuredResult:
    result = engine.submit(spec).result(300)
    assert isinstance(result, StructuredResult)
    return result


def test_a_spec_comes_back_from_text() -> None:
    spec = replace(SHORT, widths="per-layer", importance="flap", compensate=True, blocks=1)
    assert decode(encode(spec)) == spec


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"groups": 1.0}, "A share of 1"),
        ({"neurons": -0.1}, "A share of -0.1"),
        ({"groups": 0.0, "neurons": 0.0}, "Nothing is to be cut"),
        ({"blocks": -1}, "Fewer than no layers"),
        ({"length": 4}, "no tokens"),
        ({"rounds": 0}, "below its least"),
    ],
)
def test_what_cannot_be_run_is_refused(changes: dict[str, float], says: str) -> None:
    with pytest.raises(BadSpec, match=says):
        replace(SHORT, **changes).check()  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["teach-rope", "teach-alibi"])
def test_a_shallower_model_opens_anywhere(engine: Engine, tmp_path: Path, model: str) -> None:
    spec = replace(
        SHORT,
        model=ModelRef(model, options=OPTIONS),
        groups=0.0,
        neurons=0.0,
        blocks=1,
        out=str(tmp_path / "small"),
    )
    result = run(engine, spec)
    assert result.reload is not None
    assert (result.reload.equal, result.reload.route) == (True, "transformers")
    (gone,) = [one for one in result.layers if not one.stays]
    assert gone.influence == min(one.influence for one in result.layers)
    small = AutoModelForCausalLM.from_pretrained(spec.out, dtype=torch.float32)
    assert small.config.num_hidden_layers == len(result.layers) - 1
    assert small.num_parameters() == result.parameters[0] < result.parameters[1]
    share = result.parameters[0] / result.parameters[1]
    assert result.file_bytes[0] / result.file_bytes[1] == pytest.approx(share, abs=0.02)
    kept = 1 - 1 / len(result.layers)
    assert result.cache_bytes[0] / result.cache_bytes[1] == pytest.approx(kept)


def test_the_written_model_has_the_loss_that_was_measured(engine: Engine, tmp_path: Path) -> None:
    spec = replace(SHORT, out=str(tmp_path / "small"))
    result = run(engine, spec)
    assert result.dense is not None
    assert result.pruned is not None
    assert result.pruned.nll > result.dense.nll
    with engine.resources.residency.lease(ROPE) as loaded:
        text = passages(
            TextSource(), loaded.tokenizer, windows=6, length=96, seed=spec.seed + APART
        )
        assert loss(loaded.model, text, lambda: None) == result.dense  # it is whole as before
    again = AutoModelForCausalLM.from_pretrained(spec.out, dtype=torch.float32).eval()
    assert loss(again, text, lambda: None).nll == pytest.approx(result.pruned.nll, abs=1e-6)
    facts = json.loads((tmp_path / "small" / "pruning.json").read_text())
    assert facts["calibration"]["sha256"] == result.calibration_sha256
    assert facts["layers"][0]["neurons"] == result.layers[0].neurons_kept.tolist()
    widths = {len(one.neurons_kept) for one in result.layers}
    assert widths == {again.config.intermediate_size}
    heads = {len(one.groups_kept) for one in result.layers}
    assert heads == {again.config.num_key_value_heads}


def test_widths_per_layer_open_in_our_loader(engine: Engine, tmp_path: Path) -> None:
    spec = replace(
        SHORT,
        widths="per-layer",
        importance="flap",
        compensate=True,
        blocks=1,
        out=str(tmp_path / "small"),
    )
    result = run(engine, spec)
    assert result.reload is not None
    assert (result.reload.equal, result.reload.route) == (True, "lathe")
    assert result.widths == "per-layer"
    assert result.compensated
    own = ModelRef(spec.out, options=OPTIONS)
    with engine.resources.residency.lease(own) as loaded:
        text = passages(
            TextSource(), loaded.tokenizer, windows=6, length=96, seed=spec.seed + APART
        )
        found = loss(loaded.model, text, lambda: None)
    assert result.pruned is not None
    assert found.nll == pytest.approx(result.pruned.nll, abs=1e-6)
    # and it can be cut again
    second = run(engine, replace(SHORT, model=own))
    assert second.parameters[0] < second.parameters[1] == result.parameters[0]
    assert second.widths == "uniform"


def test_biases_are_put_in_only_where_asked(engine: Engine) -> None:
    spec = replace(SHORT, groups=0.0, importance="flap")
    alone, helped = run(engine, spec), run(engine, replace(spec, compensate=True))
    assert not alone.compensated
    assert helped.compensated
    assert alone.pruned != helped.pruned
    layers, width = 4, 192
    assert helped.parameters[0] - alone.parameters[0] == layers * (2 * 384 + width)


def test_heads_judged_by_the_loss_cost_less(engine: Engine) -> None:
    """Of the same file size; what each head costs alone is a better guess than its weights."""
    spec = replace(SHORT, neurons=0.0, widths="per-layer", measured=12)
    guessed = run(engine, spec)
    heard: list[str] = []
    job = engine.submit(
        replace(spec, importance="loss"),
        lambda event: heard.append(event.text) if isinstance(event, Progress) else None,
    )
    found = job.result(300)
    assert isinstance(found, StructuredResult)
    assert found.parameters == guessed.parameters
    assert found.pruned is not None
    assert guessed.pruned is not None
    assert found.pruned.nll < guessed.pruned.nll
    assert any(text.startswith("Part ") for text in heard)


@pytest.fixture(scope="module")
def swept(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[HeadRanking, Path]:
    """A real sweep of the teaching model's heads, saved as the Attention page saves it."""
    spec = SweepHeadsSpec(model=ROPE, text="Tom has 3 apples and buys 2 more.")
    ranking = engine.submit(spec).result(300)
    assert isinstance(ranking, HeadRanking)
    file = tmp_path_factory.mktemp("ranking") / "heads.json"
    save_ranking(ranking, file)
    return ranking, file


def test_a_ranking_of_heads_decides_which_stay(
    engine: Engine, swept: tuple[HeadRanking, Path]
) -> None:
    ranking, file = swept
    spec = replace(SHORT, neurons=0.0, groups=0.5, ranking=str(file))
    result = run(engine, spec)
    for layer, row in enumerate(ranking.groups()):
        best = sorted(range(len(row)), key=lambda head: (-row[head], head))[: len(row) // 2]
        assert result.layers[layer].groups_kept == tuple(sorted(best))
    plain = run(engine, replace(spec, ranking=""))
    assert [one.groups_kept for one in plain.layers] != [one.groups_kept for one in result.layers]


def test_a_ranking_that_does_not_fit_is_refused(
    engine: Engine, swept: tuple[HeadRanking, Path], tmp_path: Path
) -> None:
    ranking, _ = swept
    file = tmp_path / "other.json"
    spec = replace(SHORT, ranking=str(file))
    with pytest.raises(JobFailed, match="is no ranking of heads"):
        run(engine, spec)
    save_ranking(replace(ranking, model="teach-alibi"), file)
    with pytest.raises(JobFailed, match="is of the model “teach-alibi”"):
        run(engine, spec)
    save_ranking(replace(ranking, scores=ranking.scores[:5]), file)
    with pytest.raises(JobFailed, match="covers 5 of 24 heads"):
        run(engine, spec)


@pytest.mark.parametrize(
    ("family", "changes", "says"),
    [
        ("bert", {}, "no causal decoder"),
        ("t5", {}, "no causal decoder"),
        ("bloom", {"neurons": 0.0}, "number or norm is tied"),
        ("qwen3_moe", {}, "mixture of experts"),
        ("llama", {"experts": 0.5}, "no mixture of experts"),
        ("llama", {"blocks": 2}, "has 2 layers; 2 cannot go"),
        ("llama", {"calibration": TextSource("", "short")}, "fewer than one window"),
    ],
)
def test_what_an_architecture_cannot_do_is_said(
    engine: Engine, tmp_path: Path, family: str, changes: dict[str, object], says: str
) -> None:
    folder = tiny_models.save_tiny(family, tmp_path / family)
    spec = replace(SHORT, model=ModelRef(str(folder), options=OPTIONS), **changes)  # type: ignore[arg-type]
    with pytest.raises(JobFailed, match=says) as caught:
        run(engine, spec)
    assert caught.value.hint


def test_packed_weights_are_refused(engine: Engine) -> None:
    packed = replace(ROPE, options=replace(OPTIONS, quantization="nf4"))
    with pytest.raises(JobFailed, match="packed in 4 or 8 bits"):
        run(engine, replace(SHORT, model=packed))


def test_experts_go_from_the_same_spec(engine: Engine, tmp_path: Path) -> None:
    folder = tiny_models.save_tiny("qwen3_moe", tmp_path / "moe")
    words = TextSource("", "The quick brown fox jumps over the lazy dog. " * 30)
    spec = replace(
        SHORT,
        model=ModelRef(str(folder), options=OPTIONS),
        groups=0.0,
        neurons=0.0,
        experts=0.5,
        calibration=words,
        evaluation=words,
        out=str(tmp_path / "small"),
    )
    result = run(engine, spec)
    assert result.reload is not None
    assert (result.reload.equal, result.reload.route) == (True, "transformers")
    for one in result.layers:
        best = sorted(range(8), key=lambda expert: -one.experts[expert])[:4]
        assert one.experts_kept == tuple(sorted(best))


def test_a_gain_is_real_only_beyond_the_noise() -> None:
    steady = [100.0, 101.0, 99.0, 100.0, 100.0]
    again = [100.0, 100.0, 100.0, 101.0, 99.0]
    gain, noise = verdict(steady, [130.0, 131.0, 128.0, 131.0, 129.0], again)
    assert gain == pytest.approx(1.3, abs=0.02)
    assert noise < 0.03
    wild = [60.0, 150.0, 100.0, 70.0, 140.0]
    gain, noise = verdict(steady, [104.0, 103.0, 105.0, 104.0, 104.0], wild)
    assert abs(gain - 1) < noise


def test_speed_is_measured_against_the_model_itself(engine: Engine) -> None:
    result = run(engine, replace(SHORT, tokens=3, rounds=2, measured=0))
    assert result.speed is not None
    assert result.dense is None
    assert result.speed.dense > 0
    assert result.speed.again > 0
    assert result.speed.pruned > 0
    assert (result.speed.rounds, result.speed.tokens) == (2, 3)


def command(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["prune", "structured", *arguments])
    assert found.exit_code == 0, found.output
    return found.stdout


SMALL = ("--windows", "4", "--length", "96", "--measured", "4", "--tokens", "2", "--rounds", "1")


def test_the_command_prints_json_and_writes(tmp_path: Path) -> None:
    scores = tmp_path / "scores.csv"
    out = tmp_path / "small"
    said = command(*SMALL, "--out", str(out), "--scores", str(scores), "--json")
    found = json.loads(said)
    assert found["reload"] == {"equal": True, "largest": 0.0, "route": "transformers"}
    assert found["file_bytes"]["pruned"] == (out / "model.safetensors").stat().st_size
    rows = scores.read_text().splitlines()
    assert rows[0] == "layer,part,number,worth,stays"
    kept = sum(len(one["groups_kept"]) for one in found["layers"])
    assert sum(row.endswith("True") for row in rows if ",group," in row) == kept


def test_the_command_prints_a_table() -> None:
    said = command(*SMALL, "--heads", "0.5", "--neurons", "0")
    assert "3 of 6" in said
    assert "512 of 512" in said
    assert "tokens per second at batch 1" in said


def test_the_command_refuses_with_the_next_step() -> None:
    found = CliRunner().invoke(app, ["prune", "structured", "--widths", "odd"])
    assert found.exit_code == 2
    found = CliRunner().invoke(app, ["prune", "structured", "--heads", "1.5"])
    assert found.exit_code == 2
    assert "A share of 1.5 cannot be cut." in found.stderr
