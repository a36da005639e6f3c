"""Below the columns: the passage of a column's prompt that a person asked for, in its document."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.evaluation.external import knowledge_of, passages_sent
from workbench.services.icons import Icons
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_column import Column
from workbench.widgets.passage_view import PassagePlace, PassageView, surrounded

LINES = 8


class PassagePanel(PassageView):
    """Follows the columns: a passage goes with its column."""

    def __init__(self, model: CompareModel, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(icons, parent, LINES)
        self._model = model
        self._open: tuple[int, int] | None = None
        self.setObjectName("compare-passage")
        self.hide()
        model.columns_changed.connect(self._columns_changed)
        model.column_changed.connect(self._column_changed)

    def open(self, uid: int, number: int) -> None:
        """Show a passage of a column's prompt; a second time closes it."""
        column = self._model.column(uid)
        if column is None:
            return
        if self._open == (uid, number) and self.isVisible():
            self.hide()
            return
        self._open = (uid, number)
        self._show(column, number)
        self.show()

    def _show(self, column: Column, number: int) -> None:
        knowledge = knowledge_of(column.spec, column.variant)
        passage = knowledge.passages[number]
        document = knowledge.documents[passage.document]
        place = PassagePlace(
            document.name,
            document.path,
            passage.start,
            passage.end,
            document.characters,
            passage.heading,
            passage.page,
        )
        before = ("… " if len(passage.before) < passage.start else "") + passage.before
        rest = document.characters - passage.end
        after = passage.after + (" …" if len(passage.after) < rest else "")
        self.show_passage(place, *surrounded(before, passage.text, after))

    def _columns_changed(self) -> None:
        if self._open is not None and self._model.column(self._open[0]) is None:
            self._close()

    def _column_changed(self, uid: int) -> None:
        if self._open is None or uid != self._open[0]:
            return
        column = self._model.column(uid)
        sent = column is not None and column.result is not None and passages_sent(column.result)
        if not sent or self._open[1] not in sent:
            self._close()

    def _close(self) -> None:
        self._open = None
        self.hide()
