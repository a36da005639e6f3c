"""The list of runs: what each row says, and what a person may change of it."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec

from engine.errors import StoreError
from engine.jobs.spec import Spec
from engine.prompting.elements import Item, PromptElements
from engine.store.filing import file_spec

LONGEST_TOPIC = 120  # characters
RunStatus = Literal["running", "finished", "cancelled", "failed", "interrupted"]


@dataclass(frozen=True)
class RunInfo:
    """One row of the list of runs.

    Attributes:
        id: Its name in the project.
        kind: The job's kind.
        title: What the job calls itself.
        status: How it stands.
        started, ended: POSIX seconds; `ended` is None while it runs or when it was interrupted.
        cells: Cells that are stored, failed ones included.
        planned: Cells that it was to have; 0 = unknown (a run of an early version).
        failed: Cells with an error.
        models: Names of the models asked.
        name: The person's own title, or empty.
        note: The person's note.
        tags: In alphabetical order.
        archived: Whether it is out of the way.
        seconds: How long it ran, resumed parts included.
        items: How many questions it asks.
        topic: How its first question begins, on one line.
    """

    id: str
    kind: str
    title: str
    status: RunStatus
    started: float
    ended: float | None
    cells: int
    planned: int = 0
    failed: int = 0
    models: tuple[str, ...] = ()
    name: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    archived: bool = False
    seconds: float = 0.0
    items: int = 0
    topic: str = ""

    @property
    def resumable(self) -> bool:
        """Whether cells are missing or failed, and nothing runs."""
        whole = self.status == "finished" and not self.failed
        return self.kind == "compare" and self.status != "running" and not whole


_LIST = """
SELECT run.*,
  (SELECT count(*) FROM cell WHERE cell.run_id = run.id) AS cells,
  (SELECT count(*) FROM cell WHERE cell.run_id = run.id AND cell.error IS NOT NULL) AS failed,
  (SELECT group_concat(name, char(31)) FROM
    (SELECT name FROM run_model WHERE run_id = run.id ORDER BY position)) AS models,
  (SELECT group_concat(name, char(31)) FROM
    (SELECT name FROM tag WHERE run_id = run.id ORDER BY name)) AS tags,
  (SELECT size FROM item_set WHERE id = run.item_set_id) AS items,
  (SELECT content FROM item WHERE set_id = run.item_set_id AND position = 0) AS item,
  (SELECT prompt.content FROM run_prompt JOIN prompt ON prompt.id = run_prompt.prompt_id
    WHERE run_prompt.run_id = run.id AND variant = -1) AS prompt
FROM run WHERE {where} ORDER BY started DESC, run.rowid DESC LIMIT ?
"""


def insert_run(connection: sqlite3.Connection, spec: Spec, planned: int) -> str:
    """Enter a run that begins now; returns its id."""
    run_id = uuid.uuid4().hex[:12]
    now = time.time()
    connection.execute(
        "INSERT INTO run(id, kind, title, spec, status, owner, started, owned, planned)"
        " VALUES (?,?,?,'','running',?,?,?,?)",
        (run_id, spec.kind, spec.title(), os.getpid(), now, now, planned),
    )
    file_spec(connection, run_id, spec)
    connection.execute(
        "INSERT INTO words(kind, run_id, text) VALUES ('title',?,?)", (run_id, spec.title())
    )
    return run_id


def own_run(connection: sqlite3.Connection, run_id: str) -> None:
    """This process runs it from now on."""
    connection.execute(
        "UPDATE run SET status='running', owner=?, owned=?, ended=NULL WHERE id=?",
        (os.getpid(), time.time(), run_id),
    )


def end_run(connection: sqlite3.Connection, run_id: str, status: str) -> None:
    """Note how a run ended, and how long this part of it took."""
    now = time.time()
    connection.execute(
        "UPDATE run SET status=?, ended=?, seconds=seconds + max(0, ? - owned) WHERE id=?",
        (status, now, now, run_id),
    )


def list_runs(
    connection: sqlite3.Connection,
    *,
    kind: str | None = None,
    run_id: str | None = None,
    most: int = -1,
) -> tuple[RunInfo, ...]:
    """Runs that are not in the bin, newest first."""
    tests, values = ["deleted IS NULL"], []
    for column, value in (("kind", kind), ("id", run_id)):
        if value is not None:
            tests.append(f"run.{column} = ?")
            values.append(value)
    query = _LIST.format(where=" AND ".join(tests))
    return tuple(map(_info, connection.execute(query, (*values, most))))


def run_row(connection: sqlite3.Connection, run_id: str) -> sqlite3.Row:
    """The row of a run.

    Raises:
        StoreError: There is none.
    """
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM run WHERE id=?", (run_id,)
    ).fetchone()
    if row is None:
        raise StoreError(f"The project has no run “{run_id}”.", "Choose one from its list of runs.")
    return row


def rename(connection: sqlite3.Connection, run_id: str, name: str) -> None:
    """Give a run the person's own title; empty = the job's."""
    title = run_row(connection, run_id)["title"]
    connection.execute("UPDATE run SET name=? WHERE id=?", (name, run_id))
    _say(connection, run_id, "title", f"{name}\n{title}" if name else title)


def annotate(connection: sqlite3.Connection, run_id: str, note: str) -> None:
    """Keep the person's note."""
    connection.execute("UPDATE run SET note=? WHERE id=?", (note, run_id))
    _say(connection, run_id, "note", note)


def label(connection: sqlite3.Connection, run_id: str, tags: Iterable[str]) -> None:
    """Replace a run's tags."""
    connection.execute("DELETE FROM tag WHERE run_id=?", (run_id,))
    names = sorted({tag.strip() for tag in tags if tag.strip()})
    connection.executemany("INSERT INTO tag VALUES (?,?)", [(run_id, name) for name in names])


def bin_runs(connection: sqlite3.Connection, run_ids: Iterable[str], now: float | None) -> None:
    """Put runs into the bin (`now`), or take them out of it (None)."""
    connection.executemany(
        "UPDATE run SET deleted=? WHERE id=? AND status<>'running'",
        [(now, run_id) for run_id in run_ids],
    )


def empty_bin(connection: sqlite3.Connection, before: float) -> int:
    """Delete the runs that came into the bin before `before`, and what only they used."""
    gone = connection.execute(
        "DELETE FROM run WHERE deleted < ? AND status<>'running'", (before,)
    ).rowcount
    if gone > 0:
        connection.execute(
            "DELETE FROM sent WHERE id NOT IN (SELECT sent_id FROM cell WHERE sent_id IS NOT NULL)"
            " AND id NOT IN (SELECT sent_id FROM stage WHERE sent_id IS NOT NULL)"
        )
        connection.execute(
            "DELETE FROM item_set WHERE id NOT IN"
            " (SELECT item_set_id FROM run WHERE item_set_id IS NOT NULL)"
        )
        connection.execute("DELETE FROM prompt WHERE id NOT IN (SELECT prompt_id FROM run_prompt)")
    return gone


def _say(connection: sqlite3.Connection, run_id: str, kind: str, text: str) -> None:
    """Make a run's title or note searchable."""
    connection.execute("DELETE FROM words WHERE run_id=? AND kind=?", (run_id, kind))
    if text.strip():
        connection.execute(
            "INSERT INTO words(kind, run_id, text) VALUES (?,?,?)", (kind, run_id, text)
        )


def _info(row: sqlite3.Row) -> RunInfo:
    return RunInfo(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        status=row["status"],
        started=row["started"],
        ended=row["ended"],
        cells=row["cells"],
        planned=row["planned"],
        failed=row["failed"],
        models=tuple(row["models"].split("\x1f")) if row["models"] else (),
        name=row["name"],
        note=row["note"],
        tags=tuple(row["tags"].split("\x1f")) if row["tags"] else (),
        archived=bool(row["archived"]),
        seconds=row["seconds"],
        items=row["items"] or 0,
        topic=_topic(row["prompt"], row["item"]),
    )


def _topic(prompt: str | None, item: str | None) -> str:
    """What the first question is about: its longest variable, or what the prompt asks."""
    if prompt is None:
        return ""
    values = msgspec.json.decode(item, type=Item).variables.values() if item else ()
    elements = msgspec.json.decode(prompt, type=PromptElements)
    said = max(values, key=len, default="") or elements.input or elements.instruction
    return " ".join(said[:LONGEST_TOPIC].split())
