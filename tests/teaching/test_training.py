"""Lessons, packing, forward passes and exact resume."""

import random

import numpy as np
import pytest
import torch

from engine.teaching.architectures import MODELS, create, hidden_states
from engine.teaching.chat import END, ROLE
from engine.teaching.corpus import Corpus
from engine.teaching.curriculum import COURSES, dressed, lesson, weights
from engine.teaching.trainer import Plan, Trainer


def scored_text(one):
    return [one.text[start:end] for start, end in one.scored]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", list(COURSES))
def test_scored_is_the_reply_and_every_example_answer_and_nothing_of_the_question(name, language):
    rng = random.Random(3)
    course = COURSES[name]
    if not course.answered:
        pytest.skip("only the steps are scored: tested below")
    for _ in range(30):
        one = dressed(rng, course, language)
        *_, reply = one.text.split(ROLE["assistant"])
        assert scored_text(one)[-1] == reply
        label = "\nA: " if language == "en" else "\n答："
        shown = [part.split("\n")[0] for part in one.text.split(label)[1:]]
        replies = [part.split(END)[0] + END for part in one.text.split(ROLE["assistant"])[1:]]
        assert [t for t in scored_text(one) if not t.endswith(END)] == [
            s.split(END)[0] for s in shown
        ]
        assert [t for t in scored_text(one) if t.endswith(END)] == replies


def test_of_unpractised_cities_only_the_facts_are_scored():
    rng = random.Random(3)
    for _ in range(30):
        one = dressed(rng, COURSES["city-stated-only"], "en")
        assert "The answer is" in one.text
        assert "The answer is" not in "".join(scored_text(one))
        assert " has " in scored_text(one)[-1]


def test_marked_tokens_decode_to_the_scored_text(tokenizer):
    corpus = Corpus(tokenizer, 1, 2, 384)
    rng = random.Random(5)
    for one in [lesson(rng) for _ in range(100)]:
        ids, marks = corpus.tokens([one])[0]
        said = tokenizer.decode([i for i, m in zip(ids, marks, strict=True) if m])
        # the first answer token may carry the space before it, nothing else
        assert said.replace(" ", "") == "".join(scored_text(one)).replace(" ", "")


def test_packing_keeps_every_lesson_whole_and_batches_depend_on_their_number_only(tokenizer):
    first, second = (Corpus(tokenizer, 1, 4, 384) for _ in range(2))
    first.batch(0)
    for a, b in zip(first.batch(7), second.batch(7), strict=True):
        assert np.array_equal(a.ids, b.ids)
        assert np.array_equal(a.scored, b.scored)
        for number in range(1, int(a.lesson.max()) + 1):
            rows, places = np.nonzero(a.lesson == number)
            assert len(set(rows)) == 1
            assert places.tolist() == list(range(places[0], places[0] + len(places)))
            ids = a.ids[rows[0], places]
            assert ids[0] == tokenizer.bos_token_id
            assert ids[-1] == tokenizer.eos_token_id
            assert (ids == tokenizer.bos_token_id).sum() == 1
        assert not a.scored[a.lesson == 0].any()


@pytest.mark.parametrize("name", MODELS)
def test_packed_forward_equals_the_librarys_forward_alone(name):
    model = create(name, 300, 1).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.05)
        ids = torch.randint(3, 300, (1, 40))
        lessons = torch.tensor([[1] * 25 + [2] * 15], dtype=torch.int32)
        packed = hidden_states(model, ids, lessons, torch.float32)
        body = model.model if name == "teach-rope" else model.transformer
        for span in (slice(0, 25), slice(25, 40)):
            alone = body(ids[:, span]).last_hidden_state
            assert torch.allclose(packed[:, span], alone, atol=2e-4)


@pytest.mark.parametrize("name", MODELS)
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(name, tokenizer, tmp_path):
    plan = Plan(name, steps=4, rows=1, window=96, warmup=2)
    whole = Trainer(plan, tokenizer)
    losses = [whole.train_step() for _ in range(4)]
    half = Trainer(plan, tokenizer)
    assert [half.train_step() for _ in range(2)] == losses[:2]
    half.save(tmp_path)
    again = Trainer.resume(tmp_path, tokenizer)
    assert [again.train_step() for _ in range(2)] == losses[2:]
    for (key, a), b in zip(
        whole.model.state_dict().items(), again.model.state_dict().values(), strict=True
    ):
        assert torch.equal(a, b), key


def test_the_rate_warms_up_stays_and_falls():
    plan = Plan("teach-rope", steps=1000, warmup=100, decay=0.3)
    assert plan.share(0) == pytest.approx(0.01)
    assert plan.share(400) == 1.0
    assert plan.share(850) == pytest.approx(0.5)
    assert plan.share(999) < 0.01


def test_focus_multiplies_how_often_a_course_is_drawn():
    plain = dict(zip(COURSES, weights({}), strict=True))
    assert plain == {name: course.weight for name, course in COURSES.items()}
    focused = dict(zip(COURSES, weights({"key": 3.0, "story": 0.5}), strict=True))
    assert focused == plain | {"key": 3 * plain["key"], "story": plain["story"] / 2}
    with pytest.raises(ValueError, match="no course"):
        weights({"nonsense": 2.0})


def test_a_focused_corpus_holds_only_what_it_focuses_on(tokenizer):
    sums = {name: 0.0 for name in COURSES if name != "sum"}
    corpus = Corpus(tokenizer, 1, 1, 96, sums)
    for part in corpus.batch(0):
        text = tokenizer.decode(part.ids[0])
        assert "=" in text
        assert all("=" in one for one in text.split(ROLE["user"])[1:])


def test_a_share_of_lessons_is_chinese():
    """Sums are written alike in both languages, so a few Chinese lessons show no Chinese."""

    def chinese(share: float) -> float:
        rng = random.Random(7)
        texts = [lesson(rng, chinese=share).text for _ in range(300)]
        return sum(any("\u4e00" <= c <= "\u9fff" for c in text) for text in texts) / 300

    assert chinese(0.0) == 0.0
    assert chinese(1.0) > 0.9
    assert chinese(0.8) == pytest.approx(0.8, abs=0.08)
    assert chinese(0.5) == pytest.approx(0.5, abs=0.08)
