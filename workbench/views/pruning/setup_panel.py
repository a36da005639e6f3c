"""The settings at the left: the score, how zeros are shared, the texts, how it is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from engine.pruning.prune_spec import ALLOCATIONS, CUSTOM, METHODS
from engine.pruning.recipe import Group, Mode, Recipe
from workbench.viewmodels.pruning_setup import PATTERNS, PruneSetup
from workbench.views.pruning.text_picker import TextPicker
from workbench.views.pruning.words import (
    allocation_hint,
    allocation_name,
    formula,
    method_hint,
    method_name,
)
from workbench.widgets.elided import ElidedCombo, may_shrink
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import SettingsColumn, form, real, whole


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
        self.method = ElidedCombo(self)
        self.method.setObjectName("prune-method")
        self.about = PlainLabel(self)
        self.about.setWordWrap(True)
        set_role(self.about, "muted")
        self.formula = PlainLabel(self)
        self.formula.setWordWrap(True)
        use_fixed_font(self.formula)
        self.mode = QComboBox(self)
        self.mode.setObjectName("score-mode")
        self.magnitude = real(0, 4, 0.25, 2, "score-u")
        self.activation = real(0, 4, 0.25, 2, "score-a")
        self.group = QComboBox(self)
        self.group.setObjectName("score-group")
        self.preset_name = QLineEdit(self)
        self.preset_name.setObjectName("score-name")
        self.save = QPushButton(self)
        self.save.setObjectName("save-score")
        self.forget = QPushButton(self)
        self.forget.setObjectName("forget-score")
        self.forget.setProperty("role", "quiet")
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
        self.measured = whole(2, 4096, "measured-windows")
        self.bitmask = QCheckBox(self)
        self.bitmask.setObjectName("save-bitmask")
        self.labels = {
            name: PlainLabel(self)
            for name in ("mode", "u", "a", "group", "windows", "length", "seed", "measured")
        }
        self._lay_out()
        self._connect()
        self.retranslate()

    # Showing

    def set_setup(self, setup: PruneSetup) -> None:
        """Show these settings."""
        self._setup = setup
        self._setting = True
        self._fill_methods()
        recipe = setup.scored_by
        self.about.setText(method_hint(setup.method))
        self.formula.setText(formula(recipe))
        self.mode.setCurrentIndex(max(0, self.mode.findData(recipe.mode)))
        self.magnitude.setValue(recipe.u)
        self.activation.setValue(recipe.a)
        self.group.setCurrentIndex(max(0, self.group.findData(recipe.group)))
        self._custom.setVisible(setup.method == CUSTOM)
        self.forget.setVisible(bool(setup.preset))
        self.forget.setText(self.tr("Forget “{name}”").format(name=setup.preset))
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
        self.method.setAccessibleName(texts[0])
        self.labels["mode"].setText(self.tr("Relative to"))
        self.labels["u"].setText(self.tr("Exponent of |W|"))
        self.labels["a"].setText(self.tr("Exponent of ‖X‖"))
        self.labels["group"].setText(self.tr("Compared"))
        self.labels["windows"].setText(self.tr("Windows"))
        self.labels["length"].setText(self.tr("Tokens each"))
        self.labels["seed"].setText(self.tr("Seed"))
        self.labels["measured"].setText(self.tr("Windows"))
        self.preset_name.setPlaceholderText(self.tr("Name of this score"))
        self.preset_name.setAccessibleName(self.preset_name.placeholderText())
        self.save.setText(self.tr("Keep"))
        self.save.setToolTip(self.tr("Keep this score among the methods"))
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
        modes: dict[Mode, str] = {
            "none": self.tr("nothing"),
            "row+col": self.tr("its row and column"),
        }
        groups: dict[Group, str] = {
            "row": self.tr("within a row"),
            "matrix": self.tr("in the whole matrix"),
        }
        self._setting = True
        for combo, names in ((self.mode, modes), (self.group, groups)):
            combo.clear()
            for value in get_args(Mode) if combo is self.mode else get_args(Group):
                combo.addItem(names[value], value)
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

    def _fill_methods(self) -> None:
        setup = self._setup
        self.method.clear()
        for method in METHODS:
            if method != CUSTOM:
                self.method.addItem(method_name(method), (method, ""))
        if setup.saved:
            self.method.insertSeparator(self.method.count())
        for name in setup.saved:
            self.method.addItem(name, (CUSTOM, name))
        self.method.insertSeparator(self.method.count())
        self.method.addItem(method_name(CUSTOM), (CUSTOM, ""))
        known = next((n for n, one in setup.saved.items() if one == setup.recipe), "")
        wanted = (setup.method, known if setup.method == CUSTOM else "")
        values = [self.method.itemData(place) for place in range(self.method.count())]
        at = next((n for n, value in enumerate(values) if value and tuple(value) == wanted), 0)
        self.method.setCurrentIndex(at)

    # Editing

    def _edit(self, setup: PruneSetup) -> None:
        if not self._setting and setup != self._setup:
            self.edited.emit(setup)

    def _method_chosen(self, index: int) -> None:
        chosen = self.method.itemData(index)
        if not chosen:
            return
        method, name = chosen
        recipe = self._setup.recipe
        if method == CUSTOM:
            recipe = self._setup.saved.get(name, self._setup.scored_by)
        self._edit(replace(self._setup, method=method, recipe=recipe))

    def _recipe_edited(self) -> None:
        if self._setting:
            return
        mode: Mode = "row+col" if self.mode.currentData() == "row+col" else "none"
        group: Group = "matrix" if self.group.currentData() == "matrix" else "row"
        recipe = Recipe(mode, self.magnitude.value(), self.activation.value(), group)
        self._edit(replace(self._setup, recipe=recipe))

    def _save_clicked(self) -> None:
        self.save_wanted.emit(self.preset_name.text())
        self.preset_name.clear()

    def _forget_clicked(self) -> None:
        self.forget_wanted.emit(self._setup.preset)

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
        self._edit(
            replace(
                self._setup, windows=self.windows.value(), length=self.length.value(),
                seed=self.seed.value(), measured=self.measured.value(),
            )
        )  # fmt: skip

    def _bitmask_edited(self, on: bool) -> None:
        self._edit(replace(self._setup, bitmask=on))

    # Building

    def _lay_out(self) -> None:
        labels = self.labels
        self._custom = QWidget(self)
        custom = form(
            (labels["mode"], self.mode),
            (labels["u"], self.magnitude),
            (labels["a"], self.activation),
            (labels["group"], self.group),
            parent=self._custom,
        )
        keep = QHBoxLayout()
        keep.setSpacing(8)
        keep.addWidget(self.preset_name, 1)
        keep.addWidget(self.save)
        custom.addRow(keep)
        custom.addRow(self.forget)
        calibration = form(
            (labels["windows"], self.windows),
            (labels["length"], self.length),
            (labels["seed"], self.seed),
        )
        evaluation = form((labels["measured"], self.measured))
        self.add_section(self.method, self.about, self.formula, self._custom)
        self.add_section(self.allocation, self.pattern)
        self.add_section(self.calibration, calibration, self.passes)
        self.add_section(self.evaluation, evaluation)
        self.add_section(self.bitmask)
        for combo in (self.method, self.allocation):
            may_shrink(combo)

    def _connect(self) -> None:
        self.method.activated.connect(self._method_chosen)
        self.mode.activated.connect(self._recipe_edited)
        self.group.activated.connect(self._recipe_edited)
        self.magnitude.valueChanged.connect(self._recipe_edited)
        self.activation.valueChanged.connect(self._recipe_edited)
        self.save.clicked.connect(self._save_clicked)
        self.preset_name.returnPressed.connect(self._save_clicked)
        self.forget.clicked.connect(self._forget_clicked)
        self.passes.activated.connect(self._passes_chosen)
        self.allocation.activated.connect(self._allocation_chosen)
        self.pattern.activated.connect(self._pattern_chosen)
        self.calibration.edited.connect(self._texts_edited)
        self.evaluation.edited.connect(self._texts_edited)
        for box in (self.windows, self.length, self.seed, self.measured):
            box.valueChanged.connect(self._numbers_edited)
        self.bitmask.toggled.connect(self._bitmask_edited)
