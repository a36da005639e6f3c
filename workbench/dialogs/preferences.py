"""The preferences, generated from the declared settings; every change takes effect at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workbench.dialogs.base import Dialog
from workbench.services.container import Services
from workbench.services.hub_token import HubToken
from workbench.services.preferences import section_title
from workbench.services.settings import Setting
from workbench.widgets.collapsible import Collapsible
from workbench.widgets.form import settings_form


class PreferencesDialog(Dialog):
    """Sections with their fields; advanced ones folded away at the end."""

    def __init__(self, services: Services, parent: QWidget | None) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("preferences")
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.reject)
        self.defaults = QPushButton(self)
        self.buttons.addButton(self.defaults, QDialogButtonBox.ButtonRole.ResetRole)
        self.defaults.clicked.connect(self._reset)
        for button in self.buttons.buttons():
            # Return ends the editing of a field; it must not end the dialog.
            button.setAutoDefault(False)
            button.setDefault(False)
        self.column.addWidget(self.area, 1)
        self.column.addWidget(self.buttons)
        self.wide(100, 44)
        self._build()

    def changeEvent(self, event: QEvent) -> None:
        """A change of language builds the form again, in place."""
        if event.type() == QEvent.Type.LanguageChange:
            self._build()
        super().changeEvent(event)

    def _build(self) -> None:
        self.setWindowTitle(self.tr("Preferences"))
        self.defaults.setText(self.tr("Restore defaults"))
        at = self.area.verticalScrollBar().value()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(4)
        settings = self.services.settings
        token = HubToken(self.services.paths)
        sections: dict[str, list[Setting[str]]] = {}
        for setting in settings.declared():
            sections.setdefault(setting.section, []).append(setting)
        for section, members in sections.items():
            form = settings_form(settings, members, token, content)
            if all(member.advanced for member in members):
                column.addWidget(Collapsible(self.services, section_title(section), form, content))
                continue
            head = QLabel(section_title(section), content)
            head.setProperty("role", "section")
            column.addWidget(head)
            column.addWidget(form)
        column.addStretch(1)
        focused = self.focusWidget()
        name = focused.objectName() if focused else ""
        # The change may come from a field of the old form, which is still in its signal:
        # `setWidget` alone would delete it at once.
        old = self.area.takeWidget()
        if old is not None:
            old.setParent(self)
            old.hide()
            old.deleteLater()
        self.area.setWidget(content)
        self.area.verticalScrollBar().setValue(at)
        again = content.findChild(QWidget, name) if name else None
        if again is not None:
            again.setFocus()

    def _reset(self) -> None:
        self.services.settings.reset()
        self._build()
