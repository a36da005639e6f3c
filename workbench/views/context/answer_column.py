"""One way of reading: its answer, the passages behind it, and what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.context.documents_spec import AnswerToken, DocumentsResult, Passage
from workbench.services.engine_words import tell
from workbench.services.tips import tip
from workbench.viewmodels.context_documents import FlowRun
from workbench.views.context.clickable_text import ClickableText
from workbench.views.context.steps_text import StepsText
from workbench.views.context.words import flow_hint, flow_name, origin, seconds
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import Fold, set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.tinted_text import Stretch
from workbench.widgets.tones import Tones

HEIGHT_EVENTS = (QEvent.Type.Resize, QEvent.Type.LayoutRequest)
SHOWN_PASSAGES = 6
ANSWER_LINES = 14
DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class AnswerColumn(QFrame):
    """Follows a `FlowRun`.

    Signals:
        passage_wanted(int): Show this passage in its document.
    """

    passage_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "band")
        self._run: FlowRun | None = None
        self._owners: list[int] = []
        self._tips: list[str] = []
        self._places: dict[int, tuple[int, int]] = {}
        self.title = ElidedLabel(self)
        set_role(self.title, "section")
        self.state = PlainLabel(self)
        set_role(self.state, "muted")
        self.answer = ClickableText(self, most_lines=ANSWER_LINES)
        self.note = ErrorNote(self)
        self.sources = QWidget(self)
        self._sources = QVBoxLayout(self.sources)
        self._sources.setContentsMargins(0, 0, 0, 0)
        self._sources.setSpacing(0)
        self.buttons: list[QPushButton] = []
        self.cost = PlainLabel(self)
        self.cost.setWordWrap(True)
        set_role(self.cost, "small")
        self.steps = StepsText(self)
        self.fold = Fold(self.steps, self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.answer)
        column.addWidget(self.note)
        column.addWidget(self.sources)
        column.addWidget(self.fold)
        column.addWidget(self.cost)
        column.addStretch(1)
        self.answer.clicked.connect(self._clicked)
        self.steps.passage_wanted.connect(self.passage_wanted)

    def show_run(self, run: FlowRun) -> None:
        """Show how far it is; what has not changed stays as it stands, buttons included."""
        before, self._run = self._run, run
        if run is not before:
            self._write(run, before)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._run is not None:
            self._write(self._run, None)
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """As high as its wrapped texts need: a scroll area asks no layout for its height."""
        fits = event.type() in HEIGHT_EVENTS
        done = super().event(event)  # DeferredDelete is the end of this widget
        layout = self.layout() if fits else None
        if layout is not None and self.width() > 0:
            height = layout.totalHeightForWidth(self.width())
            if height > 0 and height != self.minimumHeight():
                self.setMinimumHeight(height)
        return done

    def _write(self, run: FlowRun, before: FlowRun | None) -> None:
        """Write what differs from what stands there; everything where nothing does."""
        self._write_state(run)
        if before is None or run.result is not before.result:
            self._tips = []
            self._places = {} if run.result is None else _places(run.result.passages)
            self._write_sources(run.result)
            self._write_cost(run.result)
        elif run.tokens[: len(before.tokens)] != before.tokens:
            self._tips = []
        if before is None or run.result is not before.result or run.tokens is not before.tokens:
            self._write_answer(run)
        if before is None or run.steps is not before.steps:
            self._write_steps(run)

    def _write_state(self, run: FlowRun) -> None:
        why = "" if run.result is None else tell(run.result.reason)
        self.title.setText(flow_name(run.flow))
        self.title.setToolTip("\n".join(one for one in (flow_hint(run.flow), why) if one))
        states = {
            "waiting": self.tr("waits"),
            "running": self.tr("reads …"),
            "done": self.tr("done"),
            "failed": "✗",
            "stopped": self.tr("stopped"),
        }
        self.state.setText(states[run.state])
        self.note.show_report(run.error)
        self.answer.setAccessibleName(self.tr("Answer"))
        self.answer.setVisible(run.error is None)

    # The answer

    def _write_answer(self, run: FlowRun) -> None:
        """Tokens by the passage that won them; a small figure closes each run of one passage."""
        result, tokens = run.result, run.tokens
        won = [token.passage for token in tokens]
        self._owners = []
        if result is not None and not tokens:
            self.answer.follow((Stretch(result.answer),))
            self._owners = [-1]
            return
        stretches: list[Stretch] = []
        ranks = _ranks(won)
        for token in tokens[len(self._tips) :]:
            self._tips.append(tip(self._token_tip(token, result)))
        for place, token in enumerate(tokens):
            rank = ranks.get(token.passage)
            stretches.append(Stretch(token.text, _tint(rank), self._tips[place]))
            self._owners.append(token.passage)
            ends = place + 1 == len(tokens) or won[place + 1] != token.passage
            if rank is not None and ends:
                stretches.append(Stretch(str(rank + 1).translate(DIGITS), dim=True))
                self._owners.append(token.passage)
        self.answer.follow(stretches)

    def _token_tip(self, token: AnswerToken, result: DocumentsResult | None) -> str:
        lines = []
        if token.passage >= 0 and result is not None and token.passage < len(result.passages):
            lines.append(self._passage_name(result, result.passages[token.passage]))
        if token.id < 0:  # a heading, or what an earlier run wrote
            return "\n".join(lines)
        text = self.tr("log-probability {p}, entropy {h} nats")
        lines.append(text.format(p=f"{token.logprob:.2f}", h=f"{token.entropy:.2f}"))
        if token.alive:
            lines.append(self.tr("{n} passages still read").format(n=token.alive))
        return "\n".join(lines)

    def _clicked(self, number: int) -> None:
        if 0 <= number < len(self._owners) and self._owners[number] >= 0:
            self.passage_wanted.emit(self._owners[number])

    # The passages

    def _write_sources(self, result: DocumentsResult | None) -> None:
        for button in self.buttons:
            self._sources.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for number, text, hover in self._cited(result)[:SHOWN_PASSAGES]:
            button = QPushButton(text, self.sources)
            button.setProperty("role", "quiet")
            button.setObjectName(f"passage-{number}")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setToolTip(tip(hover))
            button.setStyleSheet("text-align: left; padding: 4px 8px;")
            button.setMinimumWidth(0)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self._wanted, number))
            self._sources.addWidget(button)
            self.buttons.append(button)
        self.sources.setVisible(bool(self.buttons))

    def _wanted(self, number: int, _checked: bool = False) -> None:
        self.passage_wanted.emit(number)

    def _cited(self, result: DocumentsResult | None) -> list[tuple[int, str, str]]:
        """Passage, what its line says, what hovering tells: winners first, else what was found."""
        if result is None:
            return []
        won = Counter(token.passage for token in result.tokens if token.passage >= 0)
        ranks = _ranks([token.passage for token in result.tokens])
        lines = []
        for number, rank in ranks.items():
            passage = result.passages[number]
            text = self.tr("{rank} {name} · {n} of {all} tokens").format(
                rank=str(rank + 1).translate(DIGITS), name=self._passage_name(result, passage),
                n=won[number], all=len(result.tokens),
            )  # fmt: skip
            lines.append((number, text, passage.text))
        if lines:
            return lines
        for place, one in enumerate(result.citations, 1):
            passage = result.passages[one.passage]
            text = self.tr("{place}. {name} · score {score}").format(
                place=place, name=self._passage_name(result, passage),
                score=f"{one.score:#.3g}".rstrip("."),
            )  # fmt: skip
            hover = self.tr("by words: {a}, by meaning: {b}").format(
                a=one.by_words or "–", b=one.by_meaning or "–"
            )
            lines.append((one.passage, text, f"{hover}\n{passage.text}"))
        return lines

    def _passage_name(self, result: DocumentsResult, passage: Passage) -> str:
        parts = [result.sources[passage.source].name]
        if passage.heading:
            parts.append(passage.heading)
        if passage.page:
            parts.append(self.tr("p. {n}").format(n=passage.page))
        place, count = self._places[passage.number]
        if count > 1:
            parts.append(f"{place}/{count}")
        return " › ".join(parts)

    # Steps and cost

    def _write_steps(self, run: FlowRun) -> None:
        steps = run.steps
        self.fold.setVisible(len(steps) > 1)
        self.fold.set_texts(self.tr("{n} steps").format(n=len(steps)))
        self.steps.show_steps(steps)

    def _write_cost(self, result: DocumentsResult | None) -> None:
        self.cost.setText(self._cost(result))
        self.cost.setVisible(result is not None)
        self.cost.setToolTip("" if result is None else "\n".join(origin(result.provenance)))

    def _cost(self, result: DocumentsResult | None) -> str:
        if result is None:
            return ""
        counts = result.counts
        lines = [
            self.tr("read {read} tokens ({computed} computed), wrote {new}, in {time}").format(
                read=f"{counts.read:,}", computed=f"{counts.computed:,}",
                new=f"{counts.generated:,}", time=seconds(result.seconds),
            ),
            self.tr("longest prompt {n} of {window} tokens; documents have {all}").format(
                n=f"{counts.longest:,}", window=f"{counts.window:,}", all=f"{counts.documents:,}"
            ),
        ]  # fmt: skip
        lines += [tell(one) for one in result.notes]
        return "\n".join(lines)


def _ranks(won: list[int]) -> dict[int, int]:
    """Passages by how many tokens they won, the most first; each with its place."""
    counted = Counter(one for one in won if one >= 0)
    return {number: place for place, (number, _) in enumerate(counted.most_common())}


def _places(passages: Sequence[Passage]) -> dict[int, tuple[int, int]]:
    """Number of each passage -> its place among those of its document, from 1, of how many."""
    counts = Counter(one.source for one in passages)
    met: Counter[int] = Counter()
    places = {}
    for one in passages:
        met[one.source] += 1
        places[one.number] = (met[one.source], counts[one.source])
    return places


@cache  # the same rank has the same tint object: stretches can be compared
def _tint(rank: int | None) -> partial[QColor] | None:
    return None if rank is None else partial(_tone, rank)


def _tone(rank: int, tones: Tones) -> QColor:
    tints = list(tones.elements.values())
    return tints[rank % len(tints)]
