"""A page that holds the results alone."""

from __future__ import annotations

from typing import ClassVar

from workbench.pages import PageEntry
from workbench.views.evaluate.results.panel import ResultsPanel
from workbench.views.page import Page


class ResultsPage(Page):
    page_id: ClassVar[str] = "results"
    icon_name: ClassVar[str] = "evaluate"

    def __init__(self, services, parent=None) -> None:
        super().__init__(services, parent)
        self.panel = ResultsPanel(services, self)
        self.body.addWidget(self.panel)

    def title(self) -> str:
        return "Results"

    def subtitle(self) -> str:
        return "Alone."


MODULE = "tests.workbench.evaluate_results.pages_for_results"
PAGES = (PageEntry("results", "evaluate", lambda: "Results", f"{MODULE}:ResultsPage"),)
