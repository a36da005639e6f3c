"""The examples: a table that can be filled by hand, by pasting, or from a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.errors import ErrorReport, describe
from engine.prompting.elements import Example
from workbench.viewmodels.names import element_name
from workbench.views.compare.element_field import Swatch
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.examples_table import ExamplesModel, ExamplesTable
from workbench.widgets.flow_layout import FlowLayout
from workbench.widgets.fold import FoldHeading, set_role
from workbench.widgets.plain import PlainLabel

MOST_EXAMPLES: Final = 200

Background = Callable[
    [Callable[[], object], Callable[[object], None], Callable[[Exception], None]], None
]


class ExamplesSection(QWidget):
    """Heading, table, buttons, and errors of an import.

    Signals:
        edited(object, str): The examples as the person wants them, and the name of the edit.
        message_shown(object): The widget that says something; it should come into sight.
    """

    edited = Signal(object, str)
    message_shown = Signal(object)

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._model = ExamplesModel(self)
        self.heading = FoldHeading(self)
        self.count = PlainLabel(self)
        self.table = ExamplesTable(self._model, self)
        self.table.setObjectName("examples-table")
        self.ghost = PlainLabel(self)
        self.ghost.setWordWrap(True)
        self.note = ErrorNote(self)
        self.notice = PlainLabel(self)
        self.notice.setWordWrap(True)
        self.notice.hide()
        self._taken = (0, 0)
        self._with_steps: int | None = None
        self.add_button = QPushButton(self)
        self.delete_button = QPushButton(self)
        self.up_button = QPushButton("↑", self)
        self.down_button = QPushButton("↓", self)
        self.import_button = QPushButton(self)
        self.paste_button = QPushButton(self)
        self.content = QWidget(self)
        self._lay_out()
        self._connect()
        self.content.hide()
        self.retranslate()
        self._refresh()

    # Content

    def examples(self) -> tuple[Example, ...]:
        """What the table shows."""
        return self._model.examples()

    def set_examples(self, examples: tuple[Example, ...]) -> None:
        """Show examples from outside."""
        if examples != self._model.examples():
            self._model.set_examples(examples)
            self._say_nothing()
        self._refresh()

    def set_tokens(self, tokens: int | None, with_steps: int | None = None) -> None:
        """Tokens of the examples as few-shot sends them, and with their steps."""
        self.count.setText(str(tokens) if tokens else "")
        self._with_steps = with_steps
        self._write_count_tip()

    def set_open(self, is_open: bool) -> None:
        """Unfold or fold."""
        self.heading.setChecked(is_open)

    def show_error(self, report: ErrorReport) -> None:
        """Show what is wrong with the examples."""
        self._show_report(report)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def import_file(self, path: Path) -> None:
        """Add the examples of a CSV or JSONL file, read off the window's thread."""
        from engine.prompting.examples import read_examples

        self._background(partial(read_examples, path), self._take_imported, self._import_failed)

    # What the person does

    def paste(self) -> None:
        """Add examples from the clipboard: a table or JSON lines, read like a file."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            nothing = ErrorReport(
                "empty-clipboard",
                "The clipboard holds no text.",
                "Copy rows of a table or lines of JSON, then paste again.",
            )
            self._show_report(nothing)
            return
        self._background(partial(_read_text, text), self._take_pasted, self._import_failed)

    def _add(self) -> None:
        self.edited.emit((*self.examples(), Example("", "")), self.tr("Add example"))
        row = len(self.examples()) - 1
        if row >= 0:
            index = self._model.index(row, 0)
            self.table.setCurrentIndex(index)
            self.table.edit(index)

    def _delete(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.examples()):
            kept = self.examples()[:row] + self.examples()[row + 1 :]
            self.edited.emit(kept, self.tr("Delete example"))
            if kept:
                self.table.selectRow(min(row, len(kept) - 1))

    def _up(self) -> None:
        self._move(-1)

    def _down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        row = self.table.currentIndex().row()
        target = row + step
        if row < 0 or not 0 <= target < len(self.examples()):
            return
        rows = list(self.examples())
        rows[row], rows[target] = rows[target], rows[row]
        self.edited.emit(tuple(rows), self.tr("Move example"))
        self.table.selectRow(target)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Import examples"))
        dialog.setNameFilters(
            [
                self.tr("Tables and lines (*.csv *.tsv *.jsonl *.json)"),
                self.tr("All files (*)"),
            ]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _file_chosen(self, path: str) -> None:
        self.import_file(Path(path))

    def _take_imported(self, found: object) -> None:
        assert isinstance(found, tuple | list)
        self._add_all(tuple(found), self.tr("Import examples"))

    def _take_pasted(self, found: object) -> None:
        assert isinstance(found, tuple | list)
        self._add_all(tuple(found), self.tr("Paste examples"))

    def _import_failed(self, error: Exception) -> None:
        self._show_report(describe(error))

    def _add_all(self, found: tuple[Example, ...], label: str) -> None:
        self._say_nothing()
        self.set_open(True)
        taken = found[: max(0, MOST_EXAMPLES - len(self.examples()))]
        if taken:
            self.edited.emit((*self.examples(), *taken), label)
        if len(found) > len(taken):
            self._taken = (len(taken), len(found))
            self._write_notice()
            self.notice.show()
            self.message_shown.emit(self.notice)

    def _show_report(self, report: ErrorReport) -> None:
        self._say_nothing()
        self.set_open(True)
        self.note.show_report(report)
        self.message_shown.emit(self.note)

    def _say_nothing(self) -> None:
        self.note.show_report(None)
        self.notice.hide()

    def _write_notice(self) -> None:
        text = self.tr(
            "{taken:,} of {rows:,} rows taken as examples; a test set comes with data sets."
        )
        self.notice.setText(text.format(taken=self._taken[0], rows=self._taken[1]))

    # Internal

    def _model_edited(self, examples: object) -> None:
        self.edited.emit(examples, self.tr("Edit example"))

    def _refresh(self) -> None:
        has_rows = bool(self.examples())
        self.table.setVisible(has_rows)
        self.ghost.setVisible(not has_rows)
        row = self.table.currentIndex().row()
        self.delete_button.setEnabled(row >= 0)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < len(self.examples()) - 1)
        name = element_name("examples")
        label = f"{name} ({len(self.examples())})" if has_rows else name
        self.heading.setText(label)
        self.heading.setAccessibleName(label)
        self.heading.updateGeometry()
        self.heading.update()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.setContentsMargins(0, 0, 2, 0)
        head.addWidget(self.heading, 1)
        head.addWidget(self.count)
        head.addWidget(Swatch("example", self))
        row = QWidget(self.content)
        buttons = FlowLayout(row, 4)
        for button in self._buttons():
            button.setProperty("role", "quiet")
            buttons.addWidget(button)
        inside = QVBoxLayout(self.content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        for widget in (self.ghost, self.table, row, self.notice, self.note):
            inside.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.content)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.add_button,
            self.delete_button,
            self.up_button,
            self.down_button,
            self.import_button,
            self.paste_button,
        )

    def _connect(self) -> None:
        self.heading.toggled.connect(self.content.setVisible)
        self._model.edited.connect(self._model_edited)
        self.table.paste_wanted.connect(self.paste)
        self.table.delete_wanted.connect(self._delete)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.add_button.clicked.connect(self._add)
        self.delete_button.clicked.connect(self._delete)
        self.up_button.clicked.connect(self._up)
        self.down_button.clicked.connect(self._down)
        self.import_button.clicked.connect(self._choose_file)
        self.paste_button.clicked.connect(self.paste)

    def _row_changed(self) -> None:
        self._refresh()

    def retranslate(self) -> None:
        """Set every text again."""
        self.add_button.setText(self.tr("Add"))
        self.delete_button.setText(self.tr("Delete"))
        self.import_button.setText(self.tr("Import…"))
        self.paste_button.setText(self.tr("Paste"))
        self.up_button.setToolTip(self.tr("Move the example up"))
        self.down_button.setToolTip(self.tr("Move the example down"))
        self.up_button.setAccessibleName(self.up_button.toolTip())
        self.down_button.setAccessibleName(self.down_button.toolTip())
        self.import_button.setToolTip(
            self.tr("From a CSV or JSONL file with the columns input, output and, if any, steps")
        )
        self.paste_button.setToolTip(
            self.tr("From the clipboard: one example per line, columns separated by tabs or commas")
        )
        self.ghost.setText(
            self.tr("No examples yet. Few-shot techniques show them before the question.")
        )
        self.table.setAccessibleName(self.tr("Examples: input, steps, output"))
        self._write_count_tip()
        self._write_notice()
        self._dim()
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._dim()
        super().changeEvent(event)

    def _write_count_tip(self) -> None:
        text = self.tr("Tokens of all examples as few-shot sends them, without their steps.")
        if self._with_steps is not None and str(self._with_steps) != self.count.text():
            with_steps = self.tr("With their steps, as few-shot CoT sends them: {n}.")
            text += "\n" + with_steps.format(n=self._with_steps)
        self.count.setToolTip(text)

    def _dim(self) -> None:
        set_role(self.ghost, "muted")
        set_role(self.notice, "warning")
        set_role(self.count, "muted")


def _read_text(text: str) -> tuple[Example, ...]:
    """Examples from pasted text, by the same rules as from a file."""
    from engine.prompting.examples import read_examples

    if text.lstrip()[:1] in ("{", "["):
        suffix = ".json" if text.lstrip()[0] == "[" else ".jsonl"
    else:
        suffix = ".tsv" if "\t" in text else ".csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clipboard{suffix}"
        path.write_text(text, encoding="utf-8")
        return read_examples(path)
