"""Ratios that a person has set stay as they are; the rule shares what is left."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import BadSpec
from engine.pruning.prune_spec import PruneSpec

NAME = "model.layers.0.mlp.up_proj.weight"
SMALL = ["--windows", "4", "--length", "96", "--measured", "4", "--device", "cpu"]


def test_a_set_matrix_keeps_its_ratio_and_the_budget_holds() -> None:
    wish = ["prune", "--sparsity", "0.5", "--fix", f"{NAME}=0.25", *SMALL, "--json"]
    done = CliRunner().invoke(app, wish)
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)["rows"]
    weights = sum(row["weights"] for row in rows)
    zeros = sum(row["zeros"] for row in rows)
    (own,) = [row for row in rows if row["name"] == NAME]
    others = {round(row["ratio"], 2) for row in rows if row["name"] != NAME}
    # whole weights of a row: at most one of the narrowest row is missing
    assert own["ratio"] == pytest.approx(0.25, abs=0.01)
    assert zeros / weights == pytest.approx(0.5, abs=0.01)
    assert min(others) > 0.5


def test_what_cannot_be_set_is_refused() -> None:
    unknown = CliRunner().invoke(app, ["prune", "--fix", "nothing=0.5", *SMALL])
    assert unknown.exit_code != 0
    assert "has no matrix “nothing”" in unknown.output
    with pytest.raises(BadSpec, match="pattern fixes"):
        PruneSpec(pattern="2:4", fixed={NAME: 0.5}).check()
    with pytest.raises(BadSpec, match="cannot be pruned"):
        PruneSpec(fixed={NAME: 1.0}).check()
