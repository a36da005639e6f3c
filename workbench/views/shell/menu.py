"""The program's menu, derived from the registered commands."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from workbench.services.actions import ActionRegistry

translate = QCoreApplication.translate


def menu_titles() -> dict[str, str]:
    """The translated names of the menus, in order."""
    return {
        "file": translate("Menu", "File"),
        "edit": translate("Menu", "Edit"),
        "view": translate("Menu", "View"),
        "model": translate("Menu", "Model"),
        "page": translate("Menu", "Page"),
        "help": translate("Menu", "Help"),
    }


def fill_menu(menu: QMenu, registry: ActionRegistry) -> None:
    """Fill a menu with one submenu per group; groups without commands are left out."""
    menu.clear()
    registry.refresh()
    for name, title in menu_titles().items():
        commands = [command for command in registry.available() if command.menu == name]
        if commands:
            group = menu.addMenu(title)
            for command in commands:
                group.addAction(registry.action(command.id))
