"""The score that ranks the weights: a named method, or exponents, norm and group of one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from engine.pruning.prune_spec import CUSTOM, METHODS, OWN
from engine.pruning.recipe import Group, Mode, Recipe
from workbench.viewmodels.pruning_setup import PruneSetup
from workbench.views.pruning.words import formula, method_hint, method_name
from workbench.widgets.elided import ElidedCombo, may_shrink
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import form, real


class ScoreSettings(QWidget):
    """Shows the score of a `PruneSetup`; every wish goes out as a whole new one.

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
        may_shrink(self.method)
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
        self.labels = {name: PlainLabel(self) for name in ("mode", "u", "a", "group")}
        self._lay_out()
        self._connect()

    def set_setup(self, setup: PruneSetup) -> None:
        """Show the score of these settings."""
        if self.preset_name.text().strip() in setup.saved.keys() - self._setup.saved.keys():
            self.preset_name.clear()  # it is kept: only now has the name done its work
        self._setup = setup
        self._setting = True
        self._fill_methods()
        recipe = setup.scored_by
        self.about.setText(method_hint(setup.method))
        shown = formula(recipe)
        if setup.method in OWN:
            shown = self.tr("Slider: {formula}").format(formula=shown)
        self.formula.setText(shown)
        self.mode.setCurrentIndex(max(0, self.mode.findData(recipe.mode)))
        self.magnitude.setValue(recipe.u)
        self.activation.setValue(recipe.a)
        self.group.setCurrentIndex(max(0, self.group.findData(recipe.group)))
        self._custom.setVisible(setup.method == CUSTOM)
        self.save.setEnabled(bool(self.preset_name.text().strip()))
        self.forget.setVisible(bool(setup.preset))
        self.forget.setText(self.tr("Forget “{name}”").format(name=setup.preset))
        self._setting = False

    def retranslate(self) -> None:
        """Set every text again; `set_setup` then shows the choice."""
        self.labels["mode"].setText(self.tr("Relative to"))
        self.labels["u"].setText(self.tr("Exponent of |W|"))
        self.labels["a"].setText(self.tr("Exponent of ‖X‖"))
        self.labels["group"].setText(self.tr("Compared"))
        self.method.setAccessibleName(self.tr("Score"))
        self.preset_name.setPlaceholderText(self.tr("Name of this score"))
        self.preset_name.setAccessibleName(self.preset_name.placeholderText())
        self.save.setText(self.tr("Keep"))
        self.save.setToolTip(self.tr("Keep this score among the methods"))
        modes: dict[Mode, str] = {
            "none": self.tr("nothing"),
            "row+col": self.tr("its row and column"),
        }
        groups: dict[Group, str] = {
            "row": self.tr("within a row"),
            "matrix": self.tr("in the whole matrix"),
        }
        self._setting = True
        self.mode.clear()
        for mode in get_args(Mode):
            self.mode.addItem(modes[mode], mode)
        self.group.clear()
        for group in get_args(Group):
            self.group.addItem(groups[group], group)
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

    # What the person does

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

    def _named(self, name: str) -> None:
        self.save.setEnabled(bool(name.strip()))

    def _save_clicked(self) -> None:
        if self.save.isEnabled():
            self.save_wanted.emit(self.preset_name.text())

    def _forget_clicked(self) -> None:
        self.forget_wanted.emit(self._setup.preset)

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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.method, self.about, self.formula, self._custom):
            column.addWidget(part)

    def _connect(self) -> None:
        self.method.activated.connect(self._method_chosen)
        self.mode.activated.connect(self._recipe_edited)
        self.group.activated.connect(self._recipe_edited)
        self.magnitude.valueChanged.connect(self._recipe_edited)
        self.activation.valueChanged.connect(self._recipe_edited)
        self.preset_name.textChanged.connect(self._named)
        self.save.clicked.connect(self._save_clicked)
        self.preset_name.returnPressed.connect(self._save_clicked)
        self.forget.clicked.connect(self._forget_clicked)
