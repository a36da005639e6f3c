"""The comparison page's state without widgets."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.errors import ErrorReport
from engine.evaluation.spec import CellKey, CompareResult, CompareSpec
from engine.jobs.events import Cancelled, Failed, Finished, Started
from engine.models.reference import ModelRef
from engine.prompting.elements import Example
from engine.store.export import json as json_export
from tests.workbench.compare.fake_jobs import (
    FakeJobs,
    cell,
    finish_cell,
    play,
    record,
    records,
)
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_overlay import OverlayQuestion
from workbench.viewmodels.compare_report import report_of
from workbench.viewmodels.compare_setup import CompareSetup, default_setup
from workbench.viewmodels.prompt_state import PromptState

BROKEN = ErrorReport("model-load", "The model is gone.", "Choose another.")


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def model(qapp: object, jobs: FakeJobs) -> CompareModel:
    made = CompareModel(jobs)
    made.prompt.restore(PromptState(instruction="Add.", input="1 + 2", expected="3"))
    return made


def choose(model: CompareModel, *uids: str) -> None:
    chosen = tuple(replace(c, checked=c.uid in uids) for c in model.setup.variants)
    model.set_setup(replace(model.setup, variants=chosen))


def answered(model: CompareModel, jobs: FakeJobs, *answers: str) -> CompareSpec:
    """Run and answer every column with these texts, a token per letter."""
    assert model.run()
    job = jobs.last
    assert isinstance(job.spec, CompareSpec)
    job.send(Started(job_id=job.id))
    for column, text in zip(model.columns[-len(answers) :], answers, strict=True):
        finish_cell(job, cell(job.spec, column.key, records(*text), text[-1:]))
    job.send(Finished(job_id=job.id, result=None))
    return job.spec


def test_a_run_asks_every_model_with_every_chosen_technique(
    model: CompareModel, jobs: FakeJobs
) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    model.set_setup(replace(model.setup, models=(ModelRef("a"), ModelRef("b"))))
    assert model.run()
    spec = jobs.last.spec
    assert isinstance(spec, CompareSpec)
    assert [variant.technique for variant in spec.variants] == ["zero-shot", "zero-shot-cot"]
    assert spec.items[0].expected == "3"
    assert [(c.model_id, c.variant.technique) for c in model.columns] == [
        ("a", "zero-shot"),
        ("a", "zero-shot-cot"),
        ("b", "zero-shot"),
        ("b", "zero-shot-cot"),
    ]


def test_tokens_then_result(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot")
    model.run()
    job, column = jobs.last, model.columns[0]
    states = [column.state]
    job.send(Started(job_id=job.id))
    states.append(column.state)
    play(job, column.key, records("a", "b"))
    assert [token.text for token in column.records] == ["a", "b"]
    play(job, column.key, records("3"))
    finish_cell(job, cell(job.spec, column.key, records("a", "b", "3"), "3"))
    states.append(column.state)
    job.send(Finished(job_id=job.id, result=None))
    assert states == ["waiting", "running", "finished"]
    assert not model.running
    figures = column.figures()
    assert figures is not None
    assert (figures.prompt_tokens, figures.reused_tokens, figures.new_tokens) == (4, 3, 1)
    assert figures.tokens_per_s == pytest.approx(2 / 0.1)
    assert figures.mean_probability == pytest.approx(0.5)
    assert column.answer_span() == (2, 3)


def test_mean_probability_is_the_geometric_mean(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot")
    model.run()
    column = model.columns[0]
    tokens = (record("a", 0.9), record("b", 0.1), record("c", 0.4))
    finish_cell(jobs.last, cell(jobs.last.spec, column.key, tokens))
    figures = column.figures()
    assert figures is not None
    assert figures.mean_probability == pytest.approx(math.prod((0.9, 0.1, 0.4)) ** (1 / 3))


def test_a_failed_job_tells_only_the_columns_without_an_answer(
    model: CompareModel, jobs: FakeJobs
) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    model.run()
    job = jobs.last
    first, second = model.columns
    finish_cell(job, cell(job.spec, first.key, records("3"), "3"))
    job.send(Failed(job_id=job.id, error=BROKEN))
    assert (first.state, first.error) == ("finished", None)
    assert (second.state, second.error) == ("failed", BROKEN)
    assert not model.running


def test_stop_keeps_what_came(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    model.run()
    job = jobs.last
    job.send(Started(job_id=job.id))
    play(job, model.columns[0].key, records("a"))
    model.stop()
    assert job.cancelled
    job.send(Cancelled(job_id=job.id))
    assert [column.state for column in model.columns] == ["stopped", "stopped"]
    assert [token.text for token in model.columns[0].records] == ["a"]


def test_rerun_asks_that_cell_with_the_prompt_of_then(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    spec = answered(model, jobs, "ab", "cd")
    model.prompt.set_text("input", "something else")
    second = model.columns[1]
    assert model.is_outdated(second)
    model.rerun(second.uid)
    asked = jobs.last.spec
    assert asked == replace(spec, only=(second.key,))
    assert second.state == "waiting"
    assert model.columns[0].state == "finished"


@pytest.mark.parametrize(
    ("alone", "state", "at"),
    [("abc", "identical", -1), ("axc", "different", 1), ("ab", "different", 2)],
)
def test_verify_alone(model: CompareModel, jobs: FakeJobs, alone: str, state: str, at: int) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    answered(model, jobs, "abc", "x")
    column = model.columns[0]
    model.verify(column.uid)
    asked = jobs.last.spec
    assert isinstance(asked, CompareSpec)
    assert (asked.only, asked.batch_size) == ((column.key,), 1)
    finish_cell(jobs.last, cell(asked, column.key, records(*alone)))
    jobs.last.send(Finished(job_id=jobs.last.id, result=None))
    check = column.verification
    assert check is not None
    assert (check.state, check.at) == (state, at)
    assert column.answer_text() == "abc"


def test_a_check_that_fails_leaves_the_answer(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot")
    answered(model, jobs, "abc")
    column = model.columns[0]
    model.verify(column.uid)
    jobs.last.send(Failed(job_id=jobs.last.id, error=BROKEN))
    assert column.verification is not None
    assert column.verification.state == "failed"
    assert column.state == "finished"


def test_a_check_is_about_the_answer_it_was_asked_for(model: CompareModel, jobs: FakeJobs) -> None:
    """While the cell is decoded alone it can be neither asked again nor checked twice."""
    choose(model, "zero-shot")
    answered(model, jobs, "abc")
    column = model.columns[0]
    assert model.verify(column.uid)
    check = jobs.last
    assert not model.rerun(column.uid)
    assert not model.verify(column.uid)
    assert jobs.last is check
    column.records = []  # whatever happens to the column meanwhile
    finish_cell(check, cell(check.spec, column.key, records(*"abc")))
    assert column.verification is not None
    assert column.verification.state == "identical"
    check.send(Finished(job_id=check.id, result=None))
    assert model.rerun(column.uid)


def test_a_branch_keeps_its_prefix_on_screen(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    answered(model, jobs, "abcd", "x")
    source = model.columns[0]
    candidate = source.records[2].top[1]
    branch = model.branch(source.uid, 2, candidate)
    assert branch is not None
    assert model.columns.index(branch) == 1
    asked = jobs.last.spec
    assert isinstance(asked, CompareSpec)
    assert asked.branch is not None
    prefix = (*(token.id for token in source.records[:2]), candidate.id)
    assert asked.branch.prefix == prefix
    forced = (*source.records[:2], record("cx", 0.2, candidate.id))
    play(jobs.last, source.key, forced[:1])
    assert [token.id for token in branch.records] == list(prefix)
    play(jobs.last, source.key, forced[1:] + records("e"))
    assert [token.text for token in branch.records] == ["a", "b", "cx", "e"]
    model.rerun(branch.uid)
    assert model.branch(source.uid, 99, candidate) is None


def test_pinned_columns_stay_and_closed_ones_go(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot")
    answered(model, jobs, "a")
    kept = model.columns[0]
    model.set_pinned(kept.uid, True)
    answered(model, jobs, "b")
    assert [column.answer_text() for column in model.columns] == ["a", "b"]
    model.close_column(kept.uid)
    assert [column.answer_text() for column in model.columns] == ["b"]


def test_closing_a_running_branch_stops_its_job(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot")
    answered(model, jobs, "abc")
    branch = model.branch(model.columns[0].uid, 0, model.columns[0].records[0].top[1])
    assert branch is not None
    model.close_column(branch.uid)
    assert jobs.last.cancelled


def test_nothing_is_submitted_for_a_prompt_that_cannot_be_sent(
    model: CompareModel, jobs: FakeJobs
) -> None:
    told: list[object] = []
    model.refused.connect(told.append)
    model.prompt.set_text("input", "{{a}}")
    assert not model.run()
    choose(model)
    model.prompt.set_value("a", "1")
    assert not model.run()
    assert [problem.place for problem in told] == ["variable:a", "setup"]  # type: ignore[attr-defined]
    assert jobs.jobs == []


def test_a_full_disk_is_told_once(model: CompareModel, jobs: FakeJobs) -> None:
    told: list[object] = []
    model.store_failed.connect(told.append)
    choose(model, "zero-shot")
    model.run()
    result = CompareResult("", (), (), 0.0, store_error=BROKEN)
    jobs.last.send(Finished(job_id=jobs.last.id, result=result))
    assert told == [BROKEN]


def test_the_report_joins_columns_of_several_runs(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot")
    answered(model, jobs, "a3")
    model.set_pinned(model.columns[0].uid, True)
    model.prompt.set_text("instruction", "Add them.")
    model.prompt.set_text("expected", "4")
    choose(model, "zero-shot", "zero-shot-cot")
    answered(model, jobs, "b4", "c3")
    model.branch(model.columns[0].uid, 0, model.columns[0].records[0].top[1])
    found = report_of(model.columns)
    assert found is not None
    spec, result = found
    spec.check()
    assert len(result.cells) == 3
    assert len({cell.key for cell in result.cells}) == 3
    asked = {
        (cell.generation.text, (spec.variants[cell.key.variant].prompt or spec.prompt).instruction)
        for cell in result.cells
        if cell.generation
    }
    assert asked == {("a3", "Add."), ("b4", "Add them."), ("c3", "Add them.")}
    assert {spec.items[cell.key.item].expected for cell in result.cells} == {"3", "4"}
    again = json_export.read(json_export.render(spec, result))
    assert again[0] == spec


def test_an_overlay_is_exact_up_to_the_first_divergence(
    model: CompareModel, jobs: FakeJobs
) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    answered(model, jobs, "abXd", "abYZd")
    overlay = OverlayQuestion.of(*model.columns).answer()
    assert overlay.divergence is not None
    assert overlay.divergence.position == 2
    assert overlay.left.marks == ("same", "same", "first", "same")
    assert overlay.right.marks == ("same", "same", "first", "differs", "same")


def test_prompt_and_setup_survive_the_session_file() -> None:
    state = PromptState(
        task="code",
        language="zh",
        instruction="做{{事}}",
        examples=(Example("a", "b", "c"),),
        values={"事": "x"},
        extraction=("exact",),
        examples_as="turns",
    )
    assert PromptState.from_plain(state.to_plain()) == state
    setup = default_setup().with_extra("few-shot")
    setup = replace(setup, sampling=replace(setup.sampling, temperature=0.5, stop=("\n",)))
    assert CompareSetup.from_plain(setup.to_plain()) == setup
    for garbage in (None, 3, "x", {"variants": 3}, {"sampling": {"temperature": -1}}):
        assert CompareSetup.from_plain(garbage) == default_setup()
        PromptState.from_plain(garbage)


def test_two_chips_of_one_technique_have_names_of_their_own() -> None:
    setup = default_setup().with_extra("few-shot").with_extra("few-shot")
    spec = setup.spec(PromptState(input="x"))
    spec.check()
    assert [variant.label for variant in spec.variants][-2:] == ["few-shot 2", "few-shot 3"]
    *base, second, third = setup.variants
    assert setup.without("few-shot 2").without("few-shot").with_extra("few-shot") == replace(
        setup, variants=(*base, third, second)
    )


def test_cell_keys_of_one_run_are_distinct(model: CompareModel, jobs: FakeJobs) -> None:
    choose(model, "zero-shot", "zero-shot-cot")
    model.run()
    assert [column.key for column in model.columns] == [CellKey(0, 0), CellKey(0, 1)]
