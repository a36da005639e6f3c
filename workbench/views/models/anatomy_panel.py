"""What a model is made of: the facts in two columns, and a table of its layers."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.models.spec import Anatomy
from workbench.services.engine_words import tell
from workbench.viewmodels.models_format import count_text
from workbench.viewmodels.models_layers import LayersTable
from workbench.widgets.fold import Fold
from workbench.widgets.plain import PlainLabel

SHOWN_LAYERS = 12
TWO_PAIRS = 72


class AnatomyPanel(QWidget):
    """Facts and layers of one `Anatomy`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._anatomy: Anatomy | None = None
        self._cells: list[tuple[QLabel, QLabel]] = []
        self._pairs = 2
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._facts.setColumnStretch(3, 1)
        self.layers = LayersTable(self)
        self.table = QTableView(self)
        self.table.setModel(self.layers)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.setTabKeyNavigation(False)
        self.fold = Fold(self.table, self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._facts)
        column.addWidget(self.fold)

    def show_anatomy(self, anatomy: Anatomy | None) -> None:
        """Show an anatomy; None hides the panel's content."""
        self._anatomy = anatomy
        self.layers.set_rows(anatomy.rows if anatomy else ())
        self.setVisible(anatomy is not None)
        self.retranslate()

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The facts shown, as (name, value) texts."""
        return tuple((name.text(), value.text()) for name, value in self._cells if name.text())

    def retranslate(self) -> None:
        """Set every text again."""
        facts = self._facts_of(self._anatomy) if self._anatomy else []
        while len(self._cells) < len(facts):
            self._add_cell()
        for place, (name, value) in enumerate(self._cells):
            texts = facts[place] if place < len(facts) else ("", "")
            name.setText(texts[0])
            value.setText(texts[1])
        self.layers.retranslate()
        rows = self.layers.rowCount()
        self.fold.set_texts(self.tr("Layers"), str(rows) if rows else "")
        self.fold.setVisible(rows > 0)
        self.table.setAccessibleName(self.tr("Layers"))
        line = self.table.verticalHeader().defaultSectionSize()
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + line * min(max(rows, 1), SHOWN_LAYERS) + 4)

    def _add_cell(self) -> None:
        name, value = PlainLabel(self), PlainLabel(self)
        name.setProperty("role", "muted")
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = Qt.AlignmentFlag.AlignTop
        row, column = divmod(len(self._cells), self._pairs)
        self._facts.addWidget(name, row, column * 2, top)
        self._facts.addWidget(value, row, column * 2 + 1)
        self._cells.append((name, value))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two pairs beside each other where there is room, else one."""
        super().resizeEvent(event)
        wide = self.width() >= self.fontMetrics().averageCharWidth() * TWO_PAIRS
        if (2 if wide else 1) == self._pairs:
            return
        self._pairs = 2 if wide else 1
        self._facts.setColumnStretch(3, 1 if wide else 0)
        top = Qt.AlignmentFlag.AlignTop
        for place, (name, value) in enumerate(self._cells):
            row, column = divmod(place, self._pairs)
            self._facts.addWidget(name, row, column * 2, top)
            self._facts.addWidget(value, row, column * 2 + 1)

    def _facts_of(self, anatomy: Anatomy) -> list[tuple[str, str]]:
        number = QLocale().toString
        length = anatomy.context_length
        facts = [
            (self.tr("Architecture"), anatomy.architecture),
            (
                self.tr("Parameters"),
                f"{count_text(anatomy.parameters)} ({number(anatomy.parameters)})",
            ),
            (self.tr("Structure"), tell(anatomy.structure)),
            (self.tr("Layers"), number(anatomy.layers)),
            (self.tr("Position encoding"), tell(anatomy.position_encoding)),
            (self.tr("Hidden size"), number(anatomy.hidden_size)),
            (self.tr("Activation"), tell(anatomy.activation)),
            (self.tr("MLP width"), number(anatomy.intermediate_size)),
            (self.tr("Norm"), tell(anatomy.norm)),
            (self.tr("Heads"), number(anatomy.heads)),
            (self.tr("Vocabulary"), number(anatomy.vocabulary)),
            (self.tr("KV heads"), number(anatomy.kv_heads)),
            (self.tr("Trained context"), number(length) if length else "–"),
            (self.tr("Head dim"), number(anatomy.head_dim)),
            (
                self.tr("Tied embeddings"),
                self.tr("yes") if anatomy.tied_embeddings else self.tr("no"),
            ),
        ]
        if anatomy.rope:
            rope = " · ".join(f"{name} {value}" for name, value in anatomy.rope.items())
            facts.append((self.tr("RoPE parameters"), rope))
        return facts
