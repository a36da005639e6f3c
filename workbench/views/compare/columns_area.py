"""The columns beside each other; when they do not fit they scroll sideways."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from workbench.services.icons import Icons
from workbench.viewmodels.compare import CompareModel
from workbench.views.compare.result_column import ResultColumn
from workbench.widgets.token_heat import TintBy


class ColumnsArea(QScrollArea):
    """Keeps one `ResultColumn` per column of the model.

    Signals:
        sent_toggled(bool): The person opened or closed the exact text sent.
        overlay_wanted(int), save_wanted(int): Wishes that the page fulfils.
        copy_wanted(int, str): Copy a column in a form.
    """

    sent_toggled = Signal(bool)
    overlay_wanted = Signal(int)
    save_wanted = Signal(int)
    copy_wanted = Signal(int, str)

    def __init__(self, model: CompareModel, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._icons = icons
        self._tint: TintBy = "probability"
        self._sent_open = False
        self.views: dict[int, ResultColumn] = {}
        self._inside = QWidget()
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCornerWidget(QWidget(self))
        model.columns_changed.connect(self._columns_changed)
        model.column_changed.connect(self._column_changed)
        model.tokens_arrived.connect(self._tokens_arrived)
        model.prompt.changed.connect(self._contexts)
        model.running_changed.connect(self._running_changed)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)

    def set_tint(self, tint: TintBy) -> None:
        """What the tint of the tokens shows, in every column."""
        self._tint = tint
        for view in self.views.values():
            view.set_tint(tint)

    def sent_open(self) -> bool:
        """Whether new columns show the exact text sent."""
        return self._sent_open

    def set_sent_open(self, is_open: bool) -> None:
        """Whether columns show the exact text sent."""
        self._sent_open = is_open
        for view in self.views.values():
            view.sent_fold.set_open(is_open)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for view in self.views.values():
            view.fit_into(self.viewport().height())

    def close_cards(self) -> None:
        """Hide the alternatives beside a token, in every column."""
        for view in self.views.values():
            view.answer.close_alternatives()

    def _running_changed(self, _running: bool) -> None:
        self.close_cards()

    def _scrolled(self, _value: int) -> None:
        self.close_cards()

    def _sent_toggled(self, is_open: bool) -> None:
        self._sent_open = is_open
        self.sent_toggled.emit(is_open)

    def reveal(self, uid: int) -> None:
        """Scroll a column into sight."""
        view = self.views.get(uid)
        if view is not None:
            self._inside.layout().activate()
            self.ensureWidgetVisible(view, 8, 0)

    def _columns_changed(self) -> None:
        self.close_cards()
        wanted = [column.uid for column in self._model.columns]
        for uid in [uid for uid in self.views if uid not in wanted]:
            gone = self.views.pop(uid)
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, column in enumerate(self._model.columns):
            view = self.views.get(column.uid)
            if view is None:
                view = self._new_view(column.uid)
            if self._row.indexOf(view) != place:
                self._row.insertWidget(place, view, 1)
        self._set_tab_order()
        self._contexts()

    def _new_view(self, uid: int) -> ResultColumn:
        column = self._model.column(uid)
        assert column is not None
        view = ResultColumn(column, self._icons, self._inside)
        view.set_tint(self._tint)
        view.fit_into(self.viewport().height())
        view.sent_fold.set_open(self._sent_open)
        view.sent_toggled.connect(self._sent_toggled)
        view.rerun_wanted.connect(self._model.rerun)
        view.verify_wanted.connect(self._model.verify)
        view.close_wanted.connect(self._model.close_column)
        view.pin_wanted.connect(self._model.set_pinned)
        view.branch_wanted.connect(self._branch)
        view.copy_wanted.connect(self.copy_wanted)
        view.save_wanted.connect(self.save_wanted)
        view.overlay_wanted.connect(self.overlay_wanted)
        self.views[uid] = view
        return view

    def _branch(self, uid: int, index: int, candidate: object) -> None:
        column = self._model.branch(uid, index, candidate)  # type: ignore[arg-type]
        if column is not None:
            self.reveal(column.uid)

    def _column_changed(self, uid: int) -> None:
        view, column = self.views.get(uid), self._model.column(uid)
        if view is not None and column is not None:
            view.show_column(column)
            self._context(view)

    def _tokens_arrived(self, uid: int) -> None:
        view, column = self.views.get(uid), self._model.column(uid)
        if view is not None and column is not None:
            view.show_tokens(column)

    def _contexts(self) -> None:
        for view in self.views.values():
            self._context(view)

    def _context(self, view: ResultColumn) -> None:
        column = self._model.column(view.uid)
        if column is not None:
            several = len({column.model_id for column in self._model.columns}) > 1
            view.set_context(several, self._model.is_outdated(column))

    def _set_tab_order(self) -> None:
        stops: list[QWidget] = []
        for column in self._model.columns:
            view = self.views[column.uid]
            stops += [view.answer, view.sent_fold.heading, view.sent, view.rerun_button]
            stops += [view.verify_button, view.copy_button, view.pin_button, view.more_button]
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)
