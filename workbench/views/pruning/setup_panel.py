"""The settings at the left: the score, how zeros are shared, the texts, how it is saved."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from engine.pruning.prune_spec import ALLOCATIONS
from workbench.viewmodels.pruning_setup import PATTERNS, PruneSetup
from workbench.views.pruning.score_settings import ScoreSettings
from workbench.views.pruning.text_picker import TextPicker
from workbench.views.pruning.words import allocation_hint, allocation_name
from workbench.widgets.elided import ElidedCombo, may_shrink
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import SettingsColumn, form, whole


class SetupPanel(SettingsColumn):
    """Shows a `PruneSetup`; every wish goes out as a whole new one.

    Signals:
        edited(object): The `PruneSetup` as the person wants it.
        save_wanted(str): Keep the score in force under this name.
        forget_wanted(str): Keep the score of this name no longer.
    """

    edited = Signal(object)
    save_wanted = Signal(str)
    forget_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = PruneSetup()
        self._setting = False
        self.score = ScoreSettings(self)
        self.passes = QComboBox(self)
        self.passes.setObjectName("prune-passes")
        self.allocation = ElidedCombo(self)
        self.allocation.setObjectName("prune-allocation")
        self.pattern = QComboBox(self)
        self.pattern.setObjectName("prune-pattern")
        self.calibration = TextPicker("calibration", self)
        self.evaluation = TextPicker("evaluation", self)
        self.windows = whole(1, 4096, "calibration-windows")
        self.length = whole(8, 8192, "window-length")
        self.seed = whole(0, 2_147_483_647, "calibration-seed")
        self.measured = whole(0, 4096, "measured-windows")
        self.bitmask = QCheckBox(self)
        self.bitmask.setObjectName("save-bitmask")
        self.labels = {name: PlainLabel(self) for name in ("windows", "length", "seed", "measured")}
        self._lay_out()
        self._connect()
        self.retranslate()

    # Showing

    def set_setup(self, setup: PruneSetup) -> None:
        """Show these settings."""
        self._setup = setup
        self._setting = True
        self.score.set_setup(setup)
        self.passes.setCurrentIndex(max(0, self.passes.findData(setup.passes)))
        self.allocation.setCurrentIndex(max(0, self.allocation.findData(setup.allocation)))
        self.allocation.setEnabled(not setup.pattern)
        self.allocation.setToolTip(allocation_hint(setup.allocation))
        self.pattern.setCurrentIndex(max(0, self.pattern.findData(setup.pattern)))
        self.calibration.set_choice(setup.calibration)
        self.evaluation.set_choice(setup.evaluation)
        self.windows.setValue(setup.windows)
        self.length.setValue(setup.length)
        self.seed.setValue(setup.seed)
        self.measured.setValue(setup.measured)
        self.bitmask.setChecked(setup.bitmask)
        self._setting = False
        self.fit_width()

    def retranslate(self) -> None:
        """Set every text again."""
        texts = (
            self.tr("Score"),
            self.tr("Sharing the zeros"),
            self.tr("Calibration text"),
            self.tr("Measured on"),
            self.tr("Saving"),
        )
        for heading, text in zip(self.headings, texts, strict=True):
            heading.setText(text)
        self.score.retranslate()
        self.labels["windows"].setText(self.tr("Windows"))
        self.labels["length"].setText(self.tr("Tokens each"))
        self.labels["seed"].setText(self.tr("Seed"))
        self.labels["measured"].setText(self.tr("Windows"))
        self.allocation.setAccessibleName(texts[1])
        self.pattern.setAccessibleName(self.tr("Pattern of zeros"))
        self.pattern.setToolTip(
            self.tr(
                "2:4 keeps two of every four neighbours; it fixes the ratio, and brings no speed "
                "on this program's kernels: measured, not promised"
            )
        )
        self.passes.setAccessibleName(self.tr("How the text is read"))
        self.passes.setToolTip(
            self.tr(
                "One pass prunes each matrix by inputs that come from pruned ones; two passes read "
                "each block dense, prune it, and read it again, as the published references do"
            )
        )
        self.length.setToolTip(
            self.tr("Perplexities of different lengths cannot be compared with each other")
        )
        self.seed.setToolTip(self.tr("Which windows are drawn; the measurement draws others"))
        self.measured.setSpecialValueText(self.tr("none"))
        self.measured.setToolTip(
            self.tr("None: prune without a loss, as a model must that predicts no next token")
        )
        self.bitmask.setText(self.tr("Zeros as bits"))
        self.bitmask.setToolTip(
            self.tr(
                "One bit per weight and the values that stay: a smaller file that opens in Lathe. "
                "Otherwise zeros are stored as values and the file is as large as before."
            )
        )
        self._fill_fixed()
        self.set_setup(self._setup)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # Filling

    def _fill_fixed(self) -> None:
        self._setting = True
        self.allocation.clear()
        for rule in ALLOCATIONS:
            self.allocation.addItem(allocation_name(rule), rule)
        self.passes.clear()
        self.passes.addItem(self.tr("in one pass"), 1)
        self.passes.addItem(self.tr("block by block, two passes"), 2)
        self.pattern.clear()
        for pattern in PATTERNS:
            self.pattern.addItem(pattern or self.tr("zeros anywhere"), pattern)
        self._setting = False

    # Editing

    def _edit(self, setup: PruneSetup) -> None:
        if not self._setting and setup != self._setup:
            self.edited.emit(setup)

    def _passes_chosen(self, index: int) -> None:
        self._edit(replace(self._setup, passes=int(self.passes.itemData(index))))

    def _allocation_chosen(self, index: int) -> None:
        self._edit(replace(self._setup, allocation=str(self.allocation.itemData(index))))

    def _pattern_chosen(self, index: int) -> None:
        self._edit(replace(self._setup, pattern=str(self.pattern.itemData(index))))

    def _texts_edited(self) -> None:
        self._edit(
            replace(
                self._setup,
                calibration=self.calibration.choice,
                evaluation=self.evaluation.choice,
            )
        )

    def _numbers_edited(self) -> None:
        measured = self.measured.value()
        if measured == 1:  # one window has no standard error: on from none, down from two
            measured = 0 if self._setup.measured == 2 else 2
            self.measured.setValue(measured)
        self._edit(
            replace(
                self._setup, windows=self.windows.value(), length=self.length.value(),
                seed=self.seed.value(), measured=measured,
            )
        )  # fmt: skip

    def _bitmask_edited(self, on: bool) -> None:
        self._edit(replace(self._setup, bitmask=on))

    # Building

    def _lay_out(self) -> None:
        labels = self.labels
        calibration = form(
            (labels["windows"], self.windows),
            (labels["length"], self.length),
            (labels["seed"], self.seed),
        )
        evaluation = form((labels["measured"], self.measured))
        self.add_section(self.score)
        self.add_section(self.allocation, self.pattern)
        self.add_section(self.calibration, calibration, self.passes)
        self.add_section(self.evaluation, evaluation)
        self.add_section(self.bitmask)
        may_shrink(self.allocation)

    def _connect(self) -> None:
        self.score.edited.connect(self._edit)
        self.score.save_wanted.connect(self.save_wanted)
        self.score.forget_wanted.connect(self.forget_wanted)
        self.passes.activated.connect(self._passes_chosen)
        self.allocation.activated.connect(self._allocation_chosen)
        self.pattern.activated.connect(self._pattern_chosen)
        self.calibration.edited.connect(self._texts_edited)
        self.evaluation.edited.connect(self._texts_edited)
        for box in (self.windows, self.length, self.seed, self.measured):
            box.valueChanged.connect(self._numbers_edited)
        self.bitmask.toggled.connect(self._bitmask_edited)
