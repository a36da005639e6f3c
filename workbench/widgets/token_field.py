"""A field for the hub token: masked, stored on demand, never shown again."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from engine.errors import EngineError
from workbench.services.engine_words import tell_report
from workbench.services.hub_token import HubToken
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class TokenField(QWidget):
    """A line to paste a token into, Save and Remove, and what is kept now."""

    def __init__(self, token: HubToken, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._token = token
        self.line = QLineEdit(self)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setPlaceholderText(self.tr("Paste a token"))
        self.line.setAccessibleName(self.tr("Hub token"))
        self.save = QPushButton(self.tr("Save"), self)
        self.remove = QPushButton(self.tr("Remove"), self)
        for button in (self.save, self.remove):
            button.setAutoDefault(False)
        self.state = PlainLabel(self)
        self.state.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.save)
        row.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.state)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._edited)
        self.line.returnPressed.connect(self._save)
        self.save.clicked.connect(self._save)
        self.remove.clicked.connect(self._remove)
        self._refresh()

    def _edited(self) -> None:
        self.save.setEnabled(bool(self.line.text().strip()))

    def _save(self) -> None:
        text = self.line.text().strip()
        if not text:
            return
        if not self._token.accepts(text):
            self._say(self.tr("This is no token: it holds spaces or unusual signs."), "bad")
            return
        try:
            self._token.keep(text)
        except EngineError as error:
            self._say(str(tell_report(error.report())), "bad")
            return
        self.line.clear()
        self._refresh()

    def _remove(self) -> None:
        try:
            self._token.remove()
        except EngineError as error:
            self._say(str(tell_report(error.report())), "bad")
            return
        self._refresh()

    def _refresh(self) -> None:
        kept, elsewhere = self._token.is_kept(), self._token.elsewhere()
        self.remove.setEnabled(kept)
        self._edited()
        if kept:
            self._say(self.tr("A token is kept in {file}.").format(file=self._token.file), "good")
        elif elsewhere:
            text = self.tr("None is kept here; the one in {place} is used.")
            self._say(text.format(place=elsewhere), "muted")
        else:
            self._say(self.tr("None is kept; public models need none."), "muted")

    def _say(self, text: str, role: str) -> None:
        self.state.setText(text)
        set_role(self.state, role)
