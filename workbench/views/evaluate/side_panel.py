"""The settings at the left: the set, the prompt, the techniques, the models, the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from engine.evaluation.extractors.registry import EXTRACTORS
from engine.prompting.elements import Language
from workbench.services.icons import Icons
from workbench.viewmodels.evaluate_setup import MOST_ITEMS, EvaluateSetup, Recent
from workbench.viewmodels.names import rule_name, task_set_name
from workbench.views.evaluate.models_button import ModelsButton
from workbench.widgets.elided import ElidedCombo, may_shrink
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import SettingsColumn, form, whole
from workbench.widgets.technique_bar import TechniqueBar


@dataclass(frozen=True)
class PromptChoice:
    """A prompt of the library as the picker offers it."""

    id: str
    name: str


class SidePanel(SettingsColumn):
    """Shows an `EvaluateSetup`; every wish goes out as a whole new one.

    Signals:
        setup_edited(object): The `EvaluateSetup` as the person wants it.
        import_wanted(): Choose a file.
        file_wanted(object): A `Recent` file, to be asked again.
        sampling_toggled(bool): Show or hide the sampling settings.
    """

    setup_edited = Signal(object)
    import_wanted = Signal()
    file_wanted = Signal(object)
    sampling_toggled = Signal(bool)

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent, least_chars=38)  # two chips of techniques side by side
        self._setup = EvaluateSetup()
        self._choices: tuple[PromptChoice, ...] = ()
        self._fitting: tuple[str, ...] = ()
        self._language: Language = "en"
        self._setting = False
        self.source = ElidedCombo(self)
        self.source.setObjectName("data-source")
        self.bring = QPushButton(self)
        self.bring.setObjectName("import-set")
        icons.bind(self.bring, "upload")
        self.about = PlainLabel(self)
        self.about.setWordWrap(True)
        set_role(self.about, "muted")
        self.items = whole(0, MOST_ITEMS, "item-count")
        self.seed = whole(0, 2_147_483_647, "task-seed")
        self.language = QComboBox(self)
        self.prompt = ElidedCombo(self)
        self.prompt.setObjectName("prompt-source")
        self.shots = whole(0, 64, "example-count")
        self.techniques = TechniqueBar(self)
        self.models = ModelsButton(self)
        self.models.setObjectName("evaluate-models")
        self.sampling = QPushButton(self)
        self.sampling.setCheckable(True)
        self.rule = ElidedCombo(self)
        self.rule.setObjectName("primary-rule")
        self.labels = {name: PlainLabel(self) for name in ("items", "seed", "language", "shots")}
        self._lay_out()
        self._connect()
        self.retranslate()

    # Showing

    def set_setup(self, setup: EvaluateSetup) -> None:
        """Show these settings."""
        self._setup = setup
        self._setting = True
        generated = setup.source == "task"
        self._fill_sources()
        self.items.setMinimum(1 if generated else 0)
        self.items.setValue(setup.items)
        self.seed.setValue(setup.seed)
        self.language.setCurrentIndex(max(0, self.language.findData(setup.language)))
        self.form.setRowVisible(self.seed, generated)
        self.form.setRowVisible(self.language, generated)
        self.shots.setValue(setup.shots)
        self._fill_prompts()
        self._fill_rules()
        self.techniques.set_setup(setup.compare, self._language)
        self.models.set_models(setup.compare.models)
        self._write_sampling()
        self._setting = False
        self.fit_width()

    def set_library(self, choices: Sequence[PromptChoice]) -> None:
        """The prompts that may be asked with."""
        self._choices = tuple(choices)
        self.set_setup(self._setup)

    def set_facts(self, about: str, fitting: tuple[str, ...], language: Language) -> None:
        """What is known of the set: a sentence, the rules that fit, its language."""
        self.about.setText(about)
        self.about.setVisible(bool(about))
        if (fitting, language) != (self._fitting, self._language):
            self._fitting, self._language = fitting, language
            self.set_setup(self._setup)

    def retranslate(self) -> None:
        """Set every text again."""
        texts = (
            self.tr("Data set"),
            self.tr("Prompt"),
            self.tr("Techniques"),
            self.tr("Model"),
            self.tr("Reading the answers"),
        )
        for heading, text in zip(self.headings, texts, strict=True):
            heading.setText(text)
        self.bring.setText(self.tr("Import…"))
        self.bring.setToolTip(
            self.tr("CSV, JSON, JSON lines, promptfoo, OpenAI evals, BIG-Bench; or drop a file")
        )
        self.labels["items"].setText(self.tr("Items"))
        self.labels["seed"].setText(self.tr("Seed"))
        self.labels["language"].setText(self.tr("Language"))
        self.labels["shots"].setText(self.tr("Examples from the set"))
        self.items.setSpecialValueText(self.tr("all"))
        self.items.setToolTip(self.tr("How many items are asked, from the start of the set"))
        self.seed.setToolTip(self.tr("Another seed draws other exercises"))
        self.shots.setToolTip(
            self.tr(
                "The first items become examples and are not asked; a prompt that has examples "
                "keeps its own"
            )
        )
        self.source.setAccessibleName(texts[0])
        self.prompt.setAccessibleName(texts[1])
        self.rule.setAccessibleName(texts[4])
        self.rule.setToolTip(self.tr("The rule that finds the answer in what the model wrote"))
        self.set_setup(self._setup)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # Filling

    def _fill_sources(self) -> None:
        from engine.teaching.tasks import task_names

        setup = self._setup
        self.source.clear()
        for task in task_names():
            self.source.addItem(task_set_name(task), task)
        if setup.recent:
            self.source.insertSeparator(self.source.count())
        for one in setup.recent:
            self.source.addItem(Path(one.path).name, one)
            self.source.setItemData(self.source.count() - 1, one.path, Qt.ItemDataRole.ToolTipRole)
        at = self.source.findData(setup.task)
        if setup.source == "file" and setup.file is not None:
            places = [self.source.itemData(place) for place in range(self.source.count())]
            at = places.index(setup.file) if setup.file in places else at
        self.source.setCurrentIndex(at)

    def _fill_prompts(self) -> None:
        setup = self._setup
        self.prompt.clear()
        self.prompt.addItem(self.tr("The set's own"), ("set", ""))
        self.prompt.addItem(self.tr("The prompt of Compare"), ("compare", ""))
        if self._choices:
            self.prompt.insertSeparator(self.prompt.count())
        for choice in self._choices:
            self.prompt.addItem(choice.name, ("library", choice.id))
        wanted = (setup.prompt, setup.library if setup.prompt == "library" else "")
        values = [self.prompt.itemData(place) for place in range(self.prompt.count())]
        at = next((n for n, value in enumerate(values) if value and tuple(value) == wanted), 0)
        self.prompt.setCurrentIndex(at)

    def _fill_rules(self) -> None:
        self.rule.clear()
        fitting = self._fitting[0] if self._fitting else ""
        text = self.tr("{rule} (fits the set)") if fitting else self.tr("What fits the set")
        self.rule.addItem(text.format(rule=rule_name(fitting)), "")
        for rule in EXTRACTORS:
            self.rule.addItem(rule_name(rule), rule)
        wanted = self._setup.rules[0] if self._setup.rules else ""
        self.rule.setCurrentIndex(max(0, self.rule.findData(wanted)))

    def _write_sampling(self) -> None:
        sampling = self._setup.compare.sampling
        if sampling.temperature == 0.0:
            text = self.tr("Greedy · at most {n} tokens").format(n=sampling.max_new_tokens)
        else:
            text = self.tr("T = {t:g} · at most {n} tokens").format(
                t=sampling.temperature, n=sampling.max_new_tokens
            )
        self.sampling.setText(text)
        self.sampling.setToolTip(self.tr("Sampling: temperature, top-k, top-p, min-p, stop, seed"))

    # Editing

    def _edit(self, setup: EvaluateSetup) -> None:
        if not self._setting and setup != self._setup:
            self.setup_edited.emit(setup)

    def _source_chosen(self, index: int) -> None:
        chosen = self.source.itemData(index)
        if isinstance(chosen, Recent):
            if self._setup.source != "file" or chosen != self._setup.file:
                self.file_wanted.emit(chosen)
        elif chosen:
            items = self._setup.items if self._setup.source == "task" else 20
            self._edit(
                replace(self._setup, source="task", task=str(chosen), rules=(), items=max(1, items))
            )

    def _items_changed(self, value: int) -> None:
        self._edit(replace(self._setup, items=value))

    def _seed_changed(self, value: int) -> None:
        self._edit(replace(self._setup, seed=value))

    def _language_chosen(self, index: int) -> None:
        language: Language = "zh" if self.language.itemData(index) == "zh" else "en"
        self._edit(replace(self._setup, language=language))

    def _prompt_chosen(self, index: int) -> None:
        source, entry = self.prompt.itemData(index)
        self._edit(replace(self._setup, prompt=source, library=entry))

    def _shots_changed(self, value: int) -> None:
        self._edit(replace(self._setup, shots=value))

    def _compare_edited(self, compare: object) -> None:
        self._edit(replace(self._setup, compare=compare))  # type: ignore[arg-type]

    def _models_edited(self, models: object) -> None:
        self._edit(self._setup.with_models(models))  # type: ignore[arg-type]

    def _rule_chosen(self, index: int) -> None:
        rule = self.rule.itemData(index)
        rules: tuple[str, ...] = ()
        if rule:
            rules = (rule, *(other for other in self._fitting if other != rule))
        self._edit(replace(self._setup, rules=rules))

    # Building

    def _lay_out(self) -> None:
        self.language.addItem("English", "en")
        self.language.addItem("中文", "zh")
        source = QHBoxLayout()
        source.setSpacing(8)
        source.addWidget(self.source, 1)
        source.addWidget(self.bring)
        labels = self.labels
        self.form = form(
            (labels["items"], self.items),
            (labels["language"], self.language),
            (labels["seed"], self.seed),
        )
        self.add_section(source, self.about, self.form)
        self.add_section(self.prompt, form((labels["shots"], self.shots)))
        self.add_section(self.techniques)
        self.add_section(self.models, self.sampling)
        self.add_section(self.rule)
        for combo in (self.source, self.prompt, self.rule):
            may_shrink(combo)

    def _connect(self) -> None:
        self.source.activated.connect(self._source_chosen)
        self.bring.clicked.connect(self.import_wanted)
        self.items.valueChanged.connect(self._items_changed)
        self.seed.valueChanged.connect(self._seed_changed)
        self.language.activated.connect(self._language_chosen)
        self.prompt.activated.connect(self._prompt_chosen)
        self.shots.valueChanged.connect(self._shots_changed)
        self.techniques.setup_edited.connect(self._compare_edited)
        self.models.models_edited.connect(self._models_edited)
        self.sampling.toggled.connect(self.sampling_toggled)
        self.rule.activated.connect(self._rule_chosen)
