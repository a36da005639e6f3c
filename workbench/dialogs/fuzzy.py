"""Fuzzy matching of typed letters against names: pure, no Qt."""

from __future__ import annotations

_SEPARATORS = " .·-_/…:"


def match(query: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """Score `text` for `query`: every letter in order, blanks ignored, case ignored.

    Returns:
        The score (higher is better) and the places of the matched letters, or None when a
        letter is missing. Letters that follow each other or begin a word count more; among
        equals the shorter text wins.
    """
    wanted = [letter for letter in query.lower() if not letter.isspace()]
    lowered = text.lower()
    if not wanted:
        return 0.0, ()
    best: tuple[float, tuple[int, ...]] | None = None
    for start in range(len(lowered)):
        if lowered[start] == wanted[0]:
            found = _from(wanted, lowered, start)
            if found is None:
                break
            if best is None or found[0] > best[0]:
                best = found
    if best is None:
        return None
    return best[0] - len(text) / 1000, best[1]


def _from(wanted: list[str], text: str, start: int) -> tuple[float, tuple[int, ...]] | None:
    """Match greedily from `start`, preferring the beginning of a word for each letter."""
    places = [start]
    score = _letter_score(text, start, None)
    for letter in wanted[1:]:
        after = places[-1] + 1
        place = after if text[after : after + 1] == letter else _word_start(text, letter, after)
        if place < 0:
            place = text.find(letter, after)
        if place < 0:
            return None
        score += _letter_score(text, place, places[-1])
        places.append(place)
    return score, tuple(places)


def _word_start(text: str, letter: str, after: int) -> int:
    for place in range(after, len(text)):
        if text[place] == letter and text[place - 1] in _SEPARATORS:
            return place
    return -1


def _letter_score(text: str, place: int, before: int | None) -> float:
    score = 1.0
    if place == 0 or text[place - 1] in _SEPARATORS:
        score += 2.0
    if before is not None and place == before + 1:
        score += 2.5
    return score
