"""A whole comparison: techniques, models, votes, samples, other rules."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import pytest

from engine.decoding.records import Generation
from engine.errors import BadSpec, ErrorReport
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Variant, Vote
from engine.evaluation.statistics.comparison import compare_variants
from engine.evaluation.statistics.facts import PAIR_COLUMNS, pair_rows, statistics_facts
from engine.evaluation.statistics.holm import holm
from engine.evaluation.statistics.labels import model_labels
from engine.evaluation.statistics.wilson import wilson
from engine.evaluation.statistics.words import points
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Item


def spec_of(columns: int, items: int, **changes) -> CompareSpec:
    return CompareSpec(
        variants=tuple(Variant("zero-shot", f"v{n}") for n in range(columns)),
        items=tuple(Item(f"q{n}", {}, str(n)) for n in range(items)),
        **changes,
    )


def cell(spec, item, text, *, model=0, variant=0, sample=0, finish="stop-token", rules=None):
    """A finished cell that said `text`."""
    expected = spec.items[item].expected
    return CellResult(
        key=CellKey(model, variant, item, sample),
        variant=spec.variants[variant].label,
        item_id=spec.items[item].id,
        expected=expected,
        generation=Generation(text, (), finish, 1, 0, 1.0, 1.0, 1),
        extractions=tuple(extract(rule, text, expected) for rule in rules or spec.extraction),
    )


def cells_of(spec, table):
    """A cell per digit of `table`: rows are columns of the comparison, 1 = right."""
    return [
        cell(spec, item, f"The answer is {item if right == '1' else 999}.", variant=variant)
        for variant, row in enumerate(table)
        for item, right in enumerate(row)
    ]


TABLE = ("1111000000000000", "1101111111111100", "1111000000000001")


@pytest.fixture
def three():
    spec = spec_of(3, len(TABLE[0]))
    return spec, cells_of(spec, TABLE)


def test_every_column_has_its_accuracy_and_interval(three):
    found = compare_variants(*three)
    assert [one.label for one in found.standings] == ["v0", "v1", "v2"]
    for one, row in zip(found.standings, TABLE, strict=True):
        assert (one.n, one.right) == (16, row.count("1"))
        assert one.interval == wilson(row.count("1"), 16)
        assert one.counted == "answer"


def test_every_pair_is_counted_tested_and_corrected(three):
    found = compare_variants(*three)
    assert [(p.first, p.second) for p in found.pairs] == [(0, 1), (0, 2), (1, 2)]
    raw = []
    for pair in found.pairs:
        a, b = TABLE[pair.first], TABLE[pair.second]
        only_a = [f"q{n}" for n in range(16) if (a[n], b[n]) == ("1", "0")]
        only_b = [f"q{n}" for n in range(16) if (a[n], b[n]) == ("0", "1")]
        assert (list(pair.only_first), list(pair.only_second)) == (only_a, only_b)
        assert pair.difference == (b.count("1") - a.count("1")) / 16
        n, k = len(only_a) + len(only_b), min(len(only_a), len(only_b))
        raw.append(min(1.0, 2 * sum(comb(n, j) for j in range(k + 1)) / 2**n))
        assert pair.p == pytest.approx(raw[-1])
        assert pair.both + pair.neither + n == 16
        assert pair.test == "exact McNemar"
        assert pair.discordance == n / 16
    assert [pair.holm_p for pair in found.pairs] == pytest.approx(holm(raw))
    assert any("Holm" in note for note in found.notes)


def test_the_verdict_in_words(three):
    spec, cells = three
    better = compare_variants(spec, [one for one in cells if one.key.variant < 2]).pairs[0]
    assert better.better == 1  # 1 against 10 discordant: p = 0.0117
    assert (
        better.sentence == "v1 is better than v0 by 56 points (95 % CI 20–76, p = 0.012, 16 items)."
    )
    turned = [replace(one, key=replace(one.key, variant=1 - one.key.variant)) for one in cells[:32]]
    assert compare_variants(spec, turned).pairs[0].sentence.startswith("v0 is better than v1 by 56")
    same = compare_variants(spec, [one for one in cells if one.key.variant != 1]).pairs[0]
    assert same.better is None
    assert same.sentence.startswith("v2 against v0: no difference shown (6 points, 95 % CI ")
    assert same.sentence.endswith(f"; about {same.needed} items needed for 10 points.")


def test_what_does_not_vary_promises_no_interval_and_no_number_of_items():
    spec = spec_of(2, 2)
    cells = cells_of(spec, ["00", "11"])
    cells += [cell(spec, n, "The answer is 999.", variant=1, sample=1) for n in range(2)]
    found = compare_variants(spec, cells)  # 0, 0 against ½, ½
    pair = found.pairs[0]
    assert (pair.interval, pair.needed) == (None, None)
    assert pair.sentence == "v1 against v0: no difference shown (50 points, p = 0.5 over 2 items)."
    assert found.standings[1].interval is None
    assert dict(statistics_facts(found))["Accuracy of v1"].startswith("50.0 % (1 of 2 items, ")
    row = pair_rows(found)[0]
    assert (row["low"], row["high"], row["wished"], row["needed"]) == ("", "", "", "")
    one = spec_of(2, 1)
    alone = compare_variants(one, cells_of(one, ["0", "1"])).pairs[0]
    assert alone.needed is None
    assert alone.sentence.endswith(", p = 1, 1 item).")


def test_many_items_without_a_difference_are_asked_for_a_smaller_one():
    spec = spec_of(2, 400)
    half = ["10" * 20 + "1" * 360, "01" * 20 + "1" * 360]
    pair = compare_variants(spec, cells_of(spec, half)).pairs[0]
    assert pair.p == 1
    assert pair.wished == 0.02  # 10 % discordant: 10 points need 79 items, 5 points 313
    assert pair.needed > 400


def test_the_items_that_exactly_one_column_got_right(three):
    found = compare_variants(*three)
    right = {n: [c for c in range(3) if TABLE[c][n] == "1"] for n in range(16)}
    expected = [(f"q{n}", n, who[0]) for n, who in right.items() if len(who) == 1]
    assert [(one.item, one.index, one.standing) for one in found.exactly_one] == expected


def test_failed_and_unknown_cells_count_on_neither_side():
    spec = spec_of(2, 4)
    spec = replace(spec, items=(*spec.items[:3], Item("q3")))
    cells = cells_of(spec, ["1111", "1011"])
    error = ErrorReport("prompt", "No.", "")
    cells[1] = replace(cells[1], generation=None, extractions=(), error=error)
    found = compare_variants(spec, cells)
    assert [(one.n, one.failed) for one in found.standings] == [(2, 1), (3, 0)]
    assert found.pairs[0].n == 2


def test_nothing_expected_nothing_compared():
    spec = CompareSpec(variants=(Variant(name="a"), Variant(name="b")), items=(Item("q"),))
    cells = [cell(spec, 0, "x", variant=n) for n in range(2)]
    found = compare_variants(spec, cells)
    assert found.pairs == ()
    assert found.standings[0].accuracy is None
    assert "nothing can be scored" in found.notes[0]
    assert compare_variants(spec, []).standings == ()


def test_columns_that_failed_are_named_instead_of_blaming_the_items():
    spec = spec_of(3, 2)
    cells = cells_of(spec, ["11", "01", "10"])
    error = ErrorReport("prompt", "No.", "")
    broken = [replace(one, generation=None, extractions=(), error=error) for one in cells]
    assert compare_variants(spec, broken).notes == (
        "All answers failed, so nothing can be scored.",
    )
    found = compare_variants(spec, [*cells[:2], broken[2], *cells[3:4], *broken[4:]])
    assert [one.failed for one in found.standings] == [0, 1, 2]
    assert found.notes == (
        "Some answers of “v1” failed; an item without one is missing from its pairs.",
        "All answers of “v2” failed, so its pairs are missing.",
    )


def test_an_interval_beside_a_corrected_p_value_is_said_to_be_uncorrected(three):
    said = [pair.sentence for pair in compare_variants(*three).pairs]
    assert said[0].startswith("v1 is better than v0 by 56 points (95 % CI 20–76 uncorrected, Holm")
    assert all(" uncorrected, Holm p = " in one for one in said)


def vote(item, winner_right, *, variant=1, final=True, rule="last-answer"):
    return Vote(0, variant, item, "v1", f"q{item}", rule, correct=winner_right, final=final)


def test_votes_decide_where_they_were_cast_and_only_when_they_are_over():
    spec = spec_of(2, 6)
    cells = cells_of(spec, ["000000", "000000"])
    cells += [cell(spec, n, "The answer is 7.", variant=1, sample=1) for n in range(6)]
    votes = [vote(n, n < 3) for n in range(5)] + [vote(5, True, final=False)]
    found = compare_variants(spec, cells, votes)
    voted = found.standings[1]
    assert (voted.counted, voted.n, voted.right, voted.samples) == ("vote", 5, 3, 2)
    assert found.pairs[0].only_second == ("q0", "q1", "q2")
    assert found.pairs[0].test == "exact McNemar"
    assert any("by its vote" in note for note in found.notes)


def test_samples_without_a_vote_count_their_share_and_are_not_given_to_mcnemar():
    spec = spec_of(2, 8)
    cells = cells_of(spec, ["00000000", "11111100"])
    cells += [cell(spec, n, "The answer is 999.", variant=1, sample=1) for n in range(8)]
    found = compare_variants(spec, cells)
    pair = found.pairs[0]
    assert found.standings[1].counted == "mean"
    assert found.standings[1].accuracy == 0.375
    assert (pair.test, pair.both, pair.difference) == ("sign flips", None, 0.375)
    assert pair.p == pytest.approx(2 / 2**6)
    assert "bootstrap" in pair.interval.method
    assert any("sign flips with a bootstrap" in note for note in found.notes)


def test_shares_that_are_all_0_or_1_are_not_said_to_be_tested_by_sign_flips():
    spec = spec_of(2, 4)
    cells = cells_of(spec, ["0000", "1101"])
    cells += [
        cell(spec, n, f"The answer is {n if n != 2 else 999}.", variant=1, sample=1)
        for n in range(4)
    ]
    found = compare_variants(spec, cells)
    assert found.standings[1].counted == "mean"
    assert found.pairs[0].test == "exact McNemar"
    assert not any("sign flips" in note for note in found.notes)
    assert any("share of right samples" in note for note in found.notes)


def test_dropped_samples_are_neither_wrong_nor_failed():
    spec = spec_of(1, 1)
    cells = [cell(spec, 0, "The answer is 0."), cell(spec, 0, "The", sample=1, finish="cancelled")]
    standing = compare_variants(spec, cells).standings[0]
    assert (standing.right, standing.n, standing.failed, standing.invalid) == (1, 1, 0, 0)


def test_another_rule_reads_the_same_answers_again():
    spec = spec_of(2, 3)
    texts = (["The answer is 9. Then 0", "1", "2"], ["The answer is 0.", "x", "The answer is 2."])
    cells = [
        cell(spec, item, text, variant=variant)
        for variant, row in enumerate(texts)
        for item, text in enumerate(row)
    ]
    assert [one.right for one in compare_variants(spec, cells).standings] == [0, 2]
    again = compare_variants(spec, cells, rule="last-number")
    assert again.rule == "last-number"
    assert [one.right for one in again.standings] == [3, 2]
    assert [one.invalid for one in again.standings] == [0, 1]
    with pytest.raises(BadSpec, match="none-such"):
        compare_variants(spec, cells, rule="none-such")


def test_by_another_rule_the_samples_vote_again():
    spec = spec_of(1, 1)
    texts = ("The answer is 5. So 0", "The answer is 5. So $0.00", "The answer is 5. So 3", "5?")
    cells = [cell(spec, 0, text, sample=n) for n, text in enumerate(texts)]
    votes = [vote(0, False, variant=0)]
    assert compare_variants(spec, cells, votes).standings[0].right == 0
    again = compare_variants(spec, cells, votes, rule="last-number").standings[0]
    assert (again.right, again.counted) == (1, "vote")  # 0 and $0.00 are two votes for 0
    assert compare_variants(spec, cells, votes, rule="last-answer").standings[0].right == 0


def test_one_technique_on_several_states_of_a_model():
    models = (
        ModelRef("teach"),
        ModelRef("teach", options=LoadOptions(quantization="nf4")),
        ModelRef("/models/other"),
    )
    spec = spec_of(1, 4, models=models)
    cells = [
        cell(spec, item, f"The answer is {item if right else 999}.", model=model)
        for model, row in enumerate(((1, 1, 1, 1), (1, 1, 0, 0), (0, 1, 0, 0)))
        for item, right in enumerate(row)
    ]
    found = compare_variants(spec, cells)
    assert [one.label for one in found.standings] == ["teach (full)", "teach (nf4)", "other"]
    assert found.pairs[0].only_first == ("q2", "q3")
    both = compare_variants(spec_of(2, 4, models=models), cells)
    assert both.standings[0].label == "teach (full) · v0"


def test_models_are_never_called_the_same():
    twins = (ModelRef("m"), ModelRef("m"), ModelRef("m", revision="abc"))
    labels = model_labels(twins)
    assert len(set(labels)) == 3


def test_facts_and_rows_for_reports(three):
    found = compare_variants(*three)
    facts = dict(statistics_facts(found))
    assert facts["Accuracy of v1"].startswith("81.2 % (95 % CI ")
    assert "13 of 16 items" in facts["Accuracy of v1"]
    assert facts["v1 against v0"] == found.pairs[0].sentence
    rows = pair_rows(found)
    assert all(tuple(row) == PAIR_COLUMNS for row in rows)
    assert rows[0]["only_second"] == "10"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.125, "13"), (-0.125, "−13"), (0.145, "15"), (0.925, "93"), (0.0049, "0.5"),
        (0.0, "0"), (-0.0001, "0"), (-0.41, "−41"), (1.0, "100"),
    ],
)  # fmt: skip
def test_points_round_half_up_with_a_true_minus(share, text):
    assert points(share) == text
