"""What the page “Attention” says while another text is read, and of a text that is too long."""

from __future__ import annotations

from tests.workbench.attention.conftest import RUN_MS


def test_figures_of_the_text_before_are_not_shown_for_the_next(driver, page, bench, monkeypatch):
    driver.look()
    head = page.model.head
    assert page.atlas_model.print_of(head) is not None
    assert "entropy" in page.atlas.card.text()
    waiting = []
    monkeypatch.setattr(
        bench.services.background, "run", lambda work, done, failed=None: waiting.append(done)
    )
    page.atlas_model.load(page.model.capture, page.model.role)
    assert page.atlas_model.print_of(head) is None
    assert "entropy" not in page.atlas.card.text()
    waiting.pop()(page.atlas_model.data)
    assert "entropy" in page.atlas.card.text()


def test_a_text_longer_than_training_is_seen_without_an_alarm(driver, page):
    driver.type_text("ab")
    page.source.text.setPlainText("ab" * 300)
    driver.click(page.header.primary)
    driver.qtbot.waitUntil(lambda: page.ablation.result is not None, timeout=RUN_MS)
    assert len(page.model.capture.tokens) == 600
    assert len(page.ablation.result.tokens) == 600 > page.ablation.result.trained
    assert page.note.report() is None


def test_hints_stand_whole_or_not_at_all(driver, page):
    driver.look()
    hints = []
    for width in (1100, 1400, 2600):
        page.window().resize(width, 900)
        page.splitter.setSizes([width // 3, width])
        driver.qtbot.wait(1)
        page.atlas._describe_current()
        card = page.atlas.card
        hints.append("weight on the first token" in card.text())
        assert not hints[-1] or card.sizeHint().width() <= page.atlas.width()
    assert hints[-1]


def test_the_samples_answer_is_not_put_behind_another_question(driver, page):
    page.demonstrate()
    driver.qtbot.waitUntil(lambda: page.ablation.result is not None, timeout=RUN_MS)
    assert page.model.case.target
    driver.type_text("one two", question=True)
    assert page.model.case.text == "one two"
    assert page.model.case.target == ""
    assert page.source.target.text() == ""
