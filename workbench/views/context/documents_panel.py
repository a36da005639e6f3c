"""How documents are read: the settings at the left."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSizePolicy, QVBoxLayout, QWidget

from engine.context.documents_spec import Rank
from workbench.viewmodels.context_documents import DocumentsModel
from workbench.views.context.folder_field import FolderField
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.settings_column import form, whole

RANKS: tuple[Rank, ...] = ("hybrid", "bm25", "embeddings")


class DocumentsPanel(QWidget):
    """Shows and edits the options of its model's choice."""

    def __init__(self, model: DocumentsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._setting = False
        self.heading, self.found, self.joined, self.merged, self.written = (
            PlainLabel(self) for _ in range(5)
        )
        self.window = whole(0, 1_000_000, "documents-window")
        self.chunk = whole(0, 100_000, "documents-chunk")
        self.overlap = whole(0, 10_000, "documents-overlap")
        self.answer = whole(1, 100_000, "documents-answer")
        self.language = QComboBox(self)
        self.language.setObjectName("documents-language")
        self.language.addItem("English", "en")
        self.language.addItem("中文", "zh")
        self.rank = QComboBox(self)
        self.rank.setObjectName("documents-rank")
        self.top = whole(1, 100, "documents-top")
        self.encoder = FolderField("documents-encoder", self)
        self.contexts = whole(1, 256, "documents-contexts")
        self.beta = _real("documents-beta", 10.0)
        self.nucleus = _real("documents-top-p", 1.0)
        self.bonus = _real("documents-bonus", 10.0)
        self.drop = whole(0, 10_000, "documents-drop")
        self.prior = _real("documents-prior", 100.0)
        self.rounds = whole(1, 32, "documents-rounds")
        self.sections = whole(1, 1000, "documents-sections")
        self.section = whole(8, 100_000, "documents-section")
        groups = (
            (self.heading, ("window", "chunk", "overlap", "answer", "language")),
            (self.found, ("rank", "top", "encoder")),
            (self.joined, ("contexts", "beta", "nucleus", "bonus", "drop", "prior")),
            (self.merged, ("rounds",)),
            (self.written, ("sections", "section")),
        )
        self.labels = {name: PlainLabel(self) for _, names in groups for name in names}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for place, (heading, group) in enumerate(groups):
            set_role(heading, "section")
            if place:
                column.addSpacing(8)
            column.addWidget(heading)
            rows = form()
            for name in group:
                label = self.labels[name]
                label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
                rows.addRow(label, getattr(self, name))
            column.addLayout(rows)
        for number in (
            self.window, self.chunk, self.overlap, self.answer, self.top, self.contexts, self.drop,
            self.rounds, self.sections, self.section,
        ):  # fmt: skip
            number.valueChanged.connect(self._edited)
        self.encoder.edited.connect(self._edited)
        for real in (self.beta, self.nucleus, self.bonus, self.prior):
            real.valueChanged.connect(self._edited)
        for combo in (self.language, self.rank):
            combo.activated.connect(self._edited)
        model.choice_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.heading.setText(self.tr("Reading"))
        self.found.setText(self.tr("Finding passages"))
        self.joined.setText("NBCE")
        self.merged.setText("Map-reduce")
        self.written.setText(self.tr("Long output"))
        names = {
            "window": self.tr("Window"),
            "chunk": self.tr("Passage"),
            "overlap": self.tr("Overlap"),
            "answer": self.tr("Answer"),
            "language": self.tr("Language"),
            "rank": self.tr("Ranked by"),
            "top": self.tr("Passages"),
            "encoder": self.tr("Encoder"),
            "contexts": self.tr("Contexts"),
            "beta": "β",
            "nucleus": "top-p",
            "bonus": self.tr("Stickiness"),
            "drop": self.tr("Losers leave after"),
            "prior": self.tr("Rank's weight"),
            "rounds": self.tr("Waves at most"),
            "sections": self.tr("Sections"),
            "section": self.tr("Each"),
        }
        for name, label in self.labels.items():
            label.setText(names[name])
        self.window.setSpecialValueText(self.tr("as trained"))
        self.chunk.setSpecialValueText(self.tr("as fits"))
        self.drop.setSpecialValueText(self.tr("never"))
        for box in (self.window, self.chunk, self.overlap, self.answer, self.drop, self.section):
            box.setSuffix(self.tr(" tokens"))
        self.window.setToolTip(self.tr("Tokens that one prompt with its answer may have"))
        self.contexts.setToolTip(self.tr("Most passages that are read side by side"))
        self.beta.setToolTip(self.tr("Weight against what the model says without any passage"))
        self.nucleus.setToolTip(self.tr("Unlikely tokens are cut before passages are compared"))
        self.bonus.setToolTip(
            self.tr("Entropy in nats by which the passage of the token before is favoured")
        )
        self.overlap.setToolTip(
            self.tr("Tokens of whole sentences that a passage repeats of the one before")
        )
        self.drop.setToolTip(self.tr("Passages that won none of so many tokens are read no longer"))
        self.prior.setToolTip(
            self.tr(
                "Nats of entropy by which a passage is favoured per nat of its rank by retrieval; "
                "ours, 0 is NBCE as published"
            )
        )
        self.rounds.setToolTip(
            self.tr("Results are joined in waves while they do not fit; each must be shorter")
        )
        self.section.setToolTip(
            self.tr("May be more than the window: request and outline stay in sight as sinks")
        )
        ranks = {
            "hybrid": self.tr("words and meaning"),
            "bm25": self.tr("words (BM25)"),
            "embeddings": self.tr("meaning"),
        }
        self._setting = True
        self.rank.clear()
        for rank in RANKS:
            self.rank.addItem(ranks[rank], rank)
        self._setting = False
        self.refresh()

    def refresh(self) -> None:
        """Show the options."""
        choice, options = self._model.choice, self._model.choice.options
        self._setting = True
        self.window.setValue(options.window)
        self.chunk.setValue(options.chunk_tokens)
        self.overlap.setValue(options.overlap)
        self.answer.setValue(options.max_new_tokens)
        self.language.setCurrentIndex(self.language.findData(choice.language))
        self.rank.setCurrentIndex(max(0, self.rank.findData(options.rank)))
        self.top.setValue(options.top)
        self.contexts.setValue(options.contexts)
        self.beta.setValue(options.beta)
        self.nucleus.setValue(options.top_p)
        self.bonus.setValue(options.bonus)
        self.encoder.set_path(options.encoder)
        self.drop.setValue(options.drop_after)
        self.prior.setValue(options.prior)
        self.rounds.setValue(options.rounds)
        self.sections.setValue(options.sections)
        self.section.setValue(options.section_tokens)
        self._setting = False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _edited(self) -> None:
        if self._setting:
            return
        choice = self._model.choice
        options = replace(
            choice.options,
            window=self.window.value(),
            chunk_tokens=self.chunk.value(),
            overlap=self.overlap.value(),
            max_new_tokens=self.answer.value(),
            rank=RANKS[max(0, self.rank.currentIndex())],
            top=self.top.value(),
            contexts=self.contexts.value(),
            beta=self.beta.value(),
            top_p=self.nucleus.value(),
            bonus=self.bonus.value(),
            encoder=self.encoder.path,
            drop_after=self.drop.value(),
            prior=self.prior.value(),
            rounds=self.rounds.value(),
            sections=self.sections.value(),
            section_tokens=self.section.value(),
        )
        language = "zh" if self.language.currentData() == "zh" else "en"
        self._model.set_choice(replace(choice, options=options, language=language))


def _real(name: str, high: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setRange(0.01 if name == "documents-top-p" else 0, high)
    box.setSingleStep(0.05)
    box.setDecimals(2)
    box.setKeyboardTracking(False)
    return box
