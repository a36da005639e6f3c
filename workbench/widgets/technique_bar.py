"""The chips above the results: which techniques to ask with, and their settings."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.decoding.params import Sampling
from engine.evaluation.technique_settings import TechniqueSettings
from engine.prompting.elements import Language
from engine.prompting.strategies.generated_knowledge import KNOWLEDGE_TRIGGER
from engine.prompting.strategies.registry import TECHNIQUES
from engine.prompting.strategies.zero_shot_cot import DEFAULT_TRIGGER
from workbench.services.tips import tip
from workbench.viewmodels.compare_setup import MAX_VARIANTS, CompareSetup, VariantChoice
from workbench.viewmodels.names import column_title, technique_hint, technique_name
from workbench.viewmodels.runs_words import sampling_text
from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.technique_fields import TechniqueFields

SUGGESTED_TRIGGERS: dict[Language, tuple[str, ...]] = {
    "en": (
        DEFAULT_TRIGGER["en"],
        "Let's work this out step by step to be sure we have the right answer.",
        "First, write down the steps. Then give the answer.",
        "Think before you answer.",
    ),
    "zh": (
        DEFAULT_TRIGGER["zh"],
        "让我们一步一步推理，确保答案正确。",
        "先写出步骤，再给出答案。",
        "先思考，再回答。",
    ),
}


class TechniquePopup(QFrame):
    """A chip's settings: trigger sentence, number of examples, their layout.

    Signals:
        changed(object): The `VariantChoice` as it should be.
        removed(str): Take this extra chip away.
    """

    changed = Signal(object)
    removed = Signal(str)

    def __init__(self, choice: VariantChoice, language: Language, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("technique-popup")
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choice = choice
        technique = TECHNIQUES[choice.technique]
        heading = PlainLabel(column_title(choice.technique, choice.variant("text").name), self)
        set_role(heading, "section")
        about = PlainLabel(technique_hint(choice.technique), self)
        about.setWordWrap(True)
        set_role(about, "muted")
        about.setMinimumWidth(self.fontMetrics().averageCharWidth() * 46)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        self.trigger: QComboBox | None = None
        self.shots: QSpinBox | None = None
        self.layout_choice: QComboBox | None = None
        if technique.uses_trigger:
            self._add_trigger(form, language)
        if technique.uses_examples:
            self._add_examples(form)
        self.fields = TechniqueFields(choice.technique, choice.settings, language, self)
        self.fields.add_to(form)
        self.fields.changed.connect(self._settings_changed)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 12)
        box.setSpacing(8)
        box.addWidget(heading)
        box.addWidget(about)
        box.addLayout(form)
        if choice.sampling is not None:
            self._add_sampling(box, choice.sampling)
        if choice.is_extra:
            remove = QPushButton(self.tr("Take this technique away"), self)
            remove.clicked.connect(self._remove)
            box.addWidget(remove, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_trigger(self, form: QFormLayout, language: Language) -> None:
        self.trigger = QComboBox(self)
        self.trigger.setObjectName("trigger-sentence")
        self.trigger.setEditable(True)
        self.trigger.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        knowing = TECHNIQUES[self._choice.technique].asks == "knowledge"
        self._default_trigger = (KNOWLEDGE_TRIGGER if knowing else DEFAULT_TRIGGER)[language]
        self.trigger.addItems((self._default_trigger,) if knowing else SUGGESTED_TRIGGERS[language])
        self.trigger.setMinimumContentsLength(34)
        self.trigger.setEditText(self._choice.trigger or self._default_trigger)
        self.trigger.setAccessibleName(self.tr("Trigger sentence"))
        self.trigger.lineEdit().setCursorPosition(0)
        self.trigger.editTextChanged.connect(self._trigger_edited)
        form.addRow(self.tr("Sentence"), self.trigger)

    def _add_examples(self, form: QFormLayout) -> None:
        self.shots = QSpinBox(self)
        self.shots.setObjectName("shots")
        self.shots.setRange(0, 64)
        self.shots.setSpecialValueText(self.tr("all"))
        self.shots.setValue(self._choice.shots or 0)
        self.shots.setToolTip(self.tr("How many examples to show, from the top of the table"))
        self.shots.valueChanged.connect(self._shots_changed)
        form.addRow(self.tr("Examples shown"), self.shots)
        self.layout_choice = QComboBox(self)
        self.layout_choice.addItem(self.tr("as the task has them"), None)
        self.layout_choice.addItem(self.tr("as text in one message"), "text")
        self.layout_choice.addItem(self.tr("as turns of a conversation"), "turns")
        self.layout_choice.setCurrentIndex(
            max(0, self.layout_choice.findData(self._choice.examples_as))
        )
        self.layout_choice.currentIndexChanged.connect(self._layout_changed)
        form.addRow(self.tr("Laid out"), self.layout_choice)

    def _add_sampling(self, box: QVBoxLayout, sampling: Sampling) -> None:
        """What a stored run sampled this column with, and a way back to the comparison's."""
        self.own = PlainLabel(
            self.tr("Sampled as in the stored run: {how}").format(how=sampling_text(sampling)), self
        )
        self.own.setWordWrap(True)
        self.common = QPushButton(self.tr("Sample like the other columns"), self)
        self.common.setObjectName("common-sampling")
        self.common.clicked.connect(self._sample_like_others)
        box.addWidget(self.own)
        box.addWidget(self.common, 0, Qt.AlignmentFlag.AlignLeft)

    def _sample_like_others(self) -> None:
        self.own.hide()
        self.common.hide()
        self._set(replace(self._choice, sampling=None))

    def _trigger_edited(self, text: str) -> None:
        kept = "" if text.strip() == self._default_trigger else text
        self._set(replace(self._choice, trigger=kept))

    def _shots_changed(self, value: int) -> None:
        self._set(replace(self._choice, shots=value or None))

    def _layout_changed(self, index: int) -> None:
        assert self.layout_choice is not None
        layout = self.layout_choice.itemData(index)
        self._set(replace(self._choice, examples_as=layout))

    def _settings_changed(self, settings: TechniqueSettings) -> None:
        self._set(replace(self._choice, settings=settings))

    def _set(self, choice: VariantChoice) -> None:
        self._choice = choice
        self.changed.emit(choice)

    def _remove(self) -> None:
        uid = self._choice.uid
        self.close()
        self.removed.emit(uid)


class TechniqueChip(QWidget):
    """The chip itself and, beside it, the door to its settings."""

    toggled = Signal(str, bool)
    settings_wanted = Signal(str)

    def __init__(self, choice: VariantChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.uid = choice.uid
        self._choice = choice
        self.chip = Chip(self)
        self.chip.setObjectName(f"technique-{choice.uid}")
        self.more = Chip(self, quiet=True)
        self.more.setCheckable(False)
        self.more.setText("▾")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.chip)
        row.addWidget(self.more)
        self.chip.clicked.connect(self._clicked)
        self.more.clicked.connect(self._open)
        self.set_choice(choice)

    def set_choice(self, choice: VariantChoice) -> None:
        """Show a chip's state."""
        self._choice = choice
        technique = TECHNIQUES[choice.technique]
        title = column_title(choice.technique, choice.variant("text").name)
        if technique.uses_examples and choice.shots:
            title += f" · {choice.shots}"
        if technique.asks == "votes":
            title += f" · {choice.settings.samples or technique.default_samples}"
        if choice.sampling is not None:
            title += " · " + self.tr("own sampling")
        self.chip.setText(title)
        self.chip.setChecked(choice.checked)
        self.chip.setToolTip(technique_hint(choice.technique))
        self.chip.setAccessibleName(title)
        self.chip.updateGeometry()
        self.chip.update()
        has_settings = (
            technique.uses_examples
            or technique.uses_trigger
            or technique.composed
            or choice.is_extra
            or choice.sampling is not None
        )
        self.more.setVisible(has_settings)
        self.more.setToolTip(tip(self.tr("Settings of {name}").format(name=title)))
        self.more.setAccessibleName(self.more.toolTip())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.set_choice(self._choice)
        super().changeEvent(event)

    def _clicked(self, checked: bool) -> None:
        self.toggled.emit(self.uid, checked)

    def _open(self) -> None:
        self.settings_wanted.emit(self.uid)


class TechniqueBar(FlowBar):
    """All chips in a row that wraps, and "+ technique".

    Args:
        documents: Whether techniques that read documents are offered.

    Signals:
        setup_edited(object): The `CompareSetup` as the person wants it.
    """

    setup_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None, documents: bool = False) -> None:
        super().__init__(parent)
        self._documents = documents
        self._setup = CompareSetup()
        self._language: Language = "en"
        self.chips: dict[str, TechniqueChip] = {}
        self.add = Chip(self)
        self.add.setCheckable(False)
        self.add.setObjectName("add-technique")
        self._flow = FlowLayout(self)
        self._flow.addWidget(self.add)
        self.add.clicked.connect(self._offer)
        self.popup: TechniquePopup | None = None
        self._retranslate()

    def set_setup(self, setup: CompareSetup, language: Language) -> None:
        """Show these techniques."""
        self._setup, self._language = setup, language
        offered = [one for one in setup.variants if self._offers(one.technique)]
        wanted = [choice.uid for choice in offered]
        for uid in [uid for uid in self.chips if uid not in wanted]:
            gone = self.chips.pop(uid)
            self._flow.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for choice in offered:
            chip = self.chips.get(choice.uid)
            if chip is None:
                chip = TechniqueChip(choice, self)
                chip.toggled.connect(self._toggle)
                chip.settings_wanted.connect(self._open_settings)
                self._flow.insert_widget(self._flow.count() - 1, chip)
                self.chips[choice.uid] = chip
                chip.show()
            chip.set_choice(choice)
        self.add.setVisible(len(setup.variants) < MAX_VARIANTS)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.add.setText(self.tr("+ technique"))
        self.add.setToolTip(
            self.tr("Ask with a technique once more, with other settings, as a column of its own")
        )
        self.add.setAccessibleName(self.add.toolTip())
        self.add.updateGeometry()

    def _offers(self, technique: str) -> bool:
        return self._documents or not TECHNIQUES[technique].reads_documents

    def _choice(self, uid: str) -> VariantChoice | None:
        return next((choice for choice in self._setup.variants if choice.uid == uid), None)

    def _toggle(self, uid: str, checked: bool) -> None:
        choice = self._choice(uid)
        if choice is not None:
            self.setup_edited.emit(self._setup.with_choice(replace(choice, checked=checked)))

    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for technique in filter(self._offers, TECHNIQUES):
            action = menu.addAction(technique_name(technique))
            action.setData(technique)
            action.setEnabled(technique != "zero-shot")
        menu.triggered.connect(self._add_chosen)
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def _add_chosen(self, action: object) -> None:
        self.add_technique(action.data())  # type: ignore[attr-defined]

    def add_technique(self, technique: str) -> None:
        """Add one more chip and open its settings."""
        before = {choice.uid for choice in self._setup.variants}
        self.setup_edited.emit(self._setup.with_extra(technique))
        added = [choice.uid for choice in self._setup.variants if choice.uid not in before]
        if added:
            self._open_settings(added[0])

    def _open_settings(self, uid: str) -> None:
        choice, chip = self._choice(uid), self.chips.get(uid)
        if choice is None or chip is None:
            return
        self.popup = TechniquePopup(choice, self._language, self)
        self.popup.changed.connect(self._take_choice)
        self.popup.removed.connect(self._take_away)
        self.popup.destroyed.connect(self._popup_gone)
        self.popup.adjustSize()
        self.popup.move(chip.mapToGlobal(QPoint(0, chip.height() + 4)))
        self.popup.show()

    def _popup_gone(self) -> None:
        self.popup = None

    def _take_choice(self, choice: VariantChoice) -> None:
        self.setup_edited.emit(self._setup.with_choice(choice))

    def _take_away(self, uid: str) -> None:
        self.setup_edited.emit(self._setup.without(uid))
