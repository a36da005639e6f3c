"""How many exercises of the teaching world a model solves, as it is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from engine.decoding.loop import decode
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from engine.evaluation.statistics.wilson import wilson
from engine.evaluation.tasks import exercises
from engine.models.chat import encode
from engine.prompting.elements import Language
from engine.prompting.render import render
from engine.prompting.strategies.zero_shot_cot import DEFAULT_TRIGGER
from engine.pruning.sweep_spec import Accuracy
from engine.teaching.scoring import is_right

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel
    from engine.teaching.tasks import Item

LONGEST: Final = 64  # new tokens of an answer
LONGEST_STEPS: Final = 200
SEED: Final = 2024  # the same held-out exercises for every method and ratio


class Exam:
    """Exercises of one task, tokenised once and asked of a model in many states.

    Args:
        loaded: The model that will be asked.
        task: A teaching task.
        language: Of its items.
        items: How many.
        steps: Ask for the steps before the answer.
    """

    def __init__(
        self, loaded: LoadedModel, task: str, language: Language, items: int, steps: bool
    ) -> None:
        self._loaded = loaded
        self._items = exercises(task, language, items, SEED)
        self._trigger = DEFAULT_TRIGGER[language] if steps else ""
        self._requests = [
            Request(self._ids(item), item=str(number)) for number, item in enumerate(self._items)
        ]

    def take(self, check: Callable[[], None]) -> Accuracy:
        """Ask everything greedily; `check` is called at each token step."""
        said = decode(
            self._loaded.model,
            self._loaded.tokenizer,
            self._requests,
            Sampling(temperature=0.0, max_new_tokens=LONGEST_STEPS if self._trigger else LONGEST),
            check=check,
            record_top=1,
        )
        right = sum(is_right(item, one.text) for item, one in zip(self._items, said, strict=True))
        interval = wilson(right, len(said))
        return Accuracy(right, len(said), interval.low, interval.high)

    def _ids(self, item: Item) -> tuple[int, ...]:
        messages = render(
            item.elements,
            {},
            shots=item.elements.examples,
            trigger=self._trigger,
            examples_as=item.examples_as,
        )
        return encode(self._loaded, messages, item.language).ids
