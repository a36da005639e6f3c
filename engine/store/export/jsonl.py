"""A comparison as JSON lines, lossless: the run first, then a line per cell and per vote.

A long run can be read line by line; `read` gives back the spec and the whole result.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.errors import DataError, ErrorReport
from engine.evaluation.spec import CompareResult, CompareSpec, VariantSummary, Vote
from engine.jobs.spec import decode, encode, to_plain
from engine.store.export.facts import environment_facts, environments, sampling_facts
from engine.store.export.json import cell_of, cell_plain, summary_plain

FORMAT = "lathe-run"
VERSION = 1


def render(spec: CompareSpec, result: CompareResult) -> str:
    """The lines as one text; each is a JSON object whose ``line`` says what it is."""
    return "".join(f"{msgspec.json.encode(one).decode()}\n" for one in _lines(spec, result))


def _lines(spec: CompareSpec, result: CompareResult) -> Iterator[dict[str, Any]]:
    yield {
        "line": "run",
        "format": FORMAT,
        "version": VERSION,
        "run_id": result.run_id,
        "seconds": result.seconds,
        "settings": dict(sampling_facts(spec)),
        "environments": [dict(environment_facts(one, result)) for one in environments(result)],
        "summaries": [summary_plain(spec, one) for one in result.summaries],
        "store_error": to_plain(result.store_error),
        "job": msgspec.json.decode(encode(spec)),
    }
    for cell in result.cells:
        yield {"line": "cell", **cell_plain(spec, cell)}
    for vote in result.votes:
        yield {"line": "vote", **to_plain(vote)}


def read(text: str | bytes) -> tuple[CompareSpec, CompareResult]:
    """Lines back as values.

    Raises:
        DataError: The text is no such run, or a newer one.
    """
    try:
        # Not `splitlines`: texts may hold other line ends, which JSON leaves as they are.
        data = text.encode() if isinstance(text, str) else text
        lines: list[dict[str, Any]] = [
            msgspec.json.decode(line) for line in data.split(b"\n") if line.strip()
        ]
        head = lines[0]
        if head["format"] != FORMAT or head["version"] > VERSION:
            raise DataError(
                "The file is not a run that this version can read.",
                "Choose a file of JSON lines that Lathe exported, or update Lathe.",
            )
        spec = decode(msgspec.json.encode(head["job"]))
        result = CompareResult(
            run_id=head["run_id"],
            cells=tuple(cell_of(one) for one in lines if one["line"] == "cell"),
            summaries=msgspec.convert(head["summaries"], tuple[VariantSummary, ...]),
            seconds=head["seconds"],
            store_error=msgspec.convert(head["store_error"], ErrorReport | None),
            votes=tuple(msgspec.convert(one, Vote) for one in lines if one["line"] == "vote"),
        )
    except (msgspec.DecodeError, msgspec.ValidationError, LookupError, TypeError) as error:
        raise DataError(
            "The file is not a run that Lathe exported.", "Choose another file.", detail=str(error)
        ) from error
    if not isinstance(spec, CompareSpec):
        raise DataError("The file holds another kind of run.", "Choose a comparison.")
    return spec, result
