"""How a model is pruned: the side of the page “Pruning” as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypedDict

import msgspec

from engine.errors import BadSpec
from engine.models.reference import ModelRef
from engine.pruning.live_spec import PRUNED, LivePruneSpec
from engine.pruning.prune_spec import (
    ALLOCATIONS,
    CUSTOM,
    METHODS,
    PruneSpec,
    ranked_by,
    stand_in,
)
from engine.pruning.recipe import Recipe, pattern_of
from engine.text_source import DATA_SETS, TEACHING, TextSource

Source = Literal["teaching", "file", "prompt"]
SOURCES: Final[tuple[Source, ...]] = ("teaching", "file", "prompt")
PATTERNS: Final = ("", "2:4", "4:8")
HIGHEST: Final = 0.95
FIRST_RATIO: Final = 0.5
FEW_RECORDS: Final = 100
TIMED_TOKENS: Final = 24
"""New tokens of each timed run."""


@dataclass(frozen=True)
class TextChoice:
    """Which text is read.

    Attributes:
        source: The teaching corpus, a file of the person's, or the prompt open in Compare.
        path: The file.
        column: Of a data set: which of its columns is read; empty = its questions and answers.
    """

    source: Source = "teaching"
    path: str = ""
    column: str = ""

    @property
    def is_data_set(self) -> bool:
        """Whether the file holds records, so that a column of it can be read."""
        return self.source == "file" and Path(self.path).suffix.lower() in DATA_SETS

    def text_source(self, prompt: str) -> TextSource:
        """As the engine is told; `prompt` is what stands in Compare now.

        Raises:
            BadSpec: There is no file, or no prompt.
        """
        if self.source == "teaching":
            return TextSource(TEACHING)
        if self.source == "prompt":
            if not prompt.strip():
                raise BadSpec(
                    "No prompt is open in Compare.", "Write one there, or choose another text."
                )
            return TextSource("", prompt)
        if not self.path:
            raise BadSpec("No text file is chosen.", "Choose one, or take the teaching corpus.")
        return TextSource(self.path, column=self.column if self.is_data_set else "")


def columns_of(path: str) -> tuple[str, ...]:
    """Columns of a data set, by its first records (call it off the GUI thread).

    Raises:
        DataError: It cannot be read.
    """
    from engine.evaluation.datasets.reading import open_dataset

    return open_dataset(Path(path), limit=FEW_RECORDS).columns


@dataclass(frozen=True)
class PruneSetup:
    """Everything that pruning is built from, but the ratio.

    Attributes:
        method: One of the engine's methods.
        recipe: The score when the method is custom.
        allocation: How the zeros are shared among the layers.
        pattern: ``"2:4"``, or empty for zeros anywhere.
        calibration, evaluation: The texts.
        windows, length, seed: Of the calibration.
        measured: Windows of the evaluation.
        bitmask: Save zeros as bits.
        passes: 1 = one pass, 2 = block by block as in the published references.
        saved: The person's own scores by name, as they are on disk.
    """

    method: str = "wanda"
    recipe: Recipe = field(default_factory=Recipe)
    allocation: str = "uniform"
    pattern: str = ""
    calibration: TextChoice = field(default_factory=TextChoice)
    evaluation: TextChoice = field(default_factory=TextChoice)
    windows: int = 32
    length: int = 128
    seed: int = 0
    measured: int = 32
    bitmask: bool = True
    passes: int = 1
    saved: dict[str, Recipe] = field(default_factory=dict)

    @property
    def scored_by(self) -> Recipe:
        """The score that ranks the weights under the slider."""
        return ranked_by(self.method, self.recipe)

    @property
    def preset(self) -> str:
        """The name under which the person keeps the score in force, or empty."""
        if self.method != CUSTOM:
            return ""
        return next((name for name, one in self.saved.items() if one == self.recipe), "")

    @property
    def fixed_ratio(self) -> float | None:
        """The ratio that a pattern gives, or None."""
        pattern = pattern_of(self.pattern)
        return None if pattern.free else 1 - pattern.keep / pattern.of

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file; saved scores have a file of their own."""
        plain: dict[str, object] = msgspec.to_builtins(replace(self, saved={}))
        return plain

    @classmethod
    def from_plain(cls, data: object) -> PruneSetup:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
            pattern_of(found.pattern)
        except (msgspec.ValidationError, BadSpec):
            return cls()
        if found.method not in METHODS or found.allocation not in ALLOCATIONS:
            return cls()
        return found


class Texts(TypedDict):
    """What a spec of pruning is told of its texts, as `MeasuredSpec` names it."""

    calibration: TextSource
    evaluation: TextSource
    windows: int
    length: int
    seed: int
    measured: int


@dataclass(frozen=True)
class Asked:
    """A setup with what the rest of the window adds to it.

    Attributes:
        setup: The page's settings.
        model: The current model, as it is loaded.
        prompt: The text that stands in Compare.
    """

    setup: PruneSetup
    model: ModelRef
    prompt: str = ""

    @property
    def copy(self) -> ModelRef:
        """The copy of the model that the slider cuts."""
        return replace(self.model, options=replace(self.model.options, state=PRUNED))

    def texts(self, measured: int | None = None) -> Texts:
        """The texts as every spec of pruning takes them; `measured` in place of the setting."""
        setup = self.setup
        return Texts(
            calibration=setup.calibration.text_source(self.prompt),
            evaluation=setup.evaluation.text_source(self.prompt),
            windows=setup.windows,
            length=setup.length,
            seed=setup.seed,
            measured=setup.measured if measured is None else measured,
        )

    def live(
        self, ratio: float, fixed: dict[str, float] | None = None, measured: int = 0
    ) -> LivePruneSpec:
        """A move of the slider. Raises `BadSpec`."""
        setup = self.setup
        return LivePruneSpec(
            model=self.copy,
            method=stand_in(setup.method),
            recipe=setup.recipe,
            ratio=ratio,
            allocation=setup.allocation,
            fixed=fixed or {},
            **self.texts(measured),
        )

    def prune(
        self, ratio: float, out: str = "", fixed: dict[str, float] | None = None
    ) -> PruneSpec:
        """The whole job. Raises `BadSpec`."""
        setup = self.setup
        given = setup.fixed_ratio
        packed = self.model.options.quantization != "none"  # neither stored as bits nor timed
        return PruneSpec(
            model=self.model,
            method=setup.method,
            recipe=setup.recipe,
            ratio=ratio if given is None else given,
            pattern=setup.pattern,
            allocation="uniform" if given is not None else setup.allocation,
            **self.texts(),
            out=out,
            bitmask=setup.bitmask and not packed,
            passes=setup.passes,
            preset=setup.preset,
            forecast=True,
            timed=0 if packed else TIMED_TOKENS,
            fixed={} if given is not None else fixed or {},
        )
