"""Bringing waiting rows in: shared prefixes first, once each, then every row's own tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import torch

from engine.decoding.batching import batches_of
from engine.decoding.cache import RowCache, SoloRow
from engine.decoding.prefixes import Prefix, shared_prefixes
from engine.decoding.rows import Row
from engine.decoding.runner import Prompt, Runner
from engine.decoding.shared_attention import SharedPast, States
from engine.decoding.stats import DecodeStats

# Most tokens in one forward pass over prompts, and how many tokens' work a pass costs by itself.
PREFILL = {"cpu": (2048, 128)}
PREFILL_ELSEWHERE = (16384, 2048)
SHARED_ROWS = 4  # rows that must share a beginning before it is kept apart from their columns
SHARED_TOKENS = 24  # and its least length, beyond a shorter one that is kept apart already


@dataclass(frozen=True)
class Entered:
    """A batch of rows with their prompts computed.

    Attributes:
        rows: The rows, in the cache's order.
        cache: Their keys and values.
        pasts: For each row, the beginning that need not be copied.
        widest: Most own columns of any row that enters in this turn.
        logits: float32 ``[rows, kept, vocabulary]`` of the last prompt tokens.
    """

    rows: list[Row]
    cache: RowCache | SoloRow
    pasts: list[SharedPast | None]
    widest: int
    logits: torch.Tensor


class Entrance:
    """The waiting rows of a run and the shared prefixes that they still need.

    Args:
        runner: Does the forward passes.
        rows: All rows of the run.
        stats: Counts what was computed and reused.
    """

    def __init__(self, runner: Runner, rows: Sequence[Row], stats: DecodeStats) -> None:
        self.runner = runner
        self.stats = stats
        self._prefixes: list[Prefix | None] = [None] * len(rows)
        if len(rows) > 1 and not runner.solo_reason:
            self._prefixes = shared_prefixes([row.request.prompt_ids for row in rows])
        self._states: dict[Prefix, States] = {}
        self._pasts: dict[tuple[Prefix, int], SharedPast] = {}
        self._kept_apart = [self._beginning(row) for row in rows]
        self.waiting = self._in_order(rows)

    @property
    def has_much_shared(self) -> bool:
        """Whether enough rows share a beginning to keep it apart."""
        return any(link is not None for link in self._kept_apart)

    def enter(self, count: int) -> Iterator[Entered]:
        """Take the next `count` waiting rows and compute their prompts, batch by batch."""
        rows = [self.waiting.pop() for _ in range(min(count, len(self.waiting)))]
        payers = self._compute_prefixes(rows)
        rows.sort(key=self._own_length)
        for start, stop in self._batches([self._own_length(row) for row in rows]):
            yield self._enter_batch(rows[start:stop], payers, rows)
        for row in rows:
            self._release(row)

    def withdraw(self, unwanted: Set[int]) -> list[Row]:
        """Take waiting rows out by their requests' positions; returns them."""
        gone = [row for row in self.waiting if row.index in unwanted]
        self.waiting = [row for row in self.waiting if row.index not in unwanted]
        for row in gone:
            self._release(row)
        return gone

    def free(self) -> None:
        """Let go of every tensor."""
        self._states.clear()
        self._pasts.clear()

    def _in_order(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of one prefix together, in the order of their first requests; last one first."""
        rank: dict[Prefix, int] = {}
        for row in rows:
            for link in self._chain(row):
                rank.setdefault(link, row.index)
        return sorted(
            rows,
            key=lambda row: (*(rank[link] for link in self._chain(row)[::-1]), row.index),
            reverse=True,
        )

    def _chain(self, row: Row) -> list[Prefix]:
        prefix = self._prefixes[row.index]
        return prefix.chain() if prefix is not None else []

    def _known(self, row: Row) -> int:
        """Tokens of a row that its prefix holds and that need not be computed for their logits."""
        prefix = self._prefixes[row.index]
        return min(len(prefix.ids), len(row.request.prompt_ids) - 1) if prefix else 0

    def _own_length(self, row: Row) -> int:
        return len(row.prompt) - self._known(row)

    def _beginning(self, row: Row) -> Prefix | None:
        """The longest beginning of a row that is worth keeping apart from its own columns."""
        best = None
        for link in self._chain(row)[::-1]:
            gain = min(len(link.ids), self._known(row)) - (len(best.ids) if best else 0)
            if len(link.users) >= SHARED_ROWS and gain >= SHARED_TOKENS:
                best = link
        return best

    def _past(self, row: Row) -> SharedPast | None:
        """What a row shares and needs no columns for; None when nothing may be kept apart."""
        link = self._kept_apart[row.index] if self.runner.shares else None
        if link is None:
            return None
        length = min(len(link.ids), self._known(row))
        past = self._pasts.get((link, length))
        if past is None:
            past = self._pasts[link, length] = SharedPast(self._states[link], length)
        return past

    def _batches(self, lengths: Sequence[int]) -> list[tuple[int, int]]:
        limits = PREFILL.get(self.runner.device.type, PREFILL_ELSEWHERE)
        return batches_of(lengths, *limits)

    def _compute_prefixes(self, rows: Sequence[Row]) -> dict[Prefix, int]:
        """Compute the prefixes that these rows need, level by level.

        Returns:
            For each one computed now, the row to which its cost is counted.
        """
        payers: dict[Prefix, int] = {}
        for row in sorted(rows, key=lambda row: row.index):
            for link in self._chain(row):
                if link not in self._states:
                    payers.setdefault(link, row.index)
        for level in sorted({prefix.level for prefix in payers}):
            nodes = [prefix for prefix in payers if prefix.level == level]
            nodes.sort(key=lambda prefix: prefix.own_length)
            for start, stop in self._batches([node.own_length for node in nodes]):
                self._compute_nodes(nodes[start:stop])
        return payers

    def _compute_nodes(self, nodes: Sequence[Prefix]) -> None:
        prompts = [
            Prompt(node.ids, self._states[node.parent], len(node.parent.ids))
            if node.parent is not None
            else Prompt(node.ids)
            for node in nodes
        ]
        filled = self.runner.prefill(prompts)
        assert isinstance(filled.cache, RowCache)
        for place, node in enumerate(nodes):
            self._states[node] = filled.cache.row_states(place)
        self.stats.prefills += 1
        self.stats.computed_tokens += filled.computed

    def _enter_batch(
        self, rows: list[Row], payers: dict[Prefix, int], everyone: Sequence[Row]
    ) -> Entered:
        prompts = []
        for row in rows:
            prefix = self._prefixes[row.index]
            states = self._states[prefix] if prefix is not None else None
            prompts.append(Prompt(row.prompt, states, self._known(row)))
        kept = 1 + max(len(row.request.forced) for row in rows)
        filled = self.runner.prefill(prompts, kept)
        self.stats.prefills += 1
        self.stats.computed_tokens += filled.computed
        for row, reused in zip(rows, filled.reused, strict=True):
            paid = sum(
                link.own_length for link in self._chain(row) if payers.get(link) == row.index
            )
            row.reused = max(0, reused - paid)
            self.stats.reused_tokens += row.reused
        shared = [self._past(row) for row in everyone]
        widest = max(
            len(row.prompt) - (past.length if past is not None else 0)
            for row, past in zip(everyone, shared, strict=True)
        )
        pasts = [self._past(row) for row in rows]
        return Entered(rows, filled.cache, pasts, widest, filled.logits)

    def _release(self, row: Row) -> None:
        """Forget prefixes that no waiting row needs; rows inside keep what they share."""
        for link in self._chain(row):
            link.users.discard(row.index)
            if not link.users:
                self._states.pop(link, None)
                for key in [key for key in self._pasts if key[0] is link]:
                    del self._pasts[key]
