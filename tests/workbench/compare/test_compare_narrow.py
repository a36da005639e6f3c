"""What a narrow window shows: three columns, and names that end in an ellipsis."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.models.reference import ModelRef
from engine.prompting.elements import Example
from tests.workbench.compare.conftest import Driver
from workbench.viewmodels.compare_setup import default_setup
from workbench.viewmodels.prompt_counter import EXAMPLES_WITH_STEPS, _question
from workbench.viewmodels.prompt_state import PromptState
from workbench.views.compare.prompt_panel import LEAST_CHARS
from workbench.views.compare.result_column import COLUMN_CHARS
from workbench.widgets.elided import ElidedCombo, ElidedLabel

RAIL_AND_MARGINS = 200


def test_three_columns_and_the_prompt_fit_into_1100_pixels(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    letter = widget.fontMetrics().averageCharWidth()
    assert RAIL_AND_MARGINS + letter * (LEAST_CHARS + 3 * COLUMN_CHARS) + 40 <= 1100


def test_a_name_without_room_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    label, combo = ElidedLabel(), ElidedCombo()
    for widget in (label, combo):
        qtbot.addWidget(widget)
    label.setText("Few-shot CoT · branch at 12")
    combo.addItem("Story problem (sample)")
    for widget in (label, combo):
        widget.resize(90, 30)
        assert widget.shown_text().endswith("…")
        widget.resize(600, 30)
        assert not widget.shown_text().endswith("…")
        widget.grab()


def test_examples_are_counted_as_few_shot_sends_them() -> None:
    prompt = PromptState(instruction="Add.", examples=(Example("1 + 2", "3", "one and two"),))
    question = _question(prompt, replace(default_setup(), models=(ModelRef("any"),)))
    assert question is not None
    texts = dict(zip(question.names, question.texts, strict=False))
    assert texts["examples"] == "1 + 2\n3"
    assert texts[EXAMPLES_WITH_STEPS] == "1 + 2\none and two 3"


def test_a_verdict_goes_below_a_title_that_needs_the_line(driver: Driver) -> None:
    driver.choose("zero-shot-cot")
    driver.run()
    view = driver.view(0)
    assert view.verdict.text()
    view.resize(600, 400)
    view.layout().activate()
    assert view.verdict.geometry().left() >= view.title.geometry().right()
    view.resize(view.title.sizeHint().width() + 40, 400)
    view.layout().activate()
    assert view.verdict.geometry().top() >= view.title.geometry().bottom()
    assert view.title.shown_text() == view.title.text()
