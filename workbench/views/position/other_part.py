"""What a part says of a model that knows positions in another way: how, and where to see that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from workbench.viewmodels.position import Encoding, PositionModel, Topic
from workbench.widgets.plain import PlainLabel

PART_OF: dict[Encoding, Topic] = {
    "rope": "rotation",
    "alibi": "alibi",
    "learned": "tables",
    "sinusoidal": "tables",
    "buckets": "buckets",
}


class OtherPart(QWidget):
    """One sentence, one button.

    Signals:
        wanted(str): The topic that shows how this model does it.
    """

    wanted = Signal(str)

    def __init__(self, model: PositionModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.sentence = PlainLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton(self)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self.sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.button.clicked.connect(self._clicked)
        self.refresh()

    def refresh(self) -> None:
        """Say how the model of the page knows positions."""
        encoding = self._model.encoding
        sentences: dict[Encoding, str] = {
            "rope": self.tr("{model} turns queries and keys by their positions (RoPE)."),
            "alibi": self.tr(
                "{model} does not rotate. It adds a bias that grows with the distance (ALiBi)."
            ),
            "learned": self.tr(
                "{model} does not rotate. It adds a learned vector per position to its tokens."
            ),
            "sinusoidal": self.tr(
                "{model} does not rotate. It adds sines and cosines of the position to its tokens."
            ),
            "buckets": self.tr(
                "{model} does not rotate. It adds a learned bias per bucket of distance (T5)."
            ),
            "none": self.tr("{model} does not rotate, and tells positions in no way known here."),
        }
        names: dict[Topic, str] = {
            "rotation": self.tr("Show rotation"),
            "alibi": self.tr("Show ALiBi"),
            "tables": self.tr("Show its position table"),
            "buckets": self.tr("Show its buckets"),
        }
        self.sentence.setText(sentences[encoding or "none"].format(model=self._model.ref.id))
        part = PART_OF.get(encoding or "none")
        self.button.setVisible(part is not None)
        if part is not None:
            self.button.setText(names[part])
            self.button.setAccessibleName(names[part])

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def _clicked(self) -> None:
        part = PART_OF.get(self._model.encoding or "none")
        if part is not None:
            self.wanted.emit(part)
