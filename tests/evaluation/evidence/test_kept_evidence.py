"""Evidence is in the project before it is on screen, and comes back as it was."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from engine.api import Engine
from engine.errors import ErrorReport, StoreError
from engine.evaluation.evidence.attribute_spec import AttributeSpec
from engine.evaluation.evidence.cross_spec import CrossSpec
from engine.evaluation.evidence.order_spec import OrderSpec
from engine.evaluation.evidence.states_spec import StatesSpec
from engine.evaluation.spec import CompareSpec, Variant
from engine.jobs.events import Finished, Partial
from engine.paths import Paths
from engine.prompting.elements import Example, Item, PromptElements
from engine.store.details import details_of
from engine.store.project import Project
from engine.store.results import earlier, keep_result, result_of


@pytest.fixture
def project(tmp_path):
    with Project.open(tmp_path / "p.lathe") as opened:
        yield opened


@pytest.fixture
def engine(tmp_path, project):
    made = Engine(Paths.below(tmp_path / "home"), project)
    yield made
    assert made.close(10)


@pytest.fixture
def asked(refs):
    return CompareSpec(
        models=refs,
        prompt=PromptElements(
            instruction="Say it.", examples=(Example("a", "1"), Example("b", "2")), input="{{q}}"
        ),
        variants=(Variant("few-shot"), Variant("zero-shot")),
        items=(Item("x", {"q": "four"}, "4"), Item("y", {"q": "nine"}, "9")),
        extraction=("exact",),
    )


def specs(asked):
    return (
        AttributeSpec(replace(asked, models=asked.models[:1])),
        CrossSpec(replace(asked, models=asked.models[:1]), answer="expected"),
        OrderSpec(replace(asked, models=asked.models[:1])),
        StatesSpec(asked, answer="expected"),
    )


def test_every_kind_comes_back_as_it_was_returned(engine, project, asked):
    for spec in specs(asked):
        rows = []

        def heard(event, rows=rows, kind=spec.kind):
            if isinstance(event, Finished):
                rows.append(project.runs(kind))

        result = engine.submit(spec, heard).result(120)
        ((info,),) = rows  # stored when the end was told
        assert (info.kind, info.status, info.cells) == (spec.kind, "finished", 0)
        assert info.models == tuple(ref.id for ref in spec.read_models())
        assert info.seconds > 0
        assert result_of(project, info.id) == result
        assert project.load_spec(info.id) == spec
        details = details_of(project, info.id)
        assert (details.evidence, details.summaries) == (result, ())
    found = earlier(project, lambda spec: spec.compare.items == asked.items)
    assert {kind: spec for kind, (spec, _) in found.items()} == {s.kind: s for s in specs(asked)}
    assert earlier(project, lambda spec: not spec.compare.items) == {}
    attribute = next(iter(specs(asked)))
    again = engine.submit(attribute).result(120)
    newest = earlier(project, lambda spec: spec == attribute)[attribute.kind]
    assert newest == (attribute, again)
    project.delete([run.id for run in project.runs()])
    assert earlier(project, lambda spec: True) == {}
    project.empty_bin(-1.0)
    assert project.read(lambda c: c.execute("SELECT count(*) FROM result").fetchone()[0]) == 0


def test_a_full_disk_costs_no_result(engine, project, asked, monkeypatch):
    spec = next(iter(specs(asked)))

    def full(change):
        raise StoreError("The disk is full.", "Free some space.")

    monkeypatch.setattr(project, "write", full)
    told = []
    result = engine.submit(spec, told.append).result(120)
    assert result.items
    reports = [e.value for e in told if isinstance(e, Partial) and isinstance(e.value, ErrorReport)]
    assert [report.message for report in reports] == ["The disk is full."]
    assert project.runs() == ()


def test_a_damaged_result_is_told(engine, project, asked):
    spec = next(iter(specs(asked)))
    result = engine.submit(spec).result(120)
    (info,) = project.runs()
    project.write(lambda c: c.execute("UPDATE result SET content=x'00'"))
    with pytest.raises(StoreError, match="cannot be read"):
        result_of(project, info.id)
    run = keep_result(project, spec, result, 1.5)
    assert project.run(run).seconds == 1.5
    assert result_of(project, run) == result


def test_a_project_of_the_second_format_gains_the_tables(tmp_path, project, asked):
    """The tables of today taken away again, as they are not there in such a file."""
    spec = next(iter(specs(asked)))
    before = project.begin_run(asked, 0)
    project.close()
    raw = sqlite3.connect(project.path)
    raw.executescript("DROP TABLE forced; DROP TABLE result; PRAGMA user_version=2;")
    raw.close()
    with Project.open(project.path) as again:
        assert [run.id for run in again.runs()] == [before]
        assert earlier(again, lambda one: one == spec) == {}
