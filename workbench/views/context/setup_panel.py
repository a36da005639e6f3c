"""The settings at the left: the task, the methods, lengths, keys and the text of the perplexity."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPushButton,
    QWidget,
)

from engine.context.alibi import Alibi
from engine.context.method_names import MOVING_NAMES, SCALING_NAMES, parts_of
from engine.errors import EngineError
from engine.models.spec import Anatomy
from workbench.services.engine_words import tell
from workbench.viewmodels.context_advice import SCENARIOS
from workbench.viewmodels.context_setup import OFFERED, ContextSetup, read_lengths
from workbench.views.context.text_source import TextSourceField
from workbench.views.context.words import (
    method_hint,
    method_name,
    scenario_name,
    scenario_reason,
)
from workbench.widgets.chips import Chip
from workbench.widgets.elided import ElidedCombo, may_shrink
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import SettingsColumn, form, real, whole


class SetupPanel(SettingsColumn):
    """Shows a `ContextSetup`; every wish goes out as a whole new one.

    Signals:
        edited(object): The `ContextSetup` as the person wants it.
        advised(str): The person asks the advisor about a task.
        search_wanted(): LongRoPE's divisors are to be searched.
        twin_wanted(): The teaching model with the other kind of positions is to be measured.
    """

    edited = Signal(object)
    advised = Signal(str)
    twin_wanted = Signal()
    search_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = ContextSetup()
        self._setting = False
        self._kind = ""
        self.scenario = ElidedCombo(self)
        self.scenario.setObjectName("context-scenario")
        self.reason = PlainLabel(self)
        self.reason.setWordWrap(True)
        set_role(self.reason, "muted")
        self.methods = {method: Chip(self, compact=True) for method in OFFERED}
        for method, chip in self.methods.items():
            chip.setObjectName(f"method-{method}")
        self.refusal = PlainLabel(self)
        self.refusal.setWordWrap(True)
        set_role(self.refusal, "muted")
        self.twin = QPushButton(self)
        self.twin.setObjectName("compare-twin")
        self._twin_id = ""
        self.search = QPushButton(self)
        self.search.setObjectName("search-divisors")
        self.divisors = QLineEdit(self)
        self.divisors.setObjectName("long-factor")
        self.lengths = QLineEdit(self)
        self.lengths.setObjectName("probe-lengths")
        self.wrong = PlainLabel(self)
        self.wrong.setWordWrap(True)
        set_role(self.wrong, "bad")
        self.wrong.hide()
        self.factor = real(0, 1024, 1, 1, "stretch-factor")
        self.most = whole(0, 2000, "keys-most")
        self.needles = whole(1, 16, "keys-per-text")
        self.early = whole(0, 99, "early-width")
        self.language = QComboBox(self)
        self.language.setObjectName("keys-language")
        self.language.addItem("English", "en")
        self.language.addItem("中文", "zh")
        self.seed = whole(0, 2_147_483_647, "probe-seed")
        self.text = TextSourceField("perplexity", self)
        self.windows = whole(0, 4096, "perplexity-windows")
        self.stride = whole(1, 8192, "perplexity-stride")
        self.labels = {
            name: PlainLabel(self)
            for name in (
                "lengths", "factor", "most", "needles", "early", "language", "seed", "windows",
                "stride",
            )
        }  # fmt: skip
        self._lay_out()
        self._connect()
        self.retranslate()

    # Showing

    def set_setup(self, setup: ContextSetup) -> None:
        """Show these settings."""
        self._setup = setup
        self._setting = True
        self.scenario.setCurrentIndex(max(0, self.scenario.findData(setup.scenario)))
        reason = scenario_reason(setup.scenario)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        for method, chip in self.methods.items():
            chip.setChecked(method in setup.methods)
        self.divisors.setVisible("longrope" in setup.methods)
        self.search.setVisible("longrope" in setup.methods)
        if not self.divisors.hasFocus():
            self.divisors.setText(setup.long_factor)
        if not self.lengths.hasFocus():
            self.lengths.setText(", ".join(setup.lengths))
            self.wrong.hide()
        self.factor.setValue(setup.factor)
        self.most.setValue(setup.most)
        self.needles.setValue(setup.needles)
        self.early.setValue(round(100 * setup.width))
        self.language.setCurrentIndex(self.language.findData(setup.language))
        self.seed.setValue(setup.seed)
        self.text.set_path(setup.text)
        self.windows.setValue(setup.windows)
        self.stride.setValue(setup.stride)
        self._setting = False
        self.fit_width()

    def set_anatomy(self, anatomy: Anatomy | None, twin: str = "") -> None:
        """Offer only what the model's positions allow, and say why the rest is not.

        Args:
            anatomy: The model's; None = not known yet.
            twin: Name of the teaching model with the other kind of positions, or empty.
        """
        self._kind = anatomy.position_kind if anatomy is not None else ""
        self._twin_id = twin
        self._offer()

    def retranslate(self) -> None:
        """Set every text again."""
        texts = (
            self.tr("What for"),
            self.tr("Methods"),
            self.tr("How far"),
            self.tr("Keys hidden in filler"),
            self.tr("Perplexity on"),
        )
        for heading, text in zip(self.headings, texts, strict=True):
            heading.setText(text)
        for method, chip in self.methods.items():
            chip.setText(method_name(method))
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        names = {
            "lengths": self.tr("Lengths"),
            "factor": self.tr("Factor"),
            "most": self.tr("Most keys"),
            "needles": self.tr("Per text"),
            "early": self.tr("End at width"),
            "language": self.tr("Language"),
            "seed": self.tr("Seed"),
            "windows": self.tr("Windows"),
            "stride": self.tr("Tokens scored"),
        }
        for name, label in self.labels.items():
            label.setText(names[name])
        self.scenario.setAccessibleName(texts[0])
        self.lengths.setToolTip(
            self.tr("Times the trained length (4x) or tokens (1536), separated by commas")
        )
        self.factor.setSpecialValueText(self.tr("as each length needs"))
        self.factor.setToolTip(self.tr("Stretch of every method, whatever the length"))
        self.most.setToolTip(self.tr("Keys asked for per method and length; 0 = none"))
        self.needles.setToolTip(
            self.tr("They share what is read: many keys in one text cost little more than one")
        )
        self.early.setSuffix(" %")
        self.early.setToolTip(self.tr("A cell ends once its 95 % interval is so narrow; 0 = never"))
        self.stride.setToolTip(
            self.tr("At the end of each window; the tokens before are its context")
        )
        self.divisors.setPlaceholderText(self.tr("Divisors, one per pair of dimensions"))
        self.search.setText(self.tr("Search divisors"))
        self.search.setToolTip(
            self.tr(
                "24 lists are tried on keys hidden in a text as long as the factor says (4 where "
                "each length has its own); the best one is filled in"
            )
        )
        self.divisors.setAccessibleName(self.tr("LongRoPE's divisors"))
        self.text.combo.setAccessibleName(texts[4])
        self._fill_scenarios()
        self._offer()
        self.set_setup(self._setup)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def add_group(self, name: str, content: QWidget) -> None:
        """Settings of another topic; shown by `show_groups`."""
        self._groups[name] = content
        self.add_part(content)
        self.fit_width()

    def show_groups(self, names: tuple[str, ...]) -> None:
        """Show the settings that the topic has."""
        for name, group in self._groups.items():
            group.setVisible(name in names)

    # Filling

    def _offer(self) -> None:
        """Methods that apply can be chosen; the others say why they do not."""
        told, trained = self._refused(), self._untrained()
        for method, chip in self.methods.items():
            reason = trained if method == Alibi.name else told if turns(method) else ""
            chip.setEnabled(not reason)
            chip.setToolTip(reason or method_hint(method))
        self.refusal.setText(told or trained)
        self.refusal.setVisible(bool(told or trained))
        self.twin.setText(self.tr("Compare with {model}").format(model=self._twin_id))
        self.twin.setToolTip(
            self.tr("The teaching model with the same lessons and the other kind of positions")
        )
        self.twin.setVisible(bool(self._twin_id))

    def _refused(self) -> str:
        """Why nothing can be turned, in one sentence; empty when it can."""
        match self._kind:
            case "" | "rope":
                return ""
            case "alibi":
                return self.tr(
                    "ALiBi turns nothing: it takes a penalty per distance off each score, so "
                    "there are no frequencies to change. It extrapolates directly, as trained."
                )
        return self.tr("The model has no rotary positions: there is nothing to turn.")

    def _untrained(self) -> str:
        """Why ALiBi is not to be had, in one sentence; empty when it is, or nothing is known."""
        if self._kind in ("", "alibi"):
            return ""
        return self.tr("ALiBi is trained in: this model's weights expect other positions.")

    def _fill_scenarios(self) -> None:
        self._setting = True
        self.scenario.clear()
        self.scenario.addItem(scenario_name(""), "")
        for scenario in SCENARIOS:
            self.scenario.addItem(scenario_name(scenario), scenario)
        self._setting = False

    # Editing

    def _edit(self, setup: ContextSetup) -> None:
        if not self._setting and setup != self._setup:
            self.edited.emit(setup)

    def _scenario_chosen(self, index: int) -> None:
        self.advised.emit(str(self.scenario.itemData(index)))

    def _methods_edited(self) -> None:
        chosen = [name for name, chip in self.methods.items() if chip.isChecked()]
        others = [name for name in self._setup.methods if name not in self.methods]
        self._edit(replace(self._setup, methods=(*chosen, *others)))

    def _lengths_edited(self) -> None:
        try:
            lengths = read_lengths(self.lengths.text())
        except EngineError as error:
            report = error.report()
            self.wrong.setText(f"{tell(report.message)} {tell(report.hint)}")
            self.wrong.show()
            return
        self.wrong.hide()
        self._edit(replace(self._setup, lengths=lengths))

    def _divisors_edited(self) -> None:
        self._edit(replace(self._setup, long_factor=self.divisors.text().strip()))

    def _factor_edited(self, value: float) -> None:
        self._edit(replace(self._setup, factor=value if value >= 1 else 0.0))

    def _factor_finished(self) -> None:
        """Below 1 nothing is stretched: what will be measured is shown."""
        self.factor.setValue(self._setup.factor)

    def _numbers_edited(self) -> None:
        self._edit(
            replace(
                self._setup, most=self.most.value(), needles=self.needles.value(),
                width=self.early.value() / 100, seed=self.seed.value(),
                windows=self.windows.value(), stride=self.stride.value(),
                language="zh" if self.language.currentData() == "zh" else "en",
            )
        )  # fmt: skip

    def _text_chosen(self, path: str) -> None:
        self._edit(replace(self._setup, text=path))

    # Building

    def _lay_out(self) -> None:
        labels = self.labels
        chips = FlowBar(self)
        flow = FlowLayout(chips, 4)
        for chip in self.methods.values():
            flow.addWidget(chip)
        sizes = form((labels["lengths"], self.lengths), (labels["factor"], self.factor))
        keys = form(
            (labels["most"], self.most),
            (labels["needles"], self.needles),
            (labels["early"], self.early),
            (labels["language"], self.language),
            (labels["seed"], self.seed),
        )
        windows = form((labels["windows"], self.windows), (labels["stride"], self.stride))
        self._groups = {
            "for": self.add_section(self.scenario, self.reason),
            "methods": self.add_section(chips, self.divisors, self.search, self.refusal, self.twin),
            "far": self.add_section(sizes, self.wrong),
            "keys": self.add_section(keys),
            "text": self.add_section(self.text, windows),
        }
        may_shrink(self.scenario)

    def _connect(self) -> None:
        self.scenario.activated.connect(self._scenario_chosen)
        for chip in self.methods.values():
            chip.clicked.connect(self._methods_edited)
        self.search.clicked.connect(self.search_wanted)
        self.twin.clicked.connect(self.twin_wanted)
        self.divisors.editingFinished.connect(self._divisors_edited)
        self.lengths.editingFinished.connect(self._lengths_edited)
        self.factor.valueChanged.connect(self._factor_edited)
        self.factor.editingFinished.connect(self._factor_finished)
        for box in (self.most, self.needles, self.early, self.seed, self.windows, self.stride):
            box.valueChanged.connect(self._numbers_edited)
        self.language.activated.connect(self._numbers_edited)
        self.text.edited.connect(self._text_chosen)


def turns(method: str) -> bool:
    """Whether a method needs rotary positions."""
    scales = any(part in SCALING_NAMES and part != "direct" for part in parts_of(method))
    return scales or any(part in MOVING_NAMES for part in parts_of(method))
