"""A run that ended early is resumed with its missing cells, and equals one that never stopped."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from engine.api import Engine
from engine.decoding.params import Sampling
from engine.errors import JobCancelled
from engine.evaluation.spec import CompareSpec, Variant
from engine.jobs.events import Partial, Queued, TokenChunk
from engine.jobs.job import JobFailed
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.prompting.elements import Item, PromptElements
from engine.store.project import Project
from tests.support.tiny_models import save_tiny

OPTIONS = LoadOptions(device="cpu", dtype="float32")
GREEDY = Sampling(max_new_tokens=10)
SAMPLED = Sampling(temperature=0.9, max_new_tokens=10, samples=2, seed=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny("llama", tmp_path_factory.mktemp("models") / "tiny-llama")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    root = tmp_path_factory.mktemp("home")
    with Project.open(root / "p.lathe") as project:
        engine = Engine(Paths.below(root), project)
        yield engine
        assert engine.close(10)


@pytest.fixture
def spec(folder):
    return CompareSpec(
        models=(ModelRef(str(folder), options=OPTIONS),),
        prompt=PromptElements(instruction="Add.", input="{{q}}"),
        variants=(Variant("zero-shot"), Variant("zero-shot-cot")),
        items=tuple(Item(f"i{n}", {"q": f"{n}+{n * n}"}, str(n + n * n)) for n in range(4)),
        sampling=GREEDY,
        extraction=("last-answer", "last-number"),
    )


def interrupted(engine, spec, after):
    """Run until `after` cells are stored, then stop; returns the run's id."""
    known, kept = threading.Event(), []

    def listener(event):
        if not isinstance(event, Queued):
            known.wait(10)
        if isinstance(event, Partial):
            kept.append(event.value)
            if len(kept) == after:
                job.cancel()

    job = engine.submit(spec, listener)
    known.set()
    with pytest.raises(JobCancelled):
        job.result(120)
    return engine.resources.project.latest_run("compare")


def essence(cells):
    return [
        (
            cell.key,
            cell.sent,
            cell.prompt_ids,
            cell.generation.text,
            [token.id for token in cell.tokens],
            cell.generation.finish,
            cell.extractions,
        )
        for cell in cells
    ]


@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED], ids=["greedy", "sampled"])
def test_the_resumed_run_equals_an_undisturbed_one(engine, spec, sampling):
    spec = replace(spec, sampling=sampling)
    whole = engine.submit(spec).result(120)
    run = interrupted(engine, replace(spec, batch_size=2), after=3)
    before = engine.resources.project.load_run(run)[1]
    assert 3 <= len(before) < len(whole.cells)
    asked, published = set(), []

    def listener(event):
        if isinstance(event, TokenChunk):
            asked.add(event.key)
        if isinstance(event, Partial):
            published.append(event.value)

    result = engine.submit(replace(spec, batch_size=2, continues=run), listener).result(120)
    assert result.run_id == run
    assert essence(result.cells) == essence(whole.cells)
    assert [replace(s, reused_tokens=0, mean_logprob=0) for s in result.summaries] == [
        replace(s, reused_tokens=0, mean_logprob=0) for s in whole.summaries
    ]
    assert asked == {cell.key for cell in whole.cells} - {cell.key for cell in before}
    assert {cell.key for cell in published} == {cell.key for cell in whole.cells}
    info = engine.resources.project.runs()[0]
    assert (info.id, info.status, info.cells) == (run, "finished", len(whole.cells))
    assert engine.resources.project.load_run(run)[0] == replace(spec, batch_size=2)


def test_failed_cells_are_asked_again(engine, spec, monkeypatch):
    from engine.evaluation.asking.one_sample import OneSample

    real = OneSample.open

    def broken(self, messages):
        if self.question.keys[0].item == 1:
            raise OSError("the disk went away")
        return real(self, messages)

    monkeypatch.setattr(OneSample, "open", broken)
    first = engine.submit(spec).result(120)
    assert sum(cell.error is not None for cell in first.cells) == 2
    monkeypatch.undo()
    again = engine.submit(replace(spec, continues=first.run_id)).result(120)
    assert all(cell.error is None for cell in again.cells)
    assert engine.resources.project.load_run(first.run_id)[1] == again.cells


@pytest.mark.parametrize(
    ("change", "message"),
    [({"continues": "nothing"}, "no run"), ({"batch_size": 7}, "another comparison")],
)
def test_what_cannot_be_resumed_is_named(engine, spec, change, message):
    run = interrupted(engine, replace(spec, batch_size=1), after=1)
    wanted = replace(spec, batch_size=1, continues=run)
    with pytest.raises(JobFailed, match=message):
        engine.submit(replace(wanted, **change)).result(120)


def test_without_a_project_there_is_nothing_to_resume(engine, spec, monkeypatch):
    monkeypatch.setattr(engine.resources, "project", None)
    with pytest.raises(JobFailed, match="no project"):
        engine.submit(replace(spec, continues="x")).result(120)


def test_another_model_in_the_same_folder_does_not_mix_in(engine, spec, tmp_path):
    folder = save_tiny("llama", tmp_path / "m")
    spec = replace(spec, models=(ModelRef(str(folder), options=OPTIONS),), batch_size=1)
    run = interrupted(engine, spec, after=2)
    engine.resources.residency.unload()
    save_tiny("llama", folder, seed=1)
    result = engine.submit(replace(spec, continues=run)).result(120)
    errors = [cell.error for cell in result.cells if cell.error is not None]
    assert len(errors) == len(result.cells) - 2
    assert "no longer the model" in errors[0].message
