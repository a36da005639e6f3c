"""What a view may ask for: one frozen bundle, built in `workbench.bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.paths import Paths
    from workbench.services.actions import ActionRegistry
    from workbench.services.async_loop import AsyncLoop
    from workbench.services.background import Background
    from workbench.services.desk import Desk
    from workbench.services.i18n import I18n
    from workbench.services.icons import Icons
    from workbench.services.jobs import JobService
    from workbench.services.notify import Notify
    from workbench.services.project_file import ProjectFile
    from workbench.services.session import Session
    from workbench.services.settings import Settings
    from workbench.services.theme import Theme
    from workbench.viewmodels.current_model import CurrentModel


@dataclass(frozen=True)
class Services:
    """The services of one running application.

    Attributes:
        engine: The door to everything that thinks.
        paths: The user's folders.
        settings: Declared settings with observers.
        jobs: Submits specs; brings their events to the GUI thread.
        tasks: Coroutines beside the window.
        background: Short work off the GUI thread that is not a job (listing folders, meters).
        project: Where every run is stored, and what was stored before.
        session: Autosaved page state.
        actions: Every command of the program.
        theme: Colours by role, palette, style sheet.
        icons: Icons by name, tinted by role.
        i18n: The language on screen.
        notify: Short messages over the window.
        model: The model that every page works with, and its real state.
        desk: What one page hands to another.
    """

    engine: Engine
    paths: Paths
    settings: Settings
    jobs: JobService
    tasks: AsyncLoop
    background: Background
    project: ProjectFile
    session: Session
    actions: ActionRegistry
    theme: Theme
    icons: Icons
    i18n: I18n
    notify: Notify
    model: CurrentModel
    desk: Desk
