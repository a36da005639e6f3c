"""Made-up cells for tests of what keeps and shows them."""

from __future__ import annotations

from engine.decoding.records import Candidate, Generation, TokenRecord
from engine.errors import ErrorReport
from engine.evaluation.spec import (
    CellKey,
    CellResult,
    CompareResult,
    CompareSpec,
    Extraction,
    Provenance,
    SentPart,
    Variant,
)
from engine.evaluation.summary import summarise
from engine.prompting.elements import Item, PromptElements

PROVENANCE = Provenance(
    model="tiny",
    revision="abc",
    edits=("pruned 50 %",),
    device="cpu",
    dtype="float32",
    quantization="none",
    attention="sdpa",
    batch_size=4,
    seed=7,
    seed_policy="greedy: no noise",
    packages={"torch": "2.13.0"},
    weights_sha="f00d",
)


def token(number: int, text: str) -> TokenRecord:
    """A record whose numbers float32 holds exactly."""
    top = tuple(Candidate(number + i, f"{text}{i}", -0.25 - i) for i in range(5))
    return TokenRecord(number, text, -0.25, 1.5, top)


def answered(
    key: CellKey, words: tuple[str, ...] = ("The", " answer", " is", " 4", ".")
) -> CellResult:
    """A finished cell."""
    text = "".join(words)
    return CellResult(
        key=key,
        variant=f"v{key.variant}",
        item_id=f"i{key.item}",
        expected="4",
        sent=(SentPart("<s>", None), SentPart("2+2?", "input")),
        prompt_ids=(1, 50_000, 3),
        generation=Generation(
            text=text,
            tokens=tuple(token(i, word) for i, word in enumerate(words)),
            finish="stop-token",
            prompt_tokens=3,
            reused_tokens=1,
            first_token_ms=10.5,
            total_ms=50.5,
            batch_size=4,
        ),
        extractions=(Extraction("last-answer", "4", 14, 15, True), Extraction("exact", None)),
        provenance=PROVENANCE,
    )


def failed(key: CellKey) -> CellResult:
    """A cell that could not be asked."""
    return CellResult(
        key=key,
        variant=f"v{key.variant}",
        item_id=f"i{key.item}",
        expected=None,
        error=ErrorReport("prompt", "The prompt is empty.", "Write something.", "detail"),
    )


def comparison(*texts: str) -> tuple[CompareSpec, CompareResult]:
    """A comparison of two columns; the first answers with `texts`, one item each."""
    words = texts or ("The answer is 4.",)
    spec = CompareSpec(
        prompt=PromptElements(input="{{q}}"),
        variants=(Variant("zero-shot", "v0"), Variant("few-shot", "v1")),
        items=tuple(Item(f"i{n}", {"q": "2+2?"}, "4") for n in range(len(words))),
        extraction=("last-answer", "exact"),
    )
    cells = tuple(
        answered(CellKey(item=n), (text[:1], text[1:])) for n, text in enumerate(words)
    ) + tuple(failed(CellKey(variant=1, item=n)) for n in range(len(words)))
    return spec, CompareResult("run1", cells, summarise(spec, cells), 1.25)
