"""The bar over the pages: which model, its real state, memory, and three switches."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from engine.models.spec import LoadedInfo, ModelEntry
from workbench.services.container import Services
from workbench.services.engine_words import tell, tell_report
from workbench.services.meters import MemoryMeter
from workbench.services.numbers import file_size
from workbench.services.tips import tip
from workbench.viewmodels.names import model_name
from workbench.widgets.memory_bar import MemoryBar
from workbench.widgets.plain import PlainLabel

STATE_ICONS = {
    "unloaded": ("eject", "muted"),
    "loading": ("refresh", "accent"),
    "loaded": ("check", "good"),
    "failed": ("error", "bad"),
}


class ModelBar(QFrame):
    """Signals:
    models_wanted(): The person wants to see every model.
    """

    models_wanted = Signal()

    def __init__(
        self, services: Services, meter: MemoryMeter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("model-bar")
        self._services = services
        self._model = services.model
        self.picker = QPushButton(self)
        self.picker.setObjectName("model-picker")
        self.picker.setProperty("role", "quiet")
        self.state = PlainLabel(self)
        self.state.setObjectName("model-state")
        self.state_icon = QLabel(self)
        self.device = PlainLabel(self)
        self.device.setObjectName("model-device")
        self.device.setProperty("role", "muted")
        self.button = QPushButton(self)
        self.button.setObjectName("model-button")
        self.memory = MemoryBar(services, self)
        self._menu = QMenu(self)
        self._tools: list[QToolButton] = []

        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(8)
        for widget in (self.picker, self.state_icon, self.state, self.button, self.device):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self.memory)
        self._row.addSpacing(8)

        self.picker.clicked.connect(self._open_menu)
        self.button.clicked.connect(self._button_clicked)
        self._model.changed.connect(self.refresh)
        self._model.chosen.connect(self.refresh)
        services.theme.changed.connect(self.refresh)
        meter.read.connect(self.memory.show_reading)
        self.refresh()

    def add_action(self, action: QAction) -> None:
        """Add an icon button for an action at the right end."""
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setObjectName(f"bar-{action.objectName()}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._tools.append(button)
        self._services.icons.bind(action, str(action.property("icon-name")), "muted")
        self._services.icons.bind(button, str(action.property("icon-name")), "muted")
        self._row.addWidget(button)

    def refresh(self) -> None:
        """Show the model's real state."""
        for tool in self._tools:
            tool.setAccessibleName(tool.defaultAction().text())
        model = self._model
        self.picker.setText(f"{model_name(model.ref.id)}  ▾")
        self.picker.setToolTip(tip(self.tr("Choose a model: {id}").format(id=model.ref.id)))
        self.picker.setAccessibleName(self.tr("Model {id}").format(id=model.ref.id))
        icon, tint = STATE_ICONS[model.state]
        edge = self._services.theme.icon_size() - 4
        self.state_icon.setPixmap(self._services.icons.pixmap(icon, edge, tint))
        self.state.setText(self._state_text())
        self.state.setToolTip(tip(str(tell_report(model.error))) if model.error else "")
        self.button.setText(self._button_text())
        self.button.setToolTip(self._button_hint())
        at_rest = model.state in ("unloaded", "failed")
        self.button.setVisible(at_rest or model.can_stop)
        info = model.info
        if info is not None:
            self._show_device(info)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where room is short, the device gives way: the models' page tells it too."""
        has_info = self._model.info is not None
        self.device.setVisible(has_info)
        self.device.setVisible(has_info and self._row.sizeHint().width() <= self.width())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def _state_text(self) -> str:
        model = self._model
        match model.state:
            case "loaded":
                return self.tr("ready")
            case "failed":
                return self.tr("could not be loaded")
            case "loading":
                step = tell(model.step) or self.tr("loading")
                share = "" if model.fraction is None else f" {model.fraction:.0%}"
                return f"{step}{share}"
        return self.tr("not loaded")

    def _button_text(self) -> str:
        match self._model.state:
            case "loading":
                return self.tr("Stop")
            case "failed":
                return self.tr("Try again")
        return self.tr("Load")

    def _button_hint(self) -> str:
        if self._model.state == "loading":
            return self.tr("Stop loading")
        return self.tr("Load the model now; running a page loads it by itself")

    def _show_device(self, info: LoadedInfo) -> None:
        parts = [info.device.upper(), info.dtype]
        if info.quantization != "none":
            parts.append(info.quantization)
        self.device.setText(" · ".join(parts) + "  ⓘ")
        self.device.setToolTip(
            "\n".join(
                (
                    self.tr("Number format: {reason}").format(reason=tell(info.dtype_reason)),
                    self.tr("Attention: {name}. {reason}").format(
                        name=info.attention, reason=tell(info.attention_reason)
                    ),
                    self.tr("Memory: {measured} measured, {forecast} forecast.").format(
                        measured=file_size(info.measured_bytes),
                        forecast=file_size(info.forecast_bytes),
                    ),
                )
            )
        )

    def _button_clicked(self) -> None:
        if self._model.state == "loading":
            self._model.stop_loading()
        else:
            self._model.load()

    def _open_menu(self) -> None:
        self._fill_menu()
        self._menu.popup(self.picker.mapToGlobal(QPoint(0, self.picker.height())))

    def _fill_menu(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        for entry in self._model.entries:
            action = self._menu.addAction(_entry_text(entry))
            action.setData(entry.id)
            action.setCheckable(True)
            action.setChecked(entry.id == self._model.ref.id)
            action.setEnabled(not entry.problem)
            action.setToolTip(tip(tell(entry.problem) or entry.path))
            action.triggered.connect(self._entry_chosen)
            group.addAction(action)
        if not self._model.entries:
            self._menu.addAction(self.tr("Looking for models …")).setEnabled(False)
        self._menu.addSeparator()
        registry = self._services.actions
        self._menu.addAction(registry.action("model.load"))
        self._menu.addAction(registry.action("model.unload"))
        self._menu.addSeparator()
        every = self._menu.addAction(self.tr("Every model …"))
        every.triggered.connect(self.models_wanted)
        self._menu.setToolTipsVisible(True)
        registry.refresh()
        self._model.refresh_entries()

    def _entry_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._model.choose_id(str(action.data()))


def _entry_text(entry: ModelEntry) -> str:
    return f"{model_name(entry.id)}    {file_size(entry.size_bytes)}"
