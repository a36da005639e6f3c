"""Live token counts of the prompt, by the chosen model's tokenizer, off the window's thread.

Only plain placeholders are filled here, on the window's thread; a text with loops or arithmetic
is counted as it is written, because filling it may take a while.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from engine.evaluation.plan import messages_for
from engine.evaluation.spec import CellKey, CompareSpec
from engine.jobs.events import Event, Finished, Terminal
from engine.models.reference import ModelRef
from engine.models.spec import CountTokensSpec
from engine.prompting.elements import Example, PromptElements
from engine.prompting.template import is_plain, literal
from workbench.viewmodels.compare_setup import CompareSetup
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.prompt_state import TEMPLATED_FIELDS, PromptState

DEBOUNCE_MS: Final = 250
EXAMPLES_WITH_STEPS: Final = "examples with steps"


@dataclass(frozen=True)
class TokenCounts:
    """Counts without the chat template's own tokens.

    Attributes:
        fields: Tokens of each text element, by field name; ``"examples"`` for the table as
            few-shot sends it, `EXAMPLES_WITH_STEPS` with the steps too.
        shortest, longest: Whole prompts of the chosen techniques; 0 when none can be written.
            Texts with more than plain placeholders count as they are written.
        shared: Tokens that all of them begin with (computed once when they run together).
    """

    fields: dict[str, int] = field(default_factory=dict)
    shortest: int = 0
    longest: int = 0
    shared: int = 0


@dataclass(frozen=True)
class _Question:
    """What is being counted: texts in one order, with their meaning."""

    model: ModelRef
    names: tuple[str, ...]
    texts: tuple[str, ...]
    prompts: int


class PromptCounter(QObject):
    """Debounced and single flight: while one count runs, only the newest state waits.

    Signals:
        counted(object): `TokenCounts` of the newest state.
        failed(): The tokenizer could not be asked (no model there, unreadable files).
    """

    counted = Signal(object)
    failed = Signal()

    def __init__(
        self,
        jobs: Jobs,
        current: Callable[[], tuple[PromptState, CompareSetup]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._current = current
        self._asked: _Question | None = None
        self._in_flight = False
        self._stale = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._count)

    def touch(self) -> None:
        """Something changed: count soon."""
        self._timer.start()

    def _count(self) -> None:
        if self._in_flight:
            self._stale = True
            return
        question = _question(*self._current())
        if question is None or question == self._asked:
            return
        self._asked = question
        self._in_flight = True
        try:
            self._jobs.submit(CountTokensSpec(question.model, question.texts), self._on_event)
        except EngineError:
            self._end()
            self.failed.emit()

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, Terminal):
            return
        question = self._asked
        if isinstance(event, Finished) and question is not None:
            assert isinstance(event.result, tuple | list)
            self.counted.emit(_counts(question, [int(n) for n in event.result]))
        else:
            self._asked = None
            self.failed.emit()
        self._end()

    def _end(self) -> None:
        self._in_flight = False
        if self._stale:
            self._stale = False
            self._timer.start()


def _question(prompt: PromptState, setup: CompareSetup) -> _Question | None:
    if not setup.models:
        return None
    names = [name for name in TEMPLATED_FIELDS if prompt.text(name)]
    texts = [prompt.text(name) for name in names]
    names += ["examples", EXAMPLES_WITH_STEPS]
    texts.append("\n".join(f"{e.input}\n{e.output}" for e in prompt.examples))
    texts.append(
        "\n".join(f"{e.input}\n{f'{e.reasoning} {e.output}'.strip()}" for e in prompt.examples)
    )
    whole = _whole_prompts(prompt, setup)
    texts += whole
    if len(whole) > 1:
        texts.append(_shared_start(whole))
    return _Question(setup.models[0], tuple(names), tuple(texts), len(whole))


def _whole_prompts(prompt: PromptState, setup: CompareSetup) -> list[str]:
    """The user's part of every chosen technique's prompt; those that cannot be written are left."""
    texts = []
    elements = _only_plain(prompt.elements())
    for choice in setup.chosen():
        spec = CompareSpec(
            prompt=elements,
            variants=(choice.variant(prompt.examples_as),),
            items=(prompt.item(),),
        )
        try:
            messages = messages_for(spec, CellKey())
        except EngineError:
            continue
        texts.append("\n".join(message.content for message in messages))
    return texts


def _only_plain(elements: PromptElements) -> PromptElements:
    """The elements with every text that is not plain made literal."""
    return replace(
        elements,
        instruction=_plain(elements.instruction),
        context=_plain(elements.context),
        input=_plain(elements.input),
        output_indicator=_plain(elements.output_indicator),
        system=_plain(elements.system),
        examples=tuple(
            Example(_plain(shot.input), _plain(shot.output), _plain(shot.reasoning))
            for shot in elements.examples
        ),
    )


def _plain(text: str) -> str:
    return text if is_plain(text) else literal(text)


def _shared_start(texts: Sequence[str]) -> str:
    """The beginning that all texts have in common (the least and the greatest decide)."""
    low, high = min(texts), max(texts)
    same = 0
    for one, other in zip(low, high, strict=False):
        if one != other:
            break
        same += 1
    return low[:same]


def _counts(question: _Question, numbers: Sequence[int]) -> TokenCounts:
    named = len(question.names)
    whole = numbers[named : named + question.prompts]
    shared = numbers[named + question.prompts] if question.prompts > 1 else 0
    return TokenCounts(
        fields=dict(zip(question.names, numbers, strict=False)),
        shortest=min(whole, default=0),
        longest=max(whole, default=0),
        shared=min(shared, min(whole, default=0)),
    )
