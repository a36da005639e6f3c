"""The view of an answer's tokens, and the colours behind them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from tests.workbench.compare.fake_jobs import record, records
from workbench.widgets.token_heat import doubt_of
from workbench.widgets.token_stream import TokenView
from workbench.widgets.tones import contrast, derive

MIXED = ("Hello", " wor", "ld", "\n", "你好", "，", "🙂", "👍🏽", "\r\n", " tab\t", "", "end")
LIGHT = ("#ffffff", "#1b2126", "#0b6b75", "#566069")
DARK = ("#1c2125", "#e4e8eb", "#4fc0cb", "#9eabb4")


@pytest.fixture
def view(qtbot: QtBot) -> TokenView:
    made = TokenView()
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_every_visible_token_is_found_where_it_is_drawn(view: TokenView) -> None:
    view.set_records(records(*MIXED))
    for index, text in enumerate(MIXED):
        if text.strip("\r\n"):
            assert view.token_at(view.token_rect(index).center()) == index, text


def test_what_is_selected_is_the_answer(view: TokenView) -> None:
    view.set_records(records(*MIXED))
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text() == "".join(MIXED).replace("\r", "")


def test_four_thousand_tokens_cost_one_insertion_per_batch(view: TokenView) -> None:
    insertions: list[int] = []
    view.document().contentsChange.connect(lambda at, gone, came: insertions.append(came))
    tokens = records(*(f" w{n}" for n in range(4000)))
    for start in range(0, 4000, 100):
        view.append_records(tokens[start : start + 100])
    assert len(insertions) == 40
    assert view.toPlainText() == "".join(token.text for token in tokens)
    view.set_records((*tokens, record("!")))
    assert len(insertions) == 41


def test_another_answer_replaces_the_first(view: TokenView) -> None:
    view.set_records(records("a", "b"))
    view.set_records(records("a", "c", "d"))
    assert view.toPlainText() == "acd"
    view.set_records(())
    assert view.toPlainText() == ""


def test_unsure_tokens_are_tinted_and_certain_ones_are_not(view: TokenView) -> None:
    view.set_records((record("mmmm", 0.999), record("mmmm", 0.05)))
    certain, unsure = view.token_rect(0), view.token_rect(1)

    def ground(rect) -> QColor:
        image = view.viewport().grab().toImage()
        scale = image.devicePixelRatio()
        return image.pixelColor(int((rect.left() + 2) * scale), int((rect.bottom() - 2) * scale))

    assert ground(certain) != ground(unsure)
    view.set_tint("none")
    assert ground(certain) == ground(unsure)


def test_following_the_end_only_when_the_end_was_in_sight(view: TokenView) -> None:
    view.set_records(records(*("line\n" for _ in range(100))))
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(3)
    view.append_records(records("more\n"))
    assert bar.value() == 3


def test_doubt_is_the_missing_probability_or_the_entropy() -> None:
    assert doubt_of(record("a", 0.25), "probability") == pytest.approx(0.75)
    assert doubt_of(record("a", 0.25), "entropy") == pytest.approx(1 / 3)
    assert doubt_of(record("a", 0.25), "none") == 0.0


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_text_stays_readable_on_every_tint(colours: tuple[str, str, str, str]) -> None:
    tones = derive(*map(QColor, colours))
    for tint in (*tones.doubt, *tones.entropy, *tones.elements.values()):
        assert contrast(tint, tones.text) >= 4.5
    for words in (tones.dim, tones.good, tones.warn, tones.bad, tones.accent):
        assert contrast(words, tones.base) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_more_doubt_is_always_a_stronger_tint(colours: tuple[str, str, str, str]) -> None:
    tones = derive(*map(QColor, colours))
    for ramp in (tones.doubt, tones.entropy):
        strength = [contrast(tint, tones.base) for tint in ramp]
        assert all(b >= a for a, b in pairwise(strength))
        assert strength[-1] > 1.3


def test_a_language_change_keeps_the_answer(view: TokenView) -> None:
    view.set_records(records("a", "b"))
    view.event(QEvent(QEvent.Type.LanguageChange))
    assert view.toPlainText() == "ab"


def test_what_was_put_there_is_drawn_as_sent_text(view: TokenView) -> None:
    """Dim and untinted, however unlikely the model found it; the others keep their tint."""
    sure, doubtful = -0.001, -6.0
    texts = ("steps", "\nTherefore,", " the answer is", " 7")
    logprobs = (sure, doubtful, doubtful, doubtful)
    tokens = [replace(record(t), logprob=p) for t, p in zip(texts, logprobs, strict=True)]
    view.set_records(tokens)
    plain = [view.grab(view.token_rect(n)).toImage() for n in range(4)]
    view.set_sent(1, 3)
    (part,) = view.extraSelections()
    assert part.cursor.selectedText().replace("\u2029", "\n").strip() == "Therefore, the answer is"
    assert part.format.foreground().color() == view._tones.dim
    sent = [view.grab(view.token_rect(n)).toImage() for n in range(4)]
    corner = [image.pixelColor(image.width() // 2, 2) for image in plain]
    after = [image.pixelColor(image.width() // 2, 2) for image in sent]
    assert corner[2] != corner[0]
    assert after[2] == after[0]  # the tint is gone
    assert after[3] == corner[3]
    view.set_sent(0, 0)
    assert not view.extraSelections()
