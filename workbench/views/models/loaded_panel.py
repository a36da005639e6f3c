"""How a model is in memory: each choice of the load with its reason."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from engine.models.spec import LoadedInfo
from workbench.services.engine_words import tell
from workbench.widgets.plain import PlainLabel

ROWS = 6


class LoadedPanel(QWidget):
    """A few lines about one `LoadedInfo`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = [PlainLabel(self) for _ in range(ROWS)]
        self._values = [PlainLabel(self) for _ in range(ROWS)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            name.setProperty("role", "muted")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        self.hide()

    def show_info(self, info: LoadedInfo | None) -> None:
        """Show what is loaded; None hides the panel."""
        self.setVisible(info is not None)
        if info is None:
            return
        quantised = info.quantization if info.quantization != "none" else self.tr("none")
        chat = self.tr("yes") if info.has_chat_template else self.tr("no")
        facts = (
            (self.tr("Device"), info.device),
            (self.tr("Number format"), f"{info.dtype} · {tell(info.dtype_reason)}"),
            (self.tr("Attention"), f"{info.attention} · {tell(info.attention_reason)}"),
            (self.tr("Quantisation"), quantised),
            (self.tr("Chat template"), chat),
            (self.tr("Special tokens"), " ".join(info.special_tokens) or "–"),
        )
        for name, value, (title, text) in zip(self._names, self._values, facts, strict=True):
            name.setText(title)
            value.setText(text)
