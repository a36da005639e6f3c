"""The job "extend-documents": read, choose a flow, answer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.context.documents.advisor import Advice, advise, chosen
from engine.context.documents.asking import Asker
from engine.context.documents.desk import Desk, window_of
from engine.context.documents.flows.registry import RUNS
from engine.context.documents.identity import identity
from engine.context.documents.index_store import IndexStore
from engine.context.documents.ledger import Ledger
from engine.context.documents.library import read_all
from engine.context.documents.reading.document import Document
from engine.context.documents_spec import DocumentsResult, DocumentsSpec, Flow, TokenCounts
from engine.evaluation.provenance import provenance_of
from engine.jobs.spec import Spec, encode
from engine.models.catalog import TEACHING_MODELS

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel


def run(spec: Spec, ctx: JobContext) -> DocumentsResult:
    """Run a `DocumentsSpec`; publishes a `Step` whenever one ends, an `AnswerToken` per token.

    Raises:
        DataError: A document cannot be read.
        PromptTooLong: The question leaves no room, or the flow cannot hold the documents.
        BadSpec: The flow does not suit the model.
    """
    assert isinstance(spec, DocumentsSpec)
    store = IndexStore(ctx.resources.project)
    documents = read_all(spec, store, ctx.check)  # before a model is loaded for nothing
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        return _run(spec, ctx, loaded, documents, store)


def _run(
    spec: DocumentsSpec,
    ctx: JobContext,
    loaded: LoadedModel,
    documents: list[Document],
    store: IndexStore,
) -> DocumentsResult:
    began = time.monotonic()
    ledger = Ledger(ctx.resources.project, _work(spec, documents, loaded, ctx.check))
    asker = Asker(loaded, ctx, ledger)
    window = window_of(loaded, spec.options.window)
    desk = Desk(spec, loaded, ctx, asker, documents, store, window)
    advice = _advice(desk)
    outcome = RUNS[advice.flow](desk)
    ledger.forget()
    _own_limits(desk, advice.flow)
    library = desk.library
    sources = library.sources if library is not None else ()
    passages = library.passages if library is not None else ()
    return DocumentsResult(
        model=spec.model.id,
        flow=outcome.flow or advice.flow,
        reason=advice.reason,
        answer=outcome.answer,
        tokens=outcome.tokens,
        sources=sources,
        passages=passages,
        citations=outcome.citations,
        steps=tuple(asker.steps),
        counts=TokenCounts(
            window=window,
            documents=sum(source.tokens for source in sources),
            passages=len(passages),
            read=asker.read,
            computed=asker.computed,
            generated=sum(step.new_tokens for step in asker.steps if not step.resumed),
            longest=asker.longest,
        ),
        notes=(
            *(one.note for one in sources if one.note),
            *store.notes,
            *ledger.notes,
            *desk.notes,
        ),
        seconds=time.monotonic() - began,
        retrieval_ms=desk.retrieval_ms,
        provenance=provenance_of(
            loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check
        ),
    )  # fmt: skip


def _own_limits(desk: Desk, flow: Flow) -> None:
    """Say what the teaching models cannot do, whatever the flow does."""
    if desk.loaded.path.parent != TEACHING_MODELS or flow in ("retrieval", "nbce"):
        return
    if flow == "long-output" or not desk.spec.question.strip():
        desk.notes.append(
            "The teaching models cannot summarise or tell stories: this shows the way, not what a "
            "larger model would write."
        )
    elif flow in ("map-reduce", "refine"):
        desk.notes.append(
            "The teaching models never learned to say that a part does not hold the answer, so "
            "joined answers are seldom right; retrieval and NBCE suit them."
        )


def _advice(desk: Desk) -> Advice:
    """What the person asked for, or the advisor's choice."""
    spec = desk.spec
    if spec.flow != "auto":
        return chosen(spec.flow)
    read = desk.loaded.tokenizer
    tokens = sum(
        len(read(document.text, add_special_tokens=False, verbose=False)["input_ids"])
        for document in desk.documents
    )
    frame = len(desk.asked([])) + desk.most
    return advise(spec.scenario, spec.question, tokens + frame, desk.window, spec.options.contexts)


def _work(
    spec: DocumentsSpec,
    documents: list[Document],
    loaded: LoadedModel,
    check: Callable[[], None],
) -> str:
    """Names the spec, the documents' contents and the model."""
    parts = (encode(spec), *(one.sha for one in documents), identity(loaded, check))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
