"""The job "find-passages": documents as a knowledge base for any prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.context.documents.asking import Asker
from engine.context.documents.desk import Desk, window_of
from engine.context.documents.flows.retrieval import LONGEST, SHORTEST
from engine.context.documents.index_store import IndexStore
from engine.context.documents.ledger import Ledger
from engine.context.documents.library import read_all
from engine.context.documents.prompts import GAP
from engine.context.documents_spec import DocumentsSpec
from engine.context.passages_spec import PassagesResult, PassagesSpec
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext


def run(spec: Spec, ctx: JobContext) -> PassagesResult:
    """Run a `PassagesSpec`.

    Raises:
        DataError: A document cannot be read.
        PromptTooLong: The question leaves no room for a passage.
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
        room = desk.question_room()
        top = spec.options.top
        library = desk.cut(min(LONGEST, max(SHORTEST, room // top - 1)), room)
        found = desk.searched(library, top)
    passages = [library.passages[one.passage] for one in found]
    reading = sorted(passages, key=lambda one: one.number)
    return PassagesResult(
        context=GAP.join(one.text for one in reading),
        sources=library.sources,
        passages=tuple(passages),
        citations=tuple(found),
        indexed=len(library.passages),
        notes=(*(one.note for one in library.sources if one.note), *store.notes),
        retrieval_ms=desk.retrieval_ms,
    )
