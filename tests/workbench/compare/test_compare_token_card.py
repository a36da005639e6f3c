"""The card beside a token never outlives what it speaks of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from tests.workbench.compare.conftest import Driver
from workbench.bootstrap import Application
from workbench.widgets.token_popup import TokenPopup


def close_column(driver: Driver) -> None:
    driver.view(0).do("close")


def clear(driver: Driver) -> None:
    driver.page.model.clear()


def overlay(driver: Driver) -> None:
    driver.page.bar.overlay.toggle()


def hide_the_page(driver: Driver) -> None:
    driver.page.hide()


def escape(driver: Driver) -> None:
    driver.qtbot.keyClick(driver.page.prompt.fields["input"].editor, Qt.Key.Key_Escape)


def click_outside(driver: Driver) -> None:
    driver.qtbot.mouseClick(driver.page.header.title, Qt.MouseButton.LeftButton)


def change_language(driver: Driver) -> None:
    QApplication.sendEvent(driver.page.window(), QEvent(QEvent.Type.LanguageChange))
    for card in driver.page.window().findChildren(TokenPopup):
        QApplication.sendEvent(card, QEvent(QEvent.Type.LanguageChange))


def run_again(driver: Driver) -> None:
    driver.run()


@pytest.fixture
def answered(driver: Driver, bench: Application) -> Driver:
    bench.window.show()
    driver.choose("zero-shot", "zero-shot-cot")
    driver.run()
    return driver


def test_whatever_ends_its_answer_closes_the_card(answered: Driver) -> None:
    ends: tuple[Callable[[Driver], None], ...] = (
        escape, click_outside, change_language, overlay, run_again, close_column, clear,
    )  # fmt: skip
    for end in ends:
        if not answered.page.model.columns:
            answered.run()
        view = answered.view(0)
        view.pin_button.setChecked(False)
        view.answer.open_alternatives(0, "hover")
        card = view.answer.popup()
        assert card is not None
        assert card.isVisible(), end.__name__
        end(answered)
        cards = answered.page.window().findChildren(TokenPopup)
        assert not any(card.isVisible() for card in cards), end.__name__
    answered.run()
    answered.view(0).answer.open_alternatives(0, "click")
    hide_the_page(answered)
    cards = answered.page.window().findChildren(TokenPopup)
    assert cards
    assert not any(card.isVisible() for card in cards)


def test_a_card_goes_with_its_column(answered: Driver) -> None:
    answered.view(0).answer.open_alternatives(0, "click")
    (card,) = answered.page.window().findChildren(TokenPopup)
    assert card.isVisible()
    answered.page.model.clear()
    assert not card.isVisible()
