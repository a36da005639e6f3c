"""What is asked of documents longer than the window, and what comes back. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from engine.errors import BadSpec
from engine.evaluation.spec import Provenance
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language

Flow = Literal[
    "auto", "whole", "retrieval", "nbce", "map-reduce", "refine", "long-output", "truncate"
]
Scenario = Literal[
    "", "long-summary", "long-qa", "multi-turn", "persona", "few-shot", "dqa", "novel"
]
Rank = Literal["hybrid", "bm25", "embeddings"]
Stage = Literal[
    "retrieve", "map", "collapse", "reduce", "refine", "answer", "outline", "section", "summary"
]

SUFFIXES: Final = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
FLOWS: Final[tuple[Flow, ...]] = (
    "auto", "whole", "retrieval", "nbce", "map-reduce", "refine", "long-output", "truncate",
)  # fmt: skip
SCENARIOS: Final[tuple[Scenario, ...]] = (
    "long-summary", "long-qa", "multi-turn", "persona", "few-shot", "dqa", "novel",
)  # fmt: skip
_RANGES: Final = {
    "overlap": (0, 10_000),
    "top": (1, 100),
    "contexts": (1, 256),
    "beta": (0.0, 10.0),
    "top_p": (0.01, 1.0),
    "bonus": (0.0, 10.0),
    "drop_after": (0, 10_000),
    "prior": (0.0, 100.0),
    "rounds": (1, 32),
    "sections": (1, 1000),
    "section_tokens": (8, 100_000),
    "max_new_tokens": (1, 100_000),
}
NEEDS_QUESTION: Final = ("retrieval", "nbce", "long-output")


@dataclass(frozen=True)
class DocumentText:
    """A document that is no file: pasted text, earlier turns of a conversation."""

    name: str
    text: str


@dataclass(frozen=True)
class DocumentOptions:
    """How documents are cut, found and joined.

    Attributes:
        window: Tokens that one prompt with its answer may have; 0 = as the model was trained.
        chunk_tokens: Most tokens of a passage; 0 = as fits the flow.
        overlap: Tokens of whole sentences that a passage repeats of the one before.
        top: Most passages that retrieval puts into one prompt; fewer where they do not fit.
        rank: How passages are found: by words (BM25), by meaning, or both (reciprocal ranks).
        encoder: Folder of a sentence-transformers model; empty = the loaded model's own states.
        contexts: Most passages that NBCE reads side by side; the best ranked, where there are more.
        beta: NBCE's weight against what the model would say without any context.
        top_p: NBCE's nucleus, cut before contexts are joined.
        bonus: Entropy, in nats, by which the context that won the token before is favoured.
        drop_after: A context that has won no token by then leaves; 0 = never.
        prior: Nats of entropy by which a context is favoured for each nat of −ln(its rank by
            retrieval), which is ours; 0 = NBCE as published.
        rounds: Most waves in which partial results are joined before the last one.
        sections: Sections of a long output.
        section_tokens: Most tokens of each; they may be more than the window has.
        max_new_tokens: Most tokens of the answer and of every step.
    """

    window: int = 0
    chunk_tokens: int = 0
    overlap: int = 0
    top: int = 4
    rank: Rank = "hybrid"
    encoder: str = ""
    contexts: int = 20
    beta: float = 0.25
    top_p: float = 0.95
    bonus: float = 0.1
    drop_after: int = 8
    prior: float = 0.0
    rounds: int = 4
    sections: int = 6
    section_tokens: int = 512
    max_new_tokens: int = 128

    def check(self) -> None:
        """Raise `BadSpec` when a value is outside its range."""
        for name, least in (("window", 64), ("chunk_tokens", 8)):
            if getattr(self, name) != 0 and getattr(self, name) < least:
                raise BadSpec(
                    f"The option “{name}” is too small.", f"Choose 0 or at least {least}."
                )
        for name, (low, high) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise BadSpec(
                    f"The option “{name}” is outside its range.",
                    f"Choose between {low:g} and {high:g}.",
                )


@dataclass(frozen=True)
class DocumentsSpec(Spec):
    """Ask a question about documents, or have them summarised, in a window that is too small.

    Events: `Step` whenever one has ended, `AnswerToken` for each token of the answer.

    Attributes:
        model: Which model.
        question: What to ask; empty = summarise (map-reduce and refine). For a long output: what
            is to be written.
        files: Paths of .txt, .md, .html, .pdf and .docx files.
        texts: Documents that are no files.
        flow: How; ``"auto"`` = as the advisor says. ``"truncate"`` reads the beginning alone.
        scenario: What it is about, for the advisor; empty = a question or a summary.
        language: Of the words around the documents.
        options: Sizes and weights.
    """

    kind: ClassVar[str] = "extend-documents"

    model: ModelRef = field(default_factory=ModelRef)
    question: str = ""
    files: tuple[str, ...] = ()
    texts: tuple[DocumentText, ...] = ()
    flow: Flow = "auto"
    scenario: Scenario = ""
    language: Language = "en"
    options: DocumentOptions = field(default_factory=DocumentOptions)

    def title(self) -> str:
        count = len(self.files) + len(self.texts)
        return f"Ask {self.model.id} about {count} documents"

    def check(self) -> None:
        self.options.check()
        asked = bool(self.question.strip())
        if self.flow in NEEDS_QUESTION and not asked:
            raise BadSpec(
                f"The flow “{self.flow}” needs a question.",
                "Write one, or choose map-reduce or refine for a summary.",
            )
        if not (self.files or self.texts or self.flow == "long-output" or self.scenario == "novel"):
            raise BadSpec("There is no document.", "Add at least one file.")


@dataclass(frozen=True)
class Source:
    """A document as it was read.

    Attributes:
        name: Of the file.
        path: Where it is; empty for a text that is no file.
        sha: SHA-256 of its bytes.
        characters: Of its text.
        tokens: Of its text.
        pages: Of a PDF; else 0.
        note: What is worth knowing, such as pages without text; empty = nothing.
    """

    name: str
    path: str
    sha: str
    characters: int
    tokens: int
    pages: int = 0
    note: str = ""


@dataclass(frozen=True)
class Passage:
    """A stretch of a document that is read as one.

    Attributes:
        number: Its place among all passages.
        source: Its document's place among the sources.
        start, end: Its characters in the document's text.
        tokens: How long it is.
        heading: Under which headings it stands, joined by `` › ``.
        page: Of a PDF, counted from 1; else 0.
        text: What it says.
    """

    number: int
    source: int
    start: int
    end: int
    tokens: int
    heading: str
    page: int
    text: str


@dataclass(frozen=True)
class Citation:
    """A passage that was found for the question.

    Attributes:
        passage: Its number.
        score: Of the rank that was asked for; higher is better.
        by_words: Its place by BM25, counted from 1; 0 = no word of the question is in it.
        by_meaning: Its place by embeddings, counted from 1; 0 = not asked for.
    """

    passage: int
    score: float
    by_words: int
    by_meaning: int


@dataclass(frozen=True)
class Step:
    """One thing that was done on the way to the answer.

    Attributes:
        number: Its place.
        stage: What it was.
        wave: Steps of one stage and wave were computed in one batch.
        passages: Passages behind it.
        inputs: Numbers of the steps whose texts it read.
        text: What came out.
        prompt_tokens: Read.
        new_tokens: Written.
        seconds: It took; those of a batch share its time.
        resumed: It was finished by an earlier run.
        sinks: Tokens of its prompt's beginning that stayed in sight while it went on past the
            window; 0 = it ended within.
    """

    number: int
    stage: Stage
    wave: int = 0
    passages: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()
    text: str = ""
    prompt_tokens: int = 0
    new_tokens: int = 0
    seconds: float = 0.0
    resumed: bool = False
    sinks: int = 0


@dataclass(frozen=True)
class AnswerToken:
    """One token of the answer.

    Attributes:
        id: Of the token; −1 = none of the model's: a heading, or what an earlier run wrote.
        text: What it adds.
        logprob: Natural logarithm of the probability that it was given.
        passage: The passage whose context won it (NBCE); −1 = no single one.
        entropy: Of the distribution that decided, in nats.
        alive: How many contexts were still read (NBCE); else 0.
    """

    id: int
    text: str
    logprob: float
    passage: int = -1
    entropy: float = 0.0
    alive: int = 0


@dataclass(frozen=True)
class TokenCounts:
    """What it cost.

    Attributes:
        window: Tokens that one prompt with its answer may have.
        documents: Tokens of all documents.
        passages: How many passages they were cut into.
        read: Prompt tokens over all steps.
        computed: Of those, how many went through the model (shared beginnings once).
        generated: Tokens written over all steps.
        longest: Tokens of the longest prompt with its answer, as many as were in sight at once.
    """

    window: int
    documents: int
    passages: int
    read: int
    computed: int
    generated: int
    longest: int


@dataclass(frozen=True)
class DocumentsResult:
    """The answer and where it comes from.

    Attributes:
        model: Which model.
        flow: What was done.
        reason: Why this flow.
        answer: The text.
        tokens: The answer token by token, each with the passage that won it where there is one.
        sources: The documents.
        passages: All passages of all documents.
        citations: Passages that were found for the question, best first.
        steps: What was done, in order.
        counts: Tokens.
        notes: What is worth knowing, in sentences.
        seconds: Of everything but loading.
        retrieval_ms: Of finding the passages, when that was done.
    """

    model: str
    flow: Flow
    reason: str
    answer: str
    tokens: tuple[AnswerToken, ...]
    sources: tuple[Source, ...]
    passages: tuple[Passage, ...]
    citations: tuple[Citation, ...]
    steps: tuple[Step, ...]
    counts: TokenCounts
    notes: tuple[str, ...]
    seconds: float
    retrieval_ms: float
    provenance: Provenance
