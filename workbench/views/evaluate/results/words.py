"""Where the figures come from, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.evaluation.statistics.comparison import Comparison, Pair, Standing
from engine.evaluation.statistics.words import p_value, points, verdict
from workbench.services.engine_words import tell

translate = QCoreApplication.translate


def sentence(pair: Pair, pairs: int) -> str:
    """The verdict on a pair."""
    return tell(verdict(pair, pairs))


def counted(one: Standing) -> str:
    """What an item counts by."""
    if one.counted == "vote":
        return translate("Results", "Each item counts by its vote.")
    if one.counted == "mean":
        return translate("Results", "Each item counts by its share of right samples ({n}).").format(
            n=one.samples
        )
    return translate("Results", "Each item counts by its one answer.")


def method(name: str) -> str:
    """A method's name."""
    match name:
        case "Wilson":
            return translate("Results", "Wilson's score interval")
        case "Newcombe 10":
            return translate("Results", "Newcombe's interval of a paired difference (method 10)")
        case "bootstrap (BCa)":
            return translate("Results", "paired bootstrap (BCa, 9,999 draws, seed 0)")
        case "exact McNemar":
            return translate("Results", "exact McNemar test, two-sided")
        case "sign flips":
            return translate("Results", "sign-flip test, two-sided")
    return name


def standing_tip(one: Standing, rule: str) -> str:
    """Where a column's accuracy comes from."""
    if one.accuracy is None:
        if one.failed and not one.answers:
            why = translate("Results", "Nothing is scored: all its answers failed.")
        else:
            why = translate("Results", "Nothing is scored: no item has an expected answer.")
        lines = [one.label, why]
    else:
        lines = [
            translate("Results", "{name}: {right:g} of {n} items right ({share:.1f} %)").format(
                name=one.label, right=round(one.right, 2), n=one.n, share=100 * one.accuracy
            ),
            counted(one),
        ]
        if one.interval is not None:
            said = translate("Results", "95 % interval {low:.1f} to {high:.1f} %: {method}")
            ends = {"low": 100 * one.interval.low, "high": 100 * one.interval.high}
            lines.insert(1, said.format(**ends, method=method(one.interval.method)))
    lines.append(
        translate(
            "Results", "Answers read by “{rule}”: {n}, without a readable answer: {invalid}"
        ).format(rule=rule, n=one.answers, invalid=one.invalid)
    )
    if one.failed:
        lines.append(
            translate("Results", "Not asked because of an error: {n}").format(n=one.failed)
        )
    return "\n".join(lines)


def pair_tip(pair: Pair, pairs: int) -> str:
    """Where a pair's figures come from."""
    lines = [
        sentence(pair, pairs),
        translate("Results", "Test: {method}").format(method=method(pair.test)),
    ]
    if pair.interval is not None:
        said = translate("Results", "Interval: {method}")
        lines.insert(1, said.format(method=method(pair.interval.method)))
    if pair.both is not None:
        lines.append(
            translate("Results", "Both right {both} · neither {neither} · differ {n}").format(
                both=pair.both,
                neither=pair.neither,
                n=len(pair.only_first) + len(pair.only_second),
            )
        )
    if pairs > 1:
        lines.append(
            translate("Results", "p {p}, after Holm's correction for {pairs} pairs {holm}").format(
                p=p_value(pair.p), pairs=pairs, holm=p_value(pair.holm_p)
            )
        )
    return "\n".join(lines)


def minus(text: str) -> str:
    """A number with a true minus sign, as wide as a plus."""
    return text.replace("-", "−")


def span(low: float, high: float) -> str:
    """An interval in points."""
    return translate("Results", "{low} to {high}").format(
        low=minus(points(low)), high=minus(points(high))
    )


def as_text(found: Comparison) -> str:
    """Everything in words, for the clipboard."""
    pairs = len(found.pairs)
    lines = [sentence(pair, pairs) for pair in found.pairs]
    for one in found.standings:
        if one.accuracy is not None and one.interval is not None:
            lines.append(
                translate(
                    "Results", "{name}: {share:.1f} % ({low:.1f} to {high:.1f}), {n} items"
                ).format(
                    name=one.label,
                    share=100 * one.accuracy,
                    low=100 * one.interval.low,
                    high=100 * one.interval.high,
                    n=one.n,
                )
            )
    return "\n".join((*lines, *(tell(note) for note in found.notes)))
