"""The comparison job on tiny random models: order, isolation, branches, storage."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from engine.api import Engine
from engine.decoding.params import Sampling
from engine.errors import JobCancelled, StoreError
from engine.evaluation.plan import alone, planned_cells
from engine.evaluation.spec import Branch, CellKey, CompareSpec, Variant
from engine.jobs.events import Cancelled, Finished, Partial, Progress, Queued, TokenChunk
from engine.jobs.job import JobFailed
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.prompting.elements import Example, Item, PromptElements
from engine.store.project import Project
from tests.support.tiny_models import save_tiny

OPTIONS = LoadOptions(device="cpu", dtype="float32")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return ModelRef(str(folder), options=OPTIONS)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    root = tmp_path_factory.mktemp("home")
    with Project.open(root / "p.lathe") as project:
        engine = Engine(Paths.below(root), project)
        yield engine
        assert engine.close(10)


@pytest.fixture(scope="module")
def spec(tiny):
    return CompareSpec(
        models=(tiny,),
        prompt=PromptElements(
            instruction="Add.", examples=(Example("1+1", "The answer is 2."),), input="{{q}}"
        ),
        variants=(Variant("zero-shot"), Variant("few-shot"), Variant("zero-shot-cot")),
        items=tuple(Item(f"i{n}", {"q": f"{n}+{n * n}"}, str(n + n * n)) for n in range(3)),
        sampling=Sampling(max_new_tokens=8),
        extraction=("last-answer", "last-number"),
    )


def run(engine, spec):
    events = []
    job = engine.submit(spec, events.append)
    return job.result(120), events


def ids(cell):
    return [token.id for token in cell.tokens]


@pytest.fixture(scope="module")
def done(engine, spec):
    return run(engine, spec)


def test_every_cell_is_answered_in_key_order(done, spec):
    result, _ = done
    assert tuple(cell.key for cell in result.cells) == planned_cells(spec)
    assert all(cell.error is None and cell.generation is not None for cell in result.cells)
    for cell in result.cells:
        said = "".join(part.text for part in cell.sent)
        assert spec.items[cell.key.item].variables["q"] in said
        assert [found.rule for found in cell.extractions] == list(spec.extraction)


def test_streamed_tokens_are_the_answer_and_progress_rises(done):
    result, events = done
    streamed = {}
    for event in events:
        if isinstance(event, TokenChunk):
            streamed.setdefault(event.key, []).extend(event.records)
    assert streamed == {cell.key: list(cell.tokens) for cell in result.cells}
    shares = [e.fraction for e in events if isinstance(e, Progress) and "answers" in e.text]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert isinstance(events[-1], Finished)


def test_a_cell_is_in_the_store_when_it_is_published(engine, spec):
    project = engine.resources.project
    missing = []

    def listener(event):
        if isinstance(event, Partial):
            _, cells = project.load_run(project.latest_run("compare"))
            if event.value.key not in {cell.key for cell in cells}:
                missing.append(event.value.key)

    result = engine.submit(spec, listener).result(120)
    assert missing == []
    stored_spec, stored = project.load_run(result.run_id)
    assert stored_spec == spec
    assert [ids(cell) for cell in stored] == [ids(cell) for cell in result.cells]
    assert [cell.extractions for cell in stored] == [cell.extractions for cell in result.cells]
    assert project.runs()[0].status == "finished"


def test_provenance_is_complete(done, tiny):
    for cell in done[0].cells:
        origin = cell.provenance
        assert origin.model == tiny.id
        assert (origin.device, origin.dtype) == ("cpu", "float32")
        assert origin.attention
        assert len(origin.weights_sha) == 64
        assert origin.batch_size == cell.generation.batch_size
        assert {"torch", "transformers", "python"} <= set(origin.packages)


def test_verify_alone_gives_the_batched_answer_in_float32(engine, spec, done):
    for cell in done[0].cells[::4]:
        result, _ = run(engine, alone(spec, cell.key))
        (again,) = result.cells
        assert again.key == cell.key
        assert again.generation.batch_size == 1
        assert ids(again) == ids(cell)


def test_a_branch_continues_from_the_chosen_token(engine, spec, done):
    cell = done[0].cells[4]
    other = cell.tokens[2].top[1].id
    prefix = (*ids(cell)[:2], other)
    result, _ = run(engine, replace(spec, branch=Branch(cell.key, prefix)))
    (branched,) = result.cells
    assert branched.key == cell.key
    assert tuple(ids(branched)[:3]) == prefix
    assert branched.tokens[2].logprob == pytest.approx(cell.tokens[2].top[1].logprob, abs=1e-4)


def test_a_cell_that_cannot_be_asked_blocks_no_other(engine, spec):
    broken = replace(
        spec,
        prompt=replace(spec.prompt, examples=()),
        items=(Item("good", {"q": "1"}), Item("unnamed"), Item("long", {"q": "x " * 2000})),
    )
    result, events = run(engine, broken)
    errors = {(c.key.variant, c.item_id): c.error.code for c in result.cells if c.error}
    assert errors == {
        (0, "unnamed"): "prompt",
        (0, "long"): "prompt-too-long",
        (1, "good"): "prompt",
        (1, "unnamed"): "prompt",
        (1, "long"): "prompt",
        (2, "unnamed"): "prompt",
        (2, "long"): "prompt-too-long",
    }
    assert all(c.error.hint for c in result.cells if c.error)
    assert [c.generation is not None for c in result.cells if c.item_id == "good"] == [
        True,
        False,
        True,
    ]
    assert sum(isinstance(event, Partial) for event in events) == 9
    assert [(s.failed, s.n) for s in result.summaries] == [(2, 3), (3, 3), (2, 3)]


def test_a_rule_that_fails_keeps_the_answer(engine, spec):
    result, _ = run(engine, replace(spec, extraction=("regex:(",), only=(CellKey(),)))
    (cell,) = result.cells
    assert cell.error.code == "bad-spec"
    assert cell.generation is not None


def test_a_model_that_cannot_load_fails_only_its_own_cells(engine, spec, tiny, tmp_path):
    missing = ModelRef(str(tmp_path / "nothing"), options=OPTIONS)
    result, _ = run(engine, replace(spec, models=(missing, tiny)))
    assert {cell.key.model for cell in result.cells if cell.error} == {0}
    assert all(cell.generation for cell in result.cells if cell.key.model == 1)
    assert [summary.failed for summary in result.summaries] == [3, 3, 3, 0, 0, 0]
    with pytest.raises(JobFailed) as caught:
        run(engine, replace(spec, models=(missing,)))
    assert caught.value.error.code == "model-load"
    assert engine.resources.project.runs()[0].status == "failed"


def test_variants_share_their_noise_and_samples_do_not(engine, spec):
    twins = replace(
        spec,
        variants=(Variant("zero-shot", "a"), Variant("zero-shot", "b")),
        items=spec.items[:1],
        sampling=Sampling(temperature=1.0, max_new_tokens=12, samples=3, seed=5),
    )
    result, _ = run(engine, twins)
    texts = {cell.key: ids(cell) for cell in result.cells}
    for sample in range(3):
        assert texts[CellKey(0, 0, 0, sample)] == texts[CellKey(0, 1, 0, sample)]
    assert texts[CellKey(0, 0, 0, 0)] != texts[CellKey(0, 0, 0, 1)]
    again, _ = run(engine, replace(twins, sampling=replace(twins.sampling, seed=6)))
    assert [ids(cell) for cell in again.cells] != list(texts.values())


def test_stopping_keeps_the_finished_cells(engine, spec):
    long = replace(spec, batch_size=1, sampling=Sampling(max_new_tokens=200))
    kept, events, known = [], [], threading.Event()

    def listener(event):
        if not isinstance(event, Queued):
            known.wait(10)
        events.append(event)
        if isinstance(event, Partial):
            kept.append(event.value)
            job.cancel()

    job = engine.submit(long, listener)
    known.set()
    with pytest.raises(JobCancelled):
        job.result(120)
    assert isinstance(events[-1], Cancelled)
    assert len(kept) == 1
    info = engine.resources.project.runs()[0]
    assert (info.status, info.cells) == ("cancelled", 1)


class _FullDisk:
    """A project on a disk that is full until some space is freed."""

    def __init__(self, project, refusals):
        self._project = project
        self.refusals = refusals

    def __getattr__(self, name):
        return getattr(self._project, name)

    def save_cell(self, run_id, cell):
        if self.refusals:
            self.refusals -= 1
            raise StoreError("The project cannot grow: the disk is full.", "Free some space.")
        self._project.save_cell(run_id, cell)


@pytest.mark.parametrize(("refusals", "stored"), [(3, 9), (10_000, 0)])
def test_a_full_disk_loses_nothing_in_memory(engine, spec, monkeypatch, refusals, stored):
    project = engine.resources.project
    monkeypatch.setattr(engine.resources, "project", _FullDisk(project, refusals))
    result, events = run(engine, spec)
    assert all(cell.generation for cell in result.cells)
    assert sum(isinstance(event, Partial) for event in events) == 9
    assert len(project.load_run(result.run_id)[1]) == stored
    assert (result.store_error is None) == (stored == 9)
