"""Position's view models: newest questions first, pairs, presets, slopes, tables."""

from __future__ import annotations

import shlex
from dataclasses import replace

import numpy as np
import pytest

from engine.context.scaling.base import plain
from engine.errors import BadSpec
from engine.inspection.capture import Alibi, BucketBias, LayerCapture, Mask, Rotation
from engine.inspection.positions.rope import normalised
from engine.inspection.rotation import turned
from engine.inspection.stages import stage
from tests.support.hands import Hands
from workbench.viewmodels.latest import Latest
from workbench.viewmodels.position_alibi import alibi_scores, slope_table
from workbench.viewmodels.position_rope import chosen_pairs, read_pairs, relative, rope_head
from workbench.viewmodels.position_stretch import curve_of, stretch, waves
from workbench.viewmodels.position_tables import buckets_of, formula_table

TRAINED = 64
EVERY = slice(0, None)


def captured(tokens: int, heads: int = 2, dim: int = 8, pairing: str = "half") -> LayerCapture:
    rng = np.random.default_rng(tokens)
    config = plain(100.0, dim, TRAINED)
    at = np.arange(tokens, dtype=np.float64)
    rotation = Rotation(config.inv_freq, at, pairing, dim)  # type: ignore[arg-type]
    q, k = (
        turned(rng.normal(size=(heads, tokens, dim)).astype(np.float32), rotation, at)
        for _ in range(2)
    )
    lse = np.zeros((heads, tokens), np.float32)
    return LayerCapture("m", 0, "self", q, k, lse, 0.5, Mask("causal"), rotation)


def test_only_the_newest_question_waits():
    hands, heard, broken = Hands(), [], []
    latest = Latest(hands)  # type: ignore[arg-type]
    for number in range(5):
        latest.ask(lambda number=number: number, heard.append, broken.append)
    assert len(hands.given) == 1
    hands.serve()
    assert heard == [0]
    hands.serve()
    assert heard == [0, 4]
    assert not hands.given
    assert not latest.busy
    latest.ask(lambda: int("x"), heard.append, broken.append)
    latest.ask(lambda: 7, heard.append, broken.append)
    hands.serve()
    hands.serve()
    assert heard == [0, 4, 7]
    assert len(broken) == 1


def test_forgotten_questions_are_not_answered():
    hands, heard = Hands(), []
    latest = Latest(hands)  # type: ignore[arg-type]
    latest.ask(lambda: 1, heard.append, heard.append)
    latest.ask(lambda: 2, heard.append, heard.append)
    latest.forget()
    latest.ask(lambda: 3, heard.append, heard.append)
    hands.serve()
    hands.serve()
    assert heard == [3]


@pytest.mark.parametrize("pairing", ["half", "interleaved"])
def test_a_head_is_taken_apart_into_its_pairs(pairing):
    layer = captured(12, pairing=pairing)
    head = rope_head(layer, 1, TRAINED)
    at = layer.rotation.positions
    spun = (head.q * np.exp(1j * at[:, None] * head.config.inv_freq))[:, None] * np.conj(
        head.k * np.exp(1j * at[:, None] * head.config.inv_freq)
    )
    scores = spun.real.sum(-1) * head.scaling
    np.testing.assert_allclose(scores, stage(layer, 1, "rotation", EVERY, EVERY), atol=1e-5)


def test_pairs_are_chosen_and_typed():
    layer = captured(9, dim=32)
    head = rope_head(layer, 0, TRAINED)
    assert chosen_pairs(head, "fastest") == (0, 1, 2, 3, 4, 5)
    assert chosen_pairs(head, "slowest") == (10, 11, 12, 13, 14, 15)
    spread = chosen_pairs(head, "spread")
    assert (spread[0], spread[-1], len(spread)) == (0, 15, 6)
    weight = np.abs(head.q).mean(0) * np.abs(head.k).mean(0)
    strongest = chosen_pairs(head, "strongest")
    assert weight[list(strongest)].min() >= np.delete(weight, strongest).max()
    assert read_pairs("3, 1，0 3", 16) == (3, 1, 0)
    for wrong in ("", "16", "-1", "two", "²"):
        assert read_pairs(wrong, 16) is None


def test_scores_of_two_vectors_depend_on_their_distance():
    grid = relative(rope_head(captured(10), 0, TRAINED), 7, 2)
    assert grid.spread < 1e-4
    assert grid.scores.shape[0] == grid.scores.shape[1]
    assert grid.scores[5, 2] == pytest.approx(grid.scores[20, 17], abs=1e-4)
    assert grid.scores[5, 2] != pytest.approx(grid.scores[5, 4], abs=1e-3)


def test_direct_and_factor_one_leave_the_attention_alone():
    layer = captured(20)
    whole = normalised(layer)
    wanted = stage(whole, 1, "softmax", EVERY, EVERY)
    for preset, factor in (("direct", 8.0), ("linear", 1.0), ("yarn", 1.0)):
        found = stretch(layer, 1, TRAINED, preset, factor)
        assert found.weights
        assert found.step == 1
        np.testing.assert_allclose(found.values, wanted, atol=1e-5)
        np.testing.assert_array_equal(found.hidden, np.triu(np.ones((20, 20), bool), 1))


def test_interpolation_is_the_same_as_positions_divided():
    layer = captured(20)
    found = stretch(layer, 0, TRAINED, "linear", 4.0)
    rope = rope_head(layer, 0, TRAINED)
    lag = np.arange(20)[:, None] - np.arange(20)[None, :]
    spun = (rope.q[:, None] * np.conj(rope.k)[None]) * np.exp(
        1j * (lag / 4.0)[..., None] * rope.config.inv_freq
    )
    scores = np.where(lag >= 0, spun.real.sum(-1) * rope.scaling, -np.inf)
    wanted = np.exp(scores - scores.max(1, keepdims=True))
    wanted /= wanted.sum(1, keepdims=True)
    np.testing.assert_allclose(found.values, wanted, atol=1e-5)
    curve = curve_of(found)
    at = int(np.flatnonzero(curve.distances == 3)[0])
    assert curve.mean[at] == pytest.approx(np.diagonal(scores, -3).mean(), rel=1e-4)


def test_a_long_text_shows_mean_scores_of_blocks():
    layer = captured(1500, heads=1)
    found = stretch(layer, 0, TRAINED, "ntk", 2.0)
    assert not found.weights
    assert max(found.values.shape) <= 512
    cells = stage(found.layer, 0, "rotation", slice(400, 400 + found.step), slice(0, found.step))
    block = found.values[400 // found.step, 0]
    assert block == pytest.approx(float(cells.mean()), abs=1e-4)
    assert found.hidden[0, -1]
    assert not found.hidden[-1, 0]


def test_wavelengths_of_every_preset_or_why_not():
    found = {one.name: one for one in waves(captured(4, dim=16), TRAINED, 4.0)}
    own = found["direct"].wavelengths
    np.testing.assert_allclose(found["linear"].wavelengths, 4 * own)
    assert found["ntk-exact"].wavelengths[0] == pytest.approx(own[0])
    assert found["ntk-exact"].wavelengths[-1] == pytest.approx(4 * own[-1])
    assert found["longrope"].problem is not None
    assert found["longrope"].wavelengths.size == 0


def test_slopes_are_the_models_own_where_it_has_some():
    layer = captured(6, heads=4)
    asked = slope_table(layer, 4)
    assert asked.own is None
    np.testing.assert_allclose(asked.used, [2**-2, 2**-4, 2**-6, 2**-8])
    np.testing.assert_allclose(asked.windows, 5 / asked.used)
    own = np.array([0.5, 0.25, 0.125, 0.0625])
    biased = replace(layer, bias=Alibi(own, "key"))
    np.testing.assert_array_equal(slope_table(biased, 4).used, own)
    scores = alibi_scores(biased, 2, 0.125)
    plain_scores = stage(layer, 2, "rotation", EVERY, EVERY)
    np.testing.assert_allclose(scores.bias, -0.125 * scores.content.distances)
    assert scores.content.mean[2] == pytest.approx(np.diagonal(plain_scores, -2).mean(), rel=1e-4)


def test_a_head_that_is_not_there_is_told():
    with pytest.raises(BadSpec, match="no head 9"):
        stretch(captured(4), 9, TRAINED, "linear", 2.0)
    with pytest.raises(BadSpec, match="does not rotate"):
        rope_head(replace(captured(4), rotation=None), 0, TRAINED)


def test_tables_and_buckets_without_a_model():
    table = formula_table("interleaved")
    assert table.rows[3, 0] == pytest.approx(np.sin(3.0), abs=1e-6)
    assert table.rows[3, 1] == pytest.approx(np.cos(3.0), abs=1e-6)
    curve, own, both = buckets_of(None)
    assert (own, both) == (False, False)
    assert curve.distances[-1] == 0
    values = np.arange(64, dtype=np.float32).reshape(2, 32)
    layer = replace(captured(4), bias=BucketBias(values, True, 128))
    curve, own, both = buckets_of(layer)
    assert (own, both) == (True, True)
    at = int(np.flatnonzero(curve.distances == 0)[0])
    np.testing.assert_array_equal(curve.bias[:, at], values[:, curve.bucket[at]])


def test_commands_say_what_is_looked_at(qapp):
    from engine.models.reference import LoadOptions, ModelRef
    from workbench.viewmodels.position import PositionModel
    from workbench.viewmodels.position_commands import alibi_command, rope_command

    model = PositionModel(None)  # type: ignore[arg-type]
    model.ref, model.text, model.layer, model.head = ModelRef("teach-rope"), "a 'b'", 1, 2
    said = shlex.split(rope_command(model, "yarn", 4.0, windows=False))
    assert said[:3] == ["lathe", "inspect", "rope"]
    options = dict(zip(said[3::2], said[4::2], strict=True))
    assert options["--text"] == "a 'b'"
    assert (options["--layer"], options["--head"]) == ("1", "2")
    assert (options["--scaling"], options["--factor"]) == ("yarn", "4")
    assert "--scaling" not in rope_command(model, windows=False)
    assert not {"--device", "--dtype"} & set(options)
    loaded = LoadOptions(device="cuda:1", dtype="bfloat16")
    model.ref = ModelRef("owner/name", "abc1", loaded)
    for said in (rope_command(model, windows=False), alibi_command(model, "add", windows=False)):
        words = shlex.split(said)
        options = dict(zip(words[3:11:2], words[4:11:2], strict=True))
        assert options["--model"] == "owner/name@abc1"
        assert (options["--device"], options["--dtype"]) == ("cuda:1", "bfloat16")
    model.chat = True
    assert "--chat" in alibi_command(model, "add", 2.0, windows=False)
    assert alibi_command(model, "add", 2.0, windows=False).endswith("--add --strength 2")
    assert alibi_command(model, "remove", 2.0, windows=False).endswith("--remove")
