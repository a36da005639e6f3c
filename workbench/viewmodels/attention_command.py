"""What is shown, as the command line that makes the same without a window."""

from __future__ import annotations

from engine.commands.lines import line, model_words
from engine.inspection.capture import Capture, Role
from engine.inspection.stages import Stage
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.attention_heads import HeadAt


def inspect_command(
    case: AttentionCase, capture: Capture, head: HeadAt | None, stage: Stage, role: Role
) -> str:
    """``lathe inspect attention …`` for a head, or for the atlas without one."""
    words = ["lathe", "inspect", "attention", *reading_options(case, capture)]
    if head is not None:
        words += ["--layer", str(head.layer), "--head", str(head.head), "--stage", stage]
    if len({layer.role for layer in capture.layers}) > 1:
        words += ["--role", role]
    return line([*words, "--out", "attention.png"])


def reading_options(case: AttentionCase, capture: Capture) -> list[str]:
    """Model and text. An answer follows its prompt as text, the prompt's marks included."""
    words = [*model_words(case.model), "--text", case.text or "".join(capture.tokens)]
    if case.chat and not case.ids:
        words.append("--chat")
        return [*words, "--answer", case.target] if case.target else words
    if capture.encoder_tokens and case.target:
        words += ["--target", case.target]
    return words
