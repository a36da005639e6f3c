"""The page “Why” as a person uses it, on a tiny model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from engine.evaluation.evidence.attribute_spec import AttributeSpec, Attribution
from engine.evaluation.evidence.order_spec import OrderResult
from engine.evaluation.spec import CompareResult, Variant
from tests.workbench.why.conftest import RUN_MS
from workbench.viewmodels.prompt_state import PromptState
from workbench.viewmodels.why_case import DEMO_ITEMS, WhyCase
from workbench.widgets.signed_tint import plain_number, signed


def test_the_empty_page_offers_the_demonstration(driver, page):
    assert page.stack.currentWidget() is page.empty
    driver.explain(page.empty.button)
    result = page.model.results["parts"]
    assert isinstance(result, Attribution)
    assert len(result.items) == DEMO_ITEMS
    assert page.stack.currentWidget() is page.parts
    names = [row.cells[0] for row in page.parts.table.rows()]
    assert names == ["Instruction", *(f"Example {n}" for n in (1, 2, 3, 4)), "Input"]
    for row, average in zip(page.parts.table.rows(), result.averages, strict=True):
        assert row.cells[1].text == signed(average.effect.mean)
        assert row.cells[2].text == plain_number(average.attention.mean)
        assert "float32" in row.tip
        assert "n = 12" in row.tip
    assert "attention is not an explanation" in page.parts.notes.text()


def test_the_prompt_is_shown_question_by_question(driver, page, asked):
    page.model.set_case(WhyCase(asked))
    driver.explain()
    result = page.model.results["parts"]
    view = page.parts
    for place, item in enumerate(result.items):
        shown = view.prompt.stretches()
        assert "".join(one.text for one in shown) == "".join(part.text for part in item.sent)
        assert signed(item.parts[0].effect, 3) in shown[0].tip
        assert view.stepper.label.text() == f"Question {place + 1} of 2"
        driver.click(view.stepper.forward)
    assert not view.stepper.forward.isEnabled()
    row = 1  # the first example
    view.table.selectRow(row)
    effect = result.items[1].parts[row]
    tips = [one.tip for one in view.tokens.stretches()]
    assert len(tips) == len(effect.per_token)
    assert all(signed(value, 3) in tip for value, tip in zip(effect.per_token, tips, strict=True))
    assert "Example 1" in view.answer.text()


def test_one_question_can_be_chosen(driver, page, asked):
    page.model.set_case(WhyCase(asked))
    box = page.choice.question
    assert box.itemText(0) == "all 2"
    assert "nine" in box.itemText(2)
    box.setCurrentIndex(2)
    box.activated.emit(2)
    driver.explain()
    (item,) = page.model.results["parts"].items
    assert item.item_id == "b"


def test_swapped_answers_show_where_prompts_part(driver, page, asked):
    page.model.set_case(WhyCase(asked))
    driver.topic("swap")
    driver.explain()
    result = page.model.results["swap"]
    view = page.swap
    driver.qtbot.mouseClick(
        view.matrix, Qt.MouseButton.LeftButton, pos=view.matrix.cell_rect(1, 0).center().toPoint()
    )
    assert view.matrix.current() == (1, 0)
    cell = result.items[0].cell(1, 0)
    assert signed(cell.mean_delta) in view.sentence.text()
    assert "Answer of Few-shot under the prompt of Zero-shot" in view.sentence.text()
    assert "".join(one.text for one in view.tokens.stretches()) == "".join(
        token.text for token in cell.tokens
    )
    first = view.tokens.stretches()[0].tip
    assert f"{signed(cell.delta[0], 3)}" in first
    assert first.count("<tr>") == 6  # a head and the five likeliest of both
    driver.qtbot.keyClick(view.matrix, Qt.Key.Key_Right)
    assert view.matrix.current() == (1, 1)


def test_what_is_left_out_is_named_and_the_hint_wraps(driver, page, asked):
    spec = replace(asked, variants=(*asked.variants, Variant("label-likelihood")))
    page.model.set_case(WhyCase(spec))
    driver.topic("swap")
    driver.explain()
    assert page.scope.isVisible()
    assert "Left out: Label likelihood (scores labels)" in page.scope.text()
    assert "Label likelihood" not in page.swap.headline.text()
    assert page.hint.wordWrap()
    driver.topic("parts")
    assert not page.scope.isVisible()


def test_the_best_order_goes_to_compare(driver, page, bench, asked):
    page.model.set_case(WhyCase(asked))
    driver.topic("order")
    driver.explain()
    result = page.model.results["order"]
    assert isinstance(result, OrderResult)
    shown = page.order.shown()
    assert [one.logprob.mean for one in shown] == sorted(
        (one.logprob.mean for one in result.arrangements), reverse=True
    )
    assert [row.cells[1].text for row in page.order.table.rows()] == [
        plain_number(one.logprob.mean, 3) for one in shown
    ]
    driver.click(page.order.use)
    compare = bench.window.current_page()
    assert compare is not page
    state = compare.model.prompt.state
    assert state.examples == tuple(asked.prompt.examples[n] for n in shown[0].order)
    assert state.values == {"q": "four"}


def test_states_are_measured_and_a_missing_one_is_refused(driver, page, asked):
    eager = replace(asked.models[0], options=replace(asked.models[0].options, attention="eager"))
    page.model.set_case(WhyCase(replace(asked, models=(*asked.models, eager))))
    driver.topic("states")
    for chip in page.choice.state_chips.values():
        if chip.isChecked():
            driver.click(chip)
    driver.explain()
    (row,) = page.states.table.rows()
    assert row.cells[0].endswith("float32 · eager")
    assert row.cells[3] == "100.0%"
    assert "0.0000" in page.states.headline.text()
    page.model.set_case(WhyCase(asked))
    driver.explain()
    assert page.note.isVisible()
    assert "no other state" in page.note.message.text()


def test_a_stored_comparison_is_offered_and_its_answers_are_explained(
    driver, page, bench, asked, qtbot
):
    with qtbot.waitSignal(
        bench.services.jobs.event,
        timeout=RUN_MS,
        check_params_cb=lambda _id, event: isinstance(
            getattr(event, "result", None), CompareResult
        ),
    ) as done:
        bench.services.jobs.submit(asked)
    result = done.args[1].result
    with qtbot.waitSignal(page.model.case_changed, timeout=RUN_MS):
        page.entered()
    assert page.model.case.run_id == result.run_id
    assert page.choice.comparison.currentData() == result.run_id
    given = {(one.variant, one.item): one.ids for one in page.model.case.given[0]}
    assert given == {
        (cell.key.variant, cell.key.item): tuple(token.id for token in cell.tokens)
        for cell in result.cells
    }


def test_a_run_can_be_stopped(driver, page, qtbot):
    page.demonstrate()
    assert page.header.primary.text() == "Stop"
    with qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        driver.click(page.header.primary)
    assert page.header.primary.text() == "Explain"
    assert page.model.results == {}
    assert page.stack.currentWidget() is page.empty


def test_every_text_follows_the_language(driver, page, bench, asked):
    page.model.set_case(WhyCase(asked))
    driver.explain()
    bench.services.i18n.set_language("zh_CN")
    assert page.topics["swap"].text() == "交换"
    assert page.header.primary.text() == "解释"
    assert page.parts.table.rows()[1].cells[0] == "示例 1"
    assert page.parts.stepper.label.text() == "第 1 题，共 2 题"
    assert page.choice.column.currentText() == "少样本"
    bench.services.i18n.set_language("en")
    assert page.topics["swap"].text() == "Swap"


def test_compare_hands_its_answers_over(driver, page, bench, asked, qtbot):
    compare = bench.window.show_page("compare")
    action = bench.services.actions.action("compare.why")
    assert not action.isEnabled()
    compare.model.prompt.restore(PromptState(instruction="Add.", input="1 + 2", expected="3"))
    sampling = replace(compare.model.setup.sampling, max_new_tokens=4)
    compare.model.set_setup(replace(compare.model.setup, sampling=sampling))
    with qtbot.waitSignal(compare.model.finished, timeout=RUN_MS):
        driver.click(compare.header.primary)
    assert action.isEnabled()
    action.trigger()
    assert bench.window.current_page() is page
    case = page.model.case
    answers = {
        column.key.variant: tuple(record.id for record in column.records)
        for column in compare.model.columns
        if column.result is not None and column.result.generation is not None
    }
    assert {one.variant: one.ids for one in case.given[0]} == answers
    driver.topic("swap")
    assert page.choice.comparison.currentText().startswith("Compare ")


def test_what_was_found_before_is_shown_again(driver, page, asked):
    """Another case and back, as after opening the same run again; nothing is measured anew."""
    page.model.set_case(WhyCase(asked))
    driver.explain()
    found = page.model.results["parts"]
    page.model.set_case(WhyCase(replace(asked, items=asked.items[:1])))
    assert "parts" not in page.model.results
    page.model.set_case(WhyCase(asked))
    driver.qtbot.waitUntil(lambda: "parts" in page.model.results, timeout=RUN_MS)
    assert page.model.results["parts"] == found
    assert page.model.results["parts"] is not found
    assert isinstance(page.model.specs["parts"], AttributeSpec)
    assert page.stack.currentWidget() is page.parts
    assert len(page.parts.table.rows()) == len(found.averages)
    page.model.set_case(WhyCase(replace(asked, items=asked.items[:1])))
    asking = page.services.project
    done = []
    asking.ask(lambda project: None, done.append)  # answered after the question about the case
    driver.qtbot.waitUntil(lambda: bool(done), timeout=RUN_MS)
    assert "parts" not in page.model.results
