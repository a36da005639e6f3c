"""The score and the masks against slow transcriptions of the published formulas."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.errors import BadSpec
from engine.pruning.ranking import count, lowest, pruned_of_m, rank, zero
from engine.pruning.recipe import PRESETS, Group, Pattern, Recipe, pattern_of
from engine.pruning.score import score


@pytest.fixture
def matrix() -> tuple[Tensor, Tensor]:
    """A weight ``[12, 16]`` and calibration inputs ``[40, 16]``."""
    generator = torch.Generator().manual_seed(3)
    weight = torch.randn(12, 16, generator=generator)
    inputs = torch.randn(40, 16, generator=generator) * torch.linspace(0.2, 3, 16)
    return weight, inputs


def slow_score(weight: Tensor, inputs: Tensor, name: str) -> list[list[float]]:
    """|W|·‖X_j‖ and its relatives, one weight at a time, in Python floats."""
    rows, columns = weight.shape
    values = [[abs(float(weight[i, j])) for j in range(columns)] for i in range(rows)]
    norms = [sum(float(x) ** 2 for x in inputs[:, j]) ** 0.5 for j in range(columns)]
    if name == "magnitude":
        return values
    if name == "wanda":
        return [[values[i][j] * norms[j] for j in range(columns)] for i in range(rows)]
    row = [sum(values[i]) for i in range(rows)]
    column = [sum(values[i][j] for i in range(rows)) for j in range(columns)]
    power = 0.5 if name == "ria" else 0.0
    return [
        [
            (values[i][j] / column[j] + values[i][j] / row[i]) * norms[j] ** power
            for j in range(columns)
        ]
        for i in range(rows)
    ]


@pytest.mark.parametrize("name", sorted(PRESETS))
@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.5, 0.9])
def test_masks_equal_a_slow_transcription(
    matrix: tuple[Tensor, Tensor], name: str, ratio: float
) -> None:
    weight, inputs = matrix
    recipe = PRESETS[name]
    norms = inputs.square().sum(0).sqrt()
    gone = rank(score(weight, norms, recipe), recipe.group).pruned(ratio)

    slow = slow_score(weight, inputs, name)
    expected = torch.zeros_like(weight, dtype=torch.bool)
    rows, columns = weight.shape
    if recipe.group == "row":
        for i in range(rows):
            for j in sorted(range(columns), key=lambda j: slow[i][j])[: int(ratio * columns)]:
                expected[i, j] = True
    else:
        places = sorted(
            ((i, j) for i in range(rows) for j in range(columns)), key=lambda at: slow[at[0]][at[1]]
        )
        for i, j in places[: int(ratio * rows * columns)]:
            expected[i, j] = True
    assert torch.equal(gone, expected)


@pytest.mark.parametrize("text", ["2:4", "4:8", "1:4"])
@pytest.mark.parametrize("name", ["wanda", "ria"])
def test_patterns_keep_the_best_of_every_group(
    matrix: tuple[Tensor, Tensor], name: str, text: str
) -> None:
    weight, inputs = matrix
    pattern = pattern_of(text)
    norms = inputs.square().sum(0).sqrt()
    gone = pruned_of_m(score(weight, norms, PRESETS[name]), pattern)
    slow = slow_score(weight, inputs, name)
    for i in range(weight.shape[0]):
        for start in range(0, weight.shape[1], pattern.of):
            group = range(start, start + pattern.of)
            best = sorted(group, key=lambda j: slow[i][j])[-pattern.keep :]
            assert [j for j in group if not gone[i, j]] == sorted(best)


def test_masks_of_growing_ratios_are_nested_and_keep_one_of_every_row(
    matrix: tuple[Tensor, Tensor],
) -> None:
    weight, inputs = matrix
    ranking = rank(score(weight, inputs.norm(dim=0), PRESETS["wanda"]), "row")
    before = ranking.pruned(0.0)
    assert not before.any()
    for ratio in (0.1, 0.35, 0.5, 0.8, 0.999):
        after = ranking.pruned(ratio)
        assert bool((after | ~before).all())
        assert bool((~after).any(1).all())
        before = after


def test_experts_are_ranked_each_by_itself() -> None:
    generator = torch.Generator().manual_seed(5)
    weights = torch.randn(3, 6, 8, generator=generator)
    norms = torch.rand(3, 8, generator=generator)
    for recipe in PRESETS.values():
        together = rank(score(weights, norms, recipe), recipe.group).pruned(0.5)
        for number in range(3):
            alone = rank(score(weights[number], norms[number], recipe), recipe.group).pruned(0.5)
            assert torch.equal(together[number], alone)


def test_a_dead_feature_goes_first(matrix: tuple[Tensor, Tensor]) -> None:
    weight, inputs = matrix
    norms = inputs.norm(dim=0)
    norms[5] = 0
    gone = rank(score(weight, norms, PRESETS["wanda"]), "row").pruned(1 / 16)
    assert torch.equal(gone[:, 5], torch.ones(12, dtype=torch.bool))


def test_wanda_does_not_see_a_rescaling_that_the_inputs_undo(
    matrix: tuple[Tensor, Tensor],
) -> None:
    """Multiply a feature by 8 and divide its column by 8: same function, same Wanda mask."""
    weight, inputs = matrix
    scales = 2.0 ** torch.arange(-8, 8)  # powers of two: no rounding
    norms, stretched = inputs.norm(dim=0), (inputs * scales).norm(dim=0)
    wanda, magnitude = PRESETS["wanda"], PRESETS["magnitude"]
    before = rank(score(weight, norms, wanda), "row").pruned(0.5)
    assert torch.equal(before, rank(score(weight / scales, stretched, wanda), "row").pruned(0.5))
    plain = rank(score(weight, None, magnitude), "matrix").pruned(0.5)
    moved = rank(score(weight / scales, None, magnitude), "matrix").pruned(0.5)
    assert not torch.equal(plain, moved)


@pytest.mark.parametrize("text", ["4:4", "0:4", "5:4", "2-4", "two:four"])
def test_bad_patterns_are_refused(text: str) -> None:
    with pytest.raises(BadSpec):
        pattern_of(text)


@pytest.mark.parametrize("recipe", [Recipe(u=0, a=0), Recipe(u=-1), Recipe(a=9)])
def test_bad_recipes_are_refused(recipe: Recipe) -> None:
    with pytest.raises(BadSpec):
        recipe.check()


@pytest.mark.parametrize("group", ["row", "matrix"])
@pytest.mark.parametrize("ratio", [0.0, 0.01, 0.3, 0.5, 0.77, 0.999])
def test_a_single_ratio_needs_no_sort(group: Group, ratio: float) -> None:
    """Equal scores too: a matrix of few different values is full of them."""
    generator = torch.Generator().manual_seed(6)
    plain = torch.rand(9, 30, generator=generator)
    for scores in (plain, (4 * plain).floor(), torch.zeros(9, 30), plain.T, plain.view(3, 3, 30)):
        assert torch.equal(lowest(scores, group, ratio), rank(scores, group).pruned(ratio))


@pytest.mark.parametrize("text", ["2:4", "1:4", "3:4", "4:8", "7:8", "1:8", "5:16", "8:32"])
def test_equal_scores_of_a_group_go_in_reading_order(text: str) -> None:
    pattern = pattern_of(text)
    generator = torch.Generator().manual_seed(7)
    for scores in (torch.rand(5, 96, generator=generator), torch.zeros(5, 96),
                   torch.randint(0, 3, (5, 96), generator=generator).float()):  # fmt: skip
        gone = pruned_of_m(scores, pattern)
        for row, marks in zip(scores.tolist(), gone.tolist(), strict=True):
            for start in range(0, 96, pattern.of):
                places = range(start, start + pattern.of)
                first = sorted(places, key=lambda at: row[at])[: pattern.of - pattern.keep]
                assert [at for at in places if marks[at]] == sorted(first)


@pytest.mark.parametrize("transposed", [False, True])
def test_zeroing_leaves_the_rest_and_no_negative_zero(transposed: bool) -> None:
    generator = torch.Generator().manual_seed(8)
    weight = torch.randn(6, 10, generator=generator)
    weight = weight.T if transposed else weight
    gone = torch.rand(weight.shape, generator=generator) < 0.5
    before = weight.clone()
    zero(weight, gone)
    assert torch.equal(weight, before.masked_fill(gone, 0))
    assert not bool(torch.signbit(weight[gone]).any())


@pytest.mark.parametrize(("hundredths", "size"), [(29, 100), (57, 100), (50, 192), (1, 100)])
def test_a_share_that_is_a_whole_number_is_not_cut_short(hundredths: int, size: int) -> None:
    assert count(hundredths / 100, size) == hundredths * size // 100


def test_inputs_that_do_not_divide_into_groups_are_refused() -> None:
    with pytest.raises(BadSpec, match="8 inputs"):
        pruned_of_m(torch.ones(2, 8), Pattern(2, 3))
