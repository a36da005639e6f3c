"""Tints that can be read on, texts that know their stretches, tables that copy."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication

from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.signed_tint import plain_number, signed, signed_tint
from workbench.widgets.tinted_text import Stretch, TintedText
from workbench.widgets.tones import MIN_CONTRAST, contrast, derive

DARK = ("#1d2125", "#e6e8ea", "#4fc3d0", "#9aa3ab")
LIGHT = ("#ffffff", "#1a1d20", "#0b6b72", "#5b636b")


@pytest.mark.parametrize("colours", [DARK, LIGHT])
def test_text_stays_readable_on_every_tint_and_signs_look_apart(colours, qapp):
    tones = derive(*map(QColor, colours))
    for step in range(-10, 11):
        assert contrast(signed_tint(step / 10, 1.0, tones), tones.text) >= MIN_CONTRAST - 0.01
    plus, minus = signed_tint(1.0, 1.0, tones), signed_tint(-1.0, 1.0, tones)
    assert plus.blue() > plus.red() + 40
    assert minus.red() > minus.blue() + 40
    assert signed_tint(0.0, 1.0, tones) == tones.base
    assert signed_tint(5.0, 1.0, tones) == plus, "beyond the scale the tint is the strongest"


def test_numbers_carry_their_sign_and_never_a_minus_zero():
    assert signed(-0.414) == "−0.41"
    assert signed(0.414) == "+0.41"
    assert signed(-0.001) == "0.00"
    assert plain_number(-1.5) == "−1.50"
    assert plain_number(-0.001) == "0.00"


def test_hovering_finds_the_stretch_under_the_mouse(qtbot):
    view = TintedText()
    qtbot.addWidget(view)
    view.set_stretches([Stretch("a😀", tip="one"), Stretch("bc", tip="two"), Stretch("d")])
    assert view.toPlainText() == "a😀bcd"
    tips = [view.tip_at(place) for place in range(6)]  # the face takes two units
    assert tips == ["one", "one", "one", "two", "two", ""]


def test_a_table_copies_with_its_headings(qtbot):
    table = FigureTable()
    qtbot.addWidget(table)
    table.set_content(
        [FigureColumn("Part"), FigureColumn("Effect", kind="signed", full=2.0)],
        [
            FigureRow(("Input", Bar("+1.00", 1.0, 0.5, 1.5))),
            FigureRow(("Context", None)),
        ],
    )
    chosen = []
    table.row_chosen.connect(chosen.append)
    table.resize(400, 200)
    table.show()
    table.setFocus()
    table.selectRow(0)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert chosen == [0, 1]
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Part\tEffect\nInput\t+1.00\nContext\t–"
    widths = [table.columnWidth(place) for place in range(2)]
    assert sum(widths) <= table.viewport().width()
    assert widths[1] > widths[0], "bars take the room that labels leave"
