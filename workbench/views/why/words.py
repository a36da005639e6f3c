"""Sentences of the page “Why”: what a result says, and where its figures come from."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtCore import QCoreApplication

from engine.decoding.records import TokenRecord
from engine.evaluation.evidence.attribute_spec import Attribution, Method
from engine.evaluation.evidence.order_spec import OrderResult
from engine.evaluation.evidence.parts import PartId
from engine.evaluation.evidence.spec import EvidenceSpec, Figure, Reason
from engine.evaluation.spec import Provenance, Variant
from workbench.viewmodels.names import column_title, element_name
from workbench.widgets.signed_tint import plain_number, signed
from workbench.widgets.token_heat import probability_of
from workbench.widgets.token_text import shown

translate = QCoreApplication.translate
PATHS_NAMED: Final = 6


def part_name(part: PartId) -> str:
    """A part of the prompt as the screen calls it."""
    if part.element == "example":
        return translate("Why", "Example {n}").format(n=part.index + 1)
    return element_name(part.element)


def variant_name(variant: Variant) -> str:
    """A column as the screen calls it."""
    return column_title(variant.technique, variant.name)


def left_out(spec: EvidenceSpec) -> str:
    """Which columns were not explained, and why; empty = all were."""
    names = []
    for one in spec.left_out(*spec.meant()):
        name, asked = variant_name(spec.compare.variants[one.variant]), len(spec.chosen())
        if len(one.items) < asked:
            text = translate("Why", "{name} ({reason}, {n} of {total} questions)")
            names.append(
                text.format(name=name, reason=_reason(one.reason), n=len(one.items), total=asked)
            )
        else:
            text = translate("Why", "{name} ({reason})")
            names.append(text.format(name=name, reason=_reason(one.reason)))
    return translate("Why", "Left out: {names}").format(names=", ".join(names)) if names else ""


def _reason(reason: Reason) -> str:
    match reason:
        case "failed":
            return translate("Why", "failed")
        case "knowledge":
            return translate("Why", "states its own knowledge")
        case "votes":
            return translate("Why", "several answers vote")
        case "likelihood":
            return translate("Why", "scores labels")
        case "two-stage":
            return translate("Why", "asks in two stages")


def paths_taken(spec: EvidenceSpec) -> str:
    """Which path stands for each vote that was explained; empty = nobody voted."""
    if spec.source() == "expected":
        return ""
    lines = []
    for variant in spec.meant():
        items = set(spec.answered(variant))
        if spec.source() == "auto":
            items = {item for item in items if spec.compare.items[item].expected is None}
        taken = [
            translate("Why", "path {k} of {n}").format(k=one.path, n=one.paths)
            for one in spec.given
            if one.path and one.variant == variant and one.item in items
        ]
        if taken:
            more = ", …" if len(taken) > PATHS_NAMED else ""
            name = variant_name(spec.compare.variants[variant])
            text = translate("Why", "{name}: a path that voted for the winner ({paths})")
            lines.append(text.format(name=name, paths=", ".join(taken[:PATHS_NAMED]) + more))
    return "\n".join(lines)


def method_name(method: Method) -> str:
    """A measure as a heading."""
    match method:
        case "leave-one-out":
            return translate("Why", "Leave one out")
        case "attention":
            return translate("Why", "Attention")
        case "rollout":
            return translate("Why", "Attention rollout")
        case "gradient":
            return translate("Why", "Gradient × input")


def method_hint(method: Method) -> str:
    """What a measure is, with its unit."""
    match method:
        case "leave-one-out":
            return translate(
                "Why",
                "Log-probability of the answer with the part minus without it, nats per token.\n"
                "Positive: the part helps. Negative: it harms. This is the causal measure.",
            )
        case "attention":
            return translate(
                "Why",
                "Share of the attention of the positions that predict the answer, mean of all "
                "heads and layers.\nAttention is not an explanation.",
            )
        case "rollout":
            return translate(
                "Why",
                "Share of the attention that reaches a part when it is followed through all "
                "layers (Abnar & Zuidema 2020).\nAttention is not an explanation.",
            )
        case "gradient":
            return translate(
                "Why",
                "Gradient times embedding, nats per token: a first-order guess that is near zero "
                "where the model is certain.",
            )


def interval(figure: Figure, digits: int = 2) -> str:
    """A mean with its interval: ``"−4.73 (95 % −6.47 … −3.13, n = 12)"``."""
    if figure.n < 2:
        return signed(figure.mean, digits)
    return translate("Why", "{mean} (95 % {low} … {high}, n = {n})").format(
        mean=signed(figure.mean, digits),
        low=signed(figure.low, digits),
        high=signed(figure.high, digits),
        n=figure.n,
    )


def certainty(low: float, high: float, n: int) -> str:
    """How sure a mean is: ``"95 % 3.13 to 6.47, 12 questions"``; one question says only that."""
    if n < 2:
        return translate("Why", "one question")
    return translate("Why", "95 % {low} to {high}, {n} questions").format(
        low=plain_number(low), high=plain_number(high), n=n
    )


def origin(provenance: Provenance, measure: str, n: int) -> str:
    """Where a figure comes from: model, arithmetic, rule, number of questions."""
    return translate("Why", "{measure} · {model} · {dtype} · {device} · n = {n}").format(
        measure=measure,
        model=provenance.model,
        dtype=provenance.dtype,
        device=provenance.device,
        n=n,
    )


def parts_headline(result: Attribution) -> str:
    """What the leave-one-out figures say, in one sentence."""
    worst = result.most_harmful()
    n = len(result.items)
    if worst is not None and worst.effect is not None and (n == 1 or worst.effect.high < 0):
        return translate(
            "Why",
            "{part} harms: without it the answer gains {gain} nats per token ({sure}).",
        ).format(
            part=part_name(worst.part),
            gain=plain_number(-worst.effect.mean),
            sure=certainty(-worst.effect.high, -worst.effect.low, n),
        )
    measured = [one for one in result.averages if one.effect is not None]
    if not measured:
        return translate("Why", "No part of this prompt can be left out.")
    best = max(measured, key=lambda one: one.effect.mean if one.effect else 0.0)
    assert best.effect is not None
    return translate(
        "Why", "No part harms for sure. {part} helps most: {gain} nats per token ({sure})."
    ).format(
        part=part_name(best.part),
        gain=plain_number(best.effect.mean),
        sure=certainty(best.effect.low, best.effect.high, n),
    )


def order_headline(result: OrderResult) -> str:
    """The spread of a sweep in one sentence."""
    return translate(
        "Why",
        "From {worst} to {best} nats per token, median {middle}: the same questions, the same "
        "examples.",
    ).format(
        worst=plain_number(result.worst.logprob.mean, 3),
        best=plain_number(result.best.logprob.mean, 3),
        middle=plain_number(result.middle, 3),
    )


def both_tops(
    first_title: str, first: TokenRecord, second_title: str, second: TokenRecord, head: str
) -> str:
    """A tooltip with the five likeliest tokens of two distributions side by side (rich text)."""

    def side(record: TokenRecord, place: int) -> str:
        if place >= len(record.top):
            return "<td></td><td></td>"
        one = record.top[place]
        mark = "● " if one.id == record.id else ""
        return (
            f"<td>{mark}{escape(shown(one.text))}</td>"
            f"<td align='right'>{probability_of(one.logprob):.3f}</td>"
        )

    rows = "".join(
        f"<tr>{side(first, place)}<td width='16'></td>{side(second, place)}</tr>"
        for place in range(5)
    )
    return (
        f"<p style='white-space: pre-wrap'>{escape(head)}</p>"
        "<table cellspacing='0' cellpadding='2'>"
        f"<tr><td colspan='2'><b>{escape(first_title)}</b></td><td></td>"
        f"<td colspan='2'><b>{escape(second_title)}</b></td></tr>{rows}</table>"
    )
