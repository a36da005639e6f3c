"""The page “Context” as a person uses it, on a tiny model."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from math import pi, sqrt
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton

from engine.context.alibi import TWINS
from tests.support.tiny_models import CONTEXT
from tests.workbench.context.conftest import RUN_MS, Driver
from workbench.viewmodels.context_setup import ContextSetup


def wilson_low(right: int, n: int) -> float:
    """The lower end of Wilson's 95 % interval, written out."""
    z, p = 1.959963984540054, right / n
    middle = p + z * z / (2 * n)
    return (middle - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def test_measuring_fills_the_map_and_the_table(driver: Driver) -> None:
    page, probe = driver.page, driver.model.probe
    assert page.measure.empty.isVisibleTo(page)
    seen: list[int] = []
    probe.changed.connect(lambda: seen.append(len(probe.rows)))
    begin = page.measure.empty.findChild(QPushButton)
    driver.until(probe.job.ended, lambda: driver.click(begin))
    assert page.measure.line.report() is None
    assert not page.measure.empty.isVisibleTo(page)
    assert set(probe.rows) == {
        (method, length) for method in ("direct", "linear", "rerope") for length in ("1x", "2x")
    }
    assert sorted(set(seen))[:3] == [0, 1, 2]  # rows came one by one
    panels = page.measure.map.panels()
    assert [panel.title for panel in panels] == ["Direct", "Interpolation (PI)", "ReRoPE"]
    for panel, method in zip(panels, ("direct", "linear", "rerope"), strict=True):
        for column, length in zip(panel.columns, ("1x", "2x"), strict=True):
            row = probe.rows[method, length]
            assert column.total is not None
            assert (column.total.right, column.total.n) == (row.right, 4)
            assert sum(cell.right for cell in column.cells) == row.right
            assert sum(cell.n for cell in column.cells) == 4
            low = wilson_low(row.right, 4) if row.right else 0.0
            assert column.low == pytest.approx(low)
    shown = page.measure.table.rows()[0].cells[1]
    assert shown.text.endswith(f"{probe.rows['direct', '1x'].right}/4")
    assert driver.model.model_id in page.measure.map_card.note.toolTip()


def test_within_the_trained_length_scalings_share_figures(driver: Driver) -> None:
    """At 1x a factor of 1 changes nothing: the rows say whose figures they are."""
    driver.run("measure")
    rows = driver.model.probe.rows
    assert rows["linear", "1x"].same_as == "direct"
    panel = driver.page.measure.map.panels()[1]
    assert "the very same frequencies as Direct" in panel.columns[0].tip
    assert rows["linear", "2x"].same_as == ""


def test_stop_keeps_what_is_measured_and_measure_goes_on(driver: Driver) -> None:
    page, probe = driver.page, driver.model.probe
    driver.number("keys-most", "2000")

    def some() -> bool:
        return any(row.n for row in probe.rows.values())

    driver.click(page.header.primary)
    driver.qtbot.waitUntil(some, timeout=RUN_MS)
    driver.until(probe.job.ended, lambda: driver.click(page.header.primary))
    assert page.measure.line.report() is None
    kept = dict(probe.rows)
    assert kept
    assert page.measure.kept.isVisibleTo(page)
    assert str(probe.left()) in page.measure.kept.text()
    assert len(page.measure.map.panels()) == 3
    # fewer keys are another question: the old rows would not compare
    driver.number("keys-most", "2")
    driver.run("measure")
    assert {row.n for row in probe.rows.values()} == {2}
    assert not page.measure.kept.isVisibleTo(page)


def test_rows_are_there_after_a_restart_and_measuring_goes_on(driver: Driver, bench) -> None:
    driver.run("measure")
    before = dict(driver.model.probe.rows)
    page = type(driver.page)(bench.services)  # as the next start builds it
    page.restore_state(json.loads(json.dumps(driver.page.save_state())))
    page.model.set_setup(replace(page.model.setup, lengths=("1x", "2x", "700")))
    probe = page.model.probe
    driver.until(probe.changed, page.model.wake)
    driver.qtbot.waitUntil(lambda: bool(page.measure.kept.text()), timeout=RUN_MS)
    assert {key: row.depths for key, row in probe.rows.items()} == {
        key: row.depths for key, row in before.items()
    }
    assert page.measure.kept.text().startswith("Measured before and kept: 6 of 9 cells.")
    driver.until(probe.job.ended, lambda: page.model.start("measure"))
    assert {length for (_, length), row in probe.rows.items() if row.stored} == {"1x", "2x"}
    assert not probe.rows["rerope", "700"].stored
    assert "measured before, and kept" in page.measure.map.panels()[0].columns[0].tip
    page.deleteLater()


def test_a_method_that_fails_leaves_the_others(driver: Driver) -> None:
    driver.click(driver.page.panel.methods["longrope"])
    driver.run("measure")
    assert driver.page.measure.line.report() is None
    panels = {one.title: one for one in driver.page.measure.map.panels()}
    assert "one divisor per pair" in panels["LongRoPE"].reason
    assert panels["ReRoPE"].columns[1].total is not None
    assert not driver.page.measure.kept.isVisibleTo(driver.page)


def test_measuring_nothing_is_refused_and_reading_frequencies_is_not(driver: Driver) -> None:
    driver.number("keys-most", "0")
    driver.number("perplexity-windows", "0")
    driver.click(driver.page.header.primary)
    report = driver.page.measure.line.report()
    assert report is not None
    assert report.message == "Nothing is to be measured."
    assert not driver.model.probe.job.running
    driver.run("frequencies")
    assert driver.page.frequencies.line.report() is None


def test_a_factor_below_one_is_none(driver: Driver) -> None:
    driver.number("stretch-factor", "2.5")
    assert (driver.model.setup.factor, driver.page.panel.factor.text()) == (2.5, "2.5")
    driver.number("stretch-factor", "0.5")
    assert driver.model.setup.factor == 0.0
    assert driver.page.panel.factor.text() == "as each length needs"


def test_divisors_are_searched_by_a_click(driver: Driver) -> None:
    panel = driver.page.panel
    assert not panel.search.isVisibleTo(driver.page)
    driver.click(panel.methods["longrope"])
    driver.number("stretch-factor", "1.2")
    driver.until(driver.model.divisors.ended, lambda: driver.click(panel.search))
    found = [float(one) for one in panel.divisors.text().split(",")]
    assert found == sorted(found)
    spec = driver.model.setup.probe(driver.model.ref)
    assert spec.long_factor == tuple(found)
    assert len(found) == 8  # pairs of the tiny model


def test_reading_is_chosen_and_implementations_are_timed(driver: Driver, qapp) -> None:
    driver.choose("probe-cache", "8 bits (fp8)")
    driver.choose("probe-attention", "Written out (eager)")
    driver.number("tokens-per-pass", "64")
    driver.click(driver.page.reading.timed)
    driver.model.set_setup(replace(driver.model.setup, methods=("direct",), lengths=("1x",)))
    driver.run("measure")
    probe = driver.model.probe
    assert probe.provenance is not None
    assert probe.provenance.attention == "eager"
    table = driver.page.measure.attention.table
    said = {row.cells[0]: str(row.cells[-1]) for row in table.rows()}
    assert said["SDPA"] == "runs"
    assert "CUDA" in said["Flash 2"]
    driver.page.measure.map_card.menu.copy_command()
    command = qapp.clipboard().text()
    assert "--cache fp8 --attention eager --chunk 64 --time all" in command
    driver.choose("probe-cache", "4 bits (HQQ)")
    driver.run("measure")
    assert "not installed" in driver.page.measure.map.panels()[0].reason


def test_the_twin_is_measured_beside_it(driver: Driver, tiny_bloom, monkeypatch) -> None:
    """ALiBi cannot be put into a model with rotations: the teaching model stands in."""
    panel = driver.page.panel
    assert not panel.methods["alibi"].isEnabled()
    assert panel.refusal.text().startswith("ALiBi is trained in")
    assert panel.twin.text() == "Compare with teach-alibi"
    monkeypatch.setitem(TWINS, "rope", tiny_bloom.id)  # as small as the other
    twin = driver.model.twin
    driver.until(twin.job.ended, lambda: driver.click(panel.twin))
    assert set(twin.rows) == {("alibi", "1x"), ("alibi", "2x")}
    titles = [one.title for one in driver.page.measure.map.panels()]
    assert titles == [f"ALiBi · {tiny_bloom.id}"]


def test_lengths_are_typed_and_wrong_ones_refused(driver: Driver) -> None:
    driver.write("probe-lengths", "1x, 2×, 700")
    assert driver.model.setup.lengths == ("1x", "2x", "700")
    driver.write("probe-lengths", "1x, far")
    assert driver.model.setup.lengths == ("1x", "2x", "700")
    wrong = driver.page.panel.wrong
    assert wrong.isVisibleTo(driver.page)
    assert "far" in wrong.text()
    driver.write("probe-lengths", "4x")
    assert not wrong.isVisibleTo(driver.page)
    driver.number("stretch-factor", "4")
    assert driver.model.setup.factor == 4.0
    driver.number("stretch-factor", "0")
    assert driver.page.panel.factor.text() == "as each length needs"


def test_methods_are_chips(driver: Driver) -> None:
    driver.click(driver.page.panel.methods["yarn"])
    assert driver.model.setup.methods == ("direct", "linear", "yarn", "rerope")
    driver.click(driver.page.panel.methods["linear"])
    assert driver.model.setup.methods == ("direct", "yarn", "rerope")


def test_nothing_chosen_is_refused_in_words(driver: Driver) -> None:
    for method in driver.model.setup.methods:
        driver.click(driver.page.panel.methods[method])
    driver.click(driver.page.header.primary)
    report = driver.page.measure.line.report()
    assert report is not None
    assert report.message == "Nothing is to be measured."


def test_the_advisor_picks_and_the_person_overrides(driver: Driver) -> None:
    driver.choose("context-scenario", "Up to eight times, no training")
    setup = driver.model.setup
    assert setup.lengths == ("1x", "2x", "4x", "8x")
    assert "rerope" in setup.methods
    assert "linear" not in setup.methods
    assert driver.page.panel.reason.text().startswith("ReRoPE: no distance is new")
    driver.click(driver.page.panel.methods["linear"])
    assert "linear" in driver.model.setup.methods
    assert driver.model.setup.scenario == "eightfold"
    driver.choose("context-scenario", "A little training is possible")
    assert driver.page.stack.currentWidget() is driver.page.tune
    driver.choose("context-scenario", "Questions across many documents")
    assert driver.page.stack.currentWidget() is driver.page.documents
    assert driver.page.documents.flows["nbce"].isChecked()
    assert driver.model.documents.choice.scenario == "dqa"


def test_frequencies_are_read_back_from_the_model(driver: Driver) -> None:
    driver.run("frequencies")
    view, survey = driver.page.frequencies, driver.model.survey
    assert view.line.report() is None
    assert set(survey.rows) == {(method, "4x") for method in ("direct", "linear", "rerope")}
    assert all(row.n == 0 for row in survey.rows.values())
    base, dims = 10_000.0, 2 * len(survey.inv_freq)
    expected = 2 * pi * base ** (2 * np.arange(dims // 2) / dims)
    own, stretched = view.chart.series()
    assert own.y == pytest.approx(expected, rel=1e-5)
    assert stretched.name == "Interpolation (PI)"
    assert stretched.y == pytest.approx(4 * expected, rel=1e-5)
    assert "ReRoPE" in view.card.note.text()
    trained = next(m.at for m in view.chart.markers() if m.horizontal)
    assert trained == CONTEXT
    slow = int((expected > CONTEXT).sum())
    assert 0 < slow < dims // 2
    assert view.story.text().startswith(f"{slow} of {dims // 2} pairs")


def test_frequencies_that_were_not_read_yet_are_asked_for_by_the_same_command(
    driver: Driver, qapp
) -> None:
    card = driver.page.frequencies.card
    card.menu.copy_command()
    assert "--lengths 4x --factor 4 " in qapp.clipboard().text()
    driver.number("stretch-factor", "2.5")
    card.menu.copy_command()
    before = qapp.clipboard().text()
    assert "--lengths 2.5x --factor 2.5 " in before
    driver.run("frequencies")
    card.menu.copy_command()
    assert qapp.clipboard().text() == before


def test_alibi_says_why(driver: Driver, bench, tiny_bloom) -> None:
    panel = driver.page.panel
    assert panel.methods["yarn"].isEnabled()
    with driver.qtbot.waitSignals([driver.model.described] * 2, timeout=RUN_MS):
        bench.services.model.choose(tiny_bloom)
    assert not panel.methods["yarn"].isEnabled()
    assert not panel.methods["rerope"].isEnabled()
    assert panel.methods["direct"].isEnabled()
    assert panel.refusal.text().startswith("ALiBi turns nothing")
    driver.run("measure")
    panels = {one.title: one for one in driver.page.measure.map.panels()}
    assert "ALiBi" in panels["ReRoPE"].reason
    assert not panels["Direct"].reason
    assert panels["Direct"].columns[0].total is not None


def test_the_table_is_saved_and_the_command_copied(
    driver: Driver, qapp, tmp_path: Path, running_text: Path
) -> None:
    driver.run("measure")
    menu = driver.page.measure.table_card.menu
    target = tmp_path / "figures.csv"
    notify = driver.page.services.notify
    driver.until(notify.posted, lambda: menu.save("csv", str(target)))
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    row = driver.model.probe.rows["rerope", "2x"]
    saved = next(r for r in rows if (r["method"], r["length"]) == ("rerope", "2x"))
    assert (int(saved["found"]), int(saved["n"])) == (row.right, row.n)
    assert float(saved["perplexity"]) == pytest.approx(row.perplexity, rel=1e-6)
    driver.page.measure.map_card.menu.copy_command()
    command = qapp.clipboard().text()
    assert command.startswith("lathe extend probe --model ")
    assert "--methods direct,linear,rerope --lengths 1x,2x --needles 2 --n 4" in command
    assert str(running_text) in command


def test_charts_show_perplexity_memory_and_time(driver: Driver) -> None:
    driver.run("measure")
    charts, probe = driver.page.measure.charts, driver.model.probe
    names = [one.name for one in charts.text.series()]
    assert names == ["Direct", "Interpolation (PI)", "ReRoPE"]
    direct = charts.text.series()[0]
    assert direct.y.tolist() == [probe.rows["direct", one].perplexity for one in ("1x", "2x")]
    forecast, measured, *peaks = charts.memory.series()
    assert [one.name for one in peaks][-1] == "at the peak: ReRoPE"
    assert (peaks[0].y > measured.y).all()  # the cache is a part of what is held
    # every position adds keys and values: twice the length, twice the bytes
    assert forecast.y[1] == pytest.approx(2 * forecast.y[0])
    assert measured.y == pytest.approx(forecast.y, rel=0.05)
    assert charts.time.series()[0].name == "forecast"
    assert charts.time.series()[0].y[1] > 2 * charts.time.series()[0].y[0]


def test_settings_come_back(driver: Driver, bench) -> None:
    driver.choose("context-scenario", "A long persona")
    driver.number("keys-per-text", "3")
    state = json.loads(json.dumps(driver.page.save_state()))
    page = type(driver.page)(bench.services)
    page.restore_state(state)
    assert page.model.setup == driver.model.setup
    assert page.model.documents.choice == driver.model.documents.choice
    assert page.model.tune.choice == driver.model.tune.choice
    broken = replace(driver.model.setup, methods=("nonsense",)).to_plain()
    assert ContextSetup.from_plain(broken) == ContextSetup()
    page.deleteLater()


def test_all_texts_are_chinese(driver: Driver, bench) -> None:
    driver.run("measure")
    bench.services.i18n.set_language("zh_CN")
    known = ("YaRN", "LongRoPE", "ReRoPE", "Llama", "Self-Extend", "NTK", "NBCE", "log n",
             "Map-reduce", "English", "top-p", "Leaky", "ALiBi")  # fmt: skip
    latin = []
    for kind in (QLabel, QAbstractButton):
        for widget in driver.page.findChildren(kind):
            if not widget.isVisibleTo(driver.page):
                continue
            text = widget.text()
            rest = text
            for word in known:
                rest = rest.replace(word, "")
            letters = [c for c in rest if c.isascii() and c.isalpha()]
            if len(letters) > 3 and not any("一" <= c <= "鿿" for c in text):
                latin.append(text)
    assert latin == []
