"""One column: what was sent, what came back, whether it is right, what it cost."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.decoding.records import Candidate
from workbench.services.icons import Icons
from workbench.services.tips import tip
from workbench.viewmodels.compare_column import Column
from workbench.views.compare import column_text
from workbench.views.compare.decision_strip import DecisionStrip
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import Fold, set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.sent_view import MOST_LINES, SentView
from workbench.widgets.token_heat import TintBy
from workbench.widgets.token_stream import TokenView
from workbench.widgets.tones import current_tones

SIDE = 12
COLUMN_CHARS = 27  # three columns beside the prompt in a window of 1100 pixels


class ResultColumn(QFrame):
    """Shows a `Column`; every wish goes out as a signal with the column's uid.

    Signals:
        rerun_wanted(int), verify_wanted(int), close_wanted(int), overlay_wanted(int)
        pin_wanted(int, bool): Keep it in the next run.
        copy_wanted(int, str): As ``"text"``, ``"markdown"`` or ``"command"``.
        save_wanted(int): Save this column's report.
        inside_wanted(int): Look inside the model that answered.
        positions_wanted(int): See how it knew the positions of this answer.
        branch_wanted(int, int, object): Continue from another token.
        path_wanted(int, int): Look at another path of the vote.
        passage_wanted(int, int): Open a passage of its prompt.
    """

    rerun_wanted = Signal(int)
    verify_wanted = Signal(int)
    close_wanted = Signal(int)
    overlay_wanted = Signal(int)
    pin_wanted = Signal(int, bool)
    copy_wanted = Signal(int, str)
    save_wanted = Signal(int)
    inside_wanted = Signal(int)
    positions_wanted = Signal(int)
    branch_wanted = Signal(int, int, object)
    path_wanted = Signal(int, int)
    passage_wanted = Signal(int, int)
    sent_toggled = Signal(bool)

    def __init__(self, column: Column, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.uid = 0
        self._column = column
        self._outdated = False
        self._show_model = False
        self.title = ElidedLabel(self)
        set_role(self.title, "section")
        self.verdict = PlainLabel(self)
        self.subtitle = PlainLabel(self)
        set_role(self.subtitle, "muted")
        self.subtitle.setWordWrap(True)
        self.found = QLabel(self)
        self.found.setWordWrap(True)
        self.found.setTextFormat(Qt.TextFormat.RichText)
        self.decision = DecisionStrip(self)
        self.sent = SentView(self)
        self.sent_fold = Fold(self.sent, self)
        self.rule = QFrame(self)
        self.rule.setProperty("role", "line")
        self.answer = TokenView(self)
        self.answer.setMinimumHeight(self.answer.fontMetrics().lineSpacing() * 3 + 12)
        self.note = ErrorNote(self)
        self.figures = PlainLabel(self)
        self.figures.setWordWrap(True)
        self.check = PlainLabel(self)
        self.check.setWordWrap(True)
        self.rerun_button = self._button(icons, "refresh")
        self.verify_button = self._button(icons, "verify")
        self.copy_button = self._button(icons, "copy")
        self.pin_button = self._button(icons, "pin")
        self.pin_button.setCheckable(True)
        self.more_button = self._button(icons, "more")
        self._lay_out()
        self._connect()
        self.begin(column)

    # Outside

    def begin(self, column: Column) -> None:
        """Show another column from now on; nothing of the one before remains."""
        self.uid = column.uid
        self.setObjectName(f"column-{column.uid}")
        self.answer.setObjectName(f"answer-{column.uid}")
        self.answer.set_records(())
        self.show_column(column)

    def show_column(self, column: Column) -> None:
        """Show the column's state as it is now."""
        self._column = column
        self.answer.set_records(column.records)
        self.answer.set_underline(*column.answer_span())
        said = column.result.generation if column.result else None
        self.answer.set_sent(*(said.forced if said else (0, 0)))
        self.answer.set_kept(len(column.branch.prefix) if column.branch else 0)
        self.sent.set_parts(column.result.sent if column.result else ())
        self.note.show_report(column.error)
        self.answer.setVisible(column.error is None or bool(column.records))
        self.decision.show_column(column)
        self.pin_button.setChecked(column.pinned)
        self._enable()
        self._write()
        self.update()

    def show_tokens(self, column: Column) -> None:
        """Only new tokens: nothing else of the column changed."""
        self.answer.set_records(column.records)
        self._write_figures()

    def set_tint(self, tint: TintBy) -> None:
        """What the tint of the tokens shows."""
        self.answer.set_tint(tint)

    def set_context(self, show_model: bool, outdated: bool) -> None:
        """Whether several models are on screen, and whether the prompt was edited since."""
        if (show_model, outdated) != (self._show_model, self._outdated):
            self._show_model, self._outdated = show_model, outdated
            self._write()

    # Look

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        width = self.fontMetrics().averageCharWidth() * COLUMN_CHARS
        return QSize(width, super().minimumSizeHint().height())

    def fit_into(self, height: int) -> None:
        """The text sent takes at most a third of a low place."""
        lines = height // (3 * self.sent.fontMetrics().lineSpacing())
        self.sent.set_most_lines(max(2, min(MOST_LINES, lines - 2)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    def _fit_head(self) -> None:
        """Title and verdict side by side where both fit, else the verdict below."""
        room = self.contentsRect().width() - 2 * SIDE
        wanted = self.title.sizeHint().width() + 8 + self.verdict.sizeHint().width()
        beside = not self.verdict.text() or wanted <= room
        side = Qt.AlignmentFlag.AlignRight if beside else Qt.AlignmentFlag.AlignLeft
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._head.setDirection(direction)
        self._head.setSpacing(8 if beside else 0)
        self._head.setAlignment(self.verdict, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = current_tones()
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(tones.accent if self._column.pinned else tones.hairline)
        painter.setBrush(tones.base)
        painter.drawRoundedRect(area, 6, 6)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    # Texts

    def _write(self) -> None:
        column = self._column
        self.title.setText(column_text.title(column))
        told = (self.title.text(), column_text.provenance(column))
        self.title.setToolTip(tip("\n".join(part for part in told if part)))
        sign, words, role = column_text.verdict(column)
        self.verdict.setText(f"{sign} {words}".strip())
        set_role(self.verdict, role)
        self._fit_head()
        subtitle = column_text.subtitle(column, self._show_model, self._outdated)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))
        found = column_text.extracted(column)
        self.found.setText(found)
        self.found.setVisible(bool(found))
        self.found.setToolTip(tip(column_text.extraction_hint(column)))
        heading, note = column_text.sent_heading(column)
        self.sent_fold.set_texts(heading, note)
        was_sent = bool(column.result and column.result.sent)
        self.sent_fold.setVisible(was_sent)
        self.rule.setVisible(was_sent)
        self.sent.setAccessibleName(
            self.tr("Exact text sent: {name}").format(name=self.title.text())
        )
        self.answer.setAccessibleName(self.tr("Answer: {name}").format(name=self.title.text()))
        self.answer.setPlaceholderText(column_text.waiting(column))
        check, check_role = column_text.verification(column)
        self.check.setText(check)
        self.check.setVisible(bool(check))
        set_role(self.check, check_role)
        self.setAccessibleName(f"{self.title.text()}, {words}")
        self._write_figures()
        self._write_buttons()

    def _write_figures(self) -> None:
        text = column_text.figures(self._column)
        self.figures.setText(text)
        self.figures.setVisible(bool(text))
        self.figures.setToolTip(column_text.figures_hint())

    def _write_buttons(self) -> None:
        texts = (
            (self.rerun_button, self.tr("Ask this column again")),
            (
                self.verify_button,
                self.tr("Verify alone: decode it by itself (batch 1) and compare the tokens"),
            ),
            (self.copy_button, self.tr("Copy the answer")),
            (self.pin_button, self.tr("Pin: keep this column in the next run")),
            (self.more_button, self.tr("More")),
        )
        for button, text in texts:
            button.setToolTip(text)
            button.setAccessibleName(text)

    def _enable(self) -> None:
        column = self._column
        at_rest = not column.busy and not column.verifying
        self.rerun_button.setEnabled(at_rest)
        self.verify_button.setEnabled(
            at_rest and bool(column.records) and column.state == "finished"
        )
        self.copy_button.setEnabled(bool(column.records))

    # Menu

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        has_result = self._column.result is not None
        entries = (
            ("markdown", self.tr("Copy as Markdown"), has_result),
            ("command", self.tr("Copy as command"), True),
            ("prompt", self.tr("Copy the exact text sent"), has_result),
            ("provenance", self.tr("Copy where the numbers come from"), has_result),
        )
        for name, text, enabled in entries:
            action = menu.addAction(text)
            action.setData(name)
            action.setEnabled(enabled)
        menu.addSeparator()
        inside = menu.addAction(self.tr("Look inside"))
        inside.setData("inside")
        inside.setEnabled(has_result)
        positions = menu.addAction(self.tr("See its positions"))
        positions.setData("positions")
        positions.setEnabled(has_result)
        overlay = menu.addAction(self.tr("Overlay with another column…"))
        overlay.setData("overlay")
        overlay.setEnabled(bool(self._column.records))
        save = menu.addAction(self.tr("Save this column…"))
        save.setData("save")
        save.setEnabled(has_result)
        menu.addSeparator()
        close = menu.addAction(self.tr("Close column"))
        close.setData("close")
        menu.triggered.connect(self._menu_chosen)
        button = self.more_button
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _menu_chosen(self, action: object) -> None:
        self.do(action.data())  # type: ignore[attr-defined]

    def do(self, name: str) -> None:
        """Do an entry of the column's menu."""
        if name == "overlay":
            self.overlay_wanted.emit(self.uid)
        elif name == "inside":
            self.inside_wanted.emit(self.uid)
        elif name == "positions":
            self.positions_wanted.emit(self.uid)
        elif name == "save":
            self.save_wanted.emit(self.uid)
        elif name == "close":
            self.close_wanted.emit(self.uid)
        else:
            self.copy_wanted.emit(self.uid, name)

    # Building

    def _button(self, icons: Icons, icon: str) -> QToolButton:
        button = QToolButton(self)
        icons.bind(button, icon)
        return button

    def _lay_out(self) -> None:
        head = self._head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignRight)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (
            self.rerun_button, self.verify_button, self.copy_button, self.pin_button,
        ):  # fmt: skip
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.more_button)
        set_role(self.figures, "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIDE, 10, SIDE, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.subtitle)
        layout.addWidget(self.found)
        layout.addWidget(self.decision)
        layout.addWidget(self.sent_fold)
        layout.addWidget(self.rule)
        layout.addWidget(self.answer, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.figures)
        layout.addWidget(self.check)
        layout.addStretch(0)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.rerun_button.clicked.connect(self._rerun)
        self.verify_button.clicked.connect(self._verify)
        self.copy_button.clicked.connect(self._copy)
        self.pin_button.clicked.connect(self._pin)
        self.more_button.clicked.connect(self._open_menu)
        self.answer.branch_requested.connect(self._branch)
        self.decision.path_wanted.connect(self._path)
        self.decision.passage_wanted.connect(self._passage)
        self.sent_fold.toggled.connect(self.sent_toggled)

    def _rerun(self) -> None:
        self.rerun_wanted.emit(self.uid)

    def _verify(self) -> None:
        self.verify_wanted.emit(self.uid)

    def _copy(self) -> None:
        self.copy_wanted.emit(self.uid, "text")

    def _pin(self, pinned: bool) -> None:
        self.pin_wanted.emit(self.uid, pinned)

    def _path(self, sample: int) -> None:
        self.path_wanted.emit(self.uid, sample)

    def _passage(self, number: int) -> None:
        self.passage_wanted.emit(self.uid, number)

    def _branch(self, index: int, candidate: Candidate) -> None:
        self.branch_wanted.emit(self.uid, index, candidate)
