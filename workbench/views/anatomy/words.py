"""What the page says about rows, claims and parts."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.inspection.anatomy.diagram import EdgeKind, Inside, Stack, Sublayer, diagram
from engine.inspection.anatomy.placing import Trait
from engine.inspection.anatomy.rows.base import Row
from engine.inspection.anatomy.table_spec import Claim, Half, Part
from workbench.plots.blocks import Box, Branch, Tower

translate = QCoreApplication.translate


def trait_name(trait: Trait) -> str:
    """A column of the table."""
    match trait:
        case "structure":
            return translate("Anatomy", "Structure")
        case "position":
            return translate("Anatomy", "Position")
        case "activation":
            return translate("Anatomy", "Activation")
        case "norm":
            return translate("Anatomy", "Norm")


def half_name(half: Half) -> str:
    """A mask picture's title."""
    match half:
        case "encoder":
            return translate("Anatomy", "encoder")
        case "decoder":
            return translate("Anatomy", "decoder")
        case "cross":
            return translate("Anatomy", "decoder reads encoder")


def part_name(part: Part) -> str:
    """A part that has parameters."""
    match part:
        case "embedding":
            return translate("Anatomy", "Embedding")
        case "position":
            return translate("Anatomy", "Positions")
        case "attention":
            return translate("Anatomy", "Attention")
        case "mlp":
            return translate("Anatomy", "MLP")
        case "norm":
            return translate("Anatomy", "Norms")
        case "head":
            return translate("Anatomy", "Output head")
        case "other":
            return translate("Anatomy", "Other")


def claim_text(claim: Claim, row: Row) -> str:
    """What was put to the test, as one sentence."""
    match claim.id:
        case "mask":
            return translate("Anatomy", "Changing one token moves exactly the outputs that see it.")
        case "relative":
            return translate("Anatomy", "Moving the whole text three places on changes nothing.")
        case "absolute":
            return translate("Anatomy", "Moving the whole text three places on changes the output.")
        case "activation":
            text = translate("Anatomy", "The MLP computes {name}.")
            return text.format(name=row.activation)
        case "released":
            return translate("Anatomy", "As released, the MLP computes GELU (tanh).")
        case "norm":
            text = translate("Anatomy", "The norm computes {name}.")
            return text.format(name=row.norm_kind)
        case "placement":
            return _placement_text(row)
        case "alibi":
            return translate(
                "Anatomy", "Without queries the weights are softmax(−slope · distance)."
            )
        case "table":
            return translate(
                "Anatomy", "The table of positions is sin and cos of p / 10000^(2i/d)."
            )


def _placement_text(row: Row) -> str:
    match row.placement:
        case "pre":
            return translate("Anatomy", "The norm stands before the sub-layer: it gets its input.")
        case "post":
            return translate("Anatomy", "The norm stands after the sum: its result is the layer's.")
        case "deep":
            return translate(
                "Anatomy", "The second norm gets α times the first one plus attention."
            )


def towers(row: Row) -> tuple[Tower, ...]:
    """The drawing of a row in words."""
    return tuple(_tower(stack, row) for stack in diagram(row))


def placement_tower(kind: str) -> Tower:
    """One sub-layer in a placement: ``"post"``, ``"pre"`` or ``"deep"``."""
    names = {
        "post": translate("Anatomy", "post-norm"),
        "pre": translate("Anatomy", "pre-norm"),
        "deep": "DeepNorm",
    }
    norm = Box("LayerNorm", "norm")
    box = Box(translate("Anatomy", "sub-layer f"), "attention")
    branch = Branch(box, norm, "pre" if kind == "pre" else "post", "α" if kind == "deep" else "")
    return Tower(names[kind], (), (branch,), (), "")


def _tower(stack: Stack, row: Row) -> Tower:
    title = half_name(stack.half)
    return Tower(
        title,
        tuple(_edge(kind, row) for kind in stack.before),
        tuple(_branch(one, row) for one in stack.sublayers),
        tuple(_edge(kind, row) for kind in stack.after),
        "N ×",
    )


def _edge(kind: EdgeKind, row: Row) -> Box:
    match kind:
        case "embedding":
            return Box(translate("Anatomy", "Embedding"), "edge")
        case "position":
            if row.position_kind == "sinusoidal":
                return Box(translate("Anatomy", "+ sinusoidal positions"), "edge")
            return Box(translate("Anatomy", "+ learned positions"), "edge")
        case "norm":
            return Box(row.norm_kind, "norm")
        case "head":
            return Box(translate("Anatomy", "Output head"), "edge")


def _branch(one: Sublayer, row: Row) -> Branch:
    names = {
        "self-attention": translate("Anatomy", "Self-attention"),
        "masked-attention": translate("Anatomy", "Causal attention"),
        "prefix-attention": translate("Anatomy", "Prefix attention"),
        "cross-attention": translate("Anatomy", "Cross-attention"),
        "mlp": "MLP",
    }
    note = row.activation if one.kind == "mlp" else inside_text(one.inside, row)
    box = Box(names[one.kind], "mlp" if one.kind == "mlp" else "attention", note)
    deep = one.placement == "deep"
    skip = "pre" if one.placement == "pre" else "post"
    return Branch(
        box, Box(row.norm_kind, "norm"), skip, "α" if deep else "", one.kind == "cross-attention"
    )


def inside_text(inside: Inside, row: Row) -> str:
    """How positions enter the scores."""
    match inside:
        case "rope":
            name = "2-D RoPE" if row.id == "chatglm" else "RoPE"
            return translate("Anatomy", "{name} on q, k").format(name=name)
        case "alibi":
            return translate("Anatomy", "+ ALiBi")
        case "t5":
            return translate("Anatomy", "+ bucket bias")
        case "":
            return ""
