"""The generic parts: flow layout, collapsible, toasts, numbers, memory bar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from engine.errors import ErrorReport
from workbench.services.meters import MemoryReading
from workbench.services.notify import Notice
from workbench.services.numbers import count, duration, file_size
from workbench.widgets.collapsible import Collapsible
from workbench.widgets.flow_layout import FlowLayout


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (11_400_000, "11.4 MB"), (123e6, "123 MB"),
     (2.5e9, "2.5 GB"), (3.2e12, "3.20 TB")],
)  # fmt: skip
def test_sizes(value, text):
    assert file_size(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "under a second"), (8.4, "8 s"), (89, "89 s"), (180, "3 min"), (5400, "1 h 30 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(950, "950"), (9_999, "9 999"), (12_345, "12.3 k"), (2_093_760, "2.1 M"),
                         (1.1e9, "1.1 B")],
)  # fmt: skip
def test_counts(number, text):
    assert count(number) == text


def test_a_flow_layout_breaks_where_the_width_ends(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    layout = FlowLayout(host, spacing=8)
    buttons = [QPushButton(f"button {n}") for n in range(6)]
    for button in buttons:
        button.setFixedSize(100, 30)
        layout.addWidget(button)
    assert layout.heightForWidth(6 * 100 + 5 * 8) == 30
    assert layout.heightForWidth(6 * 100 + 5 * 8 - 1) == 30 + 8 + 30
    assert layout.heightForWidth(100) == 6 * 30 + 5 * 8
    host.resize(220, 200)
    host.show()
    assert buttons[1].pos().y() == buttons[0].pos().y()
    assert buttons[2].pos().y() > buttons[0].pos().y()
    assert buttons[2].pos().x() == buttons[0].pos().x()
    buttons[0].hide()
    assert layout.heightForWidth(5 * 100 + 4 * 8) == 30
    extra = QPushButton("first")
    layout.insert_widget(0, extra)
    assert layout.itemAt(0).widget() is extra


def test_a_collapsible_opens_and_tells(shell, qtbot):
    content = QLabel("inside")
    part = Collapsible(shell.services, "Sampling", content)
    qtbot.addWidget(part)
    part.show()
    assert not content.isVisible()
    with qtbot.waitSignal(part.toggled, check_params_cb=lambda opened: opened):
        qtbot.mouseClick(part.head, Qt.MouseButton.LeftButton)
    assert content.isVisible()
    qtbot.keyClick(part.head, Qt.Key.Key_Space)
    assert not content.isVisible()


def test_messages_stack_replace_their_equals_and_are_closed(shell, qtbot):
    notify, shelf = shell.services.notify, shell.window.toasts
    for text in ("one", "two", "three", "four", "four"):
        notify.warn(text)
    assert [toast.notice.text for toast in shelf.toasts] == ["two", "three", "four"]
    tops = [toast.y() for toast in shelf.toasts]
    assert tops == sorted(tops)
    last = shelf.toasts[-1]
    assert last.geometry().bottom() < shell.window.statusBar().y()
    with qtbot.waitSignal(last.destroyed):
        qtbot.mouseClick(last.dismiss, Qt.MouseButton.LeftButton)
    assert [toast.notice.text for toast in shelf.toasts] == ["two", "three"]


def test_what_only_went_well_makes_room_for_the_next_message(shell):
    notify, shelf = shell.services.notify, shell.window.toasts
    notify.warn("stays")
    notify.good("saved")
    notify.info("copied")
    assert [toast.notice.text for toast in shelf.toasts] == ["stays", "copied"]


def test_older_messages_wait_while_they_would_cover_the_page(shell, qtbot):
    notify, shelf, window = shell.services.notify, shell.window.toasts, shell.window
    for text in ("one", "two", "three"):
        notify.warn(f"{text}: " + "a long sentence about what happened to the file. " * 6)
    seen = [toast for toast in shelf.toasts if toast.isVisible()]
    assert seen[-1] is shelf.toasts[-1]
    assert len(seen) < 3
    covered = window.height() - min(toast.y() for toast in seen)
    assert covered < window.height() / 2
    while shelf.toasts:
        with qtbot.waitSignal(shelf.toasts[-1].destroyed):
            qtbot.mouseClick(shelf.toasts[-1].dismiss, Qt.MouseButton.LeftButton)
        assert not shelf.toasts or shelf.toasts[-1].isVisible()


def test_an_error_message_copies_its_detail_and_an_offer_does_what_it_says(shell, qtbot):
    done = []
    shell.services.notify.error(ErrorReport("x", "It broke.", "Try again.", "line 7"))
    toast = shell.window.toasts.toasts[-1]
    assert toast.text.text() == "It broke. Try again."
    qtbot.mouseClick(toast.copy, Qt.MouseButton.LeftButton)
    assert "line 7" in QApplication.clipboard().text()
    shell.services.notify.offer("Undo it?", "Undo", lambda: done.append(1))
    qtbot.mouseClick(shell.window.toasts.toasts[-1].offer, Qt.MouseButton.LeftButton)
    assert done == [1]


def test_a_message_is_spoken_by_icon_and_name_as_well_as_colour(shell):
    shell.services.notify.posted.emit(Notice("Look here", "warning"))
    toast = shell.window.toasts.toasts[-1]
    assert toast.accessibleName() == "Look here"
    icons = [label for label in toast.findChildren(QLabel) if not label.pixmap().isNull()]
    assert len(icons) == 1


def test_the_memory_bar_says_what_it_measures(shell, qtbot):
    bar, gib = shell.window.model_bar.memory, 1024**3
    with qtbot.waitSignal(shell.window.meter.read):
        pass
    bar.show_reading(MemoryReading(gib, 6 * gib, 24 * gib))
    narrow = bar.sizeHint().width()
    assert "6.0 / 24 GB" in bar.accessibleDescription()
    assert "1.00 GB" in bar.toolTip()
    bar.show_reading(MemoryReading(gib, 6 * gib, 24 * gib, 2 * gib, 8 * gib, "Some card"))
    assert bar.sizeHint().width() > 1.8 * narrow
    assert "2.0 / 8 GB" in bar.accessibleDescription()
    assert "Some card" in bar.toolTip()
