"""The left side of “Position”: which text, layer and head, and how the model knows positions."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QGridLayout, QSpinBox, QVBoxLayout, QWidget

from workbench.plots.series import short
from workbench.services.engine_words import tell
from workbench.viewmodels.position import PositionModel
from workbench.widgets.chips import Chip
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.text_field import TextField

TEXT_LINES = 6


class SubjectPanel(QWidget):
    """Signals:
    text_changed(): The person changed the text.
    """

    text_changed = Signal()

    def __init__(self, model: PositionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.text_label = PlainLabel(self)
        self.text = TextField(TEXT_LINES, self)
        self.text_label.setBuddy(self.text)
        self.chat = Chip(self, compact=True)
        self.about = PlainLabel(self)
        self.about.setWordWrap(True)
        set_role(self.about, "muted")
        self._setting = False
        self.layer = QSpinBox(self)
        self.head = QSpinBox(self)
        self.layer_label = PlainLabel(self)
        self.head_label = PlainLabel(self)
        form = QGridLayout()
        form.setSpacing(8)
        form.setColumnStretch(1, 1)
        for row, (label, field) in enumerate(
            ((self.layer_label, self.layer), (self.head_label, self.head))
        ):
            label.setBuddy(field)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1)
        self.facts_title = PlainLabel(self)
        set_role(self.facts_title, "section")
        self.facts = PlainLabel(self)
        self.facts.setWordWrap(True)
        self.badge = PlainLabel(self)
        self.badge.setWordWrap(True)
        set_role(self.badge, "good")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(4)
        column.addWidget(self.text_label)
        column.addWidget(self.text)
        column.addWidget(self.chat)
        column.addWidget(self.about)
        column.addSpacing(8)
        column.addLayout(form)
        column.addSpacing(12)
        column.addWidget(self.facts_title)
        column.addWidget(self.facts)
        column.addSpacing(4)
        column.addWidget(self.badge)
        column.addStretch(1)
        self.text.textChanged.connect(self._typed)
        self.chat.clicked.connect(self._typed)
        self.layer.valueChanged.connect(self._head_chosen)
        self.head.valueChanged.connect(self._head_chosen)
        model.subject_changed.connect(self.refresh)
        model.facts_changed.connect(self.refresh)
        self.retranslate()

    def set_text(self, text: str) -> None:
        """Put a text in, as if it were typed."""
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        else:
            self._typed()

    def set_chat(self, chat: bool) -> None:
        """Whether the text is a question."""
        self.chat.setChecked(chat)
        self._typed()

    def refresh(self) -> None:
        """Show what the model of the page holds."""
        model = self._model
        given = model.given
        if given is not None and self.text.toPlainText() != given.text:
            self._setting = True
            self.text.setPlainText(given.text)
            self.chat.setChecked(False)
            self._setting = False
        self.chat.setVisible(given is None)
        self.about.setVisible(given is not None)
        if given is not None:
            told = self.tr("Prompt and answer of “{title}”, token by token")
            self.about.setText(told.format(title=given.title))
        for box, count, value in (
            (self.layer, model.layers, model.layer),
            (self.head, model.heads, model.head),
        ):
            box.blockSignals(True)
            box.setRange(0, max(0, count - 1))
            box.setValue(value)
            box.blockSignals(False)
        self.facts.setText("\n".join(self._facts()))
        layer = model.captured()
        known = layer is not None and layer.error is not None
        self.badge.setVisible(known)
        if layer is not None and layer.error is not None:
            self.badge.setText(
                self.tr("✓ verified: rebuilt weights differ by at most {e}").format(
                    e=short(layer.error)
                )
            )

    def retranslate(self) -> None:
        """Set every text again."""
        self.text_label.setText(self.tr("Text"))
        self.text.setAccessibleName(self.tr("Text that the model reads"))
        self.chat.setText(self.tr("as a question"))
        self.chat.setAccessibleName(self.chat.text())
        self.chat.setToolTip(
            self.tr("Put the text to the model as a user's message, in its chat format")
        )
        self.chat.updateGeometry()
        self.layer_label.setText(self.tr("Layer"))
        self.head_label.setText(self.tr("Head"))
        self.layer.setAccessibleName(self.layer_label.text())
        self.head.setAccessibleName(self.head_label.text())
        self.facts_title.setText(self.tr("Positions in this model"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _facts(self) -> list[str]:
        """What is known of the model's positions, line by line."""
        model = self._model
        lines = [model.ref.id]
        if model.anatomy is not None:
            lines.append(tell(model.anatomy.position_encoding))
            if model.anatomy.context_length:
                known = self.tr("trained on {n} positions")
                lines.append(known.format(n=model.anatomy.context_length))
        layer = model.captured()
        rotation = layer.rotation if layer is not None else None
        if layer is not None and rotation is not None:
            width = layer.q.shape[2]
            half = rotation.rotary_dim // 2
            pairing = (
                self.tr("pairs (i, i + {half})").format(half=half)
                if rotation.pairing == "half"
                else self.tr("pairs (2i, 2i + 1)")
            )
            lines.append(pairing)
            turning = self.tr("{part} of {all} dimensions turn")
            lines.append(turning.format(part=rotation.rotary_dim, all=width))
            if rotation.scaling != 1.0:
                factor = self.tr("cos and sin times {f}")
                lines.append(factor.format(f=short(rotation.scaling)))
        return lines

    def _typed(self) -> None:
        if self._setting:
            return
        self._model.set_text(self.text.toPlainText(), self.chat.isChecked())
        self.refresh()
        self.text_changed.emit()

    def _head_chosen(self, _value: int) -> None:
        self._model.set_head(self.layer.value(), self.head.value())
