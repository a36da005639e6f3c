"""The settings at the left: the score, how zeros are shared, the texts, how it is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QVBoxLayout,
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
from workbench.widgets.elided import ElidedCombo
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class SetupPanel(QFrame):
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
        self.setProperty("role", "band")
        self._setup = PruneSetup()
        self._setting = False
        self.headings = [PlainLabel(self) for _ in range(5)]
        for heading in self.headings:
            set_role(heading, "section")
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
        self.magnitude = _real("score-u")
        self.activation = _real("score-a")
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
        self.windows = _whole(1, 4096, "calibration-windows")
        self.length = _whole(8, 8192, "window-length")
        self.seed = _whole(0, 2_147_483_647, "calibration-seed")
        self.measured = _whole(2, 4096, "measured-windows")
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
        self._fit_width()

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

    def _fit_width(self) -> None:
        """Wide enough for its widest row."""
        letter = self.fontMetrics().averageCharWidth()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        wanted = max(self._inside.minimumSizeHint().width(), letter * 34)
        self.setMinimumWidth(wanted + bar + 20)

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
        self._custom = QWidget(self)
        custom = _form(self._custom)
        custom.addRow(self.labels["mode"], self.mode)
        custom.addRow(self.labels["u"], self.magnitude)
        custom.addRow(self.labels["a"], self.activation)
        custom.addRow(self.labels["group"], self.group)
        keep = QHBoxLayout()
        keep.setSpacing(8)
        keep.addWidget(self.preset_name, 1)
        keep.addWidget(self.save)
        custom.addRow(keep)
        custom.addRow(self.forget)
        for label in self.labels.values():  # in the middle of its row
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        calibration = _form()
        calibration.addRow(self.labels["windows"], self.windows)
        calibration.addRow(self.labels["length"], self.length)
        calibration.addRow(self.labels["seed"], self.seed)
        evaluation = _form()
        evaluation.addRow(self.labels["measured"], self.measured)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        groups: tuple[tuple[QWidget | QFormLayout, ...], ...] = (
            (self.method, self.about, self.formula, self._custom),
            (self.allocation, self.pattern),
            (self.calibration, calibration, self.passes),
            (self.evaluation, evaluation),
            (self.bitmask,),
        )
        for place, (heading, group) in enumerate(zip(self.headings, groups, strict=True)):
            if place:
                column.addSpacing(8)
            column.addWidget(heading)
            for part in group:
                if isinstance(part, QWidget):
                    column.addWidget(part)
                else:
                    column.addLayout(part)
        column.addStretch(1)
        for combo in (self.method, self.allocation):
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(10)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self._inside = inside
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 4, 8)
        layout.addWidget(scroll)

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


def _whole(low: int, high: int, name: str) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    return box


def _real(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setRange(0, 4)
    box.setSingleStep(0.25)
    box.setDecimals(2)
    box.setKeyboardTracking(False)
    return box


def _form(parent: QWidget | None = None) -> QFormLayout:
    form = QFormLayout(parent) if parent is not None else QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form
