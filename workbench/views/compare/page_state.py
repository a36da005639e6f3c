"""What the comparison page keeps for the next start, and how it comes back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from workbench.viewmodels.compare_history import Place, StoredColumn, columns_with_pinned
from workbench.viewmodels.compare_setup import CompareSetup
from workbench.viewmodels.prompt_presets import without_wrong_name
from workbench.viewmodels.prompt_state import PromptState
from workbench.views.compare.results_bar import TINTS

if TYPE_CHECKING:
    from workbench.views.compare.page import ComparePage


class PageState:
    """Saves and restores a `ComparePage`; what is missing or unknown is left as it is."""

    def __init__(self, page: ComparePage) -> None:
        self._page = page
        self._awaits_results = False

    def save(self) -> dict[str, object]:
        """JSON-ready values."""
        page = self._page
        return {
            "prompt": page.model.prompt.state.to_plain(),
            "setup": page.model.setup.to_plain(),
            "exercise": page.exercise,
            "folds": page.prompt.folds(),
            "sampling_open": page.bar.sampling.isChecked(),
            "sent_open": page.columns.sent_open(),
            "tint": page.bar.tint.currentData(),
            "results": self._awaits_results or bool(page.model.columns),
            "pinned": [
                [at, place.run_id, place.model, place.variant, place.item]
                for at, place in page.model.pinned_places()
            ],
            "split": page.splitter.sizes() if page.split_by_hand else [],
        }

    def restore(self, state: dict[str, object]) -> None:
        """Bring back what `save` gave; the results follow when the project has answered."""
        page = self._page
        setup = CompareSetup.from_plain(state.get("setup"))
        page.model.set_setup(replace(setup, models=page.model.setup.models[:1] + setup.models[1:]))
        number = state.get("exercise")
        page.exercise = number if isinstance(number, int) else 0
        if "prompt" in state:
            prompt = PromptState.from_plain(state["prompt"])
            page.model.prompt.restore(without_wrong_name(prompt, page.exercise))
        self._restore_look(state)
        if state.get("results", True):
            self._awaits_results = True
            question = partial(columns_with_pinned, pinned=_places(state.get("pinned")))
            page.services.project.ask(question, self._bring_back)

    def columns_came(self) -> None:
        """There are results now; none from before are waited for."""
        self._awaits_results = False

    def _restore_look(self, state: dict[str, object]) -> None:
        page = self._page
        folds = state.get("folds")
        if isinstance(folds, dict):
            page.prompt.set_folds(folds)
        page.bar.sampling.setChecked(bool(state.get("sampling_open")))
        page.columns.set_sent_open(bool(state.get("sent_open", False)))
        if state.get("tint") in TINTS:
            page.set_tint(str(state["tint"]))
        split = state.get("split")
        if isinstance(split, list) and len(split) == 2 and all(isinstance(n, int) for n in split):
            page.split_by_hand = True
            page.splitter.setSizes(split)

    def _bring_back(self, stored: tuple[StoredColumn, ...]) -> None:
        self._awaits_results = False
        self._page.model.bring_back(stored)


def _places(stored: object) -> tuple[tuple[int, Place], ...]:
    """Pinned columns as `PageState.save` keeps them; what is malformed is left out."""
    found: list[tuple[int, Place]] = []
    for one in stored if isinstance(stored, list) else ():
        match one:
            case [int(at), str(run_id), int(model), int(variant), int(item)]:
                found.append((at, Place(run_id, model, variant, item)))
    return tuple(found)
