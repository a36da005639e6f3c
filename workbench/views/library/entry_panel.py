"""One prompt of the library: its elements, its versions, and what changed between two."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QEvent, QLocale, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.prompting.diff import ElementDiff, prompt_diff
from engine.prompting.file import PromptFile
from engine.prompting.library import Entry
from engine.prompting.versions import Version
from workbench.services.engine_words import tell
from workbench.viewmodels.names import element_name, rule_name
from workbench.widgets.elements_view import ElementsView, Section
from workbench.widgets.elided import may_shrink
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class EntryPanel(QWidget):
    """Shows an `Entry`.

    Signals:
        version_wanted(object): Read this `Version`.
        restore_wanted(object): Make this `Version` the newest again.
    """

    version_wanted = Signal(object)
    restore_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self._read: dict[int, PromptFile] = {}
        self.name = PlainLabel(self)
        set_role(self.name, "section")
        self.name.setWordWrap(True)
        self.about = PlainLabel(self)
        self.about.setWordWrap(True)
        set_role(self.about, "muted")
        self.elements = ElementsView(self)
        self.changes = ElementsView(self)
        self.before, self.after = QComboBox(self), QComboBox(self)
        self.before.setObjectName("version-before")
        self.after.setObjectName("version-after")
        self.arrow = PlainLabel("→", self)
        self.again = QPushButton(self)
        self.again.setObjectName("restore-version")
        self.same = PlainLabel(self)
        set_role(self.same, "muted")
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self._lay_out()
        self.before.activated.connect(self._chosen)
        self.after.activated.connect(self._chosen)
        self.again.clicked.connect(self._restore)
        self.retranslate()

    def show_entry(self, entry: Entry | None) -> None:
        """Show a prompt; None = nothing."""
        same = self._entry is not None and entry is not None and self._entry.id == entry.id
        self._entry = entry
        self._read = {}
        if entry is not None and entry.versions:
            self._read[entry.versions[-1].number] = entry.prompt
        if not same:
            self.tabs.setCurrentIndex(0)
        self._write()
        self._fill_versions()

    def take_version(self, version: Version, prompt: PromptFile) -> None:
        """An earlier version was read."""
        self._read[version.number] = prompt
        self._write_changes()

    def retranslate(self) -> None:
        """Set every text again."""
        self.tabs.setTabText(0, self.tr("Prompt"))
        self.tabs.setTabText(1, self.tr("Versions"))
        self.again.setText(self.tr("Bring back"))
        self.again.setToolTip(self.tr("Make the left version the newest again; none is lost"))
        self.before.setAccessibleName(self.tr("Version before"))
        self.after.setAccessibleName(self.tr("Version after"))
        self.elements.setAccessibleName(self.tr("The prompt's elements"))
        self.changes.setAccessibleName(self.tr("What changed"))
        self._write()
        self._fill_versions()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _write(self) -> None:
        entry = self._entry
        if entry is None:
            self.name.setText("")
            self.about.setText("")
            self.elements.set_sections(())
            return
        self.name.setText(entry.name)
        parts = [self.tr("built in") if entry.built_in else ""]
        if entry.versions:
            parts.append(self.tr("saved {time}").format(time=moment(entry.versions[-1].saved)))
        if entry.prompt.extraction:
            rules = ", ".join(map(rule_name, entry.prompt.extraction))
            parts.append(self.tr("read by: {rules}").format(rules=rules))
        text = " · ".join(part for part in parts if part)
        self.about.setText(tell(entry.problem) if entry.problem else text)
        set_role(self.about, "bad" if entry.problem else "muted")
        self.elements.set_sections(sections_of(entry.prompt))

    def _fill_versions(self) -> None:
        versions = self._entry.versions if self._entry is not None else ()
        self.tabs.setTabEnabled(1, bool(versions))
        for combo, usual in ((self.before, -2), (self.after, -1)):
            combo.clear()
            for version in versions:
                text = self.tr("{n} · {time}").format(n=version.number, time=moment(version.saved))
                combo.addItem(f"{text} · {version.note}" if version.note else text, version)
            if versions:
                combo.setCurrentIndex(max(0, len(versions) + usual))
        self._write_changes()

    def _chosen(self, _index: int) -> None:
        self._write_changes()

    def _restore(self) -> None:
        version = self.before.currentData()
        if isinstance(version, Version):
            self.restore_wanted.emit(version)

    def _write_changes(self) -> None:
        first, second = self.before.currentData(), self.after.currentData()
        self.changes.set_sections(())
        self.same.setText("")
        self.same.hide()
        newest = self._entry.versions[-1].number if self._entry and self._entry.versions else 0
        self.again.setEnabled(isinstance(first, Version) and first.number != newest)
        if not isinstance(first, Version) or not isinstance(second, Version):
            return
        for version in (first, second):
            if version.number not in self._read:
                self.version_wanted.emit(version)
                return
        before, after = self._read[first.number], self._read[second.number]
        found = prompt_diff(before.elements, after.elements)
        if before.name != after.name:
            self.same.setText(
                self.tr("Renamed from “{old}” to “{new}”.").format(old=before.name, new=after.name)
            )
        elif not any(one.changed for one in found):
            self.same.setText(self.tr("The texts of both are the same."))
        self.same.setVisible(bool(self.same.text()))
        self.changes.set_sections([_section(one) for one in found])

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.before, 1)
        row.addWidget(self.arrow)
        row.addWidget(self.after, 1)
        row.addWidget(self.again)
        for combo in (self.before, self.after):
            may_shrink(combo, 14)
        versions = QWidget(self)
        column = QVBoxLayout(versions)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.same)
        column.addWidget(self.changes, 1)
        prompt = QWidget(self)
        inside = QVBoxLayout(prompt)
        inside.setContentsMargins(0, 8, 0, 0)
        inside.addWidget(self.elements)
        self.tabs.addTab(prompt, "")
        self.tabs.addTab(versions, "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.name)
        layout.addWidget(self.about)
        layout.addWidget(self.tabs, 1)


def sections_of(prompt: PromptFile) -> list[Section]:
    """A prompt's elements as they are."""
    return [_section(one) for one in prompt_diff(prompt.elements, prompt.elements)]


def moment(seconds: float) -> str:
    """A time of day and date as the language writes them."""
    when = QDateTime.fromSecsSinceEpoch(round(seconds))
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)


def _section(one: ElementDiff) -> Section:
    kind = one.element.replace(" ", "-")
    title = element_name(kind)
    if one.number:
        title = QCoreApplication.translate("Elements", "Example {n}").format(n=one.number)
    return Section(title, kind, one.pieces)
