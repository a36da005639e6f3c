"""The job "find-passages": documents as a knowledge base for any prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from engine.context.documents.asking import Asker
from engine.context.documents.desk import LEAST_ROOM, Desk, window_of
from engine.context.documents.flows.retrieval import LONGEST, SHORTEST
from engine.context.documents.index_store import IndexStore
from engine.context.documents.ledger import Ledger
from engine.context.documents.library import Library, read_all
from engine.context.documents_spec import Citation, DocumentsSpec
from engine.context.passages_spec import PassagesSpec
from engine.jobs.spec import Spec
from engine.prompting.knowledge import (
    FoundPassage,
    Knowledge,
    KnowledgeDocument,
    KnowledgePassage,
)

if TYPE_CHECKING:
    from engine.jobs.job import JobContext

SIZES: Final = (SHORTEST, 32, 48, 64, 96, 128, 192, LONGEST)
"""Tokens of a passage: few sizes, so that another prompt finds the index of the one before."""
AROUND: Final = 600
"""Characters beside a passage that are kept with it."""


def run(spec: Spec, ctx: JobContext) -> Knowledge:
    """Run a `PassagesSpec`.

    Raises:
        DataError: A document cannot be read.
        PromptTooLong: The prompt leaves no room for a passage.
    """
    assert isinstance(spec, PassagesSpec)
    whole = DocumentsSpec(
        model=spec.model,
        question=spec.question,
        files=spec.files,
        texts=spec.texts,
        flow="retrieval",
        options=spec.options,
    )
    store = IndexStore(ctx.resources.project)
    documents = read_all(whole, store, ctx.check)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        asker = Asker(loaded, ctx, Ledger(None, ""))
        window = window_of(loaded, spec.options.window)
        desk = Desk(whole, loaded, ctx, asker, documents, store, window)
        room = _room(desk, spec.beside)
        library = desk.cut(_size(room // spec.options.top - 1), room)
        found, spent = _searched(desk, library, spec)
    notes = (*(one.note for one in library.sources if one.note), *store.notes)
    return _kept(spec, library, found, notes, spent)


def _room(desk: Desk, beside: Sequence[str]) -> int:
    """Tokens for passages beside the longest prompt that leaves any, or beside the question.

    Raises:
        PromptTooLong: Not even the shortest does.
    """
    if not beside:
        return desk.question_room()
    lengths = sorted(len(desk.loaded.tokenizer(text)["input_ids"]) for text in beside)
    fitting = [one for one in lengths if desk.window - desk.most - one >= LEAST_ROOM]
    return desk.room(fitting[-1] if fitting else lengths[0])


def _size(wanted: int) -> int:
    """The longest of the sizes that is no more than wanted, and at least the shortest."""
    return max((size for size in SIZES if size <= wanted), default=SHORTEST)


def _searched(
    desk: Desk, library: Library, spec: PassagesSpec
) -> tuple[list[list[Citation]], float]:
    """The best passages per question, and the milliseconds that it took.

    A passage that neither a word nor the meaning speaks for is no find.
    """
    ready = desk.ready_finder(library)
    found: list[list[Citation]] = []
    spent = 0.0
    for number, question in enumerate(spec.questions):
        desk.ctx.progress(number / len(spec.questions), "Finding passages")
        if not question.strip():
            found.append([])
            continue
        cited = ready.find(question, spec.options.rank, spec.options.top, desk.ctx.check)
        spent += ready.last_ms
        found.append([one for one in cited if one.by_words or one.by_meaning])
    return found, spent


def _kept(
    spec: PassagesSpec,
    library: Library,
    found: Sequence[Sequence[Citation]],
    notes: tuple[str, ...],
    spent: float,
) -> Knowledge:
    """What a comparison keeps: the passages that were found, in reading order, each once."""
    numbers = sorted({one.passage for cited in found for one in cited})
    place = {number: at for at, number in enumerate(numbers)}
    return Knowledge(
        documents=tuple(
            KnowledgeDocument(
                one.name, one.path, one.sha, one.characters, one.tokens, one.pages, one.note
            )
            for one in library.sources
        ),
        passages=tuple(_passage(library, number) for number in numbers),
        found=tuple(
            tuple(
                FoundPassage(place[one.passage], one.score, one.by_words, one.by_meaning)
                for one in cited
            )
            for cited in found
        ),
        top=spec.options.top,
        rank=spec.options.rank,
        encoder=spec.options.encoder,
        indexed=len(library.passages),
        notes=notes,
        retrieval_ms=spent,
    )


def _passage(library: Library, number: int) -> KnowledgePassage:
    one = library.passages[number]
    text = library.documents[one.source].text
    return KnowledgePassage(
        document=one.source,
        start=one.start,
        end=one.end,
        tokens=one.tokens,
        text=one.text,
        heading=one.heading,
        page=one.page,
        before=text[max(0, one.start - AROUND) : one.start],
        after=text[one.end : one.end + AROUND],
    )
