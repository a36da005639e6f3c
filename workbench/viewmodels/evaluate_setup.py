"""What to evaluate, and how: the left side of the page as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

import msgspec

from engine.errors import EngineError
from engine.models.reference import ModelRef, Quantization
from engine.prompting.elements import Language
from workbench.viewmodels.compare_setup import CompareSetup, default_setup
from workbench.viewmodels.names import model_name

PromptFrom = Literal["set", "compare", "library"]
MOST_RECENT: Final = 8
MOST_ITEMS: Final = 100_000
STATES: Final[tuple[Quantization, ...]] = ("none", "int8", "nf4")


@dataclass(frozen=True)
class Recent:
    """A file that was imported before, with its mapping (role or variable → column)."""

    path: str
    mapping: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EvaluateSetup:
    """Everything that a run is built from.

    Attributes:
        source: A generated task set, or an imported file.
        task, language, seed: Of the task set.
        file: The imported file with its mapping; None = none.
        items: How many items are asked; 0 = all of a file.
        shots: Items that become examples, when the prompt has none.
        prompt: The set's own prompt, that of Compare, or one of the library.
        library: Id of the library's prompt.
        rules: Extraction rules, the first counts; empty = those that fit.
        compare: Techniques, models, sampling.
        recent: Files imported before, newest first.
    """

    source: Literal["task", "file"] = "task"
    task: str = "arithmetic"
    language: Language = "en"
    seed: int = 0
    file: Recent | None = None
    items: int = 20
    shots: int = 3
    prompt: PromptFrom = "set"
    library: str = ""
    rules: tuple[str, ...] = ()
    compare: CompareSetup = field(default_factory=CompareSetup)
    recent: tuple[Recent, ...] = ()

    def with_file(self, file: Recent, items: int) -> EvaluateSetup:
        """A copy that asks a file; it becomes the newest of the recent ones."""
        others = tuple(one for one in self.recent if one.path != file.path)
        return replace(
            self,
            source="file",
            file=file,
            items=items,
            rules=(),
            recent=(file, *others)[:MOST_RECENT],
        )

    def with_models(self, models: tuple[ModelRef, ...]) -> EvaluateSetup:
        """A copy that asks these models."""
        return replace(self, compare=replace(self.compare, models=models))

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_plain(cls, data: object) -> EvaluateSetup:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            if not isinstance(data, dict):
                return default_evaluation()
            rest = {key: value for key, value in data.items() if key != "compare"}
            setup = msgspec.convert(rest, type=cls)
            compare = CompareSetup.from_plain(data.get("compare"))
        except (msgspec.ValidationError, EngineError):
            return default_evaluation()
        from engine.teaching.tasks import task_names

        if setup.task not in task_names():
            setup = replace(setup, task="arithmetic")
        return replace(setup, compare=compare, items=max(0, min(setup.items, MOST_ITEMS)))


def default_evaluation() -> EvaluateSetup:
    """What a first start shows."""
    return EvaluateSetup(compare=default_setup())


def model_label(ref: ModelRef) -> str:
    """A model and, when it is not the plain one, its state."""
    name = model_name(ref.id)
    bits = {"int8": "8-bit", "nf4": "4-bit", "fp4": "4-bit (fp4)"}.get(ref.options.quantization)
    return f"{name} · {bits}" if bits else name
