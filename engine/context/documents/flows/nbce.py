"""NBCE: every passage a context of its own, the surest one decides each token."""

from __future__ import annotations

import time
from dataclasses import replace
from math import log
from typing import Final

from engine.context.documents.desk import Desk, Outcome
from engine.context.documents.nbce.generate import generate
from engine.context.documents.nbce.pooling import Rule
from engine.context.documents_spec import AnswerToken, Citation, Passage, Step

LONGEST: Final = 1024


def nbce(desk: Desk) -> Outcome:
    """Read passages side by side; where there are too many, the best ranked ones.

    With a prior (ours), a passage is the likelier the better retrieval ranks it: p(S | Q) is taken
    as 1 / rank up to a constant, which needs no scale of scores.
    """
    options = desk.spec.options
    room = desk.question_room()
    library = desk.cut(min(LONGEST, room), room)
    chosen: list[Passage] = list(library.passages)
    cited: tuple[Citation, ...] = ()
    if len(chosen) > options.contexts or options.prior:
        cited = tuple(desk.searched(library, options.contexts))
        chosen = sorted(
            (library.passages[one.passage] for one in cited), key=lambda one: one.number
        )
    if len(chosen) < len(library.passages):
        desk.notes.append(f"NBCE read the best {len(chosen)} of {len(library.passages)} passages.")
    places = {one.passage: place for place, one in enumerate(cited, 1)}
    likely = [-log(places[one.number]) for one in chosen] if options.prior else []
    contexts = [desk.asked_about([passage]) for passage in chosen]
    plain = desk.asked([])
    rule = Rule(options.beta, options.top_p, options.bonus, options.drop_after, options.prior)
    began = time.monotonic()
    tokens: list[AnswerToken] = []

    def told(token: AnswerToken) -> None:
        won = chosen[token.passage].number if token.passage >= 0 else -1
        tokens.append(replace(token, passage=won))
        desk.ctx.partial(tokens[-1])
        desk.ctx.progress(None, "Answering")

    made = generate(
        desk.loaded.model, desk.loaded.tokenizer, plain, contexts, rule, desk.most,
        desk.ctx.check, told, likely,
    )  # fmt: skip
    longest = max(map(len, contexts)) + len(tokens)
    desk.asker.add_cost(made.read, made.computed, longest)
    text = made.text.strip()
    desk.asker.note_step(
        Step(
            number=len(desk.asker.steps),
            stage="answer",
            passages=tuple(one.number for one in chosen),
            text=text,
            prompt_tokens=made.read,
            new_tokens=len(tokens),
            seconds=time.monotonic() - began,
        )
    )
    return Outcome(text, tuple(tokens), cited)
