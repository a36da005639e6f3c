"""A comparison as a promptfoo results file (summary version 3), for its viewer and its tools.

A column (variant on a model) is a prompt with its provider; an item, or each of its samples, is a
test case. Scores are those of the primary rule; the others stand among the named scores. Where
nobody knows the right answer, score and success are null; samples that a decided vote ended early
are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from engine.decoding.records import Generation
from engine.errors import BadSpec
from engine.evaluation.datasets.asserts import MANY, NOT, parse
from engine.evaluation.extractors.asserts import Asserts
from engine.evaluation.spec import CellResult, CompareResult, CompareSpec, Provenance
from engine.jobs.spec import to_plain
from engine.store.export.facts import environment_facts, environments, sampling_facts, vote_text

VERSION = 3
PASSED, REJECTED, FAILED = 0, 1, 2  # promptfoo's reasons of failure


def render(spec: CompareSpec, result: CompareResult) -> str:
    """The file as indented JSON text."""
    text = msgspec.json.encode(document(spec, result))
    return msgspec.json.format(text, indent=1).decode() + "\n"


def document(spec: CompareSpec, result: CompareResult) -> dict[str, Any]:
    """The file as plain containers."""
    result = replace(result, cells=tuple(cell for cell in result.cells if not cell.dropped))
    columns = sorted({(cell.key.model, cell.key.variant) for cell in result.cells})
    tests = sorted({(cell.key.item, cell.key.sample) for cell in result.cells})
    column_of = {column: at for at, column in enumerate(columns)}
    test_of = {test: at for at, test in enumerate(tests)}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    prompts = [_prompt(spec, result, *column) for column in columns]
    results = [
        _result(
            spec,
            cell,
            prompts[column_of[cell.key.model, cell.key.variant]],
            column_of[cell.key.model, cell.key.variant],
            test_of[cell.key.item, cell.key.sample],
        )
        for cell in result.cells
    ]
    return {
        "evalId": f"lathe-{result.run_id}" if result.run_id else None,
        "results": {
            "version": VERSION,
            "timestamp": now,
            "prompts": prompts,
            "results": results,
            "stats": _stats(result.cells),
        },
        "config": _config(spec, result),
        "shareableUrl": None,
        "metadata": {"exportedAt": now, **_measured(spec, result)},
    }


def _measured(spec: CompareSpec, result: CompareResult) -> dict[str, Any]:
    """Environment, seeds, rules and votes, which promptfoo has no place for."""
    return {
        "settings": dict(sampling_facts(spec)),
        "environments": [dict(environment_facts(one, result)) for one in environments(result)],
        "votes": [
            {"column": vote.label, "item": vote.item_id, "vote": vote_text(vote)}
            for vote in result.votes
        ],
    }


def _config(spec: CompareSpec, result: CompareResult) -> dict[str, Any]:
    return {
        "description": spec.title(),
        "prompts": [_raw(result.cells, variant) for variant in range(len(spec.variants))],
        "providers": [{"id": ref.id, "label": ref.id} for ref in spec.models],
        "tests": [_test(spec, item) for item in range(len(spec.items))],
    }


def _prompt(spec: CompareSpec, result: CompareResult, model: int, variant: int) -> dict[str, Any]:
    own = [cell for cell in result.cells if (cell.key.model, cell.key.variant) == (model, variant)]
    raw = _raw(result.cells, variant)
    label = spec.variants[variant].label
    marks = [cell.correct for cell in own if cell.error is None]
    return {
        "raw": raw,
        "label": label,
        "id": sha256(f"{label}\n{raw}".encode()).hexdigest(),
        "provider": spec.models[model].id,
        "metrics": {
            "score": sum(mark is True for mark in marks),
            "testPassCount": sum(mark is True for mark in marks),
            "testFailCount": sum(mark is False for mark in marks),
            "testErrorCount": sum(cell.error is not None for cell in own),
            "assertPassCount": sum(mark is True for mark in marks),
            "assertFailCount": sum(mark is False for mark in marks),
            "totalLatencyMs": sum(c.generation.total_ms for c in own if c.generation is not None),
            "tokenUsage": _usage([c.generation for c in own if c.generation is not None]),
            "namedScores": {
                rule: sum(
                    found.correct is True
                    for c in own
                    for found in c.extractions
                    if found.rule == rule
                )
                for rule in spec.extraction
            },
            "namedScoresCount": {
                rule: sum(
                    found.correct is not None
                    for c in own
                    for found in c.extractions
                    if found.rule == rule
                )
                for rule in spec.extraction
            },
            "cost": 0,
        },
    }


def _raw(cells: Sequence[CellResult], variant: int) -> str:
    """The text sent for the first item of a column, as an example of its prompt."""
    sent = next((cell.sent for cell in cells if cell.key.variant == variant and cell.sent), ())
    return "".join(part.text for part in sent)


def _test(spec: CompareSpec, item: int) -> dict[str, Any]:
    one = spec.items[item]
    test: dict[str, Any] = {"description": one.id, "vars": dict(one.variables)}
    if one.expected is None:
        return test
    if spec.rule == Asserts.id:
        return test | _checks(one.expected)
    test["assert"] = [{"type": "equals", "value": one.expected, "metric": spec.rule}]
    return test


def _checks(expected: str) -> dict[str, Any]:
    """The checks that an item brings itself, as promptfoo writes them; none if unreadable."""
    try:
        checks = parse(expected)
    except BadSpec:  # its answers carry the error
        return {}
    known = [
        {
            "type": (NOT if one.negated else "") + one.type,
            "weight": one.weight,
            "metric": Asserts.id,
        }
        | ({"value": list(one.values) if one.type in MANY else one.values[0]} if one.values else {})
        for one in checks.asserts
    ]
    found: dict[str, Any] = {"assert": known}
    if checks.threshold is not None:
        found["threshold"] = checks.threshold
    return found


def _result(
    spec: CompareSpec, cell: CellResult, prompt: dict[str, Any], column: int, test: int
) -> dict[str, Any]:
    case = _test(spec, cell.key.item)
    said = cell.generation
    right = cell.correct if cell.error is None else False
    reason = FAILED if cell.error is not None else REJECTED if right is False else PASSED
    raw = "".join(part.text for part in cell.sent)
    model = spec.models[cell.key.model].id
    return {
        "promptIdx": column,
        "testIdx": test,
        "testCase": case,
        "promptId": prompt["id"],
        "provider": {"id": model, "label": model},
        "prompt": {"raw": raw, "label": cell.variant},
        "vars": case["vars"],
        "response": _response(said) if said is not None else None,
        "error": str(cell.error) if cell.error is not None else None,
        "failureReason": reason,
        "success": right,
        "score": _score(right),
        "latencyMs": said.total_ms if said is not None else 0,
        "gradingResult": _grading(cell, case),
        "namedScores": {
            found.rule: _score(found.correct)
            for found in cell.extractions
            if found.correct is not None
        },
        "cost": 0,
        "metadata": _origin(cell, cell.provenance),
        "tokenUsage": _usage([said] if said is not None else []),
    }


def _score(right: bool | None) -> int | None:
    return None if right is None else int(right)


def _response(said: Generation) -> dict[str, Any]:
    return {
        "output": said.text,
        "tokenUsage": _usage([said]),
        "cached": False,
        "finishReason": "stop" if said.finish.startswith("stop") else said.finish,
        "logProbs": [token.logprob for token in said.chosen],
    }


def _grading(cell: CellResult, case: dict[str, Any]) -> dict[str, Any] | None:
    if not cell.extractions:
        return None
    parts = [
        {
            "pass": found.correct,
            "score": _score(found.correct),
            "reason": f"{found.rule}: {found.value if found.value is not None else 'no answer'}",
            "assertion": next(iter(case.get("assert", ())), None),
        }
        for found in cell.extractions
    ]
    return {**parts[0], "componentResults": parts}


def _origin(cell: CellResult, origin: Provenance | None) -> dict[str, Any]:
    found: dict[str, Any] = {"sample": cell.key.sample, "decidedBy": cell.decided_by}
    return found | (to_plain(origin) if origin is not None else {})


def _usage(said: Sequence[Generation]) -> dict[str, Any]:
    prompt = sum(one.prompt_tokens for one in said)
    completion = sum(len(one.chosen) for one in said)
    return {
        "total": prompt + completion,
        "prompt": prompt,
        "completion": completion,
        "cached": sum(one.reused_tokens for one in said),
        "numRequests": len(said),
    }


def _stats(cells: Sequence[CellResult]) -> dict[str, Any]:
    return {
        "successes": sum(cell.error is None and cell.correct is True for cell in cells),
        "failures": sum(cell.error is None and cell.correct is False for cell in cells),
        "errors": sum(cell.error is not None for cell in cells),
        "tokenUsage": _usage([cell.generation for cell in cells if cell.generation is not None]),
    }
