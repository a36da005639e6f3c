"""What later questions find ready beside a loaded model, and the memory that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True)
class Slot(Generic[T]):
    """A place for one kind of thing.

    Attributes:
        name: Unique among the slots.
        lasting: Whether it must stay as long as its model: what cannot be computed again.
    """

    name: str
    lasting: bool = False


class Kept:
    """Things by slot. The lane that owns the model writes; any thread may ask how large they are.

    They go with their model; what is not lasting goes earlier when room is needed.
    """

    def __init__(self) -> None:
        self._things: dict[Slot[object], tuple[object, int]] = {}

    @property
    def bytes(self) -> int:
        """Memory that everything here takes beside the model's weights."""
        return sum(size for _, size in list(self._things.values()))

    def get(self, slot: Slot[T]) -> T | None:
        """What is in a slot, or None."""
        found = self._things.get(cast("Slot[object]", slot))
        return None if found is None else cast(T, found[0])

    def put(self, slot: Slot[T], thing: T, size: int) -> None:
        """Keep a thing of so many bytes; what was in the slot before goes."""
        self._things[cast("Slot[object]", slot)] = (thing, size)

    def drop(self, slot: Slot[T]) -> None:
        """Let go of what is in a slot."""
        self._things.pop(cast("Slot[object]", slot), None)

    def drop_spare(self) -> int:
        """Let go of everything that can be computed again; returns the bytes."""
        spare = [slot for slot in self._things if not slot.lasting]
        freed = sum(self._things[slot][1] for slot in spare)
        for slot in spare:
            del self._things[slot]
        return freed
