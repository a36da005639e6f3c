"""How long texts are read: the cache, the implementation of attention, tokens per pass."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from engine.context.cache_names import CACHES
from engine.context.probe_spec import IMPLEMENTATIONS, LEAST_CHUNK
from engine.models.reference import AttentionChoice
from workbench.viewmodels.context_setup import ContextSetup
from workbench.views.context.words import attention_name, cache_hint, cache_name
from workbench.widgets.elided import ElidedCombo, may_shrink
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import form, whole

PASS_STEP = 128


class ReadingPanel(QWidget):
    """Shows a part of a `ContextSetup`; every wish goes out as a whole new one.

    Signals:
        edited(object): The `ContextSetup` as the person wants it.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = ContextSetup()
        self._setting = False
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.cache = ElidedCombo(self)
        self.cache.setObjectName("probe-cache")
        self.attention = ElidedCombo(self)
        self.attention.setObjectName("probe-attention")
        for box, names in ((self.cache, CACHES), (self.attention, ("auto", *IMPLEMENTATIONS))):
            may_shrink(box)
            for name in names:
                box.addItem(name, name)
        self.chunk = whole(0, 1 << 20, "tokens-per-pass")
        self.chunk.setSingleStep(PASS_STEP)
        self.timed = QCheckBox(self)
        self.timed.setObjectName("time-attention")
        self.labels = {name: PlainLabel(self) for name in ("cache", "attention", "chunk")}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.heading)
        fields = form(
            (self.labels["cache"], self.cache),
            (self.labels["attention"], self.attention),
            (self.labels["chunk"], self.chunk),
        )
        rows.addLayout(fields)
        rows.addWidget(self.timed)
        self.cache.activated.connect(self._edit)
        self.attention.activated.connect(self._edit)
        self.chunk.valueChanged.connect(self._edit)
        self.timed.toggled.connect(self._edit)
        self.retranslate()

    def set_setup(self, setup: ContextSetup) -> None:
        """Show these settings."""
        self._setup = setup
        self._setting = True
        self.cache.setCurrentIndex(self.cache.findData(setup.cache))
        self.attention.setCurrentIndex(self.attention.findData(setup.attention))
        self.chunk.setValue(setup.chunk)
        self.timed.setChecked(setup.timed)
        self._setting = False

    def retranslate(self) -> None:
        """Set every text again."""
        self.heading.setText(self.tr("How texts are read"))
        names = {
            "cache": self.tr("Cache"),
            "attention": self.tr("Attention"),
            "chunk": self.tr("Tokens per pass"),
        }
        for name, label in self.labels.items():
            label.setText(names[name])
        for place, cache in enumerate(CACHES):
            self.cache.setItemText(place, cache_name(cache))
        self.cache.setAccessibleName(names["cache"])
        self.cache.setToolTip("\n".join(f"{cache_name(one)}: {cache_hint(one)}" for one in CACHES))
        for place, name in enumerate(("auto", *IMPLEMENTATIONS)):
            self.attention.setItemText(place, attention_name(name))
        self.attention.setAccessibleName(names["attention"])
        self.attention.setToolTip(
            self.tr(
                "One that cannot run here says why when you measure. A rule of attention, such "
                "as ReRoPE, always runs in its own."
            )
        )
        self.chunk.setAccessibleName(names["chunk"])
        self.chunk.setSpecialValueText(self.tr("all at once"))
        self.chunk.setToolTip(
            self.tr("Long texts are read in passes: memory grows with them, answers stay the same")
        )
        self.timed.setText(self.tr("Time every implementation"))
        self.timed.setToolTip(
            self.tr("Each reads a text of every length; those that cannot run here say why")
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _edit(self) -> None:
        if self._setting:
            return
        chunk = self.chunk.value()
        self.edited.emit(
            replace(
                self._setup, cache=str(self.cache.currentData()),
                attention=cast(AttentionChoice, self.attention.currentData()),
                chunk=max(LEAST_CHUNK, chunk) if chunk else 0, timed=self.timed.isChecked(),
            )
        )  # fmt: skip
