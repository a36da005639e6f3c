"""Which models are asked, and in which states: a button with a menu."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from engine.models.reference import ModelRef, Quantization
from engine.models.spec import ModelEntry
from workbench.services.tips import tip
from workbench.viewmodels.evaluate_setup import STATES, model_label

MAX_MODELS = 6


class ModelsButton(QPushButton):
    """Shows the models; each has an entry per state: as it is, 8-bit, 4-bit.

    Signals:
        models_edited(object): The tuple of `ModelRef` as the person wants it.
    """

    models_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[ModelRef, ...] = (ModelRef(),)
        self._entries: tuple[ModelEntry, ...] = ()
        self.clicked.connect(self._open)
        self.menu_shown: QMenu | None = None

    def set_models(self, models: tuple[ModelRef, ...]) -> None:
        """Show which models are asked."""
        self._models = models
        self._write()

    def set_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        """The models that may be asked."""
        self._entries = entries

    def toggle(self, ref: ModelRef) -> None:
        """Ask a model (in a state), or ask it no longer; one always stays."""
        if ref in self._models:
            kept = tuple(model for model in self._models if model != ref)
        else:
            kept = (*self._models, ref)
        if kept and len(kept) <= MAX_MODELS:
            self.models_edited.emit(kept)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        names = [model_label(model) for model in self._models]
        first = names[0] if names else ""
        if len(names) > 1:
            text = self.tr("{model} + {n} more").format(model=first, n=len(names) - 1)
        else:
            text = first
        self.setText(text + "  ▾")
        asked = self.tr("Models to ask: {names}").format(names=", ".join(names))
        self.setToolTip(tip(asked))
        self.setAccessibleName(asked)

    def _open(self) -> None:
        menu = QMenu(self)
        known = {entry.id for entry in self._entries}
        refs = [model for model in self._models if model.id not in known]
        refs += [
            ModelRef(entry.id, entry.revision)
            for entry in self._entries
            if entry.generates and not entry.problem
        ]
        for ref in refs:
            own = menu.addMenu(model_label(replace(ref, options=ModelRef().options)))
            for state in STATES:
                self._add_state(own, ref, state)
        menu.triggered.connect(self._chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu_shown = menu
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _add_state(self, menu: QMenu, ref: ModelRef, state: Quantization) -> None:
        asked = next(
            (
                model
                for model in self._models
                if model.id == ref.id and model.options.quantization == state
            ),
            None,
        )
        wanted = asked or replace(ref, options=replace(ref.options, quantization=state))
        names = {
            "none": self.tr("As it is"),
            "int8": self.tr("In 8-bit"),
            "nf4": self.tr("In 4-bit"),
        }
        action = menu.addAction(names[state])
        action.setCheckable(True)
        action.setChecked(asked is not None)
        action.setData(wanted)

    def _chosen(self, action: QAction) -> None:
        ref = action.data()
        if isinstance(ref, ModelRef):
            self.toggle(ref)
