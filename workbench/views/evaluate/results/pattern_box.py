"""A rule of one's own: a pattern, tried on real answers while it is typed."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from engine.evaluation.extractors.registry import REGEX_PREFIX
from workbench.services.background import Background
from workbench.services.engine_words import tell_report
from workbench.viewmodels.evaluate_results import ResultsModel
from workbench.viewmodels.evaluate_trial import Preview, preview
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.tones import current_tones, mix

TYPING_MS: Final = 250
TRIED: Final = 24
AROUND: Final = 48
LINES: Final = 6


class PatternBox(QWidget):
    """Field, button, and what the pattern finds; the search runs on another thread.

    Signals:
        added(str): A rule ``regex:…`` to put beside the others.
    """

    added = Signal(str)

    def __init__(
        self, model: ResultsModel, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._background = background
        self._turn = 0
        self._trying = False
        self._shown: tuple[tuple[Preview, ...], ErrorReport | None] = ((), None)
        self.field = QLineEdit(self)
        self.field.setObjectName("pattern")
        self.field.setProperty("role", "mono")
        self.add = QPushButton(self)
        self.add.setEnabled(False)
        self.says = PlainLabel(self)
        self.says.setWordWrap(True)
        set_role(self.says, "muted")
        self.preview = QPlainTextEdit(self)
        self.preview.setObjectName("pattern-preview")
        self.preview.setReadOnly(True)
        self.preview.setProperty("role", "mono")
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setVisible(False)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.says)
        layout.addWidget(self.preview)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TYPING_MS)
        self._soon.timeout.connect(self._try)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self._retranslate()

    def rule(self) -> str:
        """The rule as it is typed; empty without a pattern."""
        pattern = self.field.text()
        return REGEX_PREFIX + pattern if pattern else ""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._write()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.field.setPlaceholderText(self.tr("A regular expression, e.g. <answer>(.*?)</answer>"))
        self.field.setAccessibleName(self.tr("Pattern of your own"))
        self.add.setText(self.tr("Add as a rule"))
        self.preview.setAccessibleName(self.tr("What the pattern finds in real answers"))
        self._write()

    def _typed(self) -> None:
        self._turn += 1
        self.add.setEnabled(False)
        if self.field.text():
            self._soon.start()
        else:
            self._soon.stop()
            self._shown = ((), None)
            self._write()

    def _try(self) -> None:
        """One search at a time: the next begins when this one has come back."""
        trial = self._model.tried(self.rule()) if self.rule() else None
        if self._trying or trial is None:
            return
        self._trying = True
        self._background.run(partial(preview, trial, TRIED), partial(self._tried, self._turn))

    def _tried(self, turn: int, found: tuple[tuple[Preview, ...], ErrorReport | None]) -> None:
        self._trying = False
        if turn != self._turn:
            self._soon.start()
            return
        self._shown = found
        self.add.setEnabled(found[1] is None and bool(self.rule()))
        self._write()

    def _add(self) -> None:
        if self.add.isEnabled():
            self.added.emit(self.rule())

    def _write(self) -> None:
        lines, error = self._shown
        self.preview.setVisible(bool(lines))
        self.says.setVisible(bool(lines) or error is not None)
        set_role(self.says, "bad" if error is not None else "muted")
        if error is not None:
            self.says.setText("⚠ " + str(tell_report(error)))
        elif lines:
            hits = sum(line.value is not None for line in lines)
            self.says.setText(
                self.tr("Finds an answer in {hits} of {n} tried. The last match counts.").format(
                    hits=hits, n=len(lines)
                )
            )
        self._write_lines(lines)

    def _write_lines(self, lines: tuple[Preview, ...]) -> None:
        texts, spans, place = [], [], 0
        for line in lines:
            text, start, end = _line(line)
            texts.append(text)
            if end > start:
                spans.append((place + start, place + end))
            place += len(text) + 1
        self.preview.setPlainText("\n".join(texts))
        tones = current_tones()
        marked = []
        for start, end in spans:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(self.preview.document())
            selection.cursor.setPosition(start)
            selection.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            form = QTextCharFormat()
            form.setBackground(mix(tones.base, tones.accent, 0.3))
            selection.format = form
            marked.append(selection)
        self.preview.setExtraSelections(marked)
        rows = min(max(len(lines), 1), LINES)
        self.preview.setFixedHeight(self.preview.fontMetrics().lineSpacing() * rows + 28)


def _line(line: Preview) -> tuple[str, int, int]:
    """One answer in one line around its match, and where the match stands in it."""
    last = len(line.text)
    start, end = (line.start, line.end) if line.value is not None else (last, last)
    before = line.text[max(0, start - AROUND) : start]
    after = line.text[end : end + AROUND]
    cut = "…" if start > AROUND else ""
    sign = {True: "✓", False: "✗", None: "·"}[line.correct if line.value is not None else None]
    head = f"{sign} {line.item} · {line.title}: {cut}"
    match = line.text[start:end]
    flat = [part.replace("\n", "⏎").replace("\r", "") for part in (before, match, after)]
    at = len(head) + len(flat[0])
    tail = "…" if end + AROUND < len(line.text) else ""
    return head + "".join(flat) + tail, at, at + len(flat[1])
