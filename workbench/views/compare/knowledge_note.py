"""What the model stated before it answered, and what it answered with and without that."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.evaluation.spec import Stage
from workbench.viewmodels.compare_column import Column

MOST_STATEMENTS = 5


class KnowledgeNote(QWidget):
    """Statements in the order in which they came, the deciding one marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column: Column | None = None
        self.text = QLabel(self)
        self.text.setObjectName("knowledge")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)

    def show_column(self, column: Column) -> None:
        """Show what is stated so far, or all of it."""
        self._column = column
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        column = self._column
        if column is None:
            self.text.clear()
            return
        stages = column.result.stages if column.result is not None else ()
        rows = self._finished(stages) if stages else self._drafts(column)
        self.text.setText("<br>".join(rows))
        self.text.setAccessibleName(self.tr("Knowledge"))

    def _drafts(self, column: Column) -> list[str]:
        """Statements while they are written."""
        found = sorted(key for key in column.drafts if key[0] == "knowledge")
        heading = self.tr("Stating what it knows…")
        rows = [f"<b>{escape(heading)}</b>"] if found else []
        for key in found[:MOST_STATEMENTS]:
            text = "".join(record.text for record in column.drafts[key])
            rows.append(f"{key[1] + 1}. {escape(text.strip())}")
        return rows

    def _finished(self, stages: tuple[Stage, ...]) -> list[str]:
        """Each statement with its answer, then the answer without any."""
        answers = {stage.index: stage for stage in stages if stage.kind == "with"}
        stated = [stage for stage in stages if stage.kind == "knowledge" and stage.value]
        heading = self.tr("Stated first")
        rows = [f"<b>{escape(heading)}</b>"]
        for stage in stated[:MOST_STATEMENTS]:
            times = f" ×{stage.count}" if stage.count > 1 else ""
            answer = answers.get(stage.index)
            said = self._said(answer) if answer is not None else ""
            rows.append(f"{stage.index + 1}. {escape(stage.value or '')}{times}{said}")
        left = len(stated) - MOST_STATEMENTS
        if left > 0:
            rows.append(escape(self.tr("and {n} more").format(n=left)))
        without = next((stage for stage in stages if stage.kind == "without"), None)
        if without is not None:
            rows.append(escape(self.tr("Without knowledge")) + self._said(without))
        return rows

    def _said(self, stage: Stage) -> str:
        value = escape(stage.value) if stage.value is not None else "–"
        share = ""
        if stage.labels:
            best = max(one.summed.raw for one in stage.labels)
            share = f" {100 * best:.0f} %"
        mark = " ✓" if stage.decided else ""
        text = f"{value}{share}{mark}"
        return f" → <b>{text}</b>" if stage.decided else f" → {text}"
