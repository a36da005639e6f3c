"""The page “Pruning” without its widgets: settings, the slider, and the jobs around it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.models.spec import Anatomy, DescribeModelSpec, ModelDescription
from engine.paths import Paths
from engine.prompting.elements import Language
from engine.pruning.card_spec import Card
from engine.pruning.outliers_spec import LARGEST
from engine.pruning.presets import presets, remove_preset, save_preset
from engine.pruning.prune_spec import CUSTOM, PruneResult, PruneSpec
from engine.pruning.recipe import PRESETS, Recipe
from workbench.services.background import Background
from workbench.services.jobs import JobService
from workbench.viewmodels.attention_case import StatesWish, demonstration
from workbench.viewmodels.current_model import CurrentModel
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.prompt_state import PromptState
from workbench.viewmodels.pruning_card import BYTES
from workbench.viewmodels.pruning_cells import CellsModel
from workbench.viewmodels.pruning_live import LiveModel, Wish
from workbench.viewmodels.pruning_prompts import PromptsChoice, PromptsModel
from workbench.viewmodels.pruning_search import OutliersModel, TuneModel
from workbench.viewmodels.pruning_setup import Asked, PruneSetup
from workbench.viewmodels.pruning_slider import SliderJobs
from workbench.viewmodels.pruning_structured import StructuredChoice, StructuredModel
from workbench.viewmodels.pruning_sweep import SweepChoice, SweepModel

Topic = Literal["weights", "curves", "parts", "score", "outliers", "prompts"]
TOPICS: Final[tuple[Topic, ...]] = (
    "weights", "curves", "parts", "score", "outliers", "prompts",
)  # fmt: skip

COPIES: Final = 3
"""The slider holds the copy, its dense weights, and their ranks."""
UNASKED_BYTES: Final = 2e9
"""Beyond this the slider starts when the person says so."""


class PruningModel(QObject):
    """State of the page.

    Attributes:
        setup: How it is pruned.
        prompt: The text that stands in Compare.
        live: The slider.
        cells: Layers measured alone.
        run: The whole job.
        sweep, structured, tune, outliers, prompts: The other topics.
        card: What it expects, then what it measured; None before it has begun.
        result: What it found; None before, and after another model was chosen.
        spec: What that job was asked.
        anatomy: The current model's, or None while nothing is known.
        look: The job that finds it out, before the slider's first one.
        slider: Both, followed as one.

    Signals:
        setup_changed(), result_changed(), described().
    """

    setup_changed = Signal()
    result_changed = Signal()
    described = Signal()

    def __init__(
        self,
        jobs: JobService,
        background: Background,
        current: CurrentModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._awake = self._known = self._allowed = self._refused = False
        self._spoken: Language = "en"
        self.setup = PruneSetup()
        self.prompt = ""
        self.live = LiveModel(jobs, self)
        self.cells = CellsModel(jobs, self.live, self)
        self.run = JobSlot(jobs, self)
        self.sweep = SweepModel(jobs, self)
        self.structured = StructuredModel(jobs, self)
        self.tune = TuneModel(jobs, self)
        self.outliers = OutliersModel(jobs, self)
        self.prompts = PromptsModel(jobs, background, self)
        self.card: Card | None = None
        self.result: PruneResult | None = None
        self.spec: PruneSpec | None = None
        self.anatomy: Anatomy | None = None
        self.look = JobSlot(jobs, self)
        self.look.found.connect(self._looked)
        self.look.refused.connect(self._look_refused)
        self.look.ended.connect(self._look_ended)
        self.slider = SliderJobs(self.look, self.live, self)
        for ended in (self.look.ended, self.live.rested, self.cells.job.ended):
            ended.connect(self._ask_prompts)  # each comes after what follows it has begun
        self.run.found.connect(self._ran)
        self.run.part.connect(self._foresaw)
        current.chosen.connect(self._model_chosen)

    @property
    def model_id(self) -> str:
        """Name of the current model."""
        return self._current.ref.id

    @property
    def asked(self) -> Asked:
        """The settings with the model and the prompt."""
        return Asked(self.setup, self._current.ref, self.prompt)

    def wake(self) -> None:
        """The page is shown: from now on the copy follows the settings."""
        first = not self._awake
        self._awake = True
        if first:
            self.look.start(DescribeModelSpec(self._current.ref))
        self._follow()

    @property
    def waits(self) -> float:
        """Bytes that the slider of a large model would take, while nobody has asked for it."""
        if self.anatomy is None or self._allowed:
            return 0
        needed = COPIES * BYTES["float32"] * self.anatomy.parameters
        return needed if needed > UNASKED_BYTES else 0

    @property
    def stopped(self) -> bool:
        """Whether the slider has nothing to show and nothing is under way that would change it."""
        nothing = self.live.state is None and not self.live.pending and not self.look.running
        return self._awake and nothing and not self.waits

    def begin(self) -> None:
        """The person wants the slider: of a large model, or after it was stopped or refused."""
        self._allowed = self._known = True
        self.described.emit()
        if self.stopped and self.live.asked == self.asked:
            self.live.ask()
        else:
            self._follow()

    def _follow(self) -> None:
        """Have the copy follow the settings, as soon as it is known what that costs."""
        if self._awake and self._known and not self.waits:
            self.live.set_asked(self.asked)

    def set_setup(self, setup: PruneSetup) -> None:
        """Other settings."""
        if setup == self.setup:
            return
        moved = _ranked_by(setup) != _ranked_by(self.setup)
        self.setup = setup
        if moved:
            self.cells.forget()
        self.setup_changed.emit()
        self._follow()

    def set_prompt_state(self, state: PromptState) -> None:
        """Another prompt stands in Compare."""
        self.set_prompt(text_of(state))

    def speak(self, language: Language) -> None:
        """Exercises whose language nobody has chosen come in the window's."""
        before, self._spoken = self._spoken, language
        if self.prompts.choice.language == before:
            self.prompts.set_choice(replace(self.prompts.choice, language=language))
        if self.sweep.choice.language == before:
            self.sweep.set_choice(replace(self.sweep.choice, language=language))

    def choices_to_plain(self) -> dict[str, object]:
        """What the topics were asked for, as plain containers for the session file."""
        return {
            "weights": {"model": self.model_id, "wish": self.live.wish.to_plain()},
            "curves": self.sweep.choice.to_plain(),
            "parts": self.structured.choice.to_plain(),
            "outliers": self.outliers.strength,
            "prompts": self.prompts.choice.to_plain(),
            "spoken": self._spoken,
        }

    def restore_choices(self, plain: dict[str, object]) -> None:
        """Take back `choices_to_plain`; a broken record of a topic gives its defaults."""
        weights = plain.get("weights")
        if isinstance(weights, dict):
            wish = Wish.from_plain(weights.get("wish"))
            same = weights.get("model") == self.model_id  # another one has other layers
            self.live.restore(wish if same else replace(wish, fixed={}))
        if "curves" in plain:
            self.sweep.set_choice(SweepChoice.from_plain(plain["curves"]))
        if "parts" in plain:
            self.structured.set_choice(StructuredChoice.from_plain(plain["parts"]))
        if "prompts" in plain:
            self.prompts.set_choice(PromptsChoice.from_plain(plain["prompts"]))
        strength = plain.get("outliers")
        if isinstance(strength, float | int) and 0 <= strength <= LARGEST:
            self.outliers.set_strength(float(strength))
        self._spoken = "zh" if plain.get("spoken") == "zh" else "en"

    def rank_heads_by(self, path: str) -> None:
        """Judge the groups of heads by a ranking on disk."""
        self.structured.set_choice(replace(self.structured.choice, ranking=path))

    def attention_wish(self, language: Language) -> StatesWish:
        """The dense and the pruned model beside each other, on the text of Compare."""
        case = demonstration(language, self._current.ref)
        if self.prompt.strip():
            case = case.typed(self.prompt, "", case.chat)
        return StatesWish(case, self.asked.copy)

    def folder_name(self, topic: Topic) -> str:
        """What a saved model may be called."""
        name = PurePath(self.model_id).name
        if topic == "parts":
            return f"{name}-smaller"
        ratio = self.setup.fixed_ratio
        share = self.live.wish.ratio if ratio is None else ratio
        return f"{name}-{self.setup.method}-{100 * share:.0f}"

    def set_prompt(self, text: str) -> None:
        """Another prompt stands in Compare."""
        self.prompt = text
        texts = (self.setup.calibration, self.setup.evaluation)
        if self._awake and any(one.source == "prompt" for one in texts):
            self.cells.forget()
            self._follow()

    def set_saved(self, saved: dict[str, Recipe]) -> None:
        """The person's own scores, as they are on disk."""
        if saved != self.setup.saved:
            self.setup = replace(self.setup, saved=saved)
            self.setup_changed.emit()

    def use_recipe(self, recipe: Recipe) -> None:
        """Prune by this score from now on, by its name where it has one."""
        named = next((name for name, one in PRESETS.items() if one == recipe), CUSTOM)
        self.set_setup(replace(self.setup, method=named, recipe=recipe))

    def slot(self, topic: Topic) -> JobSlot:
        """The job of a topic."""
        return {
            "weights": self.run, "curves": self.sweep.job, "parts": self.structured.job,
            "score": self.tune.job, "outliers": self.outliers.job, "prompts": self.prompts.job,
        }[topic]  # fmt: skip

    def start(self, topic: Topic, out: str = "", overwrite: bool = False) -> bool:
        """Run what a topic is about; False when it cannot start.

        Args:
            topic: Which.
            out: Folder that the model is written into, of "weights" and "parts".
            overwrite: A pruned model that lies there may be replaced.
        """
        asked, ratio = self.asked, self.live.wish.ratio
        match topic:
            case "weights":
                return self.prune(out, overwrite)
            case "curves":
                return self.sweep.start(asked)
            case "parts":
                return self.structured.start(asked, out, overwrite)
            case "score":
                return self.tune.start(asked, ratio)
            case "outliers":
                return self.outliers.start(asked, ratio)
            case "prompts":
                self.cells.stop()
                self.live.flip(False)
                return self.prompts.start(asked, rested=self._copy_rests)

    def running(self, topic: Topic) -> bool:
        """Whether a topic's job is in flight, or waits for the copy."""
        return self.prompts.running if topic == "prompts" else self.slot(topic).running

    @property
    def _copy_rests(self) -> bool:
        """Whether nothing is under way that cuts the copy."""
        return not (self.look.running or self.live.pending or self.cells.job.running)

    def _ask_prompts(self) -> None:
        """The copy may be as it is to be asked now."""
        if self._copy_rests:
            self.prompts.go_on()

    def stop(self, topic: Topic) -> None:
        """Ask a topic's job to stop; what it has measured stays."""
        if topic == "prompts":
            self.prompts.stop()
        else:
            self.slot(topic).stop()

    @property
    def current_card(self) -> Card | None:
        """The card of the last run, while the handles and the settings are still those of it."""
        spec = self.run.spec
        if self.card is None or not isinstance(spec, PruneSpec):
            return None
        try:
            now = self.asked.prune(self.live.wish.ratio, fixed=self.live.fixed())
        except EngineError:
            return None  # it cannot be asked now, so it is another question
        return self.card if replace(spec, out="", overwrite=False) == now else None

    def prune(self, out: str = "", overwrite: bool = False) -> bool:
        """Run the whole job; with `out` the model is written there."""
        try:
            spec = self.asked.prune(self.live.wish.ratio, out, self.live.fixed())
            spec = replace(spec, overwrite=overwrite)
        except EngineError as error:
            self.run.refused.emit(error.report())
            return False
        return self.run.start(spec)

    def _model_chosen(self) -> None:
        self.run.forget()
        self.cells.forget()
        for one in (self.sweep, self.structured, self.tune, self.outliers, self.prompts):
            one.forget()
        self.result, self.spec, self.anatomy, self.card = None, None, None, None
        self._known = self._allowed = self._refused = False
        self.live.leave()
        self.result_changed.emit()
        self.described.emit()
        if self._awake:
            self.look.start(DescribeModelSpec(self._current.ref))

    def _looked(self, found: object) -> None:
        if isinstance(found, ModelDescription):
            self.anatomy = found.anatomy

    def _look_ended(self) -> None:
        """Also a model that cannot be looked at may be pruned: loading it says more."""
        self._known = self.look.answered is self.look.spec or self._refused
        self.described.emit()
        self._follow()

    def _look_refused(self, _report: object) -> None:
        self._refused = True

    def _ran(self, found: object) -> None:
        if isinstance(found, PruneResult) and isinstance(self.run.spec, PruneSpec):
            self.result, self.spec, self.card = found, self.run.spec, found.card
            self.result_changed.emit()

    def _foresaw(self, part: object) -> None:
        if isinstance(part, Card):
            self.card, self.result = part, None
            self.result_changed.emit()


def keep_score(paths: Paths, name: str, recipe: Recipe) -> dict[str, Recipe]:
    """Keep a score on disk (on a worker); returns all that are kept.

    Raises:
        BadSpec: The name cannot be one.
        StoreError: The file cannot be written.
    """
    save_preset(paths, name, recipe)
    return presets(paths)


def forget_score(paths: Paths, name: str) -> dict[str, Recipe]:
    """Remove a score from disk (on a worker); returns those that stay.

    Raises:
        StoreError: The file cannot be written.
    """
    remove_preset(paths, name)
    return presets(paths)


def text_of(state: PromptState) -> str:
    """All that a prompt says, its examples included, as one text."""
    parts = [state.system, state.instruction, state.context]
    for one in state.examples:
        parts += [one.input, one.reasoning, one.output]
    parts += [state.input, state.output_indicator]
    text = "\n".join(part for part in parts if part.strip())
    for name, value in state.values.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _ranked_by(setup: PruneSetup) -> tuple[object, ...]:
    """What the measured cells depend on."""
    return (
        setup.scored_by, setup.calibration, setup.evaluation, setup.windows, setup.length,
        setup.seed, setup.measured,
    )  # fmt: skip
