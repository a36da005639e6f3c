"""A guard for the pinned Qt bindings: no call may eat references of `None` or `True`.

One release of PySide6 lost one of them per call on Python 3.11, and the process aborted after some
thousand calls.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

CALLS = 10_000


class Sender(QObject):
    said = Signal(bool)


def test_void_calls_and_emits_keep_their_references(qtbot):
    label, sender, seen = QLabel(), Sender(), []
    qtbot.addWidget(label)
    sender.said.connect(seen.append)
    for _ in range(200):
        label.setText("warm")
        sender.said.emit(True)
    seen.clear()
    none, true = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(CALLS):
        label.setText("x")
        label.parent()
        sender.said.emit(True)
        seen.clear()
    assert sys.getrefcount(None) - none > -CALLS / 100
    assert sys.getrefcount(True) - true > -CALLS / 100
