"""Shows one page at a time and builds a page the first time it is wanted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.pages import PageEntry
from workbench.services.container import Services
from workbench.views.page import Page


class PageHost(QStackedWidget):
    """Signals:
    shown(str): The id of the page that is shown now.
    """

    shown = Signal(str)

    def __init__(
        self, services: Services, pages: tuple[PageEntry, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page-host")
        self._services = services
        self._entries = {page.id: page for page in pages}
        self._built: dict[str, Page] = {}
        self._shown = ""

    def show_page(self, page_id: str) -> Page:
        """Show a page. Raises `KeyError` when there is none of this id."""
        page = self.page(page_id)
        if self._shown != page_id:
            self._shown = page_id
            self.setCurrentWidget(page)
            self._services.actions.set_scope(page_id)
            page.entered()
            page.take_from_desk()
            self.shown.emit(page_id)
        return page

    def page(self, page_id: str) -> Page:
        """A page, built now if nobody wanted it before."""
        if page_id not in self._built:
            page = self._entries[page_id].build(self._services)
            self._built[page_id] = page
            page.register_actions(self._services.actions)
            page.retranslate()
            self.addWidget(page)
            page.state_changed.connect(self._services.session.touch)
            self._services.session.register(page_id, page.save_state, page.restore_state)
        return self._built[page_id]

    def current(self) -> Page | None:
        """The page that is shown."""
        page = self.currentWidget()
        return page if isinstance(page, Page) else None

    def built(self) -> tuple[Page, ...]:
        """Every page that was shown at least once."""
        return tuple(self._built.values())
