"""What a run's spec is made of, kept once each: its items, its prompts, its models."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from hashlib import sha256

import msgspec

from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import Spec, decode, encode
from engine.prompting.elements import Item, PromptElements

OWN = -1  # `run_prompt.variant` of the prompt that the variants share


def file_spec(connection: sqlite3.Connection, run_id: str, spec: Spec) -> None:
    """Write a run's spec; a comparison's items, prompts and models go to tables of their own."""
    set_id = None
    stored = spec
    if isinstance(spec, CompareSpec):
        set_id = _file_set(connection, spec.items)
        stored = replace(spec, items=(), continues="")
        _file_prompts(connection, run_id, spec)
        connection.execute("DELETE FROM run_model WHERE run_id=?", (run_id,))
        connection.executemany(
            "INSERT INTO run_model VALUES (?,?,?)",
            [(run_id, position, ref.id) for position, ref in enumerate(spec.models)],
        )
    connection.execute(
        "UPDATE run SET spec=?, item_set_id=? WHERE id=?", (encode(stored), set_id, run_id)
    )


def read_spec(connection: sqlite3.Connection, row: sqlite3.Row) -> Spec:
    """The spec of a row of `run`.

    Raises:
        BadSpec: It was saved by a newer version.
    """
    spec = decode(row["spec"])
    if isinstance(spec, CompareSpec) and row["item_set_id"] is not None:
        found = connection.execute(
            "SELECT content FROM item WHERE set_id=? ORDER BY position", (row["item_set_id"],)
        )
        items = tuple(msgspec.json.decode(one[0], type=Item) for one in found)
        return replace(spec, items=items)
    return spec


def _file_set(connection: sqlite3.Connection, items: tuple[Item, ...]) -> int:
    contents = [msgspec.json.encode(item) for item in items]
    sha = sha256(b"\n".join(contents)).hexdigest()
    known = connection.execute("SELECT id FROM item_set WHERE sha=?", (sha,)).fetchone()
    if known is not None:
        return int(known[0])
    made = connection.execute("INSERT INTO item_set(sha, size) VALUES (?,?)", (sha, len(items)))
    set_id = made.lastrowid
    assert set_id is not None
    for position, (item, content) in enumerate(zip(items, contents, strict=True)):
        row = connection.execute(
            "INSERT INTO item(set_id, position, name, content) VALUES (?,?,?,?)",
            (set_id, position, item.id, content.decode()),
        )
        words = "\n".join((*item.variables.values(), item.expected or "")).strip()
        if words:
            connection.execute(
                "INSERT INTO words(kind, item_id, text) VALUES ('item',?,?)", (row.lastrowid, words)
            )
    return set_id


def _file_prompts(connection: sqlite3.Connection, run_id: str, spec: CompareSpec) -> None:
    own = [(OWN, spec.prompt)]
    named = [(at, one.prompt) for at, one in enumerate(spec.variants) if one.prompt is not None]
    connection.execute("DELETE FROM run_prompt WHERE run_id=?", (run_id,))
    for variant, prompt in own + named:
        connection.execute(
            "INSERT INTO run_prompt VALUES (?,?,?)",
            (run_id, variant, _file_prompt(connection, prompt)),
        )


def _file_prompt(connection: sqlite3.Connection, prompt: PromptElements) -> int:
    content = msgspec.json.encode(prompt)
    sha = sha256(content).hexdigest()
    known = connection.execute("SELECT id FROM prompt WHERE sha=?", (sha,)).fetchone()
    if known is not None:
        return int(known[0])
    row = connection.execute(
        "INSERT INTO prompt(sha, content, first_used) VALUES (?,?,?)",
        (sha, content.decode(), time.time()),
    )
    assert row.lastrowid is not None
    words = "\n".join(filter(None, _texts(prompt)))
    if words:
        connection.execute(
            "INSERT INTO words(kind, prompt_id, text) VALUES ('prompt',?,?)", (row.lastrowid, words)
        )
    return row.lastrowid


def _texts(prompt: PromptElements) -> tuple[str, ...]:
    """Everything that a prompt says, in the order in which it is read."""
    shown = [
        text for one in prompt.examples for text in (one.input, one.reasoning or "", one.output)
    ]
    return (
        prompt.system,
        prompt.instruction,
        prompt.context,
        *shown,
        prompt.input,
        prompt.output_indicator,
    )
