"""The columns beside each other; when they do not fit they scroll sideways."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from engine.evaluation.spec import CellKey, CompareSpec, Variant
from workbench.services.icons import Icons
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.compare_column import Column
from workbench.views.compare.result_column import ResultColumn
from workbench.widgets.token_heat import TintBy

MOST_SPARES: Final = 8
BETWEEN_SPARES_MS: Final = 20
_NOTHING: Final = Column(0, CompareSpec(variants=(Variant(),)), CellKey())


class ColumnsArea(QScrollArea):
    """Keeps one `ResultColumn` per column of the model.

    Building a column takes most of a frame, so none is thrown away: a column that goes leaves its
    widgets to the next that comes, and spare ones are built one at a time while nothing happens.

    Signals:
        sent_toggled(bool): The person opened or closed the exact text sent.
        overlay_wanted(int), save_wanted(int), inside_wanted(int), positions_wanted(int): Wishes
            that the page fulfils.
        copy_wanted(int, str): Copy a column in a form.
        passage_wanted(int, int): Open a passage of a column's prompt.
    """

    sent_toggled = Signal(bool)
    overlay_wanted = Signal(int)
    save_wanted = Signal(int)
    inside_wanted = Signal(int)
    positions_wanted = Signal(int)
    copy_wanted = Signal(int, str)
    passage_wanted = Signal(int, int)

    def __init__(self, model: CompareModel, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._icons = icons
        self._tint: TintBy = "probability"
        self._sent_open = False
        self.views: dict[int, ResultColumn] = {}
        self._spares: list[ResultColumn] = []
        self._expected = 0
        self._prepare_timer = QTimer(self)
        self._prepare_timer.setInterval(BETWEEN_SPARES_MS)
        self._prepare_timer.timeout.connect(self._prepare_one)
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

    def expect(self, columns: int) -> None:
        """The next run will have so many columns: have their widgets ready by then."""
        self._expected = min(columns, MOST_SPARES)
        self._prepare_timer.start()

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
        wanted = {column.uid for column in self._model.columns}
        free = [self.views.pop(uid) for uid in list(self.views) if uid not in wanted]
        for place, column in enumerate(self._model.columns):
            view = self.views.get(column.uid)
            if view is None:
                view = self.views[column.uid] = self._view_for(column, free)
            if self._row.indexOf(view) != place:
                self._row.insertWidget(place, view, 1)
        for view in free:
            self._put_aside(view)
        self._set_tab_order()
        self._contexts()

    def _view_for(self, column: Column, free: list[ResultColumn]) -> ResultColumn:
        """Widgets for a new column: of one that goes, spare ones, or at last new ones."""
        if not free and not self._spares:
            view = self._new_view(column)
        else:
            view = free.pop(0) if free else self._spares.pop()
            view.begin(column)
        view.set_tint(self._tint)
        view.fit_into(self.viewport().height())
        view.sent_fold.set_open(self._sent_open)
        view.show()
        return view

    def _put_aside(self, view: ResultColumn) -> None:
        self._row.removeWidget(view)
        view.hide()
        if len(self._spares) < MOST_SPARES:
            view.begin(_NOTHING)
            self._spares.append(view)
        else:
            view.deleteLater()

    def _prepare_one(self) -> None:
        if len(self.views) + len(self._spares) >= self._expected:
            self._prepare_timer.stop()
        elif not self._model.running:
            view = self._new_view(_NOTHING)
            view.hide()
            self._spares.append(view)

    def _new_view(self, column: Column) -> ResultColumn:
        view = ResultColumn(column, self._icons, self._inside)
        view.sent_toggled.connect(self._sent_toggled)
        view.rerun_wanted.connect(self._model.rerun)
        view.verify_wanted.connect(self._model.verify)
        view.close_wanted.connect(self._model.close_column)
        view.pin_wanted.connect(self._model.set_pinned)
        view.branch_wanted.connect(self._branch)
        view.path_wanted.connect(self._model.show_path)
        view.copy_wanted.connect(self.copy_wanted)
        view.passage_wanted.connect(self.passage_wanted)
        view.save_wanted.connect(self.save_wanted)
        view.inside_wanted.connect(self.inside_wanted)
        view.positions_wanted.connect(self.positions_wanted)
        view.overlay_wanted.connect(self.overlay_wanted)
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
