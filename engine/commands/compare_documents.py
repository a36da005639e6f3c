"""Documents in `lathe compare`: which ones, and the passages that are found before anything is
asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast, get_args

from engine.commands.compare_options import CompareOptions, one_of
from engine.commands.console import note, watch
from engine.context.documents_spec import DocumentOptions, Rank
from engine.context.knowledge import given_to, search_spec
from engine.errors import BadSpec
from engine.evaluation.spec import CompareSpec
from engine.prompting.knowledge import Knowledge
from engine.prompting.strategies.retrieved_knowledge import RetrievedKnowledge

if TYPE_CHECKING:
    from engine.api import Engine

MOST_PASSAGES: Final = 100


@dataclass(frozen=True)
class DocumentSearch:
    """What the options say of documents.

    Attributes:
        files: Named with ``--documents``.
        more: Named after them, without an option of their own.
        passages: Most passages per question.
        rank: How they are found.
        encoder: Folder of an encoder; empty = the model's own states.
    """

    files: tuple[Path, ...] = ()
    more: tuple[Path, ...] = ()
    passages: int = 3
    rank: str = "hybrid"
    encoder: str = ""

    def check(self) -> None:
        """Raise `BadSpec` for options that say nothing together, or nothing that is known."""
        if self.more and not self.files:
            raise BadSpec(f"“{self.more[0]}” is no option.", "Name documents after --documents.")
        if not 1 <= self.passages <= MOST_PASSAGES:
            raise BadSpec(
                "The option “--passages” is outside its range.",
                f"Choose between 1 and {MOST_PASSAGES}.",
            )
        self._options().check()

    def with_column(self, options: CompareOptions) -> CompareOptions:
        """The same options; where no technique is named, also the one that reads documents."""
        if not self.files or options.techniques is not None or options.spec is not None:
            return options
        return replace(options, further=(RetrievedKnowledge.id,))

    def searched(self, engine: Engine, spec: CompareSpec) -> CompareSpec:
        """The comparison with the passages that were found for its questions.

        Raises:
            JobFailed, EngineError: A document cannot be read, or leaves no room.
        """
        if not self.files:
            return spec
        files = tuple(str(path.absolute()) for path in (*self.files, *self.more))
        knowledge = watch(engine, search_spec(spec, files, options=self._options()))
        assert isinstance(knowledge, Knowledge)
        for text in knowledge.notes:
            note(text)
        many = f"{knowledge.indexed:,} passages of {len(knowledge.documents)} documents"
        note(f"Looked through {many} in {knowledge.retrieval_ms:.0f} ms.")
        return given_to(spec, knowledge)

    def _options(self) -> DocumentOptions:
        rank = cast(Rank, one_of("--rank", self.rank, get_args(Rank)))
        return DocumentOptions(top=self.passages, rank=rank, encoder=self.encoder)
