"""Which text the model reads: typed here, or the prompt and answer of a Compare column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.inspection.capture import Capture
from workbench.viewmodels.attention import AttentionModel
from workbench.viewmodels.attention_case import AttentionCase
from workbench.widgets.chips import Chip
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role
from workbench.widgets.text_field import TextField

LINES = 3
FEW_LINES = 2


class SourceBar(QWidget):
    """Signals:
    edited(object): The person typed: the `AttentionCase` that is meant now.
    """

    edited = Signal(object)

    def __init__(self, model: AttentionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._setting = False
        self.text = TextField(LINES, self)
        self.target = QLineEdit(self)
        self.chat = Chip(self, compact=True)
        self.about = ElidedLabel(self)
        set_role(self.about, "small")
        row = QHBoxLayout()
        row.setSpacing(8)
        second = QHBoxLayout()
        second.setSpacing(4)
        second.addWidget(self.target, 1)
        second.addWidget(self.chat)
        row.addWidget(self.text, 5)
        row.addLayout(second, 3)
        row.setAlignment(second, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.about)
        self.text.textChanged.connect(self._typed)
        self.target.textEdited.connect(self._typed)
        self.chat.clicked.connect(self._typed)
        model.case_changed.connect(self.refresh)
        model.capture_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.text.setPlaceholderText(self.tr("Type a text for the model to read."))
        self.text.setAccessibleName(self.tr("Text to look at"))
        self.chat.setText(self.tr("as a question"))
        self.chat.setAccessibleName(self.chat.text())
        self.chat.setToolTip(
            self.tr("Put the text to the model as a user's message, in its chat format")
        )
        self.chat.updateGeometry()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def set_low(self, low: bool) -> None:
        """In a low window the text takes fewer lines."""
        self.text.set_lines(FEW_LINES if low else LINES)

    def refresh(self) -> None:
        """Show the case and what is known of it."""
        case, capture = self._model.case, self._model.capture
        self._setting = True
        text = case.text if case is not None else ""
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)
        target = case.target if case is not None else ""
        if self.target.text() != target:
            self.target.setText(target)
        chat = case is not None and case.chat
        self.chat.setChecked(chat)
        self._setting = False
        own = case is None or case.origin != "answer"
        decoder = capture is not None and bool(capture.encoder_tokens)
        self.target.setVisible(own and (chat or decoder))
        self.chat.setVisible(own and not decoder)
        hint = self.tr("Answer so far") if chat else self.tr("Decoder's text, if any")
        self.target.setPlaceholderText(hint)
        self.target.setAccessibleName(hint)
        self.about.setText(self._story(case, capture))

    def _story(self, case: AttentionCase | None, capture: Capture | None) -> str:
        if case is None:
            return ""
        parts = []
        if case.origin == "answer":
            parts.append(
                self.tr("Prompt and answer of “{title}”, token by token").format(title=case.title)
            )
        elif case.origin == "demonstration":
            parts.append(self.tr("A sample: the answer's next number is due"))
        if capture is None or self._model.captured is None:
            return " · ".join([*parts, case.model.id])
        parts.append(capture.provenance.model)
        count = self.tr("{n} tokens").format(n=len(capture.tokens))
        if capture.encoder_tokens:
            count = self.tr("{n} + {m} tokens").format(
                n=len(capture.encoder_tokens), m=len(capture.tokens)
            )
        parts.append(count)
        if capture.trained is not None and len(capture.ids) > capture.trained:
            parts.append(self.tr("longer than the {n} it was made for").format(n=capture.trained))
        if self._model.captured != case:
            parts.append(self.tr("below: the text before; look inside again"))
        return " · ".join(parts)

    def _typed(self, _text: object = None) -> None:
        if self._setting:
            return
        base = self._model.case if self._model.case is not None else AttentionCase()
        chat = self.chat.isChecked()
        self.edited.emit(base.typed(self.text.toPlainText(), self.target.text(), chat))
