"""Two columns laid over each other, aligned on the model's tokens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.decoding.records import TokenRecord
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_overlay import Overlay, OverlayQuestion
from workbench.views.compare import column_text
from workbench.views.compare.examples_section import Background
from workbench.widgets.answer_view import AnswerView
from workbench.widgets.elided import may_shrink
from workbench.widgets.plain import PlainLabel
from workbench.widgets.token_heat import probability_of
from workbench.widgets.token_text import shown


class OverlayPanel(QFrame):
    """Pickers for two columns, one sentence about the first divergence, both answers.

    Signals:
        closed(): The person does not want the panel any more.
        aligned(): What is shown changed, and with it the height that suits.
    """

    closed = Signal()
    aligned = Signal()

    def __init__(
        self, model: CompareModel, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._background = background
        self._overlay: Overlay | None = None
        self._asked: OverlayQuestion | None = None
        self._setting = False
        self.setProperty("role", "band")
        self.left = QComboBox(self)
        self.right = QComboBox(self)
        self.swap = QPushButton("⇄", self)
        self.sentence = PlainLabel(self)
        self.sentence.setObjectName("overlay-sentence")
        self.sentence.setWordWrap(True)
        self.left_view = AnswerView(self)
        self.right_view = AnswerView(self)
        self.previous = QPushButton(self)
        self.next = QPushButton(self)
        self.close_button = QPushButton("✕", self)
        for button in (self.swap, self.previous, self.next, self.close_button):
            button.setProperty("role", "quiet")
        self._lay_out()
        self._connect()
        self.retranslate()

    def overlay(self) -> Overlay | None:
        """What is shown."""
        return self._overlay

    def choose(self, uid: int) -> None:
        """Lay this column over another one: the one chosen so far, else its neighbour."""
        uids = [column.uid for column in self._candidates()]
        if uid not in uids:
            return
        self._fill()
        other = self.right.currentData()
        if other in (uid, None):
            other = next((one for one in uids if one != uid), None)
        self._set_pair(uid, other)

    def refresh(self) -> None:
        """Columns came, went or changed: align again what is shown."""
        if self.isHidden():
            return
        self._fill()
        left = self._model.column(self.left.currentData() or -1)
        right = self._model.column(self.right.currentData() or -1)
        if left is None or right is None or left is right:
            self._asked = None
            self._show(None)
            return
        question = OverlayQuestion.of(left, right)
        if question != self._asked:
            self._asked = question
            self._background(question.answer, self._take, self._fail)

    # Internal

    def _candidates(self) -> list:  # type: ignore[type-arg]
        return [column for column in self._model.columns if column.records]

    def _fill(self) -> None:
        columns = self._candidates()
        several = len({column.model_id for column in columns}) > 1
        entries = [
            (
                column_text.title(column) + (f" · {column.model_id}" if several else ""),
                column.uid,
            )
            for column in columns
        ]
        chosen = (self.left.currentData(), self.right.currentData())
        self._setting = True
        for box in (self.left, self.right):
            box.clear()
            for text, uid in entries:
                box.addItem(text, uid)
        uids = [uid for _, uid in entries]
        left = chosen[0] if chosen[0] in uids else next(iter(uids), None)
        right = chosen[1] if chosen[1] in uids and chosen[1] != left else None
        if right is None:
            right = next((uid for uid in reversed(uids) if uid != left), None)
        self._setting = False
        self._set_pair(left, right, refresh=False)

    def _set_pair(self, left: int | None, right: int | None, refresh: bool = True) -> None:
        self._setting = True
        self.left.setCurrentIndex(self.left.findData(left))
        self.right.setCurrentIndex(self.right.findData(right))
        self._setting = False
        if refresh:
            self.refresh()

    def _picked(self) -> None:
        if not self._setting:
            self.refresh()

    def _swap(self) -> None:
        self._set_pair(self.right.currentData(), self.left.currentData())

    def _column_changed(self, _uid: int) -> None:
        self.refresh()

    def _take(self, overlay: object) -> None:
        assert isinstance(overlay, Overlay)
        self._show(overlay)

    def _fail(self, error: Exception) -> None:
        raise error

    def _show(self, overlay: Overlay | None) -> None:
        self._overlay = overlay
        for view, side in (
            (self.left_view, overlay.left if overlay else None),
            (self.right_view, overlay.right if overlay else None),
        ):
            view.set_tokens(side.texts if side else (), side.marks if side else ())
        has_difference = overlay is not None and overlay.divergence is not None
        self.previous.setEnabled(has_difference)
        self.next.setEnabled(has_difference)
        self._write_sentence()
        self.aligned.emit()

    def _write_sentence(self) -> None:
        overlay = self._overlay
        if overlay is None:
            text = self.tr("Choose two columns that have answered.")
        elif overlay.divergence is None:
            text = self.tr("Identical: all {n} tokens are the same.").format(n=overlay.same)
        else:
            where = overlay.divergence
            text = self.tr(
                "First divergence at token {n}: {left} / {right} · {same} tokens shared"
            ).format(
                n=where.position + 1,
                left=self._told(where.left),
                right=self._told(where.right),
                same=overlay.same,
            )
        self.sentence.setText(text)
        self.sentence.setAccessibleName(text)

    def _told(self, record: TokenRecord | None) -> str:
        if record is None:
            return self.tr("the answer had ended")
        return self.tr("“{token}” ({p:.2f})").format(
            token=shown(record.text), p=probability_of(record.logprob)
        )

    def _next(self) -> None:
        self._walk(1)

    def _previous(self) -> None:
        self._walk(-1)

    def _walk(self, step: int) -> None:
        self.left_view.go_to_difference(step)
        self.right_view.go_to_difference(step)

    def _sync_right(self, value: int) -> None:
        _follow(self.left_view, self.right_view, value)

    def _sync_left(self, value: int) -> None:
        _follow(self.right_view, self.left_view, value)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.left, 1)
        head.addWidget(self.swap)
        head.addWidget(self.right, 1)
        head.addWidget(self.previous)
        head.addWidget(self.next)
        head.addWidget(self.close_button)
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addWidget(self.left_view, 1)
        answers.addWidget(self.right_view, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.sentence)
        layout.addLayout(answers)
        layout.addStretch(1)
        answers.setAlignment(self.left_view, Qt.AlignmentFlag.AlignTop)
        answers.setAlignment(self.right_view, Qt.AlignmentFlag.AlignTop)
        for box in (self.left, self.right):
            may_shrink(box)

    def _connect(self) -> None:
        self.left.currentIndexChanged.connect(self._picked)
        self.right.currentIndexChanged.connect(self._picked)
        self.swap.clicked.connect(self._swap)
        self.previous.clicked.connect(self._previous)
        self.next.clicked.connect(self._next)
        self.close_button.clicked.connect(self.closed)
        self._model.columns_changed.connect(self.refresh)
        self._model.column_changed.connect(self._column_changed)
        self.left_view.verticalScrollBar().valueChanged.connect(self._sync_right)
        self.right_view.verticalScrollBar().valueChanged.connect(self._sync_left)

    def retranslate(self) -> None:
        """Set every text again."""
        self.left.setAccessibleName(self.tr("Left column"))
        self.right.setAccessibleName(self.tr("Right column"))
        self.swap.setToolTip(self.tr("Swap the two columns"))
        self.swap.setAccessibleName(self.swap.toolTip())
        self.previous.setText(self.tr("Previous"))
        self.previous.setToolTip(self.tr("Previous difference"))
        self.next.setText(self.tr("Next"))
        self.next.setToolTip(self.tr("Next difference"))
        self.previous.setAccessibleName(self.previous.toolTip())
        self.next.setAccessibleName(self.next.toolTip())
        self.close_button.setToolTip(self.tr("Close the overlay"))
        self.close_button.setAccessibleName(self.close_button.toolTip())
        self.left_view.setAccessibleName(self.tr("Answer of the left column"))
        self.right_view.setAccessibleName(self.tr("Answer of the right column"))
        self._write_sentence()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            if not self.isHidden():
                self._fill()
        super().changeEvent(event)


def _follow(leader: AnswerView, follower: AnswerView, value: int) -> None:
    """Scroll the other answer to the same share of its height."""
    top = leader.verticalScrollBar().maximum()
    bar = follower.verticalScrollBar()
    target = round(bar.maximum() * value / top) if top else 0
    if abs(bar.value() - target) > 1:
        bar.setValue(target)
