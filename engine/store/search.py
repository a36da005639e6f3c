"""Full-text search over titles, notes, prompts, items and answers.

SQLite's FTS5 with the trigram tokenizer finds any stretch of three characters or more, in every
script. A shorter one (two Chinese characters are a word) is looked for with LIKE, and so is
everything where SQLite was built without FTS5 or its trigrams (before 3.34).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal, get_args

WordsKind = Literal["title", "note", "prompt", "item", "answer", "stage"]

KINDS: Final[tuple[WordsKind, ...]] = get_args(WordsKind)
TOKENIZER: Final = "trigram"
SHORTEST: Final = 3  # characters that a trigram needs
AROUND: Final = 48  # characters shown on either side of what was found
SHOWN: Final = 3  # hits of a run that are shown
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

# Every found text with each run that it belongs to, a run's first hits with how many it has. SQLite
# counts; only what is shown is read. `{found}` names the texts.
_HITS: Final = """
WITH found AS (SELECT id, kind FROM words WHERE {found}),
hit AS (
SELECT words.id, words.kind, words.run_id AS run_id, NULL AS cell_id
  FROM found JOIN words ON words.id = found.id WHERE words.run_id IS NOT NULL
UNION ALL
SELECT words.id, words.kind, cell.run_id, cell.id
  FROM found JOIN words ON words.id = found.id JOIN cell ON cell.id = words.cell_id
UNION ALL
SELECT words.id, words.kind, run_prompt.run_id, NULL
  FROM found JOIN words ON words.id = found.id
  JOIN run_prompt ON run_prompt.prompt_id = words.prompt_id
UNION ALL
SELECT words.id, words.kind, run.id, NULL
  FROM found JOIN words ON words.id = found.id JOIN item ON item.id = words.item_id
  JOIN run ON run.item_set_id = item.set_id
),
placed AS (
SELECT hit.*, run.started AS started,
       row_number() OVER (PARTITION BY hit.run_id ORDER BY {order}, hit.id) AS position,
       count(*) OVER (PARTITION BY hit.run_id) AS hits
  FROM hit JOIN run ON run.id = hit.run_id WHERE run.deleted IS NULL
)
SELECT placed.*, words.text AS text,
       coalesce(cell.label || ' · ' || cell.item_id, item.name, '') AS place
  FROM placed JOIN words ON words.id = placed.id
  LEFT JOIN cell ON cell.id = placed.cell_id LEFT JOIN item ON item.id = words.item_id
 WHERE placed.position <= {shown}
 ORDER BY placed.started DESC, placed.run_id, placed.position
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


def search(connection: sqlite3.Connection, text: str, *, indexed: bool) -> tuple[Found, ...]:
    """Every run in one of whose texts all words of `text` stand, newest first.

    Args:
        connection: The project's.
        text: Words; what stands between double quotes is one. Upper and lower case are alike.
        indexed: Whether there is an index (`prepare`).
    """
    words = words_of(text)
    if not words:
        return ()
    test, values = _test(words, indexed)
    order = "CASE hit.kind " + " ".join(f"WHEN '{kind}' THEN {at}" for at, kind in enumerate(KINDS))
    query = _HITS.format(found=test, order=f"{order} END", shown=SHOWN)
    found: list[Found] = []
    for _, rows in groupby(connection.execute(query, values), key=itemgetter("run_id")):
        shown = list(rows)
        hits = tuple(_hit(row, words) for row in shown)
        found.append(Found(shown[0]["run_id"], hits, shown[0]["hits"]))
    return tuple(found)


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


def _test(words: Sequence[str], indexed: bool) -> tuple[str, list[str]]:
    """What SQLite asks of a text that holds every word, and the values it asks with."""
    long = [word for word in words if indexed and len(word) >= SHORTEST]
    short = [word for word in words if word not in long]
    tests, values = [], []
    if long:
        tests.append("id IN (SELECT rowid FROM words_search WHERE words_search MATCH ?)")
        values.append(" ".join(f'"{word.replace(chr(34), chr(34) * 2)}"' for word in long))
    for word in short:
        tests.append("text LIKE ? ESCAPE '\\'")
        values.append(f"%{_unlike(word)}%")
    return " AND ".join(tests), values


def _unlike(word: str) -> str:
    """A word whose signs LIKE takes as they are."""
    return re.sub(r"([\\%_])", r"\\\1", word)


def _hit(row: sqlite3.Row, words: Sequence[str]) -> Hit:
    snippet, marks = snippet_of(row["text"], words)
    return Hit(row["kind"], row["place"], snippet, marks)
