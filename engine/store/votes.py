"""Votes to table rows and back."""

from __future__ import annotations

import sqlite3

import msgspec

from engine.evaluation.spec import Vote


def write_vote(connection: sqlite3.Connection, run_id: str, vote: Vote) -> None:
    """Insert a vote, replacing that over the same samples."""
    connection.execute(
        "INSERT OR REPLACE INTO vote(run_id, model, variant, item, winner, agreement, correct,"
        " content) VALUES (?,?,?,?,?,?,?,?)",
        (
            run_id,
            *vote.place,
            vote.winner,
            vote.agreement,
            vote.correct,
            msgspec.json.encode(vote).decode(),
        ),
    )


def read_votes(connection: sqlite3.Connection, run_id: str) -> tuple[Vote, ...]:
    """A run's votes, in key order."""
    rows = connection.execute(
        "SELECT content FROM vote WHERE run_id=? ORDER BY model, variant, item", (run_id,)
    )
    return tuple(msgspec.json.decode(row[0], type=Vote) for row in rows)
