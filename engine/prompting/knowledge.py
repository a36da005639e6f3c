"""External knowledge of a prompt: passages of documents, found for each question beforehand.

They are values that travel with the comparison and are stored with it: what was sent once can be
sent again, and looked up, when the documents are gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.prompting.elements import PromptElements
from engine.prompting.template import literal

GAP = "\n"
"""Between passages."""


@dataclass(frozen=True)
class KnowledgeDocument:
    """A document that was looked through.

    Attributes:
        name: Of the file.
        path: Where it was; empty for a text that is no file.
        sha: SHA-256 of its bytes.
        characters, tokens: Of its text.
        pages: Of a PDF; else 0.
        note: What is worth knowing of it; empty = nothing.
    """

    name: str
    path: str = ""
    sha: str = ""
    characters: int = 0
    tokens: int = 0
    pages: int = 0
    note: str = ""


@dataclass(frozen=True)
class KnowledgePassage:
    """A passage that was found for at least one question, with what stands around it.

    Attributes:
        document: Its document's place among the documents.
        start, end: Its characters in the document's text.
        tokens: How long it is.
        text: What it says.
        heading: Under which headings it stands, joined by `` › ``.
        page: Of a PDF, counted from 1; else 0.
        before, after: The document's text beside it, some hundred characters.
    """

    document: int
    start: int
    end: int
    tokens: int
    text: str
    heading: str = ""
    page: int = 0
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class FoundPassage:
    """One place in the rank for a question.

    Attributes:
        passage: Its place among the passages.
        score: Of the rank that was asked for; higher is better.
        by_words: Its place by BM25, counted from 1; 0 = no word of the question is in it.
        by_meaning: Its place by embeddings, counted from 1; 0 = not asked for.
    """

    passage: int
    score: float = 0.0
    by_words: int = 0
    by_meaning: int = 0


@dataclass(frozen=True)
class Knowledge:
    """What was found for the questions of a comparison; without documents it is none.

    Attributes:
        documents: Those that were looked through.
        passages: Those that were found, each once.
        found: Per item, the passages for it, best first.
        everywhere: Whether every column reads them; else those alone whose technique does.
        top: Most passages per question that were asked for.
        rank: How they were found: ``"hybrid"``, ``"bm25"``, ``"embeddings"``.
        encoder: Folder of the encoder; empty = the model's own states.
        indexed: How many passages were looked through.
        notes: What is worth knowing, in sentences.
        retrieval_ms: Of finding them, for all questions together.
    """

    documents: tuple[KnowledgeDocument, ...] = ()
    passages: tuple[KnowledgePassage, ...] = ()
    found: tuple[tuple[FoundPassage, ...], ...] = ()
    everywhere: bool = False
    top: int = 0
    rank: str = "hybrid"
    encoder: str = ""
    indexed: int = 0
    notes: tuple[str, ...] = ()
    retrieval_ms: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.documents)

    def of_item(self, item: int) -> tuple[FoundPassage, ...]:
        """The passages for an item, best first."""
        return self.found[item] if item < len(self.found) else ()

    def at_item(self, item: int, place: int = 0) -> Knowledge:
        """The same for one item, which stands at `place` among those of another comparison."""
        return replace(self, found=((),) * place + (self.of_item(item),))

    def source(self, number: int) -> str:
        """Where a passage stands: document, headings, page, characters."""
        passage = self.passages[number]
        parts = [self.documents[passage.document].name]
        if passage.heading:
            parts.append(passage.heading)
        if passage.page:
            parts.append(f"page {passage.page}")
        parts.append(f"characters {passage.start:,}–{passage.end:,}")
        return ", ".join(parts)


def informed(
    elements: PromptElements, knowledge: Knowledge, numbers: Iterable[int]
) -> PromptElements:
    """A prompt with passages after its own context, in reading order; their braces stay braces."""
    texts = [literal(knowledge.passages[number].text) for number in reading_order(numbers)]
    if not texts:
        return elements
    parts = (elements.context, *texts) if elements.context else texts
    return replace(elements, context=GAP.join(parts))


def reading_order(numbers: Iterable[int]) -> tuple[int, ...]:
    """Passages stand in the order of their documents and of their places in them."""
    return tuple(sorted(numbers))
