"""Why: which part of a prompt made the answer, measured on the model itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.evaluation.evidence.attribute_spec import Attribution
from engine.evaluation.evidence.cross_spec import CrossResult
from engine.evaluation.evidence.order_spec import OrderResult
from engine.evaluation.evidence.states_spec import StatesResult
from engine.evaluation.plan import prompt_of
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.viewmodels.prompt_state import PromptState
from workbench.viewmodels.why import TOPICS, Topic, WhyModel
from workbench.viewmodels.why_case import (
    OfferedRun,
    WhyCase,
    demonstration,
    loading,
    offered_runs,
)
from workbench.views.why.choice_panel import DEMONSTRATION, ChoicePanel
from workbench.views.why.order_view import OrderView
from workbench.views.why.parts_view import PartsView
from workbench.views.why.states_view import StatesView
from workbench.views.why.swap_view import SwapView
from workbench.views.why.words import left_out, paths_taken
from workbench.views.working_page import WorkingPage
from workbench.widgets.chip_bar import ChipBar
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

LEFT_CHARS = 38


class WhyPage(WorkingPage):
    """What is explained at the left, the evidence at the right, one topic at a time."""

    page_id: ClassVar[str] = "why"
    icon_name: ClassVar[str] = "help"
    run_action: ClassVar[str] = "why.run"
    stop_action: ClassVar[str] = "why.stop"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.model = WhyModel(services.jobs, self, services.project.ask)
        self._topic: Topic = "parts"
        self._looked = False
        self.choice = ChoicePanel(self.model, self)
        self.bar = ChipBar(TOPICS, self)
        self.topics = self.bar.chips
        self.hint = PlainLabel(self)
        self.hint.setWordWrap(True)
        self.scope = PlainLabel(self)
        self.scope.setWordWrap(True)
        self.parts = PartsView(services.icons, self)
        self.swap = SwapView(services.icons, self)
        self.order = OrderView(self)
        self.states = StatesView(services.icons, self)
        self.views: dict[Topic, QWidget] = {
            "parts": self.parts,
            "swap": self.swap,
            "order": self.order,
            "states": self.states,
        }
        self._build()
        self._connect()

    # What every page has

    def title(self) -> str:
        return self.tr("Why")

    def subtitle(self) -> str:
        return self.tr("What in the prompt made the answer, measured token by token.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """Explain, Stop, and the built-in demonstration."""
        commands = (
            Command(
                "why.run", lambda: self.tr("Explain"), self._run, shortcut="Ctrl+Return",
                icon="play", enabled=self._can_run, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Measure what is chosen at the left"),
            ),
            Command(
                "why.stop", lambda: self.tr("Stop"), self.model.stop, shortcut="Esc",
                icon="stop", enabled=self._is_running, scope=self.page_id, menu="page",
            ),
            Command(
                "why.demo", lambda: self.tr("Run the demonstration"), self.demonstrate,
                icon="star", enabled=self._can_run, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Few-shot examples of which one is wrong"),
            ),
        )  # fmt: skip
        for command in commands:
            registry.add(command)
        self.header.set_primary(registry.action("why.run"))
        self.empty = EmptyState(self.services, "help", registry.action("why.demo"), self)
        self.stack.addWidget(self.empty)
        self._show_topic()

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "stack"):
            self._write()

    def entered(self) -> None:
        self.services.project.ask(offered_runs, self._offer)

    def take_from_desk(self) -> None:
        given = self.services.desk.take(self.page_id)
        if isinstance(given, WhyCase):
            self._looked = True
            self.model.set_case(given)

    def save_state(self) -> dict[str, object]:
        return {"topic": self._topic}

    def restore_state(self, state: dict[str, object]) -> None:
        topic = state.get("topic")
        if topic in TOPICS:
            self._topic = topic
            self._show_topic()

    def run_demo(self, done: Callable[[], None]) -> None:
        """The wrong example singled out; `done` when it is."""
        self._after_run = done
        self.demonstrate()

    # What the person does

    def demonstrate(self) -> None:
        """Explain the built-in case with the current model."""
        self._looked = True
        self.model.set_case(demonstration(self.sample_language(), self.services.model.ref))
        self._run()

    def _run(self) -> None:
        self.note.show_report(None)
        if self.model.case is None:
            self.model.set_case(demonstration(self.sample_language(), self.services.model.ref))
        self.model.run(self._topic)

    def _comparison_wanted(self, run_id: str) -> None:
        self.note.show_report(None)
        if run_id == DEMONSTRATION:
            self.model.set_case(demonstration(self.sample_language(), self.services.model.ref))
        else:
            self.services.project.ask(loading(run_id), self.model.set_case)

    def _topic_chosen(self, topic: str) -> None:
        self._topic = cast(Topic, topic)
        self._show_topic()
        self.state_changed.emit()

    def _order_wanted(self, order: tuple[int, ...]) -> None:
        """Hand the prompt to Compare with its examples in this order."""
        case, choice = self.model.case, self.model.choice
        if case is None:
            return
        compare = case.compare
        variant = compare.variants[choice.column]
        elements = prompt_of(compare, variant)
        item = compare.items[max(0, choice.item)]
        self.services.desk.lay(
            "compare",
            PromptState(
                language=elements.language,
                system=elements.system,
                instruction=elements.instruction,
                context=elements.context,
                examples=tuple(elements.examples[number] for number in order),
                input=elements.input,
                output_indicator=elements.output_indicator,
                expected=item.expected or "",
                values=dict(item.variables),
                extraction=compare.extraction,
                examples_as=variant.examples_as,
            ),
        )

    # Model to widgets

    def _offer(self, runs: tuple[OfferedRun, ...]) -> None:
        self.choice.set_runs(runs)
        if not self._looked and self.model.case is None and runs:
            self._looked = True
            self.services.project.ask(loading(runs[0].id), self._take_last)

    def _take_last(self, case: WhyCase) -> None:
        if self.model.case is None:
            self.model.set_case(case)

    def _result_changed(self, topic: str) -> None:
        result = self.model.results.get(cast(Topic, topic))
        if isinstance(result, Attribution):
            self.parts.set_result(result)
        elif isinstance(result, CrossResult) and self.model.case is not None:
            self.swap.set_result(result, self.model.case.compare)
        elif isinstance(result, StatesResult):
            self.states.set_result(result)
        elif isinstance(result, OrderResult) and self.model.running != "order":
            self.order.set_result(result)
        elif topic == "order" and self.model.arrangements:
            self.order.set_partial(self.model.arrangements)
        if topic == self._topic:
            self._show_topic()

    def _show_topic(self) -> None:
        self.bar.choose(self._topic)
        self.choice.set_topic(self._topic)
        has = self._topic in self.model.results
        has = has or (self._topic == "order" and bool(self.model.arrangements))
        if has or not hasattr(self, "empty"):
            self.stack.setCurrentWidget(self.views[self._topic])
        else:
            self.stack.setCurrentWidget(self.empty)
        self._write()

    def _ended(self) -> None:
        self._result_changed("order")
        self.end_demo()

    def _write(self) -> None:
        self.bar.set_names(
            {
                "parts": self.tr("Parts"),
                "swap": self.tr("Swap"),
                "order": self.tr("Order"),
                "states": self.tr("States"),
            }
        )
        hints: dict[Topic, str] = {
            "parts": self.tr("Which element or example did it: each is left out once."),
            "swap": self.tr("Each technique's answer, read under every other's prompt."),
            "order": self.tr("The same examples in other orders: how much is chance?"),
            "states": self.tr("The model as it is against its 4-bit and 8-bit loads."),
        }
        self.hint.setText(hints[self._topic])
        spec = self.model.specs.get(self._topic)
        lines = (left_out(spec), paths_taken(spec)) if spec is not None else ()
        self.scope.setText("\n".join(line for line in lines if line))
        self.scope.setVisible(bool(self.scope.text()))
        if hasattr(self, "empty"):
            chosen = self.model.case is not None
            self.empty.set_text(
                self.tr("Explain measures the chosen comparison; or see how a wrong example shows.")
                if chosen
                else self.tr("Run a comparison first, or see how a wrong example among few shows.")
            )

    # Small questions

    def _can_run(self) -> bool:
        return self.model.running is None

    def _is_running(self) -> bool:
        return self.model.running is not None

    # Building

    def _build(self) -> None:
        set_role(self.hint, "muted")
        set_role(self.scope, "muted")
        bar = QHBoxLayout()
        bar.addWidget(self.bar)
        bar.addStretch(1)
        self.stack = QStackedWidget(self)
        for view in self.views.values():
            self.stack.addWidget(view)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(bar)
        column.addWidget(self.hint)
        column.addWidget(self.note)
        column.addWidget(self.strip)
        column.addWidget(self.scope)
        column.addWidget(self.stack, 1)
        left = LEFT_CHARS
        self.splitter = self.side_by_side((self.choice, right), (left, 4 * left), 1)
        self.body.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        model = self.model
        model.result_changed.connect(self._result_changed)
        model.case_changed.connect(self._show_topic)
        model.running_changed.connect(self.show_running)
        model.progressed.connect(self.show_progress)
        model.refused.connect(self.show_refusal)
        model.finished.connect(self._ended)
        self.choice.run_wanted.connect(self._comparison_wanted)
        self.order.wanted.connect(self._order_wanted)
        self.bar.chosen.connect(self._topic_chosen)
