"""Tokens, names and answers that look like markup are shown as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel

from engine.evaluation.spec import Branch, CellKey, CompareSpec, Extraction, Variant
from engine.models.reference import ModelRef
from engine.prompting.elements import Item
from tests.support import qt
from tests.workbench.compare.fake_jobs import cell, record
from workbench.pages import PAGES
from workbench.services.tips import tip
from workbench.viewmodels.compare_column import Verification
from workbench.viewmodels.compare_history import StoredColumn

SPEC = CompareSpec(
    models=(ModelRef("<b>m</b>"), ModelRef("other")),
    variants=(Variant("zero-shot", name="<i>mine</i>"),),
    items=(Item(expected="3"),),
)
KEYS = (CellKey(model=0), CellKey(model=1))
TOKENS = {KEYS[0]: (record("a"), record("<s>")), KEYS[1]: (record("a"), record("</s>"))}


@pytest.fixture
def page(qapp, qtbot, tmp_path):
    pages = tuple(page for page in PAGES if page.id == "compare")
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        found = application.window.show_page("compare")
        stored = []
        for key in KEYS:
            result = cell(SPEC, key, TOKENS[key])
            value = Extraction("last-answer", "<s>", -1, -1, False)
            stored.append(StoredColumn(SPEC, key, replace(result, extractions=(value,))))
        stored[0] = replace(stored[0], branch=Branch(KEYS[0], (1, 2)))
        found.model.bring_back(tuple(stored))
        yield found


def test_no_label_of_the_page_guesses_at_markup(page, qtbot):
    column = page.model.columns[0]
    column.verification = Verification("different", 1, "<s>", "</s>")
    page.model.column_changed.emit(column.uid)
    page.bar.overlay.setChecked(True)
    qtbot.waitUntil(lambda: page.overlay.overlay() is not None)
    guessing = [
        label.text()
        for label in page.findChildren(QLabel)
        if label.textFormat() == Qt.TextFormat.AutoText and label.pixmap().isNull()
    ]
    assert guessing == []
    view = page.columns.views[column.uid]
    assert "“</s>” instead of “<s>”" in view.check.text()
    assert "from “<s>” on" in view.subtitle.text()
    assert "<s>" in page.overlay.sentence.text()
    assert "<i>mine</i>" in view.title.text()


def test_tooltips_show_the_text_itself(page):
    view = page.columns.views[page.model.columns[0].uid]
    assert "&lt;s&gt;" in view.found.toolTip()
    assert "<b>&lt;s&gt;</b>" in view.found.text()
    page.bar.set_setup(replace(page.model.setup, models=SPEC.models))
    assert "&lt;b&gt;m&lt;/b&gt;" in page.bar.models.toolTip()
    assert "<b>m</b>" in page.bar.models.accessibleName()


def test_a_tooltip_says_exactly_its_text(qapp):
    for text in ("fast & small", "3 < 4 & so on", "a <b>bold</b>\n  name", "&lt;s&gt; and <s>"):
        label = QLabel(tip(text))  # guesses as a tooltip does
        if label.textFormat() == Qt.TextFormat.AutoText and "<" in text:
            document = QTextDocument()
            document.setHtml(label.text())
            assert document.toPlainText() == text
        else:
            assert label.text() == text
