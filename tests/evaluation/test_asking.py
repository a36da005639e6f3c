"""How techniques obtain their answers, on tiny random models, against references of their own."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.api import Engine
from engine.decoding.params import Sampling
from engine.errors import PromptTooLong
from engine.evaluation.model_run import ModelRun
from engine.evaluation.plan import alone, sampling_of
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellKey, CompareSpec, StageKey, Variant, Vote
from engine.evaluation.summary import summarise, votes_of
from engine.evaluation.voting import ballot, groups_of, ranked
from engine.jobs.events import Partial, TokenChunk
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.prompting.elements import Example, Item, PromptElements
from engine.store.project import Project
from tests.support.tiny_models import save_tiny

OPTIONS = LoadOptions(device="cpu", dtype="float32")
LETTER = r"regex:([A-Za-z])"
EXAMPLES = (
    Example("1+1", "The answer is 2.", "1 and 1."),
    Example("2+1", "The answer is 3."),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return folder


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    root = tmp_path_factory.mktemp("home")
    with Project.open(root / "p.lathe") as project:
        engine = Engine(Paths.below(root), project)
        yield engine
        assert engine.close(10)


@pytest.fixture(scope="module")
def spec(folder):
    return CompareSpec(
        models=(ModelRef(str(folder), options=OPTIONS),),
        prompt=PromptElements(instruction="Add.", examples=EXAMPLES, input="{{q}}"),
        items=tuple(Item(f"i{n}", {"q": f"{n}+{n * n}"}, "ab"[n % 2]) for n in range(3)),
        sampling=Sampling(max_new_tokens=10),
        extraction=(LETTER,),
    )


def run(engine, spec):
    events = []
    return engine.submit(spec, events.append).result(120), events


def asked(engine, spec, *variants):
    return run(engine, replace(spec, variants=variants))


def ids(cell):
    return [token.id for token in cell.tokens]


VOTING = Variant(
    "self-consistency", samples=6, sampling=Sampling(temperature=1.5, max_new_tokens=10, seed=2)
)


def test_samples_vote_live_and_the_last_vote_is_the_result(engine, spec):
    result, events = asked(engine, spec, VOTING)
    heard = [e.value for e in events if isinstance(e, Partial) and isinstance(e.value, Vote)]
    assert [vote.item for vote in result.votes] == [0, 1, 2]
    for vote in result.votes:
        own = [one for one in heard if one.item == vote.item]
        assert [one.final for one in own] == [False] * 5 + [True]
        assert [one.samples for one in own] == sorted(one.samples for one in own)
        assert own[-1] == vote
        cells = [cell for cell in result.cells if cell.key.item == vote.item]
        ended = [cell for cell in cells if not cell.dropped]
        groups = ranked(groups_of(map(ballot, ended), LETTER), "majority")
        assert vote.winner == (groups[0].answer if groups else None)
        assert vote.counts == {group.answer: group.count for group in groups}
        assert vote.planned == len(cells) == 6
    (figures,) = result.summaries
    assert (figures.votes, figures.scored, figures.n) == (3, 3, 18)
    assert figures.correct == sum(vote.correct is True for vote in result.votes)
    assert figures.sample_scored == 18 - figures.dropped
    again, _ = asked(engine, spec, VOTING)
    assert [ids(cell) for cell in again.cells] == [ids(cell) for cell in result.cells]
    assert again.votes == result.votes
    assert engine.resources.project.votes(result.run_id) == result.votes


def test_a_decided_vote_lets_the_other_paths_go(engine, spec):
    """Nearly greedy, so all paths agree: five of nine decide, one by one at batch size 1."""
    cold = Sampling(temperature=1e-3, max_new_tokens=10)
    variants = (Variant("zero-shot"), Variant("self-consistency", sampling=cold))
    sure = replace(spec, extraction=("exact",), batch_size=1, items=spec.items[:1])
    result, _ = run(engine, replace(sure, variants=variants))
    (vote,) = result.votes
    assert (vote.samples, vote.planned, vote.stopped_early) == (5, 9, True)
    dropped = [cell for cell in result.cells if cell.dropped]
    assert len(dropped) == 4
    assert {(c.error, c.extractions, c.correct, ids(c) == []) for c in dropped} == {
        (None, (), None, True)
    }
    assert [(s.failed, s.dropped, s.invalid) for s in result.summaries] == [(0, 0, 0), (0, 4, 0)]
    assert result.summaries[1].stability == 1.0
    stored = engine.resources.project.load_run(result.run_id)[1]
    assert [cell.dropped for cell in stored] == [cell.dropped for cell in result.cells]
    every, _ = run(engine, replace(sure, variants=(replace(variants[1], stop_early=False),)))
    assert (every.votes[0].samples, every.votes[0].stopped_early) == (9, False)
    assert every.votes[0].winner == vote.winner


def test_a_column_that_votes_leaves_greedy_columns_alone(engine, spec):
    both, _ = asked(engine, spec, Variant("few-shot-cot"), VOTING)
    single, _ = asked(engine, spec, Variant("few-shot-cot"))
    greedy = [cell for cell in both.cells if cell.key.variant == 0]
    assert [ids(cell) for cell in greedy] == [ids(cell) for cell in single.cells]
    paths = [cell for cell in both.cells if cell.key.variant == 1]
    assert paths[0].prompt_ids == greedy[0].prompt_ids  # its base, because an example has steps
    assert paths[0].provenance.seed_policy != greedy[0].provenance.seed_policy
    assert paths[0].provenance.seed == 2


def test_a_vote_builds_on_the_chain_of_thought_beside_it(engine, spec):
    result, _ = asked(engine, spec, Variant("zero-shot-cot"), VOTING)
    plain, path = result.cells[0], next(c for c in result.cells if c.key.variant == 1)
    assert path.prompt_ids == plain.prompt_ids
    own, _ = asked(engine, spec, Variant("zero-shot-cot"), replace(VOTING, base="few-shot-cot"))
    assert own.cells[-1].prompt_ids != own.cells[2].prompt_ids


def test_a_single_path_asked_again_does_not_vote(engine, spec):
    whole = replace(spec, variants=(VOTING,))
    result, _ = run(engine, whole)
    again, events = run(engine, alone(whole, CellKey(item=1, sample=2)))
    assert again.votes == ()
    assert not any(isinstance(e, Partial) and isinstance(e.value, Vote) for e in events)
    (first,) = [c for c in result.cells if c.key == CellKey(item=1, sample=2)]
    assert ids(first) == ids(again.cells[0])[: len(first.tokens)]


def test_a_resumed_vote_counts_what_was_heard_before(engine, spec):
    whole = replace(spec, variants=(replace(VOTING, stop_early=False),))
    result, _ = run(engine, whole)
    project = engine.resources.project
    with project._transaction() as connection:
        connection.execute("DELETE FROM cell WHERE run_id=? AND sample > 1", (result.run_id,))
        connection.execute("UPDATE run SET status='interrupted' WHERE id=?", (result.run_id,))
    again, _ = run(engine, replace(whole, continues=result.run_id))
    assert [ids(cell) for cell in again.cells] == [ids(cell) for cell in result.cells]
    assert [v.counts for v in again.votes] == [v.counts for v in result.votes]


def test_defaults_of_a_column_that_votes():
    spec = CompareSpec(variants=(Variant("self-consistency"), Variant("zero-shot")))
    paths, greedy = (sampling_of(spec, variant) for variant in spec.variants)
    assert (paths.samples, paths.temperature) == (9, 0.7)
    assert (greedy.samples, greedy.temperature) == (1, 0.0)
    hot = replace(spec, sampling=Sampling(temperature=0.4, samples=3))
    assert sampling_of(hot, hot.variants[0]) == hot.sampling
    assert sampling_of(hot, Variant("self-consistency", samples=12)).samples == 12
    assert sampling_of(hot, Variant("label-likelihood")).samples == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_stages_are_one_continuous_answer(engine, spec, language):
    own = replace(spec, prompt=replace(spec.prompt, language=language))
    result, _ = asked(engine, own, Variant("zero-shot-cot"), Variant("two-stage"))
    for cell in result.cells[3:]:
        (steps,) = cell.stages
        plain = result.cells[cell.key.item]
        assert (steps.kind, steps.prompt_ids) == ("steps", cell.prompt_ids)
        assert ids(plain) == [token.id for token in steps.generation.tokens]
        said = "Therefore, the answer is" if language == "en" else "因此，答案是"
        assert said in cell.generation.text
        assert "".join(token.text for token in cell.tokens) == cell.generation.text
        assert len(cell.tokens) > len(steps.generation.tokens)
        said_at = cell.generation.text.index(said)
        first, end = cell.generation.lead
        assert (first, end) == (said_at - (cell.generation.text[said_at - 1] == "\n"), end)
        assert cell.generation.text[first:end].strip() == said
        before, after = cell.generation.forced
        assert "".join(token.text for token in cell.tokens[before:after]).strip() == said
        assert cell.generation.chosen == cell.tokens[:before] + cell.tokens[after:]
        (found,) = cell.extractions
        assert found.start == -1 or found.start >= end
        assert found == extract(LETTER, cell.generation.text, cell.expected, (first, end))
        assert cell.answer_stage
    stored = engine.resources.project.load_run(result.run_id)[1]
    for kept, cell in zip(stored, result.cells, strict=True):
        assert (kept.generation.forced, kept.generation.lead) == (
            cell.generation.forced,
            cell.generation.lead,
        )


def test_steps_that_are_too_long_fail_their_own_cell_and_are_kept(engine, spec, monkeypatch):
    room, calls = ModelRun.need_room, []

    def need_room(self, tokens):
        calls.append(tokens)
        if len(calls) == 4:  # two for the prompt, then one per sample's steps
            raise PromptTooLong("No room.", "Shorten it.")
        room(self, tokens)

    monkeypatch.setattr(ModelRun, "need_room", need_room)
    hot = Sampling(temperature=1.5, max_new_tokens=10, samples=3, seed=2)
    result, _ = asked(
        engine, replace(spec, items=spec.items[:1]), Variant("two-stage", sampling=hot)
    )
    assert [cell.error and cell.error.message for cell in result.cells] == [None, "No room.", None]
    for cell in result.cells:
        (steps,) = cell.stages
        assert steps.generation.tokens
        if cell.generation is not None:
            said = [token.id for token in steps.generation.tokens]
            assert ids(cell)[: len(said) - 1] == said[:-1]


def test_the_answer_trigger_may_be_changed_and_follows_the_form(engine, spec):
    numbers = replace(spec, items=(Item("n", {"q": "1+1"}, "2"),), extraction=("last-answer",))
    result, _ = asked(
        engine, numbers, Variant("two-stage"), Variant("two-stage", "own", answer_trigger="So: ")
    )
    assert "Therefore, the answer (arabic numerals) is" in result.cells[0].generation.text
    assert "\nSo:" in result.cells[1].generation.text


def reference(folder, prompt_ids, label_ids):
    """Summed log-probability from the model's own full forward pass."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32").eval()
    whole = torch.tensor([[*prompt_ids, *label_ids]])
    with torch.no_grad():
        logprobs = torch.log_softmax(model(whole).logits[0].double(), dim=-1)
    steps = range(len(prompt_ids) - 1, whole.shape[1] - 1)
    return [logprobs[step, whole[0, step + 1]].item() for step in steps]


def test_label_likelihoods_are_the_models_own(engine, spec, folder):
    variant = Variant("label-likelihood", labels=("yes", "no", "maybe {{q}}"))
    result, _ = asked(engine, spec, variant)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for cell in result.cells:
        question = spec.items[cell.key.item].variables["q"]
        lead = tokenizer(" The answer is", add_special_tokens=False).input_ids
        totals, means = [], []
        for score, label in zip(cell.labels, ("yes", "no", f"maybe {question}"), strict=True):
            own = tokenizer(f" {label}", add_special_tokens=False).input_ids
            expected = reference(folder, cell.prompt_ids, (*lead, *own))[len(lead) :]
            assert (score.label, score.tokens) == (label, len(own))
            assert score.logprob == pytest.approx(sum(expected), abs=1e-3)
            totals.append(sum(expected))
            means.append(sum(expected) / len(expected))
        for values, name in ((totals, "summed"), (means, "per_token")):
            parts = [math.exp(value) for value in values]
            shares = [getattr(score, name).raw for score in cell.labels]
            assert shares == pytest.approx([part / sum(parts) for part in parts], rel=1e-3)


def test_calibration_divides_by_the_prior_of_empty_inputs(engine, spec):
    variant = Variant("label-likelihood", labels=("yes", "no", "maybe"))
    result, _ = asked(engine, spec, variant)
    for cell in result.cells:
        texts = ["".join(part.text for part in stage.sent) for stage in cell.stages]
        assert [stage.kind for stage in cell.stages] == ["prior", "prior"]
        assert "N/A" in texts[0]
        inputs = [p.text for stage in cell.stages for p in stage.sent if p.element == "input"]
        assert [text.strip() for text in inputs] == ["Q: N/A"]  # the other one asks nothing
        ratios = []
        for place, score in enumerate(cell.labels):
            prior = sum(stage.labels[place].summed.raw for stage in cell.stages) / 2
            assert score.summed.prior == pytest.approx(prior)
            ratios.append(score.summed.raw / prior)
        shares = [score.summed.calibrated for score in cell.labels]
        assert shares == pytest.approx([ratio / sum(ratios) for ratio in ratios])
        best = cell.labels[shares.index(max(shares))].label
        assert cell.extractions[0].value == best
        assert cell.generation.text.endswith(best)
    plain, _ = asked(engine, spec, replace(variant, calibrate=False))
    for cell in plain.cells:
        assert cell.stages == ()
        likeliest = max(cell.labels, key=lambda score: score.summed.raw)
        assert cell.extractions[0].value == likeliest.label
        assert likeliest.summed.calibrated is None


def test_labels_come_from_the_items_when_nobody_names_them(engine, spec):
    result, _ = asked(engine, spec, Variant("label-likelihood"))
    assert [score.label for score in result.cells[0].labels] == ["a", "b"]
    single = replace(spec, items=spec.items[:1])
    result, _ = asked(engine, single, Variant("label-likelihood"), Variant("zero-shot"))
    assert [cell.error.code if cell.error else "" for cell in result.cells] == ["prompt", ""]


def test_a_label_that_begins_another_gets_a_full_stop(engine, spec):
    result, _ = asked(
        engine, spec, Variant("label-likelihood", labels=("1", "12"), base="zero-shot")
    )
    assert result.cells[0].generation.text.endswith(".")
    assert [score.tokens for score in result.cells[0].labels] == [3, 4]  # " 1." and " 12."


KNOWING = Variant("generated-knowledge", statements=4)


def test_knowledge_is_stated_kept_and_answers_with_it_vote(engine, spec):
    result, events = asked(engine, spec, Variant("zero-shot"), KNOWING)
    for cell in result.cells[3:]:
        kinds = {kind: [s for s in cell.stages if s.kind == kind] for kind in
                 ("knowledge", "without", "with")}  # fmt: skip
        stated = kinds["knowledge"]
        assert sum(stage.count for stage in stated) == 4
        texts = [" ".join(stage.generation.text.split()).casefold() for stage in stated]
        assert len(set(texts)) == len(texts)
        (without,) = kinds["without"]
        assert [t.id for t in without.generation.tokens] == ids(result.cells[cell.key.item])
        told = {stage.index: stage for stage in stated if stage.value}
        assert sorted(stage.index for stage in kinds["with"]) == sorted(told)
        for stage in kinds["with"]:
            assert told[stage.index].value in "".join(part.text for part in stage.sent)
            assert stage.count == told[stage.index].count
        (chosen,) = [stage for stage in cell.stages if stage.decided]
        assert cell.generation == chosen.generation
        assert cell.prompt_ids == chosen.prompt_ids
        counts: dict[str, float] = {}
        for stage in kinds["with"]:
            if stage.value is not None:
                counts[stage.value] = counts.get(stage.value, 0) + stage.count
        if counts:
            assert cell.decided_by == "vote"
            assert counts[chosen.value] == max(counts.values())
    keys = {e.key for e in events if isinstance(e, TokenChunk) and isinstance(e.key, StageKey)}
    assert {key.kind for key in keys} == {"knowledge", "without", "with"}


def test_knowledge_with_candidates_is_decided_by_the_likeliest_pair(engine, spec):
    result, _ = asked(engine, spec, replace(KNOWING, labels=("yes", "no")))
    for cell in result.cells:
        answers = [stage for stage in cell.stages if stage.kind == "with"]
        share, label, index = max(
            (score.summed.raw, score.label, -stage.index)
            for stage in answers
            for score in stage.labels
        )
        assert cell.decided_by == "likelihood"
        assert cell.extractions[0].value == label
        (chosen,) = [stage for stage in cell.stages if stage.decided]
        assert (chosen.index, chosen.labels) == (-index, cell.labels)
        assert max(score.summed.raw for score in cell.labels) == pytest.approx(share)
        assert all(stage.labels for stage in cell.stages if stage.kind == "without")


def test_stages_labels_and_votes_survive_the_project(engine, spec):
    variants = (KNOWING, replace(KNOWING, name="l", labels=("yes", "no")), Variant("two-stage"))
    result, _ = asked(engine, spec, *variants)
    _, stored = engine.resources.project.load_run(result.run_id)
    for kept, cell in zip(stored, result.cells, strict=True):
        assert [(s.kind, s.index, s.value, s.count, s.decided) for s in kept.stages] == [
            (s.kind, s.index, s.value, s.count, s.decided) for s in cell.stages
        ]
        assert kept.labels == cell.labels
        assert kept.decided_by == cell.decided_by


def test_a_base_that_is_no_plain_technique_is_refused(engine, spec):
    wrong = Variant("self-consistency", base="two-stage")
    result, _ = asked(engine, spec, wrong, Variant("zero-shot"))
    assert {cell.error.code for cell in result.cells if cell.key.variant == 0} == {"prompt"}
    assert all(cell.error is None for cell in result.cells if cell.key.variant == 1)
    assert votes_of(replace(spec, variants=(wrong,)), result.cells[:27]) == ()


def test_repeats_collapse_and_stability_is_the_modal_share(engine, spec):
    repeated = replace(spec, sampling=Sampling(temperature=1.5, max_new_tokens=6, samples=4))
    result, _ = asked(engine, repeated, Variant("zero-shot"))
    (figures,) = result.summaries
    shares, kinds = [], []
    for item in range(3):
        values = [c.extractions[0].value for c in result.cells if c.key.item == item]
        valid = [value for value in values if value is not None]
        shares.append(max((valid.count(value) for value in valid), default=0) / 4)
        kinds.append(len(set(valid)))
    assert figures.stability == pytest.approx(sum(shares) / 3)
    assert figures.distinct == pytest.approx(sum(kinds) / 3)
    assert (figures.votes, figures.items, figures.sample_scored) == (0, 3, 12)
    assert summarise(spec, result.cells[:0]) == ()
