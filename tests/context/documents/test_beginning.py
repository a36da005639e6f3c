"""How much of the beginning fits, against trying every length."""

from __future__ import annotations

import random
from collections.abc import Iterator

from engine.context.documents.flows.whole import beginning
from engine.context.documents_spec import Passage


def passages(sizes: list[int]) -> list[Passage]:
    return [Passage(n, 0, n, n + 1, size, "", 0, "x") for n, size in enumerate(sizes)]


def test_the_longest_beginning_that_fits_is_taken() -> None:
    rng = random.Random(5)
    for _ in range(200):
        every = passages([rng.randrange(0, 9) for _ in range(rng.randrange(12))])
        room = rng.randrange(-1, 60)
        lengths = range(len(every) + 1)
        fits = [n for n in lengths if n == 0 or sum(one.tokens + 1 for one in every[:n]) <= room]
        assert list(beginning(every, room)) == every[: max(fits)]


def test_each_passage_is_looked_at_once() -> None:
    looked = []

    class Looked(list[Passage]):
        def __iter__(self) -> Iterator[Passage]:
            for one in super().__iter__():
                looked.append(one.number)
                yield one

    assert len(beginning(Looked(passages([1] * 1000)), 20)) == 10
    assert looked == list(range(11))
