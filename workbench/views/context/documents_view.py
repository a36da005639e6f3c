"""Documents longer than the window: one question, several ways to read, answers side by side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.context.documents_spec import Flow
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.viewmodels.context import ContextModel
from workbench.viewmodels.context_command import documents_command
from workbench.viewmodels.context_documents import OFFERED_FLOWS, FlowRun
from workbench.views.context.answer_column import AnswerColumn
from workbench.views.context.question_line import QuestionLine
from workbench.views.context.words import flow_hint, flow_name, seconds
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.widgets.chips import Chip
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.passage_view import PassagePlace, PassageView, around
from workbench.widgets.plain import PlainLabel
from workbench.widgets.sources_bar import SourcesBar, dropped

COLUMN_CHARS = 40
SHOWN_CHARS = 48


class DocumentsView(QScrollArea):
    """Documents and question above, a column per way of reading, the passage below.

    Signals:
        sample_wanted(): Fill in the sample and ask.
        run_wanted(): Ask.
    """

    sample_wanted = Signal()
    run_wanted = Signal()

    def __init__(
        self, services: Services, model: ContextModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAcceptDrops(True)
        content = QWidget(self)
        self.sources = SourcesBar(services.icons, "documents", content)
        self.question = QuestionLine(content)
        self.question.setObjectName("documents-question")
        self.flows = {flow: Chip(content) for flow in OFFERED_FLOWS}
        for flow, chip in self.flows.items():
            chip.setObjectName(f"flow-{flow}")
        self.ask = QPushButton(content)
        self.ask.setObjectName("documents-ask")
        services.icons.bind(self.ask, "play")
        self.sample = QPushButton(content)
        self.sample.setObjectName("documents-sample")
        self.sample.setProperty("role", "quiet")
        services.icons.bind(self.sample, "star")
        self.begin = QAction(self)
        self.begin.setProperty("icon-name", "star")
        self.empty = EmptyState(services, "file", self.begin, content)
        self.line = JobLine(model.documents, content)
        self.outdated = PlainLabel(content)
        self.outdated.setWordWrap(True)
        set_role(self.outdated, "muted")
        self.outdated.hide()
        self.columns: dict[Flow, AnswerColumn] = {}
        self._tabled: list[FlowRun] = []
        self.grid = QGridLayout()
        self.grid.setSpacing(12)
        self.table = FigureTable(content)
        self.table_card = PlotCard(
            services, "context-answers", self.table,
            plot_exports(services, self.table, self._table_columns, command=self.command),
            content,
        )  # fmt: skip
        self.passage = PassageView(services.icons, content)
        self._lay_out(content)
        self.setWidget(content)
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.question.setPlaceholderText(
            self.tr("A question about the documents; empty = a summary")
        )
        self.question.setAccessibleName(self.tr("Question"))
        self.ask.setText(self.tr("Ask"))
        for flow, chip in self.flows.items():
            chip.setText(flow_name(flow))
            chip.setAccessibleName(chip.text())
            chip.setToolTip(flow_hint(flow))
            chip.updateGeometry()
        self.sample.setText(self.tr("Sample"))
        self.sample.setToolTip(
            self.tr("Documents and a question for the chosen task; Undo brings yours back")
        )
        self.table_card.set_texts(
            self.tr("What each way cost"), self.tr("One run each, on this machine, as loaded.")
        )
        self._show_choice()
        self.refresh()
        self._fill(self._tabled)

    def refresh(self) -> None:
        """Show the answers that there are."""
        runs = self._model.documents.runs
        self.empty.setVisible(not runs)
        self._show_outdated()
        if set(runs) != set(self.columns):
            self._rebuild(tuple(runs))
        for flow, run in runs.items():
            self.columns[flow].show_run(run)
        done = [run for run in runs.values() if run.result is not None]
        self.table_card.setVisible(len(done) > 1)
        if [id(run.result) for run in done] != [id(run.result) for run in self._tabled]:
            self._fill(done)
        if not runs:
            self.passage.hide()

    def command(self) -> str:
        """The command lines that ask the same, one per way."""
        documents = self._model.documents
        choice = documents.asked or documents.choice
        return "\n".join(
            documents_command(choice.spec(self._model.ref, flow)) for flow in choice.flows
        )

    # What the person does

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Documents may be dropped anywhere on the topic."""
        if dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the documents that were dropped."""
        found = dropped(event)
        if found:
            event.acceptProposedAction()
            self._model.documents.add_files(found)

    def _question_edited(self, text: str) -> None:
        documents = self._model.documents
        documents.set_choice(replace(documents.choice, question=text))

    def _flows_edited(self) -> None:
        documents = self._model.documents
        flows = tuple(flow for flow, chip in self.flows.items() if chip.isChecked())
        documents.set_choice(replace(documents.choice, flows=flows))

    def _passage_wanted(self, flow: Flow, number: int) -> None:
        result = self._model.documents.runs[flow].result
        if result is not None and number < len(result.passages):
            passage = result.passages[number]
            source = result.sources[passage.source]
            own = [one for one in result.passages if one.source == passage.source]
            place = PassagePlace(
                source.name, source.path, passage.start, passage.end, source.characters
            )
            self.passage.show_passage(place, *around(own, number))
            self.passage.show()
            QTimer.singleShot(0, self._bring_passage)  # once it has its place

    def _bring_passage(self) -> None:
        self.ensureWidgetVisible(self.passage, 0, 0)

    def _begin_wanted(self) -> None:
        if self._model.documents.choice.empty:
            self.sample_wanted.emit()
        else:
            self.run_wanted.emit()

    # Model to widgets

    def _show_choice(self) -> None:
        choice = self._model.documents.choice
        if choice.empty:
            self.begin.setText(self.tr("Try a sample"))
            self.empty.set_text(
                self.tr("Drop documents here, ask, and see which way of reading finds the answer.")
            )
        else:
            self.begin.setText(self.tr("Ask"))
            self.empty.set_text(self.tr("Ask, and see which way of reading finds the answer."))
        if self.question.text() != choice.question:
            self.question.setText(choice.question)
        for flow, chip in self.flows.items():
            chip.setChecked(flow in choice.flows)
        self.sources.show_documents(choice.files, choice.texts, choice.kept())
        self._show_outdated()

    def _show_outdated(self) -> None:
        """Answers stay while the next question is written; whose they are is said."""
        documents = self._model.documents
        self.outdated.setVisible(documents.outdated)
        if documents.outdated and documents.asked is not None:
            asked = " ".join(documents.asked.question.split()) or self.tr("a summary")
            shown = asked if len(asked) <= SHOWN_CHARS else asked[: SHOWN_CHARS - 1] + "…"
            self.outdated.setText(
                self.tr("Asked before, of {n} documents: {question}").format(
                    n=len(documents.asked.files) + len(documents.asked.texts), question=shown
                )
            )

    def _rebuild(self, flows: tuple[Flow, ...]) -> None:
        for column in self.columns.values():
            self.grid.removeWidget(column)
            column.deleteLater()
        self.columns = {}
        for flow in flows:
            column = AnswerColumn(self.widget())
            column.setObjectName(f"answer-{flow}")
            column.passage_wanted.connect(partial(self._passage_wanted, flow))
            self.columns[flow] = column
        self.passage.hide()
        self._place()

    def _place(self) -> None:
        """As many columns side by side as can be read."""
        letter = self.fontMetrics().averageCharWidth()
        across = max(1, min(len(self.columns), self.viewport().width() // (letter * COLUMN_CHARS)))
        if len(self.columns) == 4 and across == 3:
            across = 2
        for place, column in enumerate(self.columns.values()):
            self.grid.removeWidget(column)
            self.grid.addWidget(column, *divmod(place, across))
        for place in range(self.grid.columnCount()):
            self.grid.setColumnStretch(place, 1 if place < across else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _fill(self, done: list[FlowRun]) -> None:
        self._tabled = done
        columns = (
            FigureColumn(self.tr("Way")),
            FigureColumn(self.tr("Answer")),
            FigureColumn(self.tr("Tokens read"), self.tr("prompt tokens over all steps"), "amount",
                         full=max((run.result.counts.read for run in done if run.result),
                                  default=1)),
            FigureColumn(self.tr("computed"), self.tr("shared beginnings count once"), "number"),
            FigureColumn(self.tr("written"), "", "number"),
            FigureColumn(self.tr("longest prompt"), "", "number"),
            FigureColumn(self.tr("Time"), "", "number"),
        )  # fmt: skip
        self.table.set_content(columns, tuple(self._row(run) for run in done))

    def _row(self, run: FlowRun) -> FigureRow:
        result = run.result
        assert result is not None
        counts = result.counts
        answer = " ".join(result.answer.split())
        shown = answer if len(answer) <= SHOWN_CHARS else answer[: SHOWN_CHARS - 1] + "…"
        return FigureRow(
            (
                flow_name(run.flow), shown, _bar(counts.read), _bar(counts.computed),
                _bar(counts.generated), _bar(counts.longest),
                Bar(seconds(result.seconds), result.seconds, result.seconds, result.seconds),
            ),
            f"{flow_hint(run.flow)}\n{result.provenance.model} · {result.provenance.dtype}",
        )  # fmt: skip

    def _table_columns(self) -> tuple[Column, ...]:
        done = [run.result for run in self._model.documents.runs.values() if run.result is not None]
        return (
            ("flow", [one.flow for one in done]),
            ("answer", [one.answer for one in done]),
            ("tokens read", [float(one.counts.read) for one in done]),
            ("tokens computed", [float(one.counts.computed) for one in done]),
            ("tokens written", [float(one.counts.generated) for one in done]),
            ("longest prompt", [float(one.counts.longest) for one in done]),
            ("seconds", [one.seconds for one in done]),
            ("retrieval ms", [one.retrieval_ms for one in done]),
        )

    # Building

    def _lay_out(self, content: QWidget) -> None:
        chips = FlowBar(content)
        flow = FlowLayout(chips, 4)
        for chip in self.flows.values():
            flow.addWidget(chip)
        asking = QHBoxLayout()
        asking.setSpacing(8)
        asking.addWidget(self.question, 1)
        asking.addWidget(self.ask)
        asking.addWidget(self.sample)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.sources)
        column.addLayout(asking)
        column.addWidget(chips)
        column.addWidget(self.line)
        column.addWidget(self.empty, 1)
        column.addWidget(self.outdated)
        column.addLayout(self.grid)
        column.addWidget(self.passage)
        column.addWidget(self.table_card, 0, Qt.AlignmentFlag.AlignTop)
        column.addStretch(1)
        self.passage.hide()

    def _connect(self) -> None:
        documents = self._model.documents
        self.sources.files_chosen.connect(documents.add_files)
        self.sources.text_added.connect(documents.add_text)
        self.sources.file_removed.connect(documents.remove_file)
        self.sources.text_removed.connect(documents.remove_text)
        self.question.textEdited.connect(self._question_edited)
        self.question.returnPressed.connect(self.run_wanted)
        self.ask.clicked.connect(self.run_wanted)
        for chip in self.flows.values():
            chip.clicked.connect(self._flows_edited)
        self.question.undo_wanted.connect(documents.undo_stack.undo)
        self.question.redo_wanted.connect(documents.undo_stack.redo)
        self.begin.triggered.connect(self._begin_wanted)
        self.sample.clicked.connect(self.sample_wanted)
        documents.changed.connect(self.refresh)
        documents.choice_changed.connect(self._show_choice)


def _bar(count: int) -> Bar:
    return Bar(f"{count:,}", float(count), float(count), float(count))
