"""The line above the columns: models, sampling, tint with its legend, overlay, save."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from engine.models.reference import ModelRef
from engine.models.spec import ModelEntry
from workbench.services.icons import Icons
from workbench.services.tips import tip
from workbench.viewmodels.compare_setup import CompareSetup
from workbench.viewmodels.names import model_name
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.token_heat import TintBy, TintLegend

MAX_MODELS = 6
NARROW_CHARS = 106
TINTS: tuple[TintBy, ...] = ("probability", "entropy", "none")


class ResultsBar(FlowBar):
    """Buttons that say what is set, so that nothing need be opened to be known.

    Signals:
        setup_edited(object): The `CompareSetup` with other models.
        sampling_toggled(bool): Show or hide the sampling panel.
        tint_chosen(str): ``"probability"``, ``"entropy"`` or ``"none"``.
        overlay_toggled(bool): Lay two columns over each other.
        save_chosen(str): A report format's suffix, or ``"command"``.
    """

    setup_edited = Signal(object)
    sampling_toggled = Signal(bool)
    tint_chosen = Signal(str)
    overlay_toggled = Signal(bool)
    save_chosen = Signal(str)

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = CompareSetup()
        self._entries: tuple[ModelEntry, ...] = ()
        self._narrow = False
        self.models = QPushButton(self)
        self.models.setObjectName("models-button")
        self.sampling = QPushButton(self)
        self.sampling.setObjectName("sampling-button")
        self.sampling.setCheckable(True)
        self.tint = QComboBox(self)
        self.tint.setObjectName("tint-picker")
        self.legend = TintLegend(self)
        self.overlay = QPushButton(self)
        self.overlay.setCheckable(True)
        self.overlay.setObjectName("overlay-button")
        self.save = QToolButton(self)
        self.save.setObjectName("save-button")
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        icons.bind(self.save, "save")
        icons.bind(self.overlay, "overlay")
        for button in (self.models, self.sampling, self.overlay):
            button.setProperty("role", "quiet")
        self._save_menu = QMenu(self)
        self.save.setMenu(self._save_menu)
        row = FlowLayout(self, 4)
        for widget in (self.models, self.sampling, self._tint_box(), self.overlay, self.save):
            row.addWidget(widget)
        self.models.clicked.connect(self._open_models)
        self.sampling.toggled.connect(self.sampling_toggled)
        self.tint.activated.connect(self._tint_activated)
        self.overlay.toggled.connect(self.overlay_toggled)
        self._save_menu.triggered.connect(self._save_triggered)
        self.retranslate()

    def set_setup(self, setup: CompareSetup) -> None:
        """Show which models and which sampling are set."""
        self._setup = setup
        self._write()

    def set_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        """The models that may be chosen."""
        self._entries = entries

    def set_tint(self, tint: TintBy) -> None:
        """Show which tint is on."""
        self.tint.setCurrentIndex(max(0, self.tint.findData(tint)))
        self.legend.set_tint(tint)
        self.legend.setVisible(not self._narrow and tint != "none")

    def set_can(self, overlay: bool, save: bool) -> None:
        """Whether there is anything to lay over or to save."""
        self.overlay.setEnabled(overlay or self.overlay.isChecked())
        self.save.setEnabled(save)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where room is short, icons say it alone and the legend goes."""
        super().resizeEvent(event)
        narrow = event.size().width() < self.fontMetrics().averageCharWidth() * NARROW_CHARS
        if narrow != self._narrow:
            self._narrow = narrow
            self._dress()

    def retranslate(self) -> None:
        """Set every text again."""
        chosen = self.tint.currentData()
        self.tint.clear()
        for tint, text in zip(
            TINTS,
            (self.tr("Tint: probability"), self.tr("Tint: entropy"), self.tr("No tint")),
            strict=True,
        ):
            self.tint.addItem(text, tint)
        self.tint.setCurrentIndex(max(0, self.tint.findData(chosen)))
        self.tint.setAccessibleName(self.tr("What the tint of the tokens shows"))
        self.overlay.setToolTip(
            self.tr("Lay two columns over each other and mark where they first part")
        )
        self.save.setToolTip(self.tr("Save or copy the whole comparison"))
        self.overlay.setAccessibleName(self.tr("Overlay"))
        self.save.setAccessibleName(self.tr("Save"))
        self._dress()
        self._fill_save_menu()
        self._write()

    def _dress(self) -> None:
        self.overlay.setText("" if self._narrow else self.tr("Overlay"))
        self.save.setText("" if self._narrow else self.tr("Save"))
        self.legend.setVisible(not self._narrow and self.tint.currentData() != "none")
        self.save.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if self._narrow
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _tint_box(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.tint)
        row.addWidget(self.legend)
        return box

    def _write(self) -> None:
        models = self._setup.models
        first = models[0].id if models else self.tr("no model")
        if len(models) > 1:
            text = self.tr("{model} + {n} more").format(model=_short(first), n=len(models) - 1)
        else:
            text = _short(first)
        self.models.setText(text + "  ▾")
        names = ", ".join(model.id for model in models)
        asked = self.tr("Models to ask: {names}").format(names=names)
        self.models.setToolTip(tip(asked))
        self.models.setAccessibleName(asked)
        sampling = self._setup.sampling
        if sampling.temperature == 0.0:
            text = self.tr("Greedy · at most {n} tokens").format(n=sampling.max_new_tokens)
        else:
            text = self.tr("T = {t:g} · at most {n} tokens").format(
                t=sampling.temperature, n=sampling.max_new_tokens
            )
        self.sampling.setText(text)
        self.sampling.setToolTip(self.tr("Sampling: temperature, top-k, top-p, min-p, stop, seed"))
        self.sampling.setAccessibleName(f"{self.sampling.toolTip()}: {text}")

    def _open_models(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        current = self._setup.models[0] if self._setup.models else ModelRef()
        bar = menu.addAction(self.tr("{model} (the bench's model)").format(model=current.id))
        bar.setCheckable(True)
        bar.setChecked(True)
        bar.setEnabled(False)
        chosen = {model.id for model in self._setup.models[1:]}
        others = [entry for entry in self._entries if entry.id != current.id and not entry.problem]
        if others:
            menu.addSeparator()
        for entry in others:
            action = menu.addAction(entry.id)
            action.setCheckable(True)
            action.setChecked(entry.id in chosen)
            action.setData(entry.id)
            action.setEnabled(entry.id in chosen or self._may_ask(entry))
            action.setToolTip(self._entry_hint(entry))
        if not others:
            note = menu.addAction(self.tr("No other model on this computer"))
            note.setEnabled(False)
        menu.setToolTipsVisible(True)
        menu.triggered.connect(self._model_toggled)
        menu.popup(self.models.mapToGlobal(self.models.rect().bottomLeft()))

    def _may_ask(self, entry: ModelEntry) -> bool:
        return entry.generates and len(self._setup.models) < MAX_MODELS

    def _entry_hint(self, entry: ModelEntry) -> str:
        """The whole name, or why the model cannot be asked."""
        if not entry.generates:
            return self.tr(
                "It reads text but does not continue it, so it has no answer to compare."
            )
        if len(self._setup.models) >= MAX_MODELS:
            return self.tr("At most {n} models are asked at once.").format(n=MAX_MODELS)
        return tip(entry.id)

    def _model_toggled(self, action: QAction) -> None:
        model_id = action.data()
        if model_id:
            self.set_model(model_id, action.isChecked())

    def set_model(self, model_id: str, wanted: bool) -> None:
        """Ask a further model, or ask it no longer."""
        models = tuple(
            model
            for place, model in enumerate(self._setup.models)
            if place == 0 or model.id != model_id
        )
        if wanted:
            entry = next((entry for entry in self._entries if entry.id == model_id), None)
            models = (*models, ModelRef(model_id, entry.revision if entry else None))
        self.setup_edited.emit(replace(self._setup, models=models))

    def _tint_activated(self, index: int) -> None:
        tint = self.tint.itemData(index)
        self.set_tint(tint)
        self.tint_chosen.emit(tint)

    def _fill_save_menu(self) -> None:
        self._save_menu.clear()
        for data, text in (
            (".md", self.tr("Save as Markdown…")),
            (".html", self.tr("Save as HTML…")),
            (".json", self.tr("Save as JSON…")),
            (".csv", self.tr("Save as CSV…")),
        ):
            self._save_menu.addAction(text).setData(data)
        self._save_menu.addSeparator()
        for data, text in (
            ("markdown", self.tr("Copy as Markdown")),
            ("command", self.tr("Copy as command")),
        ):
            self._save_menu.addAction(text).setData(data)

    def _save_triggered(self, action: QAction) -> None:
        self.save_chosen.emit(action.data())


def _short(name: str) -> str:
    last = model_name(name)
    return last if len(last) <= 28 else last[:27] + "…"
