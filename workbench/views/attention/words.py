"""Names of stages, terms, kinds of attention and fingerprints as the screen says them."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtCore import QCoreApplication

from engine.inspection.capture import Alibi, BucketBias, LayerCapture, Role
from engine.inspection.fingerprints import Fingerprint
from engine.inspection.stages import Stage
from workbench.viewmodels.attention import View
from workbench.viewmodels.attention_atlas import Order
from workbench.viewmodels.attention_heads import HeadAt
from workbench.widgets.signed_tint import plain_number

translate = QCoreApplication.translate

MEASURES: Final[tuple[Order, ...]] = (
    "entropy", "sink", "distance", "previous", "duplicate", "induction", "local", "position_fit",
    "slope",
)  # fmt: skip
STRONG: Final = 0.35
PATTERNS: Final[tuple[Order, ...]] = ("induction", "previous", "duplicate", "sink", "local")
"""What a head may be called by; "local" only when it is nothing more special."""


def view_name(view: View) -> str:
    """A view of the page."""
    match view:
        case "map":
            return translate("Attention", "Map")
        case "lines":
            return translate("Attention", "Lines")
        case "lens":
            return translate("Attention", "Lens")
        case "patch":
            return translate("Attention", "Patch")
        case "states":
            return translate("Attention", "Two states")
        case "mask":
            return translate("Attention", "Mask")


def role_name(role: Role) -> str:
    """A kind of attention."""
    match role:
        case "encoder":
            return translate("Attention", "Encoder")
        case "self":
            return translate("Attention", "Self")
        case "cross":
            return translate("Attention", "Cross")


def bias_name(layer: LayerCapture | None) -> str:
    """What a layer's bias is called."""
    bias = layer.bias if layer is not None else None
    if isinstance(bias, Alibi):
        return "ALiBi"
    if isinstance(bias, BucketBias):
        return translate("Attention", "T5 bias")
    return translate("Attention", "bias")


def stage_name(stage: Stage, layer: LayerCapture | None) -> str:
    """A stage as a step of the stack."""
    match stage:
        case "content":
            return "q·k"
        case "rotation":
            return translate("Attention", "rotation")
        case "bias":
            return f"+ {bias_name(layer)}"
        case "mask":
            return translate("Attention", "+ mask")
        case "softcap":
            return translate("Attention", "soft-cap")
        case "softmax":
            return "softmax"


def stage_hint(stage: Stage) -> str:
    """What stands on the map after a stage."""
    match stage:
        case "content":
            return translate(
                "Attention", "Query times key before any rotation: what the words say."
            )
        case "rotation":
            return translate("Attention", "After the rotary embedding turned queries and keys.")
        case "bias":
            return translate("Attention", "After the position bias was added.")
        case "mask":
            return translate("Attention", "Hidden cells are taken out.")
        case "softcap":
            return translate("Attention", "Scores bent towards the cap.")
        case "softmax":
            return translate("Attention", "Each row shares out 100 %: the weights.")


def note_text(layer: LayerCapture | None) -> str:
    """What a person should know of a layer's figures, or nothing."""
    note = layer.note if layer is not None else ""
    if note == "alibi-twice":
        return translate(
            "Attention",
            "This model runs with attention that is written out, whose code adds ALiBi twice; the "
            "figures are what it really computes.",
        )
    return note


def term_name(term: str, layer: LayerCapture | None) -> str:
    """A summand of a cell."""
    match term:
        case "content":
            return "q·k"
        case "rotation":
            return translate("Attention", "rotation")
        case "bias":
            return bias_name(layer)
        case "softcap":
            return translate("Attention", "soft-cap")
        case "mask":
            return translate("Attention", "mask")
    return term


def measure_name(measure: Order) -> str:
    """What heads can be sorted by."""
    match measure:
        case "layer":
            return translate("Attention", "layer")
        case "importance":
            return translate("Attention", "importance")
        case "entropy":
            return translate("Attention", "entropy")
        case "sink":
            return translate("Attention", "sink")
        case "distance":
            return translate("Attention", "distance")
        case "previous":
            return translate("Attention", "previous token")
        case "duplicate":
            return translate("Attention", "duplicate token")
        case "induction":
            return translate("Attention", "induction")
        case "local":
            return translate("Attention", "local window")
        case "position_fit":
            return translate("Attention", "position only")
        case "slope":
            return translate("Attention", "slope")


def measure_hint(measure: Order) -> str:
    """What a measure means, with its unit."""
    match measure:
        case "importance":
            return translate("Attention", "rise of the loss without it, nats")
        case "entropy":
            return translate("Attention", "spread of a row, nats")
        case "sink":
            return translate("Attention", "weight on the first token")
        case "distance":
            return translate("Attention", "mean tokens back")
        case "previous":
            return translate("Attention", "weight on the token before")
        case "duplicate":
            return translate("Attention", "weight on earlier copies")
        case "induction":
            return translate("Attention", "weight after an earlier copy")
        case "local":
            return translate("Attention", "weight on the last tokens")
        case "position_fit":
            return translate("Attention", "R² of distance alone")
        case "slope":
            return translate("Attention", "score per token back")
    return ""


def value_of(one: Fingerprint, measure: Order) -> float | None:
    """A measure of a fingerprint; None where it has no meaning."""
    value = getattr(one, measure, None)
    return float(value) if value is not None and value == value else None


def pattern_of(one: Fingerprint) -> tuple[Order, float] | None:
    """The strongest pattern of a head, if any is strong."""
    found = [(value_of(one, name) or 0.0, name) for name in PATTERNS]
    special = [pair for pair in found if pair[1] != "local" and pair[0] >= STRONG]
    best = max(special or found)
    return (best[1], best[0]) if best[0] >= STRONG else None


def describe(one: Fingerprint) -> str:
    """The strong patterns of a head in words, for the search and the title."""
    strong = [
        (value, name)
        for name in PATTERNS
        if (value := value_of(one, name)) is not None and value >= STRONG
    ]
    strong.sort(reverse=True)
    return " ".join(measure_name(name) for _, name in strong)


def head_title(head: HeadAt, one: Fingerprint | None) -> str:
    """``"L3·H2  induction 0.91"``."""
    pattern = pattern_of(one) if one is not None else None
    if pattern is None:
        return head.name
    return f"{head.name}  {measure_name(pattern[0])} {plain_number(pattern[1])}"


def card(
    head: HeadAt, one: Fingerprint | None, importance: float | None, hints: bool = True
) -> str:
    """A head's fingerprint as a small table (rich text): the name, and one measure per row.

    Args:
        hints: Whether there is room to say what each measure means.
    """
    rows = []
    for measure in MEASURES:
        value = value_of(one, measure) if one is not None else None
        if value is not None:
            rows.append(_row(measure, plain_number(value, 3), hints))
    if importance is not None:
        rows.append(_row("importance", plain_number(importance, 3), hints))
    pattern = pattern_of(one) if one is not None else None
    name = f"{head.name} · {measure_name(pattern[0])}" if pattern is not None else head.name
    return f"<b>{escape(name)}</b><table cellspacing='0' cellpadding='1'>{''.join(rows)}</table>"


def _row(measure: Order, value: str, hinted: bool) -> str:
    name = escape(measure_name(measure))
    hint = escape(measure_hint(measure)) if hinted else ""
    return f"<tr><td>{name}&nbsp;</td><td align='right'>{value}&nbsp;</td><td>{hint}</td></tr>"
