"""Knowledge first (Liu et al. 2022): statements are sampled, then the question is asked with each.

With candidate answers the likeliest pair of answer and statement decides (best_prob):
``argmax_a max_m p(a | k_m, q)``, with the softmax over the candidates. Without candidates the
answers given with the statements vote; a repeated statement is asked once and counts as often as
it was stated. The answer without knowledge is always asked and kept beside it; unlike in the
paper, where it is one more q_m, it decides only when nothing was stated, so that "with" and
"without" can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from engine.decoding.params import Sampling
from engine.decoding.records import Generation, with_forced
from engine.decoding.request import Request
from engine.errors import BadSpec
from engine.evaluation.asking.base import Ask, Asking
from engine.evaluation.asking.labels import (
    Spelled,
    best,
    extraction_of,
    labels_of,
    scores_of,
    share_of,
    spell,
)
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CellResult, LabelScore, Stage, StageKey, StageKind
from engine.evaluation.voting import Ballot, groups_of, ranked, weight_of
from engine.models.chat import EncodedPrompt
from engine.prompting.strategies.generated_knowledge import (
    DEFAULT_STATEMENTS,
    GeneratedKnowledge,
)

STATING: Final = Sampling(temperature=1.0, top_p=0.5, max_new_tokens=60)
"""How statements are sampled (the settings of the paper's code)."""


@dataclass(frozen=True)
class Asked:
    """The question in one form: with a statement or without."""

    kind: StageKind
    index: int
    prompt: EncodedPrompt
    count: int = 1
    spelled: Spelled | None = None


class Knowledge(Asking):
    """One cell: its statements, the answer without them and with each of them."""

    per_cell: ClassVar[bool] = True

    def begin(self) -> Sequence[Ask]:
        question = self.question
        technique = question.technique
        if not isinstance(technique, GeneratedKnowledge):
            raise BadSpec(
                f"The technique “{technique.id}” asks for no knowledge.", "Choose another one."
            )
        self.technique = technique
        self.key = question.keys[0]
        self.labels = labels_of(question)
        self.stages: list[Stage] = []
        elements, variables = question.elements, question.item.variables
        plain = self.open(technique.messages(elements, variables))
        self.without = self._asked("without", 0, plain)
        messages = technique.knowledge_messages(elements, variables)
        self.request = self.desk.encoded(messages, question)
        self.desk.need_room(len(self.request.ids))
        self.wanted = question.variant.statements or DEFAULT_STATEMENTS
        stating = replace(STATING, seed=question.sampling.seed, stop=question.sampling.stop)
        statements = [
            Ask(
                self.key,
                Request(
                    self.request.ids,
                    f"{question.item.id}\nknowledge",
                    self.key.sample * self.wanted + number,
                    sampling=stating,
                ),
                StageKey(self.key, "knowledge", number),
            )
            for number in range(self.wanted)
        ]
        self.forms: list[Asked] = []
        return [*statements, *self._answers(self.without)]

    def complete(self, generations: Sequence[Generation]) -> Sequence[Ask]:
        if not self.forms:
            self.plain = list(generations[self.wanted :])
            self._note(generations[: self.wanted])
            asks = [ask for form in self.forms for ask in self._answers(form)]
            if asks:
                return asks
            generations = ()
        self._decide(list(generations))
        return ()

    def _asked(self, kind: StageKind, index: int, prompt: EncodedPrompt, count: int = 1) -> Asked:
        self.desk.need_room(len(prompt.ids))
        spelled = None
        if self.labels:
            spelled = spell(self.desk.tokenizer, prompt, self.labels, self.question)
            self.desk.need_room(len(prompt.ids) + max(map(len, spelled.ids)))
        return Asked(kind, index, prompt, count, spelled)

    def _answers(self, form: Asked) -> list[Ask]:
        """The rows that answer one form: one decoded, or one forced per candidate."""
        if form.spelled is not None:
            return [Ask(self.key, request) for request in form.spelled.requests(form.prompt)]
        question = self.question
        request = Request(
            form.prompt.ids, question.item.id, self.key.sample, sampling=question.sampling
        )
        return [Ask(self.key, request, StageKey(self.key, form.kind, form.index))]

    def _note(self, stated: Sequence[Generation]) -> None:
        """Keep every statement; the distinct ones become forms of the question."""
        question = self.question
        counts: dict[str, int] = {}
        first: dict[str, int] = {}
        for number, generation in enumerate(stated):
            key = " ".join(generation.text.split()).casefold()
            counts[key] = counts.get(key, 0) + 1
            first.setdefault(key, number)
        for key, number in first.items():
            text = stated[number].text.strip()
            self.stages.append(
                Stage(
                    "knowledge",
                    number,
                    self.request.parts,
                    self.request.ids,
                    stated[number],
                    value=text or None,
                    count=counts[key],
                )
            )
            if text:
                messages = self.technique.informed_messages(
                    question.elements, question.item.variables, text
                )
                prompt = self.desk.encoded(messages, question)
                self.forms.append(self._asked("with", number, prompt, counts[key]))

    def _decide(self, generations: list[Generation]) -> None:
        answers = [*self.plain, *generations]
        forms = [self.without, *self.forms]
        if self.labels:
            self._by_likelihood(forms, answers)
        else:
            self._by_vote(forms, answers)

    def _by_likelihood(self, forms: list[Asked], answers: list[Generation]) -> None:
        per_token = self.question.variant.per_token
        count = len(self.labels)
        scored: list[tuple[LabelScore, ...]] = []
        places: list[int] = []
        for number, form in enumerate(forms):
            assert form.spelled is not None
            own = scores_of(form.spelled, answers[number * count : (number + 1) * count])
            scored.append(own)
            places.append(best(own, per_token=per_token, use_prior=False))

        def share(number: int) -> float:
            return share_of(scored[number][places[number]], per_token=per_token, use_prior=False)

        informed = range(1, len(forms)) if len(forms) > 1 else range(1)
        chosen = max(informed, key=lambda number: (share(number), -number))
        for number, form in enumerate(forms):
            self._add(form, labels=scored[number], value=self.labels[places[number]])
        label = self.labels[places[chosen]]
        spelled = forms[chosen].spelled
        assert spelled is not None
        answer = with_forced(answers[chosen * count + places[chosen]], 0, spelled.start)
        found = extraction_of(label, answer.text, self.question.item.expected)
        cell = replace(
            self._cell(forms[chosen], "likelihood"), labels=scored[chosen], extractions=(found,)
        )
        self.desk.finish(self.answered(cell, answer))

    def _by_vote(self, forms: list[Asked], answers: list[Generation]) -> None:
        rule = self.question.spec.rule
        ballots: list[Ballot] = []
        owner: dict[int, int] = {}
        for number, (form, answer) in enumerate(zip(forms, answers, strict=True)):
            value = extract(rule, answer.text).value
            self._add(form, generation=answer, value=value)
            if form.kind == "with":
                for _ in range(form.count):
                    owner[len(ballots)] = number
                    ballots.append(Ballot(len(ballots), value, weight_of(answer)))
        order = ranked(groups_of(ballots, rule), self.question.variant.vote)
        if order:
            voters = dict.fromkeys(owner[sample] for sample in order[0].samples)
            chosen = max(voters, key=lambda number: (weight_of(answers[number]), -number))
        else:
            chosen = min(1, len(forms) - 1)
        cell = self._cell(forms[chosen], "vote" if ballots else "")
        self.desk.finish(self.answered(cell, answers[chosen]))

    def _add(
        self,
        form: Asked,
        *,
        generation: Generation | None = None,
        labels: tuple[LabelScore, ...] = (),
        value: str | None = None,
    ) -> None:
        self.stages.append(
            Stage(
                form.kind,
                form.index,
                form.prompt.parts,
                form.prompt.ids,
                generation,
                value,
                form.count,
                labels,
            )
        )

    def _cell(self, chosen: Asked, decided_by: str) -> CellResult:
        """The cell as its deciding form was sent, with every stage."""
        stages = tuple(
            replace(stage, decided=(stage.kind, stage.index) == (chosen.kind, chosen.index))
            for stage in self.stages
        )
        return replace(
            self.opened,
            prompt_ids=chosen.prompt.ids,
            sent=chosen.prompt.parts,
            stages=(*self.opened.stages, *stages),
            decided_by=decided_by,
        )
