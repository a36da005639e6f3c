"""The slider: a ratio, layers that a person has set, and the copy of the model that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.errors import BadSpec, EngineError
from engine.jobs.events import Event, Failed, Finished, Progress, Terminal
from engine.pruning.live_spec import LivePruneSpec, LiveState
from engine.pruning.prune_spec import Loss
from workbench.viewmodels.jobs import JobHandle, Jobs
from workbench.viewmodels.pruning_setup import FIRST_RATIO, HIGHEST, Asked

REST_MS = 160
Ratios = NDArray[np.float64]


@dataclass(frozen=True)
class Wish:
    """Where the handles stand.

    Attributes:
        ratio: Share of zeros over all layers.
        fixed: Layers that a person has set, with their ratios.
    """

    ratio: float = FIRST_RATIO
    fixed: dict[int, float] = field(default_factory=dict)

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        plain: dict[str, object] = msgspec.to_builtins(self, str_keys=True)
        return plain

    @classmethod
    def from_plain(cls, data: object) -> Wish:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls, strict=False)
        except msgspec.ValidationError:
            return cls()
        shares = (found.ratio, *found.fixed.values())
        return found if all(0 <= one <= HIGHEST for one in shares) else cls()


@dataclass(frozen=True)
class LayerRow:
    """One layer as it is now.

    Attributes:
        layer: Its number.
        weights: Prunable weights in it.
        ratio: Share of them that is zero; of a layer that a person has set and that could not be
            cut so yet, the share that was set.
        predicted: Predicted relative error of its matrices' outputs, weighted by their sizes.
        fixed: Whether a person has set it.
    """

    layer: int
    weights: int
    ratio: float
    predicted: float
    fixed: bool


class LiveModel(QObject):
    """Moves the copy's masks; of many moves only the newest waits.

    A move is a threshold (milliseconds). When the handles have rested for a moment, the loss is
    measured; the next move ends that measurement.

    Attributes:
        asked: Settings and model; None before the page is shown.
        wish: Where the handles stand.
        dense: Whether the copy is shown whole for now.
        state: The copy as it was last cut, or None.
        losses: (dense, pruned) losses of exactly `state`, where the handles stand; None while
            they are not measured.
        undo_stack: Every move can be undone.

    Signals:
        wish_changed(): Handles moved, or dense ↔ pruned.
        changed(): `state` or `losses` changed.
        running_changed(bool), progressed(object), refused(object), rested(): Nothing is under way.
    """

    wish_changed = Signal()
    changed = Signal()
    running_changed = Signal(bool)
    progressed = Signal(object)
    refused = Signal(object)
    rested = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._handle: JobHandle | None = None
        self._measuring = False
        self._waiting = self._unnamed = False
        self._serial = 0
        self._gesture = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._measure)
        self.asked: Asked | None = None
        self.wish = Wish()
        self.dense = False
        self.state: LiveState | None = None
        self.losses: tuple[Loss, Loss] | None = None
        self.undo_stack = QUndoStack(self)
        self._asking = self._cut = self.wish

    @property
    def running(self) -> bool:
        """Whether a job is in flight."""
        return self._handle is not None

    @property
    def pending(self) -> bool:
        """Whether the losses will still come: a job is in flight, or about to be."""
        return self.running or self._rest.isActive()

    # What the person does

    def begin_gesture(self) -> None:
        """The moves from now on are one step of Undo."""
        self._gesture += 1

    def move(self, ratio: float, text: str) -> None:
        """Another ratio of the whole; `text` names the step for Undo."""
        self._push(replace(self.wish, ratio=min(max(ratio, 0.0), HIGHEST)), text)

    def fix(self, layer: int, ratio: float, text: str) -> None:
        """Set one layer; the others make up for it."""
        fixed = {**self.wish.fixed, layer: min(max(ratio, 0.0), HIGHEST)}
        self._push(replace(self.wish, fixed=fixed), text)

    def free(self, layer: int, text: str) -> None:
        """Let the rule decide about a layer again."""
        fixed = {one: ratio for one, ratio in self.wish.fixed.items() if one != layer}
        self.begin_gesture()
        self._push(replace(self.wish, fixed=fixed), text)

    def free_all(self, text: str) -> None:
        """Let the rule decide about every layer."""
        self.begin_gesture()
        self._push(replace(self.wish, fixed={}), text)

    def flip(self, dense: bool) -> None:
        """Show the copy whole, or cut again; the handles stay."""
        if dense != self.dense:
            self.dense, self.losses = dense, None
            self.wish_changed.emit()
            self.ask()

    def _push(self, wish: Wish, text: str) -> None:
        if wish != self.wish:
            self.undo_stack.push(_Step(self, self._gesture, self.wish, wish, text))

    def take(self, wish: Wish) -> None:
        """Put the handles here (a step of Undo or Redo)."""
        self.wish, self.dense, self.losses = wish, False, None
        self.wish_changed.emit()
        self.ask()

    def restore(self, wish: Wish) -> None:
        """Put the handles here without a step (a session that comes back)."""
        self.wish = wish
        self.undo_stack.clear()
        self.wish_changed.emit()

    # Towards the engine

    def set_asked(self, asked: Asked) -> None:
        """Other settings, or another model: the copy follows."""
        if asked == self.asked:
            return
        if self.asked is not None and asked.model != self.asked.model:
            self.leave()
        known = self.state is not None and self._same_question(asked)
        self.asked = asked
        if not known:
            self.losses = None
            self.changed.emit()
            self.ask()

    def leave(self) -> None:
        """Another model: nothing of the one before is shown."""
        self.drop()
        self.asked, self.state, self.losses = None, None, None
        if self.wish.fixed:
            self.wish = replace(self.wish, fixed={})
        self.undo_stack.clear()
        self.wish_changed.emit()
        self.changed.emit()

    def spec(self, measured: int = 0) -> LivePruneSpec:
        """What the handles mean. Raises `BadSpec`."""
        assert self.asked is not None
        if self.dense:
            return self.asked.live(0.0, {}, measured)
        fixed = self.fixed() if self.state is not None else {}
        return self.asked.live(self.wish.ratio, fixed, measured)

    def ask(self) -> None:
        """Have the copy follow the handles."""
        if self.asked is None:
            return
        self._rest.stop()
        if self._handle is None:
            self._start(0)
            return
        self._waiting = True
        if self._measuring:
            self._jobs.cancel(self._handle.id)

    def stop(self) -> None:
        """Ask what is under way to stop."""
        about_to_measure = self._rest.isActive()
        self._rest.stop()
        self._waiting = False
        if self._handle is not None:
            self._jobs.cancel(self._handle.id)
        elif about_to_measure:
            self.rested.emit()

    def drop(self) -> None:
        """Stop, and hear no more of it."""
        self.stop()
        self._serial += 1
        if self._handle is not None:
            self._handle = None
            self.running_changed.emit(False)

    # What is shown

    def rows(self) -> tuple[LayerRow, ...]:
        """The layers as they are now; empty before the first answer."""
        state = self.state
        if state is None:
            return ()
        predicted = state.predicted
        wished = self.wish.fixed if self._cut != self.wish and not self.dense else {}
        layers = np.array(state.layers)
        found = []
        for layer in sorted(set(state.layers)):
            here = layers == layer
            sizes = state.sizes[here].astype(float)
            found.append(
                LayerRow(
                    layer=layer,
                    weights=int(sizes.sum()),
                    ratio=wished.get(layer, float(state.ratios[here] @ sizes / sizes.sum())),
                    predicted=float(predicted[here] @ sizes / sizes.sum()),
                    fixed=layer in self.wish.fixed and not self.dense,
                )
            )
        return tuple(found)

    def sensitivity(self, by_matrix: bool = False) -> tuple[tuple[str, ...], Ratios]:
        """Names and predicted errors, ``[rows, grid]``: layers, or every matrix."""
        state = self.state
        if state is None:
            return (), np.zeros((0, 0))
        if by_matrix:
            names = tuple(
                f"L{layer} {kind}" for layer, kind in zip(state.layers, state.kinds, strict=True)
            )
            return names, state.curves
        layers = np.array(state.layers)
        numbers = sorted(set(state.layers))
        curves = [
            np.average(state.curves[layers == one], axis=0, weights=state.sizes[layers == one])
            for one in numbers
        ]
        return tuple(f"L{one}" for one in numbers), np.stack(curves)

    # Inside

    def _same_question(self, asked: Asked) -> bool:
        """Whether other settings leave the copy and its losses as they are."""
        before, measured = self.asked, asked.setup.measured
        if before is None or before.setup.measured != measured:
            return False
        try:
            return before.live(self.wish.ratio) == asked.live(self.wish.ratio)
        except EngineError:
            return False

    def fixed(self) -> dict[str, float]:
        """The ratios that a person has set, by the names of the matrices.

        Raises:
            BadSpec: Layers are set, and their matrices are not known before the first answer.
        """
        state = self.state
        if state is None:
            if self.wish.fixed:
                raise BadSpec(
                    "The layers set by hand are not known yet.",
                    "Start the slider, and wait until it shows them.",
                )
            return {}
        pairs = zip(state.names, state.layers, strict=True)
        fixed = self.wish.fixed
        return {name: fixed[layer] for name, layer in pairs if layer in fixed}

    def _start(self, measured: int) -> None:
        self._serial += 1
        self._waiting = False
        # before the first answer nobody knows the matrices of the layers that are set
        self._unnamed = self.state is None and bool(self.wish.fixed) and not self.dense
        self._asking = replace(self.wish, fixed={}) if self._unnamed else self.wish
        was = self.running
        try:
            spec = self.spec(measured)
            self._handle = self._jobs.submit(spec, self._listener(self._serial))
        except EngineError as error:
            self._handle = None
            self.refused.emit(error.report())
            self.rested.emit()
            return
        self._measuring = measured > 0
        if not was:
            self.running_changed.emit(True)

    def _measure(self) -> None:
        if self._handle is None and self.asked is not None and self.asked.setup.measured > 0:
            self._start(self.asked.setup.measured)

    def _listener(self, serial: int) -> Callable[[Event], None]:
        def hear(event: Event) -> None:
            if serial == self._serial and self._handle is not None:
                self._hear(event)

        return hear

    def _hear(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.progressed.emit(event)
        elif isinstance(event, Finished) and isinstance(event.result, LiveState):
            self._take_state(event.result)
        elif isinstance(event, Failed):
            self.refused.emit(event.error)
        if isinstance(event, Terminal):
            self._ended(isinstance(event, Finished))

    def _take_state(self, state: LiveState) -> None:
        self.state, self._cut = state, self._asking
        self._waiting = self._waiting or self._unnamed
        known = state.dense is not None and state.pruned is not None
        self.losses = (state.dense, state.pruned) if known else None  # type: ignore[assignment]
        self.changed.emit()

    def _ended(self, well: bool) -> None:
        measured = self._measuring
        self._handle, self._measuring = None, False
        if self._waiting:
            self._start(0)
            if self._handle is not None:
                return
        self.running_changed.emit(False)
        wants = self.asked is not None and self.asked.setup.measured > 0
        if well and not measured and wants:
            self._rest.start()
        else:
            self.rested.emit()


class _Step(QUndoCommand):
    """One move of a handle; moves of one gesture become one step."""

    def __init__(
        self, model: LiveModel, gesture: int, before: Wish, after: Wish, text: str
    ) -> None:
        super().__init__(text)
        self._model, self._gesture = model, gesture
        self._before, self._after = before, after

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Step) or other._gesture != self._gesture:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._model.take(self._after)

    def undo(self) -> None:
        self._model.take(self._before)
