"""What is asked of documents as a knowledge base: the passages for a question. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.context.documents_spec import (
    Citation,
    DocumentOptions,
    DocumentText,
    Passage,
    Source,
)
from engine.errors import BadSpec
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef


@dataclass(frozen=True)
class PassagesSpec(Spec):
    """Find the passages of documents that a question asks for; nothing is answered.

    What comes back fits a prompt's context element: the external knowledge of a comparison.

    Attributes:
        model: Whose tokens are counted, and whose states tell meaning where no encoder is given.
        question: What is looked for.
        files: Paths of .txt, .md, .html, .pdf and .docx files.
        texts: Documents that are no files.
        options: Of these `window`, `chunk_tokens`, `overlap`, `top`, `rank` and `encoder`.
    """

    kind: ClassVar[str] = "find-passages"

    model: ModelRef = field(default_factory=ModelRef)
    question: str = ""
    files: tuple[str, ...] = ()
    texts: tuple[DocumentText, ...] = ()
    options: DocumentOptions = field(default_factory=DocumentOptions)

    def title(self) -> str:
        return f"Find passages in {len(self.files) + len(self.texts)} documents"

    def check(self) -> None:
        self.options.check()
        if not self.question.strip():
            raise BadSpec("There is no question to find passages for.", "Write one.")
        if not (self.files or self.texts):
            raise BadSpec("There is no document.", "Add at least one file.")


@dataclass(frozen=True)
class PassagesResult:
    """The passages for a question.

    Attributes:
        context: Their texts in reading order, ready for a prompt's context.
        sources: All documents.
        passages: Those that were found, best first.
        citations: The same with their ranks.
        indexed: How many passages were looked through.
        notes: What is worth knowing, in sentences.
        retrieval_ms: Of finding them.
    """

    context: str
    sources: tuple[Source, ...]
    passages: tuple[Passage, ...]
    citations: tuple[Citation, ...]
    indexed: int
    notes: tuple[str, ...]
    retrieval_ms: float
