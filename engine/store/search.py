"""Full-text search over titles, notes, prompts, items and answers.

SQLite's FTS5 with the trigram tokenizer finds any stretch of three characters or more, in every
script. A shorter one (two Chinese characters are a word) is looked for with LIKE, and so is
everything where SQLite was built without FTS5 or its trigrams (before 3.34).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

WordsKind = Literal["title", "note", "prompt", "item", "answer", "stage"]

KINDS: Final[tuple[WordsKind, ...]] = get_args(WordsKind)
TOKENIZER: Final = "trigram"
SHORTEST: Final = 3  # characters that a trigram needs
AROUND: Final = 48  # characters shown on either side of what was found
SHOWN: Final = 3  # hits of a run that are shown
MOST: Final = 5000  # texts looked at; more are counted as none
MOST_WORDS: Final = (
    32  # looked for; SQLite refuses a test of too many parts, so the rest is left off
)

_TRIGGERS: Final = {
    "words_come": "CREATE TRIGGER words_come AFTER INSERT ON words BEGIN"
    " INSERT INTO words_search(rowid, text) VALUES (new.id, new.text); END",
    "words_go": "CREATE TRIGGER words_go AFTER DELETE ON words BEGIN"
    " INSERT INTO words_search(words_search, rowid, text)"
    " VALUES ('delete', old.id, old.text); END",
    "words_change": "CREATE TRIGGER words_change AFTER UPDATE ON words BEGIN"
    " INSERT INTO words_search(words_search, rowid, text) VALUES ('delete', old.id, old.text);"
    " INSERT INTO words_search(rowid, text) VALUES (new.id, new.text); END",
}

# From a found text to the runs that it belongs to.
_OWNERS: Final = """
SELECT words.id, words.kind, words.text, run.id AS run_id, '' AS place, run.started AS started
  FROM words JOIN run ON run.id = words.run_id WHERE words.id IN ({found})
UNION ALL
SELECT words.id, words.kind, words.text, cell.run_id, cell.label || ' · ' || cell.item_id,
       run.started
  FROM words JOIN cell ON cell.id = words.cell_id JOIN run ON run.id = cell.run_id
 WHERE words.id IN ({found})
UNION ALL
SELECT words.id, words.kind, words.text, run.id, '', run.started
  FROM words JOIN run_prompt ON run_prompt.prompt_id = words.prompt_id
  JOIN run ON run.id = run_prompt.run_id WHERE words.id IN ({found})
UNION ALL
SELECT words.id, words.kind, words.text, run.id, item.name, run.started
  FROM words JOIN item ON item.id = words.item_id
  JOIN run ON run.item_set_id = item.set_id WHERE words.id IN ({found})
"""


@dataclass(frozen=True)
class Hit:
    """A place where the words stand.

    Attributes:
        kind: What kind of text.
        place: Column and item of an answer, the item's name, or empty.
        snippet: The text around the words, on one line.
        marks: Where the words stand in the snippet (characters, end excluded).
    """

    kind: WordsKind
    place: str
    snippet: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Found:
    """A run in which the words stand: the first hits, and how many there are."""

    run_id: str
    hits: tuple[Hit, ...]
    count: int


def prepare(connection: sqlite3.Connection) -> bool:
    """Make the index when it is missing, fill it when it is stale; False = SQLite cannot have one.

    A program whose SQLite lacks FTS5 leaves the file without the triggers, so that it can write;
    the next program that has it builds the index anew.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        try:
            connection.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS words_search USING fts5("
                f"text, content='words', content_rowid='id', tokenize='{TOKENIZER}')"
            )
            connection.execute("SELECT 1 FROM words_search LIMIT 0")
        except sqlite3.OperationalError:
            for name in _TRIGGERS:
                connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute("COMMIT")
            return False
        known = {
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        }
        if not known.issuperset(_TRIGGERS):
            connection.execute("INSERT INTO words_search(words_search) VALUES ('rebuild')")
            for name in set(_TRIGGERS) - known:
                connection.execute(_TRIGGERS[name])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return True


def search(
    connection: sqlite3.Connection, text: str, *, indexed: bool, most: int = 500
) -> tuple[Found, ...]:
    """The runs in one of whose texts every word of `text` stands, newest first.

    Args:
        connection: The project's.
        text: Words; what stands between double quotes is one. Upper and lower case are alike.
        indexed: Whether there is an index (`prepare`).
        most: Most runs to name.
    """
    words = words_of(text)
    if not words:
        return ()
    ids = _matching(connection, words, indexed)
    runs: dict[str, list[sqlite3.Row]] = {}
    for row in _owned(connection, ids):
        runs.setdefault(row["run_id"], []).append(row)
    newest = sorted(runs.items(), key=lambda pair: pair[1][0]["started"], reverse=True)
    return tuple(
        Found(run_id, tuple(_hit(row, words) for row in _first(rows)), len(rows))
        for run_id, rows in newest[:most]
    )


def words_of(text: str) -> tuple[str, ...]:
    """What is looked for: the first words, and stretches between double quotes.

    Characters that no stored text can hold (NUL, halves of a pair) part words.
    """
    plain = re.sub(r"[\0\ud800-\udfff]", " ", text).replace("“", '"').replace("”", '"')
    parts = re.findall(r'"([^"]+)"|(\S+)', plain)
    words = (quoted or single for quoted, single in parts)
    return tuple(dict.fromkeys(word for word in words if word.strip('"')))[:MOST_WORDS]


def snippet_of(text: str, words: Sequence[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The stretch around the first word, on one line, and where the words stand in it."""
    flat = re.sub(r"\s", " ", text)
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    first = pattern.search(flat)
    at = first.start() if first is not None else 0
    begin = max(0, at - AROUND // 2)
    end = min(len(flat), at + AROUND * 2)
    head, tail = "…" if begin else "", "…" if end < len(flat) else ""
    cut = f"{head}{flat[begin:end].strip()}{tail}"
    return cut, tuple((found.start(), found.end()) for found in pattern.finditer(cut))


def _matching(
    connection: sqlite3.Connection, words: Sequence[str], indexed: bool
) -> tuple[int, ...]:
    """Numbers of the texts that hold every word."""
    long = [word for word in words if indexed and len(word) >= SHORTEST]
    short = [word for word in words if word not in long]
    tests, values = [], []
    if long:
        tests.append("id IN (SELECT rowid FROM words_search WHERE words_search MATCH ?)")
        values.append(" ".join(f'"{word.replace(chr(34), chr(34) * 2)}"' for word in long))
    for word in short:
        tests.append("text LIKE ? ESCAPE '\\'")
        values.append(f"%{_unlike(word)}%")
    query = f"SELECT id FROM words WHERE {' AND '.join(tests)} ORDER BY id DESC LIMIT {MOST}"
    return tuple(row[0] for row in connection.execute(query, values))


def _unlike(word: str) -> str:
    """A word whose signs LIKE takes as they are."""
    return re.sub(r"([\\%_])", r"\\\1", word)


def _owned(connection: sqlite3.Connection, ids: Sequence[int]) -> Iterator[sqlite3.Row]:
    """The found texts with the runs they belong to, those in the bin left out."""
    for start in range(0, len(ids), 500):
        found = ",".join(map(str, ids[start : start + 500]))
        yield from connection.execute(
            f"SELECT hit.* FROM ({_OWNERS.format(found=found)}) AS hit"
            " JOIN run ON run.id = hit.run_id WHERE run.deleted IS NULL"
        )


def _first(rows: Sequence[sqlite3.Row]) -> list[sqlite3.Row]:
    """The hits to show: the kinds in their order, each in the order of entry."""
    return sorted(rows, key=lambda row: (KINDS.index(row["kind"]), row["id"]))[:SHOWN]


def _hit(row: sqlite3.Row, words: Sequence[str]) -> Hit:
    snippet, marks = snippet_of(row["text"], words)
    return Hit(row["kind"], row["place"], snippet, marks)
