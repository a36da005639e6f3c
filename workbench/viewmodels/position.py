"""The page “Position” without its widgets: which text, layer and head, and what was captured."""

from __future__ import annotations

from typing import Final, Literal, get_args

from PySide6.QtCore import QObject, Signal

from engine.inspection.capture import Alibi, BucketBias, Capture, LayerCapture
from engine.inspection.inspect_spec import InspectSpec
from engine.models.reference import ModelRef
from engine.models.spec import Anatomy, DescribeModelSpec, ModelDescription
from engine.prompting.render import Message, Segment
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

Topic = Literal["rotation", "stretch", "numbers", "alibi", "tables", "buckets"]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
ROTATES: Final[tuple[Topic, ...]] = ("rotation", "stretch")
Encoding = Literal["rope", "alibi", "buckets", "learned", "sinusoidal", "none"]
TRAINED_UNKNOWN: Final = 2048
START_FACTOR: Final = 4.0


def encoding_of(anatomy: Anatomy | None) -> Encoding | None:
    """How the model knows positions, as one word; None while nothing is known of it."""
    if anatomy is None:
        return None
    told = anatomy.position_encoding
    for word, kind in (
        ("ALiBi", "alibi"), ("RoPE", "rope"), ("T5", "buckets"), ("learned", "learned"),
        ("sinusoidal", "sinusoidal"),
    ):  # fmt: skip
        if told.startswith(word):
            return kind  # type: ignore[return-value]
    return "none"


class PositionModel(QObject):
    """What every part of the page looks at.

    Attributes:
        ref: The model.
        anatomy: What it is made of, once that was read; None before.
        text: What it reads.
        chat: Whether the text is put to the model as a question, in its chat format.
        given: An answer that another page handed over, read token by token; None once the person
            types.
        factor: How far texts are to be stretched, times the trained length.
        layer, head: Which head is looked at, from 0.
        capture: What the last look brought, of `layer` alone; None before the first.

    Signals:
        subject_changed(): Layer, head, or the capture is another one.
        facts_changed(): `ref` or `anatomy` changed.
        running_changed(bool): A look began or ended.
        progressed(object): `Progress` of the look in flight.
        refused(object): `ErrorReport` of a look that failed.
        finished(): The look ended, well or not.
    """

    subject_changed = Signal()
    facts_changed = Signal()
    running_changed = Signal(bool)
    progressed = Signal(object)
    refused = Signal(object)
    finished = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looking = JobSlot(jobs, self)
        self._describing = JobSlot(jobs, self)
        self.ref = ModelRef()
        self.anatomy: Anatomy | None = None
        self.text = ""
        self.chat = False
        self.given: AttentionCase | None = None
        self.factor = START_FACTOR
        self.layer = 0
        self.head = 0
        self.capture: Capture | None = None
        self._looking.running_changed.connect(self.running_changed)
        self._looking.progressed.connect(self.progressed)
        self._looking.refused.connect(self.refused)
        self._looking.found.connect(self._found)
        self._looking.ended.connect(self._ended)
        self._describing.found.connect(self._described)

    # What is looked at

    @property
    def running(self) -> bool:
        """Whether a look is in flight."""
        return self._looking.running

    @property
    def encoding(self) -> Encoding | None:
        """How the model knows positions; the capture knows best."""
        layer = self.captured()
        if layer is not None and layer.rotation is not None:
            return "rope"
        if layer is not None and isinstance(layer.bias, Alibi):
            return "alibi"
        if layer is not None and isinstance(layer.bias, BucketBias):
            return "buckets"
        return encoding_of(self.anatomy)

    @property
    def trained(self) -> int:
        """Positions that the model was trained on, as its configuration says."""
        layer = self.captured()
        if layer is not None and layer.rope is not None and layer.rope.trained:
            return layer.rope.trained  # of a model that is stretched already: before that
        known = self.anatomy.context_length if self.anatomy is not None else None
        return known or TRAINED_UNKNOWN

    @property
    def layers(self) -> int:
        """Layers of the model, 1 while nothing is known."""
        if self.capture is not None:
            return self.capture.layer_count
        return self.anatomy.layers if self.anatomy is not None else 1

    @property
    def heads(self) -> int:
        """Heads per layer, 1 while nothing is known."""
        if self.capture is not None:
            return self.capture.heads
        return self.anatomy.heads if self.anatomy is not None else 1

    def captured(self) -> LayerCapture | None:
        """The layer that is looked at; None before a look, and of a model without such a layer."""
        if self.capture is None:
            return None
        for role in ("self", "encoder", "cross"):
            for one in self.capture.layers:
                if one.layer == self.layer and one.role == role:
                    return one
        return None

    # What the person does

    def set_model(self, ref: ModelRef) -> None:
        """Another model: what was captured is no longer true."""
        known = self.anatomy is not None or self._describing.running
        if ref == self.ref and known:
            return
        self.ref, self.anatomy = ref, None
        self.capture = None
        self.layer = self.head = 0
        self._looking.forget()
        self._describing.start(DescribeModelSpec(ref))
        self.facts_changed.emit()
        self.subject_changed.emit()

    def set_text(self, text: str, chat: bool) -> None:
        """Read another text; an answer that was handed over is no longer meant."""
        self.text, self.chat, self.given = text, chat, None

    def set_given(self, case: AttentionCase) -> None:
        """Read prompt and answer of another page, with the model that answered."""
        self.text, self.chat, self.given = case.text, False, case
        self.set_model(case.model)
        self.subject_changed.emit()

    def set_head(self, layer: int, head: int) -> None:
        """Look at another head; another layer needs another look."""
        layer = min(max(0, layer), self.layers - 1)
        head = min(max(0, head), self.heads - 1)
        if (layer, head) == (self.layer, self.head):
            return
        other = layer != self.layer
        self.layer, self.head = layer, head
        if other and self.capture is not None:
            self.look()
        self.subject_changed.emit()

    def look(self) -> bool:
        """Run the text through the model; False (and `refused`) when that cannot start."""
        spec = InspectSpec(model=self.ref, text=self.text, layers=(self.layer,))
        if self.given is not None:
            spec = InspectSpec(model=self.ref, ids=self.given.ids, layers=(self.layer,))
        elif self.chat and self.text:
            asked = Message("user", (Segment("input", self.text),))
            spec = InspectSpec(model=self.ref, messages=(asked,), layers=(self.layer,))
        return self._looking.start(spec)

    def stop(self) -> None:
        """Ask the look in flight to stop."""
        self._looking.stop()

    # Results

    def _found(self, result: object) -> None:
        if isinstance(result, Capture):
            self.capture = result
            self.head = min(self.head, self.heads - 1)

    def _ended(self) -> None:
        self.subject_changed.emit()
        self.finished.emit()

    def _described(self, result: object) -> None:
        if isinstance(result, ModelDescription):
            self.anatomy = result.anatomy
            self.facts_changed.emit()
