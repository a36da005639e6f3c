"""The card: what is expected before the run, what is measured after it, and what is real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.api import Engine
from engine.jobs.events import Event, Partial
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.pruning.card_spec import Card, Change, SensitivityCell
from engine.pruning.forecast import expected_rise, first, validated
from engine.pruning.judge import judge
from engine.pruning.loss import losses
from engine.pruning.passages import Passages, passages
from engine.pruning.prune_spec import MatrixRow, PruneResult, PruneSpec
from engine.pruning.recipe import PRESETS, Pattern
from engine.pruning.semi_structured import no_kernel
from engine.pruning.targets import targets
from engine.pruning.turns import in_turns
from engine.text_source import TextSource
from tests.support.tiny_models import tiny_model

MODEL = ModelRef("teach-rope", options=LoadOptions(device="cpu", dtype="float32"))
SPEC = PruneSpec(model=MODEL, windows=8, length=96, measured=16, ratio=0.6)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Paths.below(Path(tmp_path_factory.mktemp("card"))))
    yield engine
    engine.close()


def random_text() -> Passages:
    ids = torch.randint(4, 200, (20, 24), generator=torch.Generator().manual_seed(3))
    every = torch.ones_like(ids, dtype=torch.bool)
    return Passages(ids, every, every, "", "")


def test_the_card_comes_before_the_run_and_is_true_after_it(engine: Engine, tmp_path: Path) -> None:
    heard: list[object] = []

    def listen(event: Event) -> None:
        if isinstance(event, Partial):
            heard.append(event.value)

    spec = replace(SPEC, forecast=True, bitmask=True, out=str(tmp_path / "out"), timed=2)
    result = engine.submit(spec, listen).result(300)
    assert isinstance(result, PruneResult)
    before = heard[0]
    assert isinstance(before, Card)
    assert all(isinstance(row, MatrixRow) for row in heard[1:])
    card = result.card
    assert card is not None
    assert card.cells == before.cells
    file = card.change("file")
    assert file is not None
    assert file.expected is not None
    assert (file.after, file.before) == result.file_bytes
    assert file.after == pytest.approx(file.expected, rel=0.01)
    assert file.real
    memory, speed, loss = (card.change(name) for name in ("memory", "speed", "perplexity"))  # type: ignore[arg-type]
    assert memory is not None
    assert memory.expected == memory.before
    assert memory.after is None  # nobody measured it
    assert speed is not None
    assert speed.after is not None
    assert result.dense is not None
    assert result.pruned is not None
    assert loss is not None
    assert (loss.before, loss.after) == (result.dense.perplexity, result.pruned.perplexity)
    assert loss.expected is not None
    assert loss.before is not None
    assert loss.expected > loss.before
    quiet = engine.submit(SPEC).result(300)
    assert isinstance(quiet, PruneResult)
    assert quiet.pruned == result.pruned  # neither forecast nor timing moved a weight


def test_a_validated_cell_is_one_layer_pruned_alone() -> None:
    model = tiny_model("llama")[0].eval()
    found, words = targets(model), random_text()
    judged = judge(model, found, words, PRESETS["wanda"], lambda: None)
    ratios = judged.sizes * 0 + 0.5
    cells = validated(model, found, judged, ratios, words, lambda: None)
    assert [cell.layer for cell in cells] == [0, 1]
    part = first(words, 16)
    dense = losses(model, part, lambda: None)
    for cell in cells:
        kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        for target in found:
            if target.layer == cell.layer:
                gone = judged.rankings[target.name].pruned(0.5)
                target.weight.masked_fill_(gone, 0)
        rise, error = losses(model, part, lambda: None).above(dense)
        model.load_state_dict(kept)
        assert (cell.rise, cell.error) == pytest.approx((rise, error))
    both = expected_rise(cells, judged, ratios)  # every layer is known: their sum
    assert both == pytest.approx(max(0.0, sum(cell.rise for cell in cells)))
    half = SensitivityCell(0, 0.5, cells[0].predicted, 0.1, 0.0)
    share = (cells[0].predicted + cells[1].predicted) / cells[0].predicted
    assert expected_rise([half], judged, ratios) == pytest.approx(0.1 * share)


def test_timing_in_turns_leaves_the_pruned_weights() -> None:
    model = tiny_model("llama")[0].eval()
    found = targets(model)
    whole = [(target.parameter, target.weight.clone()) for target in found]
    for target in found:
        target.weight.masked_fill_(target.weight > 0, 0)
    pruned = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    seen: list[bool] = []
    dense = whole[0][1].data_ptr()  # used where it is: a copy would be a third set of weights
    model.register_forward_pre_hook(lambda *_: seen.append(found[0].weight.data_ptr() == dense))
    speed = in_turns(model, whole, torch.arange(5, 25), 2, lambda: None)
    assert any(seen)
    assert not all(seen)
    assert speed.rounds == 7
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, pruned[name])


def test_real_is_more_than_noise() -> None:
    assert Change("speed", 100.0, 100.0, 108.0, noise=5.0).real
    assert not Change("speed", 100.0, 100.0, 104.0, noise=5.0).real
    assert not Change("file", 100.0, 56.0, None).real


def test_no_kernel_says_why() -> None:
    weight = torch.zeros(4, 8)
    assert "pattern 2:4" in no_kernel(Pattern(4, 8), weight)
    assert "CPU" in no_kernel(Pattern(2, 4), weight)


def test_windows_are_the_first_ones() -> None:
    tokenizer = tiny_model("llama")[1]
    text = passages(TextSource("", "abcdefgh" * 40), tokenizer, windows=9, length=16, seed=0)
    assert torch.equal(first(text, 4).ids, text.ids[:4])
