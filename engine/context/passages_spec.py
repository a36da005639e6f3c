"""What is asked of documents as a knowledge base: the passages for questions. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.context.documents_spec import DocumentOptions, DocumentText
from engine.errors import BadSpec
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef


@dataclass(frozen=True)
class PassagesSpec(Spec):
    """Find the passages of documents that questions ask for; nothing is answered.

    The result is an `engine.prompting.knowledge.Knowledge`: what a comparison keeps and sends.

    Attributes:
        model: Whose tokens are counted, and whose states tell meaning where no encoder is given.
        question: What is looked for.
        files: Paths of .txt, .md, .html, .pdf and .docx files.
        texts: Documents that are no files.
        options: Of these `window`, `chunk_tokens`, `overlap`, `top`, `rank`, `encoder` and
            `max_new_tokens`.
        further: More questions to the same documents, those of a comparison's other items.
        beside: Prompts that the passages are to stand in; empty = the question alone.
    """

    kind: ClassVar[str] = "find-passages"

    model: ModelRef = field(default_factory=ModelRef)
    question: str = ""
    files: tuple[str, ...] = ()
    texts: tuple[DocumentText, ...] = ()
    options: DocumentOptions = field(default_factory=DocumentOptions)
    further: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """All of them, in order."""
        return (self.question, *self.further)

    def title(self) -> str:
        return f"Find passages in {len(self.files) + len(self.texts)} documents"

    def check(self) -> None:
        self.options.check()
        if not any(question.strip() for question in self.questions):
            raise BadSpec("There is no question to find passages for.", "Write one.")
        if not (self.files or self.texts):
            raise BadSpec("There is no document.", "Add at least one file.")
