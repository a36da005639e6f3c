"""Which prompts begin alike: the tree of shared prefixes worth computing once. Free of torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MIN_SHARED = 4  # a shorter shared stretch is recomputed with each row
MIN_SAVED = 32  # tokens that sharing must save to be worth a forward pass of its own


@dataclass(eq=False)
class Prefix:
    """A shared beginning of several prompts.

    Attributes:
        ids: Its tokens from the start of the prompt on, its parent's included.
        parent: The shorter shared beginning it extends, or None.
        level: 0 for a beginning without parent, then 1, 2, …
        users: Prompts (positions in the given sequence) that still need it.
    """

    ids: tuple[int, ...]
    parent: Prefix | None
    level: int
    users: set[int]

    @property
    def own_length(self) -> int:
        """Tokens that it adds to its parent."""
        return len(self.ids) - (len(self.parent.ids) if self.parent else 0)

    def chain(self) -> list[Prefix]:
        """Itself and its parents, longest first."""
        links: list[Prefix] = []
        node: Prefix | None = self
        while node is not None:
            links.append(node)
            node = node.parent
        return links


def shared_prefixes(prompts: Sequence[tuple[int, ...]]) -> list[Prefix | None]:
    """For each prompt the longest shared prefix worth keeping, or None.

    Sorted prompts that begin alike are neighbours; each group is cut at the token where its
    members part, and each part is looked at again.

    Args:
        prompts: Token ids, in any order; equal prompts are allowed.
    """
    found: list[Prefix | None] = [None] * len(prompts)
    order = sorted(range(len(prompts)), key=prompts.__getitem__)
    groups: list[tuple[list[int], Prefix | None]] = [(order, None)]
    while groups:
        members, parent = groups.pop()
        if len(members) < 2:
            continue
        first, last = prompts[members[0]], prompts[members[-1]]
        shared = _shared_length(first, last)
        known = len(parent.ids) if parent else 0
        gain = shared - known
        if gain >= MIN_SHARED and gain * (len(members) - 1) >= MIN_SAVED:
            level = parent.level + 1 if parent else 0
            parent = Prefix(first[:shared], parent, level, set(members))
            for member in members:
                found[member] = parent
        parts: dict[int, list[int]] = {}
        for member in members:
            if len(prompts[member]) > shared:
                parts.setdefault(prompts[member][shared], []).append(member)
        groups.extend((part, parent) for part in parts.values())
    return found


def _shared_length(first: tuple[int, ...], second: tuple[int, ...]) -> int:
    """Tokens that two prompts have in common at their beginning."""
    for place, (mine, theirs) in enumerate(zip(first, second, strict=False)):
        if mine != theirs:
            return place
    return min(len(first), len(second))
