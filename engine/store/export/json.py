"""A comparison as JSON, lossless: `read` gives back the spec and the result.

Cells are laid out for readers of other programs: text, tokens with log-probabilities, timings
and extractions stand at the top of each cell; summaries carry the accuracy.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from engine.errors import DataError, ErrorReport
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, VariantSummary, Vote
from engine.jobs.spec import decode, encode, to_plain

FORMAT = "lathe-compare"
VERSION = 1


def document(spec: CompareSpec, result: CompareResult) -> dict[str, Any]:
    """The comparison as plain containers, ready for JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "run_id": result.run_id,
        "seconds": result.seconds,
        "summaries": [summary_plain(spec, summary) for summary in result.summaries],
        "cells": [cell_plain(spec, cell) for cell in result.cells],
        "votes": to_plain(result.votes),
        "store_error": to_plain(result.store_error),
        "job": msgspec.json.decode(encode(spec)),
    }


def render(spec: CompareSpec, result: CompareResult) -> str:
    """The document as indented JSON text."""
    text = msgspec.json.encode(document(spec, result))
    return msgspec.json.format(text, indent=1).decode() + "\n"


def read(text: str | bytes) -> tuple[CompareSpec, CompareResult]:
    """A document back as values.

    Raises:
        DataError: The text is no such document, or a newer one.
    """
    try:
        data = cast(dict[str, Any], msgspec.json.decode(text))
        if data["format"] != FORMAT or data["version"] > VERSION:
            raise DataError(
                "The file is not a comparison that this version can read.",
                "Choose a JSON file that Lathe exported, or update Lathe.",
            )
        spec = decode(msgspec.json.encode(data["job"]))
        result = CompareResult(
            run_id=data["run_id"],
            cells=tuple(cell_of(cell) for cell in data["cells"]),
            summaries=msgspec.convert(data["summaries"], tuple[VariantSummary, ...]),
            seconds=data["seconds"],
            votes=msgspec.convert(data.get("votes", []), tuple[Vote, ...]),
            store_error=msgspec.convert(data["store_error"], ErrorReport | None),
        )
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise DataError(
            "The file is not a comparison that Lathe exported.",
            "Choose another file.",
            detail=str(error),
        ) from error
    if not isinstance(spec, CompareSpec):
        raise DataError("The file holds another kind of run.", "Choose a comparison.")
    return spec, result


def summary_plain(spec: CompareSpec, summary: VariantSummary) -> dict[str, Any]:
    """A column's figures as plain containers, with its technique and accuracy."""
    technique = next(v.technique for v in spec.variants if v.label == summary.variant)
    plain = cast(dict[str, Any], to_plain(summary))
    return {**plain, "technique": technique, "accuracy": summary.accuracy}


def cell_plain(spec: CompareSpec, cell: CellResult) -> dict[str, Any]:
    """A cell as plain containers, its answer's parts at the top."""
    plain = cast(dict[str, Any], to_plain(cell))
    generation = plain.pop("generation")
    head = {
        "model": spec.models[cell.key.model].id,
        "technique": spec.variants[cell.key.variant].technique,
        "variant": plain.pop("variant"),
        "item_id": plain.pop("item_id"),
        "correct": cell.correct,
    }
    if generation is None:
        return {**head, **plain, "text": None}
    timings = {
        "first_token_ms": generation.pop("first_token_ms"),
        "total_ms": generation.pop("total_ms"),
        "tokens_per_second": tokens_per_second(cell),
    }
    return {**head, **plain, **generation, "timings": timings}


def tokens_per_second(cell: CellResult) -> float | None:
    """Chosen tokens after the first, over the time they took; None below two tokens."""
    generation = cell.generation
    if generation is None or len(generation.chosen) < 2:
        return None
    seconds = (generation.total_ms - generation.first_token_ms) / 1000
    return (len(generation.chosen) - 1) / seconds if seconds > 0 else None


_GENERATION = ("text", "tokens", "finish", "prompt_tokens", "reused_tokens", "batch_size")
_ADDED = ("forced", "lead")  # not in files of earlier versions


def cell_of(data: dict[str, Any]) -> CellResult:
    """The cell that `cell_plain` made the containers of."""
    plain = dict(data)
    if plain["text"] is not None:
        plain["generation"] = {
            **{name: plain[name] for name in _GENERATION},
            **{name: plain[name] for name in _ADDED if name in plain},
            "first_token_ms": plain["timings"]["first_token_ms"],
            "total_ms": plain["timings"]["total_ms"],
        }
    return msgspec.convert(plain, CellResult)
