"""A comparison as a tidy table: one row per cell and extraction rule."""

from __future__ import annotations

import csv
import io

from engine.evaluation.plan import sampling_of
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, Extraction, Vote
from engine.store.export.facts import passages_of
from engine.store.export.json import tokens_per_second

COLUMNS = (
    "run_id", "model", "revision", "edits", "variant", "technique", "item_id", "sample",
    "expected", "rule", "value", "correct", "text", "finish", "prompt_tokens", "reused_tokens",
    "new_tokens", "mean_logprob", "first_token_ms", "total_ms", "tokens_per_second",
    "batch_size", "device", "dtype", "quantization", "attention", "temperature", "seed",
    "seed_policy", "packages", "weights_sha", "decided_by", "vote_winner", "vote_agreement",
    "vote_correct", "error", "passages",
)  # fmt: skip


def render(spec: CompareSpec, result: CompareResult) -> str:
    """CSV text with a header row; line ends as RFC 4180 wants them."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    votes = {vote.place: vote for vote in result.votes}
    for cell in result.cells:
        key = cell.key
        vote = votes.get((key.model, key.variant, key.item))
        for extraction in cell.extractions or (None,):
            writer.writerow(_row(spec, result, cell, extraction) | _voted(vote))
    return buffer.getvalue()


def _voted(vote: Vote | None) -> dict[str, object]:
    """The vote over the samples of the cell's item, the same on each of their rows."""
    if vote is None:
        return {}
    correct = None if vote.correct is None else int(vote.correct)
    return {
        "decided_by": f"vote: {vote.decided_by}",
        "vote_winner": vote.winner,
        "vote_agreement": vote.agreement,
        "vote_correct": correct,
    }


def _row(
    spec: CompareSpec, result: CompareResult, cell: CellResult, extraction: Extraction | None
) -> dict[str, object]:
    """One row; what is unknown stays empty."""
    sampling = sampling_of(spec, spec.variants[cell.key.variant])
    row: dict[str, object] = {
        "run_id": result.run_id,
        "model": spec.models[cell.key.model].id,
        "variant": cell.variant,
        "technique": spec.variants[cell.key.variant].technique,
        "item_id": cell.item_id,
        "sample": cell.key.sample,
        "expected": cell.expected,
        "temperature": sampling.temperature,
        "seed": sampling.seed,
        "decided_by": cell.decided_by,
        "error": str(cell.error) if cell.error is not None else None,
        "passages": "; ".join(source for source, _ in passages_of(spec, cell)),
    }
    if extraction is not None:
        correct = None if extraction.correct is None else int(extraction.correct)
        row |= {"rule": extraction.rule, "value": extraction.value, "correct": correct}
    answer, origin = cell.generation, cell.provenance
    if answer is not None:
        row |= {
            "text": answer.text,
            "finish": answer.finish,
            "prompt_tokens": answer.prompt_tokens,
            "reused_tokens": answer.reused_tokens,
            "new_tokens": len(answer.chosen),
            "mean_logprob": answer.mean_logprob,
            "first_token_ms": answer.first_token_ms,
            "total_ms": answer.total_ms,
            "tokens_per_second": tokens_per_second(cell),
            "batch_size": answer.batch_size,
        }
    if origin is not None:
        row |= {
            "revision": origin.revision,
            "edits": " + ".join(origin.edits),
            "device": origin.device,
            "dtype": origin.dtype,
            "quantization": origin.quantization,
            "attention": origin.attention,
            "seed_policy": origin.seed_policy,
            "weights_sha": origin.weights_sha,
            "packages": " ".join(f"{name}={value}" for name, value in origin.packages.items()),
        }
    return row
