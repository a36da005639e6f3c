"""A form from declared settings: one field per setting, made by its kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.services.hub_token import HubToken
from workbench.services.settings import Setting, Settings
from workbench.widgets.token_field import TokenField

translate = QCoreApplication.translate


class FolderList(QWidget):
    """Folders to add and remove.

    Signals:
        changed(): The list changed.
    """

    changed = Signal()

    def __init__(self, folders: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget(self)
        self.list.addItems(list(folders))
        self.list.setMaximumHeight(self.fontMetrics().height() * 5)
        self.add = QPushButton(self.tr("Add …"), self)
        self.remove = QPushButton(self.tr("Remove"), self)
        self.add.clicked.connect(self._ask)
        self.remove.clicked.connect(self._remove)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.list)
        column.addLayout(buttons)
        self.setFocusProxy(self.list)

    def folders(self) -> tuple[str, ...]:
        """The folders as they stand."""
        return tuple(self.list.item(at).text() for at in range(self.list.count()))

    def add_folder(self, folder: str) -> None:
        """Add one folder unless it is there already."""
        if folder and folder not in self.folders():
            self.list.addItem(folder)
            self.changed.emit()

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder with models"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.add_folder)
        dialog.open()

    def _remove(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self.list.takeItem(row)
            self.changed.emit()


class SettingField(QWidget):
    """The field of one setting with its explanation below; writes every change at once."""

    def __init__(
        self,
        settings: Settings,
        setting: Setting[str],
        token: HubToken,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._token = token
        self.setting = setting
        self.editor, self._read, self._show = self._make()
        self.editor.setObjectName(setting.key)
        self.editor.setAccessibleName(setting.title())
        self.editor.setAccessibleDescription(setting.hint())
        self.editor.setToolTip(self._range_text())
        self.hint = QLabel(setting.hint(), self)
        self.hint.setProperty("role", "small")
        self.hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        stretches = setting.kind in ("text", "folders", "secret-note")
        line.addWidget(self.editor, 1 if stretches else 0)
        if not stretches:
            line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.hint)

    def show_value(self) -> None:
        """Show the value in force (it may have changed elsewhere)."""
        self.editor.blockSignals(True)
        self._show(self._settings.get(self.setting))
        self.editor.blockSignals(False)

    def _write(self) -> None:
        value = self._read()
        if self.setting.accepts(value):
            self._settings.set(self.setting, value)

    def _range_text(self) -> str:
        setting = self.setting
        if setting.kind not in ("int", "float"):
            return setting.hint()
        unit = setting.unit() if setting.unit else ""
        return self.tr("{least} to {most} {unit}; normally {default}").format(
            least=f"{setting.minimum:g}",
            most=f"{setting.maximum:g}",
            unit=unit,
            default=setting.default,
        )

    def _make(
        self,
    ) -> tuple[QWidget, Callable[[], object], Callable[[object], None]]:
        match self.setting.kind:
            case "bool":
                return self._make_switch()
            case "int" | "float":
                return self._make_number()
            case "choice":
                return self._make_choice()
            case "folders":
                return self._make_folders()
            case "secret-note":
                # Never in the settings file: the field has a file of its own.
                return TokenField(self._token, self), lambda: "", lambda _value: None
        return self._make_line()

    def _make_switch(self) -> tuple[QWidget, Callable[[], object], Callable[[object], None]]:
        box = QCheckBox(self)
        box.setChecked(bool(self._settings.get(self.setting)))
        box.toggled.connect(self._write)
        return box, box.isChecked, lambda value: box.setChecked(bool(value))

    def _make_number(self) -> tuple[QWidget, Callable[[], object], Callable[[object], None]]:
        setting = self.setting
        unit = f" {setting.unit()}" if setting.unit else ""
        value = self._settings.get(setting)
        if setting.kind == "int":
            whole = QSpinBox(self)
            whole.setRange(int(setting.minimum), int(setting.maximum))
            whole.setSingleStep(int(setting.step))
            whole.setSuffix(unit)
            whole.setValue(int(value))
            whole.setKeyboardTracking(False)
            whole.valueChanged.connect(self._write)
            return whole, whole.value, lambda new: whole.setValue(int(str(new)))
        number = QDoubleSpinBox(self)
        number.setRange(setting.minimum, setting.maximum)
        number.setSingleStep(setting.step)
        number.setDecimals(1)
        number.setSuffix(unit)
        number.setValue(float(value))
        number.setKeyboardTracking(False)
        number.valueChanged.connect(self._write)
        return (
            number,
            lambda: round(number.value(), 3),
            lambda new: number.setValue(float(str(new))),
        )

    def _make_choice(self) -> tuple[QWidget, Callable[[], object], Callable[[object], None]]:
        box = QComboBox(self)
        for choice in self.setting.choices:
            box.addItem(choice.text(), choice.value)
        box.setCurrentIndex(box.findData(self._settings.get(self.setting)))
        box.currentIndexChanged.connect(self._write)
        return box, box.currentData, lambda value: box.setCurrentIndex(box.findData(value))

    def _make_folders(self) -> tuple[QWidget, Callable[[], object], Callable[[object], None]]:
        value = self._settings.get(self.setting)
        folders = FolderList(tuple(value), self)
        folders.changed.connect(self._write)
        return folders, folders.folders, lambda _value: None

    def _make_line(self) -> tuple[QWidget, Callable[[], object], Callable[[object], None]]:
        line = QLineEdit(str(self._settings.get(self.setting)), self)
        line.editingFinished.connect(self._write)
        return line, lambda: line.text().strip(), lambda value: line.setText(str(value))


def settings_form(
    settings: Settings, chosen: list[Setting[str]], token: HubToken, parent: QWidget
) -> QWidget:
    """A widget with one row per setting."""
    form = QWidget(parent)
    titles = [setting.title() for setting in settings.declared()]
    metrics = parent.fontMetrics()
    label_width = min(
        max(metrics.horizontalAdvance(title) for title in titles), metrics.averageCharWidth() * 30
    )
    rows = QFormLayout(form)
    rows.setContentsMargins(0, 8, 0, 8)
    rows.setHorizontalSpacing(20)
    rows.setVerticalSpacing(16)
    rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for setting in chosen:
        field = SettingField(settings, setting, token, form)
        label = QLabel(setting.title(), form)
        label.setFixedWidth(label_width)
        label.setWordWrap(True)
        label.setBuddy(field.editor)
        rows.addRow(label, field)
    return form
