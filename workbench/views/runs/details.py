"""One run in detail: its title, note and tags, its figures, what it asked and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.evaluation.spec import CompareSpec, VariantSummary
from engine.prompting.elements import Item
from engine.store.runs import RunInfo
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.services.numbers import duration
from workbench.viewmodels.names import model_title
from workbench.viewmodels.runs import RunsModel
from workbench.viewmodels.runs_words import (
    asked_rows,
    cells_text,
    origin_rows,
    question_text,
    status_name,
    title_of,
    variant_name,
    when_text,
)
from workbench.views.runs.grid import Facts, Figures
from workbench.views.runs.prompt_text import PromptText
from workbench.views.runs.wrapped import WrappedLabel
from workbench.widgets.collapsible import Collapsible
from workbench.widgets.elided import ElidedCombo
from workbench.widgets.fold import set_role

if TYPE_CHECKING:
    from engine.store.details import RunDetails

NOTE_LINES: Final = 3
WIDEST_NEED: Final = 60
MOST_PAIRS: Final = 6
PAUSE_MS: Final = 600


class RunPanel(QScrollArea):
    """The right half of the page while one run is selected.

    Signals:
        toggled(): A fold was opened or closed.
    """

    toggled = Signal()

    def __init__(self, services: Services, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._run: RunInfo | None = None
        self._details: RunDetails | None = None
        self._items: tuple[Item, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        self.heading = WrappedLabel("", body)
        set_role(self.heading, "section")
        self.state = WrappedLabel("", body)
        set_role(self.state, "muted")
        self.title = QLineEdit(body)
        self.tags = QLineEdit(body)
        self.note = QPlainTextEdit(body)
        self.note.setTabChangesFocus(True)
        self.results = QWidget(body)
        self.figures = Figures(self.results)
        self.verdict = WrappedLabel("", self.results)
        shown = QVBoxLayout(self.results)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.addWidget(self.figures)
        shown.addWidget(self.verdict)
        self.problems = WrappedLabel("", body)
        set_role(self.problems, "bad")
        self.asking = QWidget(body)
        self.question = ElidedCombo(self.asking)
        self.question.setObjectName("run-question")
        self.question.setMinimumContentsLength(12)
        self.prompt = PromptText(self.asking)
        read = QVBoxLayout(self.asking)
        read.setContentsMargins(0, 0, 0, 0)
        read.setSpacing(8)
        read.addWidget(self.question)
        read.addWidget(self.prompt)
        self.asked = Facts(body)
        self.origin = Facts(body)
        self.folds = [
            Collapsible(services, "", self.results, body, opened=True),
            Collapsible(services, "", self.asking, body, opened=True),
            Collapsible(services, "", self.asked, body, opened=True),
            Collapsible(services, "", self.origin, body),
        ]
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 0, 8, 0)
        column.setSpacing(8)
        names = QHBoxLayout()
        names.setSpacing(8)
        names.addWidget(self.title, 1)
        names.addWidget(self.tags, 1)
        for widget in (self.heading, self.state, self.problems):
            column.addWidget(widget)
        column.addLayout(names)
        for widget in (self.note, *self.folds):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(body)
        self.title.editingFinished.connect(self._rename)
        self.tags.editingFinished.connect(self._label)
        self.question.activated.connect(self._question_chosen)
        self.note.textChanged.connect(self._note_edited)
        self.note.installEventFilter(self)
        self._pause.timeout.connect(self._annotate)
        for fold in self.folds:
            fold.toggled.connect(self.toggled)
        self._fit()
        self.retranslate()

    def show_run(self, run: RunInfo | None, details: RunDetails | None) -> None:
        """Show a run; its details come a moment later than its row."""
        if run is None or self._run is None or run.id != self._run.id:
            self._annotate()
            self._run = run
            self._fill_own()
            self.verticalScrollBar().setValue(0)
        self._run, self._details = run, details
        self._write()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.note and event.type() == QEvent.Type.FocusOut:
            self._annotate()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page, or the program's end: what is being typed is kept first."""
        self._annotate()
        if self.title.isModified():
            self._rename()
        if self.tags.isModified():
            self._label()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def minimumSizeHint(self) -> QSize:
        """As wide as the figures need: nothing here is cut off at the side."""
        hint, letter = super().minimumSizeHint(), self.fontMetrics().averageCharWidth()
        body = self.widget()
        needed = body.minimumSizeHint().width() if body is not None else 0
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(min(needed + bar, letter * WIDEST_NEED), hint.height())

    def retranslate(self) -> None:
        """Set every text again."""
        self.title.setPlaceholderText(self.tr("A title of your own"))
        self.title.setAccessibleName(self.tr("Title of the run"))
        self.tags.setPlaceholderText(self.tr("Tags, separated by commas"))
        self.tags.setAccessibleName(self.tr("Tags"))
        self.note.setPlaceholderText(self.tr("A note to this run"))
        self.note.setAccessibleName(self.tr("Note"))
        self.question.setAccessibleName(self.tr("Question"))
        self.question.setToolTip(
            self.tr("The question that is shown here, and that opens in Compare")
        )
        titles = (
            self.tr("Figures"),
            self.tr("Prompt"),
            self.tr("What was asked"),
            self.tr("Where the numbers come from"),
        )
        for fold, title in zip(self.folds, titles, strict=True):
            fold.set_title(title)
        self._write()

    def save_state(self) -> list[bool]:
        """Which folds are open."""
        return [fold.is_open() for fold in self.folds]

    def restore_state(self, opened: object) -> None:
        """Open again what was open."""
        if isinstance(opened, list) and len(opened) == len(self.folds):
            for fold, is_open in zip(self.folds, opened, strict=True):
                fold.set_open(bool(is_open))

    def _fit(self) -> None:
        self.note.setFixedHeight(self.fontMetrics().lineSpacing() * NOTE_LINES + 16)

    def _fill_own(self) -> None:
        """What the person wrote; only when another run comes, or typing would be lost."""
        run = self._run
        self.title.setText(run.name if run else "")
        self.tags.setText(", ".join(run.tags) if run else "")
        self.note.blockSignals(True)
        self.note.setPlainText(run.note if run else "")
        self.note.blockSignals(False)

    def _write(self) -> None:
        run, details = self._run, self._details
        if run is None:
            return
        self.heading.setText(title_of(run))
        parts = [status_name(run.status), when_text(run.started)]
        parts += [duration(run.seconds)] if run.seconds else []
        one = cells_text(run) == "1"
        answers = self.tr("1 answer") if one else self.tr("{n} answers")
        parts.append(answers.format(n=cells_text(run)))
        self.state.setText(" · ".join(parts))
        spec = details.spec if details is not None else None
        for fold in self.folds:
            fold.setVisible(isinstance(spec, CompareSpec))
        if details is None or not isinstance(spec, CompareSpec):
            self.problems.hide()
            return
        self._write_figures(details, spec)
        self.updateGeometry()
        self._fill_questions(spec)
        self.prompt.show_prompt(spec.prompt, spec.items[self._model.item])
        self.asked.set_rows(list(asked_rows(spec)))
        rows = [row for one in details.environments for row in origin_rows(one)]
        self.origin.set_rows(rows)
        said = [self._failed(text, count) for text, count in details.errors]
        self.problems.setText("\n".join(said))
        self.problems.setVisible(bool(said))

    def _failed(self, reason: str, count: int) -> str:
        if count == 1:
            return self.tr("1 answer failed: {reason}").format(reason=tell(reason))
        return self.tr("{n} answers failed: {reason}").format(n=count, reason=tell(reason))

    def _fill_questions(self, spec: CompareSpec) -> None:
        """Offer the questions; the chosen one is the one that opens in Compare."""
        if spec.items != self._items:
            self._items = spec.items
            self.question.clear()
            self.question.addItems([question_text(spec, at) for at in range(len(spec.items))])
        self.question.setCurrentIndex(self._model.item)
        self.question.setVisible(len(spec.items) > 1)

    def _question_chosen(self, item: int) -> None:
        self._model.item = item
        self._write()

    def _write_figures(self, details: RunDetails, spec: CompareSpec) -> None:
        several = len(spec.models) > 1
        labels = {variant.label: variant_name(variant) for variant in spec.variants}
        scored = any(one.scored for one in details.summaries)
        head = [self.tr("Technique")]
        head += [self.tr("Right"), self.tr("Accuracy")] if scored else []
        head += [self.tr("No answer"), self.tr("Tokens")]
        rows = []
        for one in details.summaries:
            name = labels.get(one.variant, one.variant)
            row = [f"{model_title(one.model)} · {name}" if several else name]
            row += self._scores(one) if scored else []
            rows.append([*row, str(one.invalid), f"{one.new_tokens:,}".replace(",", "\u2009")])
        self.figures.set_table(head, rows)
        self.figures.setToolTip(self.tr("No answer: the rule found none in what the model wrote."))
        pairs = details.comparison.pairs if details.comparison is not None else ()
        self.verdict.setText("\n\n".join(tell(pair.sentence) for pair in pairs[:MOST_PAIRS]))
        self.verdict.setVisible(bool(pairs))

    def _scores(self, one: VariantSummary) -> list[str]:
        share = "–" if one.accuracy is None else f"{100 * one.accuracy:.0f} %"
        return [f"{one.correct} / {one.scored}", share]

    def _rename(self) -> None:
        if self._run is not None and self.title.text().strip() != self._run.name:
            self._model.rename(self._run.id, self.title.text())

    def _label(self) -> None:
        if self._run is not None:
            text = self.tags.text().replace("，", ",").replace("#", "")
            tags = tuple(part.strip() for part in text.split(",") if part.strip())
            self._model.label(self._run.id, tags)

    def _note_edited(self) -> None:
        self._pause.start()

    def _annotate(self) -> None:
        """Keep the note as it stands; the model writes only what changed."""
        self._pause.stop()
        if self._run is not None:
            self._model.annotate(self._run.id, self.note.toPlainText())
