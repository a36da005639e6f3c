"""The documents of a comparison: which ones, how many passages, how they are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from engine.context.documents_spec import DocumentOptions, DocumentText, Rank
from engine.evaluation.spec import CompareSpec
from engine.prompting.knowledge import Knowledge
from workbench.viewmodels.pasted_texts import kept_texts, with_text

PASSAGES: Final = 3
MOST_PASSAGES: Final = 100
RANKS: Final[tuple[Rank, ...]] = ("hybrid", "bm25", "embeddings")


@dataclass(frozen=True)
class DocumentChoice:
    """What a comparison may look things up in.

    Attributes:
        files: Paths.
        texts: Documents that are no files.
        passages: Most passages per question.
        rank: How they are found.
        encoder: Folder of an encoder; empty = the model's own states.
    """

    files: tuple[str, ...] = ()
    texts: tuple[DocumentText, ...] = ()
    passages: int = PASSAGES
    rank: Rank = "hybrid"
    encoder: str = ""

    def __bool__(self) -> bool:
        return bool(self.files or self.texts)

    def __len__(self) -> int:
        return len(self.files) + len(self.texts)

    @property
    def options(self) -> DocumentOptions:
        """For the job that finds passages."""
        return DocumentOptions(top=self.passages, rank=self.rank, encoder=self.encoder)

    def with_files(self, paths: Iterable[str]) -> DocumentChoice:
        """A copy with more files; each stands there once."""
        return replace(self, files=tuple(dict.fromkeys((*self.files, *paths))))

    def without_file(self, path: str) -> DocumentChoice:
        """A copy with one file less."""
        return replace(self, files=tuple(one for one in self.files if one != path))

    def with_text(self, name: str, text: str) -> DocumentChoice:
        """A copy with a text that is no file; a name that is taken gets a number."""
        return replace(self, texts=with_text(self.texts, name, text))

    def without_text(self, name: str) -> DocumentChoice:
        """A copy with one text less."""
        return replace(self, texts=tuple(one for one in self.texts if one.name != name))

    def kept(self) -> tuple[DocumentText, ...]:
        """The texts that the session file keeps: in order, those that there is room for."""
        return kept_texts(self.texts)

    def check(self) -> None:
        """Raise `BadSpec` when a value is outside its range."""
        self.options.check()


def choice_of(spec: CompareSpec) -> DocumentChoice:
    """The documents of a stored comparison; of texts that were no files only passages are left."""
    knowledge = spec.knowledge
    if not knowledge:
        return DocumentChoice()
    return DocumentChoice(
        files=tuple(one.path for one in knowledge.documents if one.path),
        passages=max(1, knowledge.top),
        rank=next((rank for rank in RANKS if rank == knowledge.rank), "hybrid"),
        encoder=knowledge.encoder,
    )


def narrowed(spec: CompareSpec, item: int) -> CompareSpec:
    """The passages of one item alone, for the comparison that asks nothing else."""

    def alone(knowledge: Knowledge | None) -> Knowledge | None:
        return knowledge.at_item(item) if knowledge else knowledge

    variants = tuple(replace(one, knowledge=alone(one.knowledge)) for one in spec.variants)
    return replace(spec, variants=variants, knowledge=alone(spec.knowledge) or spec.knowledge)
