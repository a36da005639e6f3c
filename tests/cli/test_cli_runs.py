"""`lathe runs` on a project of made-up cells."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.store.export import jsonl
from engine.store.project import Project
from tests.support.cells import comparison


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "p.lathe"
    with Project.open(path) as opened:
        for text in ("The answer is 4.", "北京 is large."):
            spec, result = comparison(text)
            run = opened.begin_run(spec, len(result.cells))
            for cell in result.cells:
                opened.save_cell(run, cell)
            opened.finish_run(run, "finished")
    return path


def lathe(*arguments):
    return CliRunner().invoke(app, ["runs", *map(str, arguments)])


def test_runs_are_listed_newest_first(project):
    data = json.loads(lathe("list", "--project", project, "--json").stdout)
    assert [run["failed"] for run in data["runs"]] == [1, 1]
    assert data["runs"][0]["started"] >= data["runs"][1]["started"]
    assert data["runs"][1]["id"] in lathe("list", "--project", project).stdout


def test_one_run_is_shown_by_the_beginning_of_its_id(project):
    listed = json.loads(lathe("list", "--project", project, "--json").stdout)["runs"]
    shown = lathe("show", listed[1]["id"][:9], "--project", project, "--json")
    data = json.loads(shown.stdout)
    assert data["info"]["id"] == listed[1]["id"]
    assert data["summaries"][0]["correct"] == 1
    text = lathe("show", "last", "--project", project).stdout
    assert "float32" in text
    assert "The prompt is empty." in text


def test_search_export_and_what_is_missing(project, tmp_path):
    found = json.loads(lathe("search", "北京", "--project", project, "--json").stdout)["found"]
    assert [hit["kind"] for hit in found[0]["hits"]] == ["answer"]
    target = tmp_path / "run.jsonl"
    assert lathe("export", "last", target, "--project", project).exit_code == 0
    assert jsonl.read(target.read_bytes())[1].run_id == found[0]["run_id"]
    refused = lathe("export", "last", tmp_path / "run.pdf", "--project", project)
    assert refused.exit_code == 2
    unknown = lathe("show", "zzz", "--project", project)
    assert unknown.exit_code == 1
    assert "zzz" in unknown.stderr
    assert lathe("list", "--project", tmp_path / "none.lathe").exit_code == 1
