"""What the actions and the palette offer of the comparison page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.services.actions import Command

if TYPE_CHECKING:
    from workbench.views.compare.page import ComparePage


class PageCommands(QObject):
    """Makes the commands of a `ComparePage`."""

    def __init__(self, page: ComparePage) -> None:
        super().__init__(page)
        self._page = page

    def all(self) -> tuple[Command, ...]:
        """Run, Stop, samples, where an answer can be looked at, and what is shown."""
        page = self._page
        scope, onward = page.page_id, page.onward
        return (
            Command(
                "compare.run", lambda: self.tr("Run"), page.run, shortcut="Ctrl+Return",
                icon="play", enabled=page.control.can_run, scope=scope, menu="page",
                hint=lambda: self.tr("Ask with every chosen technique"),
            ),
            Command(
                "compare.stop", lambda: self.tr("Stop"), page.model.stop, shortcut="Esc",
                icon="stop", enabled=page.control.can_stop, scope=scope, menu="page",
                hint=lambda: self.tr("Stop answering; what is there stays"),
            ),
            Command(
                "compare.sample", lambda: self.tr("Load the sample"), page.load_sample, icon="star",
                scope=scope, menu="page",
            ),
            Command(
                "compare.documents-sample", lambda: self.tr("Load the sample with documents"),
                page.load_documents_sample, icon="file", scope=scope, menu="page",
            ),
            Command(
                "compare.another", lambda: self.tr("Another exercise"), page.another,
                icon="refresh", scope=scope, menu="page",
            ),
            Command(
                "compare.overlay", lambda: self.tr("Overlay two columns"), page.bar.overlay.toggle,
                icon="overlay", scope=scope, menu="page", enabled=page.can_overlay,
            ),
            Command(
                "compare.why", lambda: self.tr("Explain these answers"), onward.explain,
                icon="help", scope=scope, menu="page", enabled=onward.can,
                hint=lambda: self.tr("Open them on the page Why"),
            ),
            Command(
                "compare.inside", lambda: self.tr("Look inside the last answer"),
                onward.look_inside_last, icon="attention", scope=scope, menu="page",
                enabled=onward.can,
                hint=lambda: self.tr("Open prompt and answer on the page Attention"),
            ),
            Command(
                "compare.positions", lambda: self.tr("See the positions of the last answer"),
                onward.see_positions_of_last, icon="position", scope=scope, menu="page",
                enabled=onward.can,
                hint=lambda: self.tr("Open prompt and answer on the page Position"),
            ),
            Command(
                "compare.sampling", lambda: self.tr("Sampling settings"), page.bar.sampling.toggle,
                icon="sidebar", scope=scope, menu="page",
            ),
            Command(
                "compare.clear", lambda: self.tr("Clear the results"), page.model.clear,
                icon="trash", scope=scope, menu="page",
            ),
        )  # fmt: skip
