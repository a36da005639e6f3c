"""The page in another language, live, and for people who do not see it."""

from __future__ import annotations

from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QPlainTextEdit

from tests.workbench.compare.conftest import Driver


class Marked(QTranslator):
    """Marks every string that goes through `tr`."""

    def translate(self, context: str, source: str, comment: str = "", n: int = -1) -> str:
        return f"«{source}»"

    def isEmpty(self) -> bool:
        return False


def texts_of(page: object) -> list[str]:
    from PySide6.QtWidgets import QLabel

    found = []
    for kind in (QLabel, QAbstractButton):
        for widget in page.findChildren(kind):  # type: ignore[attr-defined]
            if widget.isVisible() and widget.text():
                found.append(widget.text())
    return found


def test_every_text_follows_the_language_live(driver: Driver, qapp: QApplication) -> None:
    driver.choose("zero-shot", "zero-shot-cot", "few-shot")
    driver.run()
    marked = Marked()
    qapp.installTranslator(marked)
    driver.qtbot.waitUntil(lambda: "«" in driver.view(0).title.text())
    plain = [
        text
        for text in texts_of(driver.page)
        if "«" not in text and any(letter.isalpha() for letter in text)
    ]
    # What is not ours to translate: names of models, languages, the engine's own sentences.
    error = driver.page.model.columns[1].error
    allowed = {"en", "中文", error.hint, f"⚠ {error.message}"}
    model = driver.page.model.setup.models[0].id
    assert [text for text in plain if text not in allowed and text[:4] not in model] == []
    qapp.removeTranslator(marked)
    driver.qtbot.waitUntil(lambda: driver.view(0).title.text() == "Zero-shot")
    assert driver.page.model.columns[0].state == "finished"
    assert driver.view(0).answer.toPlainText()


def test_every_control_has_a_name(driver: Driver) -> None:
    driver.choose("zero-shot")
    driver.run()
    for kind in (QAbstractButton, QComboBox, QPlainTextEdit):
        for widget in driver.page.findChildren(kind):
            if widget.isVisible() and not widget.objectName().startswith("qt_"):
                name = widget.accessibleName() or getattr(widget, "text", lambda: "")()
                assert name.strip(), (type(widget).__name__, widget.objectName())
