"""From the comparison to other pages: why an answer is as it is, what happened inside."""

from __future__ import annotations

from workbench.services.desk import Desk
from workbench.viewmodels.attention_case import case_of_column
from workbench.viewmodels.compare import CompareModel
from workbench.viewmodels.why_case import case_of_columns


class Onward:
    """Lays columns on the desk for other pages."""

    def __init__(self, model: CompareModel, desk: Desk) -> None:
        self._model = model
        self._desk = desk

    def can(self) -> bool:
        """Whether there is an answer to go on with."""
        return any(column.result is not None for column in self._model.columns)

    def explain(self) -> None:
        """Open the answers on the page Why."""
        case = case_of_columns(self._model.columns)
        if case is not None:
            self._desk.lay("why", case)

    def look_inside(self, uid: int) -> None:
        """Open a column's prompt and answer on the page Attention."""
        self._hand_over("attention", uid)

    def see_positions(self, uid: int) -> None:
        """Open a column's prompt and answer on the page Position."""
        self._hand_over("position", uid)

    def look_inside_last(self) -> None:
        """Open the last answer on the page Attention."""
        self._hand_over_last("attention")

    def see_positions_of_last(self) -> None:
        """Open the last answer on the page Position."""
        self._hand_over_last("position")

    def _hand_over(self, page_id: str, uid: int) -> None:
        column = self._model.column(uid)
        case = case_of_column(column) if column is not None else None
        if case is not None:
            self._desk.lay(page_id, case)

    def _hand_over_last(self, page_id: str) -> None:
        answered = [one for one in self._model.columns if case_of_column(one) is not None]
        if answered:
            self._hand_over(page_id, answered[-1].uid)
