"""One text element of the prompt: its name, its tint, its token count, its editor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from workbench.viewmodels.names import element_ghost, element_name
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import FoldHeading, set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.prompt_editor import PromptEditor
from workbench.widgets.tones import current_tones, mix


class Swatch(QWidget):
    """A small square in the tint that the element has in the text sent."""

    def __init__(self, element: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._element = element
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        edge = max(8, self.fontMetrics().height() // 2)
        return QSize(edge, edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        tones = current_tones()
        tint = tones.elements.get(self._element)
        if tint is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(mix(tint, tones.text, 0.35))
        painter.setBrush(tint)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)


class ElementField(QWidget):
    """A labelled editor that may fold away.

    Signals:
        edited(str): The person changed the text.
    """

    edited = Signal(str)

    def __init__(
        self,
        element: str,
        least: int,
        most: int,
        foldable: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._element = element
        self._name = name
        self._tokens: int | None = None
        self.editor = PromptEditor(least, most, self)
        self.editor.setObjectName(f"prompt-{name or element}")
        self.note = ErrorNote(self)
        self.fold = FoldHeading(self) if foldable else None
        self.label = PlainLabel(self)
        self.label.setBuddy(self.editor)
        self.count = PlainLabel(self)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.setContentsMargins(0, 0, 2, 0)
        if self.fold is not None:
            self.label.hide()
            head.addWidget(self.fold, 1)
        else:
            head.addWidget(self.label)
            head.addStretch(1)
        head.addWidget(self.count)
        swatch_name = element.replace("_", "-")
        self.swatch = Swatch(swatch_name, self)
        if element != "expected":
            head.addWidget(self.swatch)
        else:
            self.swatch.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.editor)
        layout.addWidget(self.note)
        self.editor.edited.connect(self._edited)
        if self.fold is not None:
            self.editor.setVisible(False)
            self.fold.toggled.connect(self.editor.setVisible)
        self.retranslate()

    def set_text(self, text: str) -> None:
        """Show a text from outside; a folded field opens when it gets one."""
        self.editor.set_text(text)
        if self.fold is not None and text and not self.fold.isChecked():
            self.fold.setChecked(True)

    def set_open(self, is_open: bool) -> None:
        """Unfold or fold."""
        if self.fold is not None:
            self.fold.setChecked(is_open)

    def set_tokens(self, tokens: int | None) -> None:
        """Tokens of this element alone; None = not known."""
        self._tokens = tokens
        self.count.setText(str(tokens) if tokens else "")

    def show_error(self, report: ErrorReport | None) -> None:
        """Show why the prompt cannot be sent, here; and let the person mend it."""
        self.note.show_report(report)
        if report is not None:
            self.set_open(True)
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Set every text again."""
        name = f"{{{{{self._name}}}}}" if self._name else element_name(self._element)
        self.label.setText(name)
        if self.fold is not None:
            self.fold.setText(name)
            self.fold.setAccessibleName(name)
            self.fold.updateGeometry()
        ghost = self.tr("Value of this variable") if self._name else element_ghost(self._element)
        self.editor.setPlaceholderText(ghost)
        self.editor.setAccessibleName(name)
        self.count.setToolTip(
            self.tr("Tokens of this element by the chosen model's tokenizer, template not counted.")
        )
        self.set_tokens(self._tokens)
        set_role(self.count, "muted")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            set_role(self.count, "muted")
        super().changeEvent(event)

    def _edited(self, text: str) -> None:
        self.note.show_report(None)
        self.edited.emit(text)
