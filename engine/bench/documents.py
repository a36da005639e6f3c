"""What working around the window costs, and what it finds: NBCE, retrieval, planted facts."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.context.documents.nbce.pooling import Rule
    from engine.context.documents_spec import Flow
    from engine.models.loaded import LoadedModel

INDEXED: Final = 20_000
QUESTIONS: Final = 20
CONTEXTS: Final = 8
SENTENCES: Final = 40
NEW: Final = 16
REPEATS: Final = 3
PLANTED: Final = 24
"""Documents and facts of the planted sets; facts are asked for one by one."""
DOCUMENTS: Final = 12
FACTS: Final = 2
FILLER_SENTENCES: Final = 20
KINDS: Final = 12
"""Facts of one kind, one in every document: a context without the answer has one of its own."""
ASKED: Final = 4
"""Of those, how many are asked for in each set."""
PRIOR: Final = 0.1
JOINED: Final = 2
"""Flows that join partial answers ask for 1/JOINED as many facts: each takes many steps."""

Progress = Callable[[str], None]


def run(
    n: int = PLANTED, model: str = "teach-rope", progress: Progress | None = None
) -> dict[str, object]:
    """Measure everything on one model of the teaching world.

    Args:
        n: Planted facts asked for per flow and language.
        model: Which one.
        progress: Told the step.

    Returns:
        The figures of `figures`, and for each flow how many planted facts its answer names, with
        Wilson's 95 % interval; ``of_one_kind``: the same where every document has a fact of the
        kind, for NBCE as published, with a prior by retrieval's rank, and for retrieval.
    """
    from engine.api import Engine
    from engine.models.libraries import ready
    from engine.models.reference import ModelRef

    tell = progress or _silent
    ready()
    engine = Engine()
    try:
        with engine.resources.residency.lease(ModelRef(model)) as loaded:
            found = figures(loaded, tell)
            flows: tuple[Flow, ...] = ("retrieval", "nbce", "truncate")
            planted = {flow: _planted(engine, model, flow, n, tell) for flow in flows}
            joining: tuple[Flow, ...] = ("map-reduce", "refine")
            for flow in joining:
                planted[flow] = _planted(engine, model, flow, n // JOINED, tell)
            kinds = {
                "nbce": _planted(engine, model, "nbce", n, tell, KINDS),
                "nbce, prior": _planted(engine, model, "nbce", n, tell, KINDS, PRIOR),
                "retrieval": _planted(engine, model, "retrieval", n, tell, KINDS),
            }
    finally:
        engine.close()
    return {**found, "planted": planted, "of_one_kind": kinds}


def figures(loaded: LoadedModel, tell: Progress) -> dict[str, object]:
    """``nbce_ratio`` and ``retrieval_ms``.

    ``nbce_ratio``: seconds of a plain loop that reads every context anew for every token over
    those of ours, on the same contexts (the middle one of some tries), with how many tokens they
    agree on. ``retrieval_ms``: median of a question over `INDEXED` passages by words and by
    meaning, its own encoding included; the passages' vectors are random, which costs as much as
    real ones.
    """
    tell("NBCE, with recomputation and without")
    _nbce(loaded)  # the first pass of a model takes longer than all others
    tries = [_nbce(loaded) for _ in range(REPEATS)]
    plain, ours, agree, written = sorted(tries, key=lambda one: one[0] / one[1])[REPEATS // 2]
    tell(f"finding passages among {INDEXED:,}")
    times = _retrieval(loaded)
    return {
        "nbce_ratio": plain / ours,
        "nbce_plain_s": plain,
        "nbce_s": ours,
        "nbce_agree": agree,
        "nbce_tokens": written,
        "retrieval_ms": statistics.median(times),
        "retrieval_worst_ms": max(times),
        "retrieval_passages": INDEXED,
    }


def _nbce(loaded: LoadedModel) -> tuple[float, float, int, int]:
    from engine.context.documents.nbce.generate import generate
    from engine.context.documents.nbce.pooling import Rule
    from engine.context.documents.planted import plant
    from engine.context.documents.prompts import asked
    from engine.decoding.interrupt import no_check

    planted = plant("en", CONTEXTS, 1, SENTENCES, 0)
    question = planted.facts[0].question
    rows = [asked(loaded, "en", [], question)]
    rows += [asked(loaded, "en", [one.text], question) for one in planted.texts]
    rule = Rule(drop_after=0)
    began = time.perf_counter()
    made = generate(
        loaded.model, loaded.tokenizer, rows[0], rows[1:], rule, NEW, no_check, _unheard
    )
    ours = time.perf_counter() - began
    began = time.perf_counter()
    said = _recomputed(loaded, rows, rule, len(made.tokens))
    plain = time.perf_counter() - began
    agree = sum(one == two.id for one, two in zip(said, made.tokens, strict=True))
    return plain, ours, agree, len(made.tokens)


def _recomputed(
    loaded: LoadedModel,
    rows: list[tuple[int, ...]],
    rule: Rule,
    most: int,
) -> list[int]:
    """The loop that keeps nothing: every row from its start, at every token."""
    import torch

    from engine.context.documents.nbce.pooling import Pooling

    pooling = Pooling(rule, len(rows) - 1)
    model: Any = loaded.model
    written: list[int] = []
    for _ in range(most):
        found = []
        for row in rows:
            ids = torch.tensor([[*row, *written]], device=loaded.device)
            with torch.inference_mode():
                found.append(model(input_ids=ids, use_cache=False, logits_to_keep=1).logits[0, -1])
        written.append(int(pooling.step(torch.stack(found)).scores.argmax()))
    return written


def _retrieval(loaded: LoadedModel) -> list[float]:
    import numpy as np

    from engine.context.documents.library import Finder
    from engine.context.documents.retrieval.bm25 import Bm25
    from engine.context.documents.retrieval.encoders import OwnStates
    from engine.context.documents.retrieval.meaning import Meaning
    from engine.decoding.interrupt import no_check
    from engine.teaching.tasks.key import FILLER, digits
    from engine.teaching.tasks.words import NAMES

    rng = random.Random(0)
    texts = []
    for _ in range(INDEXED):
        filler = [rng.choice(FILLER["en"]) for _ in range(9)]
        texts.append(" ".join([*filler, f"The key of {rng.choice(NAMES['en'])} is {digits(rng)}."]))
    encoder = OwnStates(loaded, no_check)
    width = len(encoder.encode(["one"], True, no_check)[0])
    vectors = np.random.default_rng(0).normal(size=(INDEXED, width)).astype(np.float32)
    finder = Finder(Bm25(texts), Meaning(vectors, encoder.centred), encoder)
    times = []
    for number in range(QUESTIONS):
        name = NAMES["en"][number % len(NAMES["en"])]
        finder.find(f"What is the key of {name}?", "hybrid", 8, no_check)
        times.append(finder.last_ms)
    return times


def _planted(
    engine: Engine,
    model: str,
    flow: Flow,
    n: int,
    tell: Progress,
    facts: int = FACTS,
    prior: float = 0.0,
) -> dict[str, object]:
    """How many planted facts the answers of a flow name, in both languages.

    Args:
        engine: Runs the jobs.
        model: Which.
        flow: How documents are read.
        n: Facts asked for in each language.
        tell: Told the step.
        facts: Hidden in each set, each in a document of its own.
        prior: NBCE's, by retrieval's rank.
    """
    from engine.context.documents.planted import found, plant
    from engine.context.documents_spec import DocumentOptions, DocumentsResult, DocumentsSpec
    from engine.evaluation.statistics.wilson import wilson
    from engine.models.reference import ModelRef
    from engine.teaching.tasks.item import LANGUAGES

    right = total = 0
    for language in LANGUAGES:
        asked = min(facts, ASKED)
        for seed in range(n // asked):
            tell(f"{flow}, {language}: {right} of {total}")
            planted = plant(language, DOCUMENTS, facts, FILLER_SENTENCES, seed)
            for fact in planted.facts[:asked]:
                spec = DocumentsSpec(
                    model=ModelRef(model),
                    question=fact.question,
                    texts=planted.texts,
                    flow=flow,
                    language=language,
                    options=DocumentOptions(max_new_tokens=NEW, prior=prior),
                )
                result = engine.submit(spec).result()
                assert isinstance(result, DocumentsResult)
                right += found(result.answer, fact.answer)
                total += 1
    interval = wilson(right, total)
    return {
        "right": right,
        "n": total,
        "share": right / total if total else 0.0,
        "low": interval.low,
        "high": interval.high,
    }


def _unheard(_token: object) -> None:
    return


def _silent(_step: str) -> None:
    return
