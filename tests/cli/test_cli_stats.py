"""`lathe stats`: figures of a table, and what it says of a table that cannot be used."""

from __future__ import annotations

import json
from math import comb

import pytest
from typer.testing import CliRunner

from engine.cli import app


def lathe(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def table(tmp_path):
    """20 right on both sides, 4 only on a, 36 only on b, 20 on neither."""
    rows = [(1, 1)] * 20 + [(1, 0)] * 4 + [(0, 1)] * 36 + [(0, 0)] * 20
    path = tmp_path / "results.csv"
    lines = ["item,a,b", *(f"q{n},{a},{b}" for n, (a, b) in enumerate(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_figures_of_a_table(table):
    done = lathe("stats", table, "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["table"] == {"both": 20, "only_a": 4, "only_b": 36, "neither": 20}
    assert found["difference"] == pytest.approx(32 / 80)
    exact = 2 * sum(comb(40, k) for k in range(5)) / 2**40
    assert found["mcnemar"]["p"] == pytest.approx(exact)
    assert found["mcnemar"]["mid_p"] == pytest.approx(exact - comb(40, 4) / 2**40)
    assert found["a"]["wilson"]["low"] == pytest.approx(0.21064, abs=1e-5)  # 24 of 80
    assert found["a"]["wilson"]["high"] == pytest.approx(0.40768, abs=1e-5)
    assert found["bootstrap"]["low"] < 0.4 < found["bootstrap"]["high"]
    assert found["bootstrap"]["low"] == pytest.approx(found["interval"]["low"], abs=0.03)
    needed = {one["points"]: one["n"] for one in found["needed"]["items"]}
    assert needed[10.0] == 391  # (1.95996·√0.5 + 0.84162·√0.49)² / 0.01 = 390.4
    assert found["only_a"] == ["q20", "q21", "q22", "q23"]
    assert found["sentence"].startswith("b is better than a by 40 points (95 % CI ")


def test_a_wish_and_a_seed_of_ones_own(table):
    found = json.loads(lathe("stats", table, "--json", "--wish", 20, "--seed", 3).stdout)
    assert [one["points"] for one in found["needed"]["items"]] == [20]
    other = json.loads(lathe("stats", table, "--json", "--seed", 4).stdout)
    assert found["bootstrap"]["seed"] == 3
    assert (found["bootstrap"]["low"], found["bootstrap"]["high"]) != (
        other["bootstrap"]["low"], other["bootstrap"]["high"]
    )  # fmt: skip


def test_graded_values_get_a_bootstrap_and_no_mcnemar(tmp_path):
    path = tmp_path / "graded.tsv"
    path.write_text("id\told\tnew\n1\t0.5\t1\n2\t0\t0.25\n3\t0.75\t0.75\n4\t0.1\t0.6\n")
    found = json.loads(
        lathe("stats", path, "--item", "id", "--a", "old", "--b", "new", "--json").stdout
    )
    assert found["graded"] is True
    assert "mcnemar" not in found
    assert "bootstrap" in found["note"]
    assert found["sign_flips"]["p"] == pytest.approx(2 / 8)  # 3 differences, all of one sign
    assert found["difference"] == pytest.approx(1.25 / 4)


def test_the_printed_table_says_the_verdict_and_the_needed_items(table):
    done = lathe("stats", table)
    assert done.exit_code == 0
    assert "b is better than a by 40 points" in done.stdout
    for part in ("Wilson", "Newcombe", "bootstrap", "McNemar", "10 points: about 391", "q20, q21"):
        assert part in done.stdout


def test_no_item_column_numbers_the_rows(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text("a,b\ntrue,false\n1,1\n")
    assert json.loads(lathe("stats", path, "--json").stdout)["only_a"] == ["1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,a,c\nq,1,0\n", "no column “b”; it has item, a, c"),
        ("item,a,b\nq,1,2\n", "Line 2 of “t.csv”: “2” in column “b”"),
        ("item,a,b\nq,1,nan\n", "“nan” in column “b”"),
        ("item,a,b\nq,1,\n", "“” in column “b”"),
        ("item,a,b\nq,1,0\nq,0,0\n", "the item “q” of line 2 again"),
        ("item,a,b\n", "a header and no rows"),
        ("item,a,b\nq,1\n", "2 fields"),
        ("", "is empty"),
    ],
)
def test_a_bad_table_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "t.csv"
    path.write_text(text)
    done = lathe("stats", path, "--json")
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_one_column_against_itself_and_a_missing_file(table, tmp_path):
    assert "Both sides" in lathe("stats", table, "--b", "a").stderr
    assert lathe("stats", tmp_path / "none.csv").exit_code == 2
