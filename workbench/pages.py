"""The pages of the program, in the order of the rail. A page's module is imported when shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from workbench.services.container import Services
    from workbench.views.page import Page

translate = QCoreApplication.translate


@dataclass(frozen=True)
class PageEntry:
    """A page that the rail offers.

    Attributes:
        id: Its `Page.page_id`.
        icon: Its icon in the rail.
        title: Returns its translated name.
        target: Where its class is, ``"module:Class"``.
    """

    id: str
    icon: str
    title: Callable[[], str]
    target: str

    def build(self, services: Services) -> Page:
        """Import the page's module and build the page."""
        module, name = self.target.split(":")
        made = getattr(import_module(module), name)
        return cast("Page", made(services))


PAGES: Final = (
    PageEntry(
        "compare",
        "compare",
        lambda: translate("Pages", "Compare"),
        "workbench.views.compare.page:ComparePage",
    ),
    PageEntry(
        "evaluate",
        "evaluate",
        lambda: translate("Pages", "Evaluate"),
        "workbench.views.evaluate.page:EvaluatePage",
    ),
    PageEntry(
        "why",
        "help",
        lambda: translate("Pages", "Why"),
        "workbench.views.why.page:WhyPage",
    ),
    PageEntry(
        "attention",
        "attention",
        lambda: translate("Pages", "Attention"),
        "workbench.views.attention.page:AttentionPage",
    ),
    PageEntry(
        "position",
        "position",
        lambda: translate("Pages", "Position"),
        "workbench.views.position.page:PositionPage",
    ),
    PageEntry(
        "anatomy",
        "anatomy",
        lambda: translate("Pages", "Anatomy"),
        "workbench.views.anatomy.page:AnatomyPage",
    ),
    PageEntry(
        "pruning",
        "pruning",
        lambda: translate("Pages", "Pruning"),
        "workbench.views.pruning.page:PruningPage",
    ),
    PageEntry(
        "context",
        "context",
        lambda: translate("Pages", "Context"),
        "workbench.views.context.page:ContextPage",
    ),
    PageEntry(
        "library",
        "library",
        lambda: translate("Pages", "Library"),
        "workbench.views.library.page:LibraryPage",
    ),
    PageEntry(
        "runs",
        "runs",
        lambda: translate("Pages", "Runs"),
        "workbench.views.runs.page:RunsPage",
    ),
    PageEntry(
        "models",
        "models",
        lambda: translate("Pages", "Models"),
        "workbench.views.models.page:ModelsPage",
    ),
)
