"""The job "extend-probe" and its command on the teaching models."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from engine.api import Engine
from engine.cli import app
from engine.context.probe_spec import ProbeResult, ProbeRow, ProbeSpec, tokens_of
from engine.errors import BadSpec, JobCancelled
from engine.evaluation.statistics.wilson import wilson
from engine.jobs.events import Partial
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths

CPU = LoadOptions(device="cpu", dtype="float32")
ROPE, ALIBI = ModelRef("teach-rope", options=CPU), ModelRef("teach-alibi", options=CPU)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = Engine(Paths.below(tmp_path_factory.mktemp("probe-job")))
    yield engine
    engine.close()


def test_rows_fill_in_and_stretching_beats_extrapolating(engine):
    spec = ProbeSpec(
        model=ROPE, methods=("direct", "linear", "rerope"), lengths=("1x", "3x"), windows=1, most=16
    )
    partial: list[ProbeRow] = []

    def heard(event):
        if isinstance(event, Partial) and isinstance(event.value, ProbeRow):
            partial.append(event.value)

    result = engine.submit(spec, heard).result(300)
    assert isinstance(result, ProbeResult)
    rows = {(row.method, row.length): row for row in result.rows}
    assert list(rows) == [(m, length) for length in spec.lengths for m in spec.methods]
    assert tuple(row for row in partial if row.complete) == result.rows
    assert any(not row.complete for row in partial)
    for row in result.rows:
        interval = wilson(row.right, row.n)
        assert (row.passkey, row.low, row.high) == (row.right / row.n, interval.low, interval.high)
        assert row.tokens == {"1x": 384, "3x": 1152}[row.length]
        assert sum(cell.n for cell in row.depths) == row.n
        assert row.kv_bytes == pytest.approx(row.forecast_bytes, rel=0.1)
    near = rows["linear", "1x"]
    assert near.same_as == "direct"
    assert near.passkey == rows["direct", "1x"].passkey
    assert rows["rerope", "3x"].same_as == ""
    assert rows["rerope", "3x"].passkey > rows["direct", "3x"].passkey + 0.3
    assert rows["rerope", "3x"].perplexity < rows["linear", "3x"].perplexity
    reports = {report.name: report for report in result.methods}
    assert reports["linear"].inv_freq == pytest.approx(result.inv_freq / 3)
    assert reports["direct"].cache_gap < 1e-2
    assert result.provenance.model == "teach-rope"


def test_alibi_says_why_and_direct_still_works(engine):
    spec = ProbeSpec(
        model=ALIBI, methods=("direct", "linear"), lengths=("1x", "2x"), windows=1, most=8
    )
    result = engine.submit(spec).result(300)
    assert [(row.method, row.length) for row in result.rows] == [("direct", "1x"), ("direct", "2x")]
    problems = {report.name: report.problem for report in result.methods}
    assert problems["direct"] == ""
    assert "ALiBi turns nothing" in problems["linear"]


def test_stopping_leaves_the_model_as_it_was(engine):
    spec = ProbeSpec(model=ROPE, methods=("yarn",), lengths=("1x",), windows=0, most=16)
    whole = engine.submit(spec).result(300)
    spec = replace(spec, afresh=True)  # measured, not read from the disk
    job = engine.submit(spec, lambda event: job_of.cancel() if isinstance(event, Partial) else None)
    job_of = job
    with pytest.raises(JobCancelled):
        job.result(300)
    again = engine.submit(spec).result(300)
    assert [row.depths for row in again.rows] == [row.depths for row in whole.rows]


def test_specs_travel_and_are_checked():
    spec = ProbeSpec(model=ROPE, methods=("yarn+log-n",), lengths=("2x", "1000"))
    assert decode(encode(spec)) == spec
    assert [tokens_of(one, 384) for one in ("1x", "2.5x", "1000", "4×")] == [384, 960, 1000, 1536]
    for change, match in (
        ({"methods": ("rope++",)}, "no method"),
        ({"lengths": ("long",)}, "no length"),
        ({"lengths": ("x" * 50_000,)}, "^.x{24}…. is no length"),
        ({"lengths": ("8",)}, "hides no key"),
        ({"factor": 0.5}, "factor"),
        ({"methods": ()}, "Nothing"),
        ({"needles": 40}, "hidden"),
        ({"most": -3}, "-3 keys"),
        ({"stride": 0}, "no token"),
        ({"width": 2.0}, "2 wide"),
    ):
        with pytest.raises(BadSpec, match=match):
            ProbeSpec(**change).check()


def test_a_table_of_positions_ends(engine, tmp_path):
    from tests.support.tiny_models import CHAT_TEMPLATE, save_tiny

    folder = save_tiny("gpt2", tmp_path / "gpt2", chat_template=CHAT_TEMPLATE)
    spec = ProbeSpec(model=ModelRef(str(folder), options=CPU), methods=("direct",), lengths=("2x",))
    with pytest.raises(JobFailed, match="none beyond"):
        engine.submit(spec).result(300)


def test_the_command_prints_rows():
    asked = ["extend", "probe", "--methods", "direct,ntk", "--lengths", "1x,2x", "--n", "8"]
    found = CliRunner().invoke(app, [*asked, "--windows", "1", "--device", "cpu", "--json"])
    assert found.exit_code == 0, found.output
    rows = json.loads(found.stdout)["rows"]
    assert {"method", "length", "n", "passkey", "low", "high", "perplexity"} <= rows[0].keys()
    assert [(row["length"], row["method"]) for row in rows] == [
        ("1x", "direct"), ("1x", "ntk"), ("2x", "direct"), ("2x", "ntk"),
    ]  # fmt: skip
    wrong = CliRunner().invoke(app, ["extend", "probe", "--methods", "rope++"])
    assert wrong.exit_code == 2
    assert "no method" in wrong.output
