"""Activation patching between two prompts, as a value (Meng et al. 2022, causal tracing)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec, PromptError
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance

Float = NDArray[np.float32]
PatchKind = Literal["residual", "attention", "mlp", "head"]
KINDS: tuple[PatchKind, ...] = ("residual", "attention", "mlp", "head")


@dataclass(frozen=True)
class PatchSpec(Spec):
    """Put activations of a clean run into a corrupted one and see how much of its answer returns.

    Attributes:
        model: Which model; one that continues texts.
        clean, corrupted: The two prompts, read as they are.
        chat: Put each prompt into the model's chat template, as a question of the user.
        said: What the model has said to either prompt already, e.g. “The answer is”.
        clean_ids, corrupted_ids: Their tokens; they win over the texts.
        answer: What the clean prompt should be followed by; its first token counts.
        other: What the corrupted one is followed by.
        patch: What is put in: the residual stream after a layer at one token, what an attention
            or an MLP adds there, or one head's output at all tokens.
        layers: Which layers, from 0; empty = all.
    """

    kind: ClassVar[str] = "patch-activations"

    model: ModelRef = field(default_factory=ModelRef)
    clean: str = ""
    corrupted: str = ""
    clean_ids: tuple[int, ...] = ()
    corrupted_ids: tuple[int, ...] = ()
    chat: bool = False
    said: str = ""
    answer: str = ""
    other: str = ""
    patch: PatchKind = "residual"
    layers: tuple[int, ...] = ()

    def title(self) -> str:
        return f"Patch activations of {self.model.id}"

    def check(self) -> None:
        if not ((self.clean or self.clean_ids) and (self.corrupted or self.corrupted_ids)):
            raise PromptError("One of the two prompts is empty.", "Write both, then run again.")
        if not (self.answer and self.other):
            raise PromptError(
                "One of the two answers is empty.", "Write what each prompt is answered with."
            )
        if any(layer < 0 for layer in self.layers):
            raise BadSpec("A layer number is below 0.", "Count from 0.")


@dataclass(frozen=True, eq=False)
class PatchRow:
    """One layer.

    Attributes:
        layer: From 0.
        values: Share of the logit difference that came back, ``[tokens]`` of the corrupted prompt
            (``[heads]`` for heads): 0 = as corrupted, 1 = as clean; may leave that range.
    """

    layer: int
    values: Float


@dataclass(frozen=True, eq=False)
class PatchResult:
    """All layers.

    Attributes:
        patch: What was put in.
        clean_tokens, corrupted_tokens: The two prompts.
        sources: Per corrupted token the clean token that belongs to it, or -1 (never patched);
            int32 ``[tokens]``.
        answer, other: The two tokens whose logits are compared, as shown.
        clean_difference, corrupted_difference: Their logit difference (answer - other) in either
            run.
        rows: One per layer.
        provenance: Where the figures come from.
        trained: Positions that the model was made for; a longer prompt was read all the same.
    """

    patch: PatchKind
    clean_tokens: tuple[str, ...]
    corrupted_tokens: tuple[str, ...]
    sources: NDArray[np.int32]
    answer: str
    other: str
    clean_difference: float
    corrupted_difference: float
    rows: tuple[PatchRow, ...]
    provenance: Provenance
    trained: int | None = None

    def matrix(self) -> Float:
        """``[layers, tokens or heads]``."""
        values: Float = np.stack([row.values for row in self.rows])
        return values
