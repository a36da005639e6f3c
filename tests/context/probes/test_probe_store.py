"""A probe keeps what it has measured, goes on where it was, and lets no failure end the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.api import Engine
from engine.context.probe_spec import (
    IMPLEMENTATIONS,
    KeptProbe,
    KeptProbeSpec,
    MethodReport,
    ProbeRow,
    ProbeSpec,
)
from engine.context.probe_store import file_of, read
from engine.errors import JobCancelled
from engine.jobs.events import Partial
from engine.jobs.job import JobFailed
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from tests.support.tiny_models import CHAT_TEMPLATE, save_tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probe-store") / "tiny"
    save_tiny("llama", folder, chat_template=CHAT_TEMPLATE)
    return ModelRef(str(folder), options=LoadOptions(device="cpu", dtype="float32"))


@pytest.fixture
def engine():
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture
def asked(model):
    return ProbeSpec(
        model=model, methods=("direct", "rerope"), lengths=("1x", "600"), needles=2, most=2,
        windows=1, stride=16, width=0.0,
    )  # fmt: skip


def rows_of(result):
    return {(row.method, row.tokens): row for row in result.rows}


def same(one, other):
    return replace(one, stored=False, length="") == replace(other, stored=False, length="")


def test_what_is_measured_is_not_measured_again(engine, asked):
    first = rows_of(engine.submit(asked).result(300))
    assert not any(row.stored for row in first.values())
    again = rows_of(engine.submit(asked).result(300))
    assert all(row.stored for row in again.values())
    assert all(same(again[key], row) for key, row in first.items())  # seconds too: not measured
    more = rows_of(engine.submit(replace(asked, methods=("direct", "yarn"))).result(300))
    assert {key: row.stored for key, row in more.items()} == {
        ("direct", 512): True, ("yarn", 512): False, ("direct", 600): True, ("yarn", 600): False,
    }  # fmt: skip
    afresh = rows_of(engine.submit(replace(asked, afresh=True)).result(300))
    assert not any(row.stored for row in afresh.values())
    other = rows_of(engine.submit(replace(asked, seed=5)).result(300))
    assert not any(row.stored for row in other.values())


def test_a_longer_length_scores_other_tokens_with_the_keys_kept(engine, asked):
    """Every length scores the tokens after the longest text: that perplexity is measured anew."""
    before = rows_of(engine.submit(replace(asked, methods=("direct",))).result(300))
    longer = replace(asked, methods=("direct",), lengths=("1x", "700"))
    after = rows_of(engine.submit(longer).result(300))
    alone = rows_of(engine.submit(replace(longer, afresh=True)).result(300))
    kept, fresh = after["direct", 512], alone["direct", 512]
    assert kept.stored
    assert kept.depths == before["direct", 512].depths
    assert kept.perplexity == pytest.approx(fresh.perplexity)
    assert kept.perplexity != before["direct", 512].perplexity


def test_rows_of_other_scored_tokens_come_back_without_their_perplexity(engine, asked):
    """600 tokens were scored after 600, the others later after 700: one curve would lie."""
    spec = replace(asked, methods=("direct",))
    first = rows_of(engine.submit(spec).result(300))
    assert {row.longest for row in first.values()} == {600}
    engine.submit(replace(spec, lengths=("1x", "700"))).result(300)
    both = replace(spec, lengths=("1x", "600", "700"))
    found = rows_of(engine.submit(KeptProbeSpec(probe=both)).result(60))
    assert {key: row.longest for key, row in found.items()} == {
        ("direct", 512): 700, ("direct", 600): 600, ("direct", 700): 700,
    }  # fmt: skip
    assert {row.tokens for row in found.values() if row.perplexity is None} == {600}
    assert found["direct", 600].depths == first["direct", 600].depths
    again = rows_of(engine.submit(both).result(300))
    alone = rows_of(engine.submit(replace(both, afresh=True)).result(300))
    assert {key: row.perplexity for key, row in again.items()} == {
        key: pytest.approx(row.perplexity) for key, row in alone.items()
    }


def test_the_trained_length_is_told_first(engine, asked):
    heard = []
    spec = replace(asked, methods=("direct",), lengths=("600",), factor=4.0)
    engine.submit(spec, lambda e: heard.append(e.value) if isinstance(e, Partial) else None).result(
        300
    )
    assert isinstance(heard[0], MethodReport)
    assert heard[0].trained == 512


def test_stop_keeps_the_finished_rows(engine, asked):
    def heard(event):
        if isinstance(event, Partial) and isinstance(event.value, ProbeRow):
            job.cancel()

    job = engine.submit(asked, heard)
    with pytest.raises(JobCancelled):
        job.result(300)
    found = engine.submit(KeptProbeSpec(probe=asked)).result(60)
    assert isinstance(found, KeptProbe)
    assert [(row.method, row.tokens, row.stored) for row in found.rows] == [("direct", 512, True)]
    assert found.trained == 512


def test_a_row_is_on_disk_before_it_is_published(engine, asked):
    """So whatever ends the program then, a power cut included, the row is there."""
    file = file_of(Paths.default().data, asked)
    seen = []

    def heard(event):
        if (
            isinstance(event, Partial)
            and isinstance(event.value, ProbeRow)
            and event.value.complete
        ):
            found = read(file)
            assert found is not None
            seen.append([one.row for one in found.rows])

    result = engine.submit(asked, heard).result(300)
    assert seen == [list(result.rows[: place + 1]) for place in range(4)]


def test_other_weights_begin_anew(engine, asked, tmp_path):
    folder = tmp_path / "own"
    save_tiny("llama", folder, chat_template=CHAT_TEMPLATE, seed=1)
    own = replace(asked, model=ModelRef(str(folder), options=asked.model.options))
    engine.submit(own).result(300)
    save_tiny("llama", folder, chat_template=CHAT_TEMPLATE, seed=2)
    second = Engine()
    assert not any(row.stored for row in second.submit(own).result(300).rows)
    second.close()
    file = file_of(Paths.default().data, own)
    file.write_bytes(file.read_bytes()[:40])  # half a file, as a full disk leaves it
    assert not any(row.stored for row in engine.submit(own).result(300).rows)


def test_a_method_that_cannot_work_takes_only_its_own_row_out(engine, asked):
    """LongRoPE has no list, sinks and direct cannot share a cache that forgets."""
    result = engine.submit(replace(asked, methods=("longrope", "direct"))).result(300)
    assert [row.method for row in result.rows] == ["direct", "direct"]
    assert "one divisor per pair" in result.methods[0].problem
    assert "YaRN" in result.methods[0].hint
    evicting = replace(asked, methods=("direct", "sinks", "yarn"), cache="evicting")
    reports: list[MethodReport] = []
    result = engine.submit(
        evicting, lambda e: reports.append(e.value) if isinstance(e, Partial) else None
    ).result(300)
    assert [row.method for row in result.rows] == ["sinks", "sinks"]
    told = {r.name: r.problem for r in reports if isinstance(r, MethodReport)}
    assert "none may be forgotten" in told["direct"]
    assert told["sinks"] == ""


def test_a_row_that_fails_says_so_and_is_not_kept(engine, asked):
    """A text of 40 tokens has no room for its keys; the next length has."""
    result = engine.submit(replace(asked, methods=("direct",), lengths=("40", "600"))).result(300)
    short, long = result.rows
    assert "do not fit" in short.problem
    assert (short.n, short.complete) == (0, True)
    assert long.n == 2
    found = engine.submit(KeptProbeSpec(probe=replace(asked, lengths=("40", "600")))).result(60)
    assert [row.tokens for row in found.rows] == [600]


def test_a_length_without_room_is_refused_before_its_text_is_written(engine, asked):
    """9999 times the trained length: the other rows and their perplexity stay."""
    spec = replace(asked, methods=("direct",), lengths=("1x", "999999999"))
    near, far = engine.submit(spec).result(300).rows
    assert "999,999,999 tokens need" in far.problem
    assert far.perplexity is None
    assert near.n == 2
    assert near.perplexity is not None


def test_implementations_are_timed_or_say_why_not(engine, asked):
    spec = replace(asked, methods=("direct",), lengths=("600",), timed=IMPLEMENTATIONS)
    times = {one.name: one for one in engine.submit(spec).result(300).attention}
    assert list(times) == list(IMPLEMENTATIONS)
    assert times["sdpa"].ms > 0
    # written-out scores are heads × queries × keys × 4 bytes; sdpa never holds them
    scores = 4 * 600 * 600 * 4
    assert times["eager"].peak_bytes > times["sdpa"].peak_bytes + scores / 2
    assert "CUDA" in times["flash_attention_2"].problem
    assert "GPU" in times["flex_attention"].problem
    with pytest.raises(JobFailed, match="CUDA"):
        engine.submit(replace(asked, attention="flash_attention_2")).result(300)


def test_chunks_and_caches_say_what_they_need(engine, asked):
    """The same answers from less memory: in chunks, and in 8 bits a quarter of float32."""
    spec = replace(asked, methods=("direct",), lengths=("600",), attention="eager")
    (whole,) = engine.submit(replace(spec, chunk=0)).result(300).rows
    (parts,) = engine.submit(replace(spec, chunk=64)).result(300).rows
    assert parts.depths == tuple(
        replace(one, nll=pytest.approx(one.nll, rel=1e-4)) for one in whole.depths
    )
    assert parts.peak_bytes < whole.peak_bytes / 2
    assert parts.kv_bytes == whole.kv_bytes
    (small,) = engine.submit(replace(spec, cache="fp8")).result(300).rows
    assert small.kv_bytes == pytest.approx(whole.kv_bytes / 4, rel=0.1)
    assert small.forecast_bytes == pytest.approx(small.kv_bytes, rel=0.1)
