"""The atlas without its widgets: small pictures and fingerprints of every head, their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from engine.inspection.capture import Capture, Float, Role
from engine.inspection.fingerprints import Fingerprint, fingerprint
from engine.inspection.tiles import thumbnails
from workbench.services.background import Background
from workbench.viewmodels.attention_heads import HeadAt, flat, heads_of, search, sorted_heads

Order = Literal[
    "layer", "importance", "entropy", "sink", "distance", "previous", "duplicate", "induction",
    "local", "position_fit", "slope",
]  # fmt: skip
ORDERS: Final[tuple[Order, ...]] = (
    "layer", "importance", "entropy", "sink", "distance", "previous", "duplicate", "induction",
    "local", "position_fit", "slope",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class AtlasData:
    """What a capture's atlas needs.

    Attributes:
        heads: By layer, then by number.
        pictures: Weights pooled by their largest, float32 ``[heads, 64, 64]``.
        prints: Fingerprint per head.
    """

    heads: tuple[HeadAt, ...]
    pictures: Float
    prints: dict[HeadAt, Fingerprint]


class AtlasModel(QObject):
    """Computes the atlas off the window's thread and keeps its order.

    Attributes:
        data: Pictures and fingerprints, or None.
        order: What the heads are sorted by.
        shared: One colour scale for all heads.
        wanted: What is searched for.
        importance: A value per head from a sweep, by head; empty = not measured.
        show_importance: Whether it is drawn.

    Signals:
        pictures_changed(): Other pictures, or another scale.
        order_changed(): Order or search changed.
    """

    pictures_changed = Signal()
    order_changed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._serial = 0
        self._loading = False
        self._describe: Callable[[Fingerprint], str] = str
        self.data: AtlasData | None = None
        self.order: Order = "layer"
        self.shared = False
        self.wanted = ""
        self.importance: dict[HeadAt, float] = {}
        self.show_importance = False

    def set_describe(self, describe: Callable[[Fingerprint], str]) -> None:
        """How fingerprints are said in words, for the search."""
        self._describe = describe

    def load(self, capture: Capture | None, role: Role) -> None:
        """Compute pictures and fingerprints of a capture."""
        self._serial += 1
        self._loading = capture is not None
        if capture is None:
            self.data = None
            self.pictures_changed.emit()
            return
        self._background.run(
            partial(measured, capture, role),
            partial(self._take, self._serial),
            partial(self._failed, self._serial),
        )
        self.order_changed.emit()

    def set_order(self, order: Order) -> None:
        """Sort by something else."""
        if order != self.order:
            self.order = order
            self.order_changed.emit()

    def set_shared(self, shared: bool) -> None:
        """One colour scale for all heads, or each its own."""
        if shared != self.shared:
            self.shared = shared
            self.pictures_changed.emit()

    def search(self, wanted: str) -> None:
        """Fade the heads that these words do not mean."""
        if wanted != self.wanted:
            self.wanted = wanted
            self.order_changed.emit()

    def set_importance(self, importance: dict[HeadAt, float]) -> None:
        """Take what a sweep measured."""
        self.importance = importance
        self.order_changed.emit()

    def set_show_importance(self, shown: bool) -> None:
        """Draw it or not."""
        self.show_importance = shown
        self.order_changed.emit()

    def sorted(self) -> tuple[HeadAt, ...]:
        """The heads as they stand."""
        if self.data is None:
            return ()
        if self.order == "layer":
            return self.data.heads
        return sorted_heads(self.data.heads, self.value_of)

    def value_of(self, head: HeadAt) -> float | None:
        """What the heads are sorted by."""
        if self.order == "importance":
            return self.importance.get(head)
        print_of = self.data.prints.get(head) if self.data is not None else None
        return None if print_of is None else getattr(print_of, self.order, None)

    def faded(self) -> frozenset[HeadAt]:
        """The heads that the search does not mean."""
        if self.data is None or not self.wanted.strip():
            return frozenset()
        words = {head: self._describe(one) for head, one in self.data.prints.items()}
        return frozenset(self.data.heads) - search(self.data.heads, words, self.wanted)

    def print_of(self, head: HeadAt) -> Fingerprint | None:
        """The fingerprint of a head; None while another text's is computed."""
        if self.data is None or self._loading:
            return None
        return self.data.prints.get(head)

    def _take(self, serial: int, data: AtlasData) -> None:
        if serial == self._serial:
            self._loading = False
            self.data = data
            self.pictures_changed.emit()

    def _failed(self, serial: int, error: Exception) -> None:
        if serial == self._serial:
            self._loading = False
        raise error


def measured(capture: Capture, role: Role) -> AtlasData:
    """Pictures and fingerprints of every head of a kind; takes a moment for long texts."""
    heads = heads_of(capture, role)
    prints: dict[HeadAt, Fingerprint] = {}
    for layer in capture.layers:
        if layer.role == role:
            ids = numbered(capture.encoder_tokens) if role == "encoder" else capture.ids
            for head, one in enumerate(fingerprint(layer, ids or capture.ids)):
                prints[HeadAt(layer.layer, head)] = one
    return AtlasData(heads, flat(thumbnails(capture, role=role)), prints)


def numbered(tokens: tuple[str, ...]) -> tuple[int, ...]:
    """Equal texts with equal numbers: an encoder's own numbers are not in a capture."""
    numbers = {text: at for at, text in enumerate(dict.fromkeys(tokens))}
    return tuple(numbers[text] for text in tokens)
