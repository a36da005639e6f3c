"""The documents of one question: read, cut into passages, ranked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.context.documents.index_store import IndexStore
from engine.context.documents.reading.document import Document
from engine.context.documents.reading.read import read_document, text_document
from engine.context.documents.retrieval.bm25 import Bm25
from engine.context.documents.retrieval.meaning import Meaning
from engine.context.documents.retrieval.ranking import ranked
from engine.context.documents.splitting.ruler import Ruler
from engine.context.documents.splitting.split import Span, split
from engine.context.documents_spec import Citation, DocumentsSpec, Passage, Rank, Source

if TYPE_CHECKING:
    from engine.context.documents.retrieval.encoders import Encoder
    from engine.models.loaded import LoadedModel


ENCODED: Final = 512
"""Passages that are encoded before progress is told."""


OWN_WEIGHT: Final = 0.25
"""Of the rank by the loaded model's own states, which were never trained to tell passages apart:
with twelve facts of one kind, the same weight as words found 40 of 48 answers, words alone 47."""


@dataclass(frozen=True, eq=False)
class Library:
    """Documents cut into passages.

    Attributes:
        documents: As they were read.
        sources: The same as they are told.
        passages: Of all documents, in order.
        cut: Names how they were cut.
    """

    documents: tuple[Document, ...]
    sources: tuple[Source, ...]
    passages: tuple[Passage, ...]
    cut: str

    @property
    def tokens(self) -> int:
        """Of all documents."""
        return sum(source.tokens for source in self.sources)


def read_all(spec: DocumentsSpec, store: IndexStore, check: Callable[[], None]) -> list[Document]:
    """Read every document of a spec.

    Raises:
        DataError: One cannot be read; says which and why.
    """
    found = []
    for path in spec.files:
        check()
        found.append(read_document(Path(path), store.content))
    return found + [text_document(one.name, one.text) for one in spec.texts]


def cut_all(
    documents: list[Document],
    loaded: LoadedModel,
    store: IndexStore,
    most: int,
    overlap: int,
    check: Callable[[], None],
) -> Library:
    """Cut documents into passages of at most `most` tokens."""
    made = f"2 {_tokenizer_name(loaded)} {most} {overlap}"
    sources: list[Source] = []
    passages: list[Passage] = []
    for number, document in enumerate(documents):
        check()
        text = document.text

        def cut(text: str = text) -> tuple[int, list[Span]]:
            ruler = Ruler(loaded.tokenizer, text)
            return ruler.tokens, split(text, ruler, most, overlap)

        tokens, spans = store.cut(document.sha, made, cut)
        sources.append(
            Source(
                name=document.name,
                path=document.path,
                sha=document.sha,
                characters=len(text),
                tokens=tokens,
                pages=len(document.content.pages),
                note=document.content.note,
            )
        )
        for span in spans:
            passages.append(
                Passage(
                    number=len(passages),
                    source=number,
                    start=span.start,
                    end=span.end,
                    tokens=span.tokens,
                    heading=span.heading,
                    page=document.page_of(span.start),
                    text=text[span.start : span.end],
                )
            )
    return Library(tuple(documents), tuple(sources), tuple(passages), made)


@dataclass(eq=False)
class Finder:
    """Finds passages of a library.

    Attributes:
        words: BM25, or None when only meaning is asked for.
        meaning: Vectors of the passages, or None when only words are.
        encoder: Made them.
        last_ms: How long the last question took.
    """

    words: Bm25 | None
    meaning: Meaning | None
    encoder: Encoder | None
    last_ms: float = field(default=0.0)

    def find(
        self, question: str, rank: Rank, most: int, check: Callable[[], None]
    ) -> list[Citation]:
        """The best passages for a question, best first."""
        began = time.perf_counter()
        words = self.words.scores(question) if self.words is not None else None
        cosines = None
        if self.meaning is not None and self.encoder is not None:
            asked = self.encoder.encode([question], True, check)[0]
            cosines = self.meaning.cosines(asked)
        own = self.encoder is not None and self.encoder.centred
        found = ranked(words, cosines, rank, most, OWN_WEIGHT if own else 1.0)
        self.last_ms = (time.perf_counter() - began) * 1000
        return found


def _unheard(_share: float) -> None:
    return


def finder(
    library: Library,
    rank: Rank,
    encoder: Encoder | None,
    store: IndexStore,
    check: Callable[[], None],
    told: Callable[[float], None] = _unheard,
) -> Finder:
    """Build what finding needs; vectors of documents that are known are not computed again.

    Args:
        library: The passages.
        rank: How they are found.
        encoder: Gives vectors, or None.
        store: Keeps them.
        check: The cancellation point.
        told: Hears the share of all passages that have their vectors.
    """
    texts = [passage.text for passage in library.passages]
    words = Bm25(texts) if rank != "embeddings" else None
    if rank == "bm25" or encoder is None:
        return Finder(words, None, None)
    parts: list[np.ndarray] = []
    by_source: dict[int, list[str]] = {}
    for passage in library.passages:
        by_source.setdefault(passage.source, []).append(passage.text)
    for number, document in enumerate(library.documents):
        own = by_source.get(number, [])
        before = sum(map(len, parts))

        def encode(own: list[str] = own, before: int = before) -> np.ndarray:
            found = []
            for start in range(0, len(own), ENCODED):
                told((before + start) / len(texts))
                found.append(encoder.encode(own[start : start + ENCODED], False, check))
            return np.concatenate(found)

        if own:
            made = f"{encoder.name} | {library.cut}"
            parts.append(store.vectors(document.sha, made, len(own), encode))
    return Finder(words, Meaning(np.concatenate(parts), encoder.centred), encoder)


def _tokenizer_name(loaded: LoadedModel) -> str:
    """Names a tokenizer well enough: by its model's place and the size of its vocabulary."""
    return f"{loaded.path.name} {len(loaded.tokenizer)}"
