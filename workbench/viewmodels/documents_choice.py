"""What is asked of which documents: what the page edits, undoes, keeps and sends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from engine.context.documents_spec import (
    DocumentOptions,
    DocumentsSpec,
    DocumentText,
    Flow,
    Scenario,
)
from engine.errors import BadSpec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from workbench.viewmodels.pasted_texts import kept_texts

FIRST_FLOWS: Final[tuple[Flow, ...]] = ("truncate", "retrieval", "nbce")


@dataclass(frozen=True)
class DocumentsChoice:
    """What is asked of which documents.

    Attributes:
        files: Paths.
        texts: Documents that are no files: pasted ones, the sample.
        question: What to ask; empty = summarise.
        flows: Ways to ask it.
        scenario: What it is about.
        language: Of the words around the documents.
        options: Sizes and weights.
    """

    files: tuple[str, ...] = ()
    texts: tuple[DocumentText, ...] = ()
    question: str = ""
    flows: tuple[Flow, ...] = FIRST_FLOWS
    scenario: Scenario = ""
    language: Language = "en"
    options: DocumentOptions = field(default_factory=lambda: DocumentOptions(max_new_tokens=48))

    def spec(self, model: ModelRef, flow: Flow) -> DocumentsSpec:
        """The job of one flow."""
        return DocumentsSpec(
            model=model,
            question=self.question.strip(),
            files=self.files,
            texts=self.texts,
            flow=flow,
            scenario=self.scenario,
            language=self.language,
            options=self.options,
        )

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file; without the texts it does not keep."""
        plain: dict[str, object] = msgspec.to_builtins(replace(self, texts=self.kept()))
        return plain

    def kept(self) -> tuple[DocumentText, ...]:
        """The texts that the session file keeps: see `kept_texts`."""
        return kept_texts(self.texts)

    @property
    def empty(self) -> bool:
        """Whether there is nothing of the person's that a sample could replace."""
        return not (self.files or self.texts or self.question.strip())

    @classmethod
    def from_plain(cls, data: object) -> DocumentsChoice:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
            found.options.check()
        except (msgspec.ValidationError, BadSpec):
            return cls()
        return found
