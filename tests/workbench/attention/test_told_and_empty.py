"""What the page “Attention” says: empty places, masked models, notes, languages, sizes of text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.render import Message, Segment
from tests.support.tiny_models import save_tiny
from tests.workbench.attention.conftest import RUN_MS
from workbench.viewmodels.attention_ablation import reading
from workbench.viewmodels.attention_case import AttentionCase


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory) -> ModelRef:
    folder = tmp_path_factory.mktemp("models") / "tiny-bert"
    save_tiny("bert", folder)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


def test_a_masked_model_is_not_asked_for_a_next_token(driver, page, bench, tiny_bert):
    bench.services.model.choose(tiny_bert)
    driver.look("abc")
    assert "Next" not in page.bars.heading.text()
    assert "filled in" in page.bars.heading.text()
    assert "masked model" in page.bars.story.text()


def test_the_sweep_counts_the_answer_alone(driver, page, bench, tiny_ref):
    page.model.set_case(AttentionCase(tiny_ref, "one two", target=" three", chat=True))
    with driver.qtbot.waitSignal(page.ablation.result_changed, timeout=RUN_MS):
        page.model.look()
    capture = page.model.capture
    asked = (Message("user", (Segment("input", "one two"),)),)
    assert page.model.captured.messages() == asked
    assert 0 < capture.since < len(capture.ids)
    assert reading(page.model.captured, capture).since == capture.since
    driver.qtbot.waitUntil(lambda: page.ablation.result is not None, timeout=RUN_MS)
    driver.click(page.bars.sweep)
    driver.qtbot.waitUntil(lambda: page.ablation.ranking is not None, timeout=RUN_MS)
    assert page.ablation.sweep.spec.since == capture.since
    # Every token of the answer is predicted, the first one by the prompt's last place.
    assert page.ablation.ranking.counted == len(capture.ids) - capture.since
    page.ablation.sweep.stop()


def test_empty_places_say_one_sentence_and_offer_one_button(driver, page):
    driver.look()
    driver.view("patch")
    assert page.patch.empty.isVisible()
    assert not page.patch.map.isVisible()
    driver.click(page.patch.empty.button)
    assert page.patch.choice().clean
    driver.qtbot.waitUntil(lambda: not page.patch_model.job.running, timeout=RUN_MS)
    driver.view("states")
    assert page.states.empty.isVisible()
    assert page.states.second.currentText() in page.states.empty.button.text()
    driver.click(page.states.empty.button)
    assert not page.states.empty.isVisible()
    driver.qtbot.waitUntil(lambda: page.states_model.result is not None, timeout=RUN_MS)
    assert not page.states.empty.isVisible()
    assert page.states.splitter.isVisible()


def test_a_search_without_hits_says_so(driver, page):
    driver.look()
    driver.qtbot.keyClicks(page.atlas.find, "zzz")
    assert page.atlas.no_hit.isVisible()
    page.atlas.find.clear()
    assert not page.atlas.no_hit.isVisible()
    driver.qtbot.keyClicks(page.atlas.find, "L1")
    assert not page.atlas.no_hit.isVisible()


def test_captions_figures_and_notes_follow_language_and_size(driver, page, bench):
    driver.look()
    services, before = bench.services, page.map.colours.accessibleName()
    assert "weight" in before
    figure = page.cell.values[0]
    small = figure.font().pointSizeF()
    layer = replace(page.model.layer, note="alibi-twice")
    page.model.capture = replace(page.model.capture, layers=(layer,))
    page.model.head_changed.emit()
    assert "adds ALiBi twice" in page.cell.note.text()
    services.i18n.set_language("zh_CN")
    driver.qtbot.waitUntil(lambda: "权重" in page.map.colours.accessibleName(), timeout=RUN_MS)
    assert "ALiBi" in page.cell.note.text()
    assert "twice" not in page.cell.note.text()
    services.theme.apply("light", 1.5)
    driver.qtbot.waitUntil(lambda: figure.font().pointSizeF() > small, timeout=RUN_MS)
    assert figure.font().pointSizeF() == pytest.approx(page.font().pointSizeF())
    last = len(page.cell.lines()) - 1
    assert [value.font().bold() for value in page.cell.values[: last + 1]] == [False] * last + [
        True
    ]
    services.theme.apply("light", 1.0)
    driver.qtbot.waitUntil(lambda: figure.font().pointSizeF() == small, timeout=RUN_MS)
