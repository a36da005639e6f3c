"""The job "patch-activations": clean activations in a corrupted run, many places as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from numpy.typing import NDArray

from engine.errors import BadSpec, PromptError, UnsupportedModel
from engine.evaluation.provenance import provenance_of
from engine.inspection.ablation import replayed
from engine.inspection.aligning import aligned
from engine.inspection.head_hooks import Write
from engine.inspection.head_sites import Site
from engine.inspection.inside_text import InsideText, checked, labels, plain_ids, structure_in
from engine.inspection.patching_spec import PatchResult, PatchRow, PatchSpec
from engine.inspection.reach import trained_length
from engine.inspection.reading import Reading, read
from engine.inspection.replay import Output, hidden_of, with_hidden
from engine.jobs.spec import Spec
from engine.models.chat import encode
from engine.prompting.render import Message, Segment

if TYPE_CHECKING:
    from torch import nn

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

SAME: Final = 1e-3  # logit differences closer than this leave nothing to bring back


def run(spec: Spec, ctx: JobContext) -> PatchResult:
    """Run a `PatchSpec`; publishes a `PatchRow` per layer, so a stopped job keeps those done.

    Raises:
        BadSpec: The answers begin alike, the prompts are answered alike, or a layer is not there.
        PromptError: A prompt cannot be read.
        UnsupportedModel: The model does not continue texts.
    """
    assert isinstance(spec, PatchSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        if structure_in(loaded.model) != "decoder":
            raise UnsupportedModel(
                f"The model “{spec.model.id}” does not continue a text, so no answer of it can "
                "come back.",
                "Choose a causal model.",
            )
        texts = [
            checked(loaded, InsideText(ids or _prompt(loaded, spec, text), (), "decoder", -1))
            for text, ids in ((spec.clean, spec.clean_ids), (spec.corrupted, spec.corrupted_ids))
        ]
        clean = read(loaded, texts[0], ctx.check, keep=False, inner=spec.patch != "residual")
        corrupted = read(loaded, texts[1], ctx.check, keep=False)
        answers = answer_ids(loaded, spec)
        patching = Patching(spec, clean, corrupted, answers)
        rows = []
        chosen = patching.layers()
        for number, layer in enumerate(chosen, start=1):
            rows.append(PatchRow(layer, patching.row(layer)))
            ctx.partial(rows[-1])
            ctx.progress(number / len(chosen), f"Layer {number} of {len(chosen)}")
        return PatchResult(
            patch=spec.patch,
            clean_tokens=labels(loaded, texts[0].ids),
            corrupted_tokens=labels(loaded, texts[1].ids),
            sources=patching.sources,
            answer=labels(loaded, answers)[0],
            other=labels(loaded, answers)[1],
            clean_difference=patching.clean_difference,
            corrupted_difference=patching.corrupted_difference,
            rows=tuple(rows),
            provenance=provenance_of(
                loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check
            ),
            trained=trained_length(loaded.model),
        )


def _prompt(loaded: LoadedModel, spec: PatchSpec, text: str) -> tuple[int, ...]:
    said = loaded.tokenizer(spec.said, add_special_tokens=False)["input_ids"] if spec.said else []
    if spec.chat:
        ids = encode(loaded, (Message("user", (Segment("input", text),)),)).ids
    else:
        ids = plain_ids(loaded, text, keep_end=False)
    return (*ids, *(int(token) for token in said))


def answer_ids(loaded: LoadedModel, spec: PatchSpec) -> tuple[int, int]:
    """The first token of each answer as it follows its prompt.

    After a prompt that ends in a word an answer in letters begins with a space, unless the space
    is a token of its own.

    Raises:
        BadSpec: Both begin with the same token.
        PromptError: An answer has no token.
    """
    before = (spec.said, spec.said) if spec.chat or spec.said else (spec.clean, spec.corrupted)
    asked = ((before[0], spec.answer), (before[1], spec.other))
    for spaced in (True, False):
        first, second = (_first_token(loaded, *pair, spaced=spaced) for pair in asked)
        if first != second:
            return first, second
    raise BadSpec(
        f"The answers “{spec.answer}” and “{spec.other}” begin with the same token.",
        "Choose answers that differ in their first token.",
    )


def _first_token(loaded: LoadedModel, prompt: str, answer: str, *, spaced: bool) -> int:
    in_word = bool(prompt) and not prompt[-1].isspace() and answer[:1].isascii()
    lead = " " if spaced and in_word and answer[:1].isalnum() else ""
    ids = loaded.tokenizer(lead + answer, add_special_tokens=False)["input_ids"]
    if not ids:
        raise PromptError(
            "One of the two answers is empty.", "Write what each prompt is answered with."
        )
    return int(ids[0])


class Patching:
    """Two runs of one model and the figure that is followed.

    Args:
        spec: What to patch.
        clean, corrupted: The two runs; the clean one with its inner activations unless only the
            residual stream is patched.
        answers: The two tokens whose logits are compared.

    Attributes:
        sources: Per corrupted token its clean one, or -1.
        clean_difference, corrupted_difference: Logit of the answer minus that of the other.

    Raises:
        BadSpec: Both runs end in the same difference: there is nothing to bring back.
    """

    def __init__(
        self, spec: PatchSpec, clean: Reading, corrupted: Reading, answers: tuple[int, int]
    ) -> None:
        self.spec = spec
        self.clean = clean
        self.corrupted = corrupted
        self.answers = answers
        self.sources = aligned(clean.text.ids, corrupted.text.ids)
        self.clean_difference = self._difference(clean.recorded.logits)
        self.corrupted_difference = self._difference(corrupted.recorded.logits)
        if abs(self.clean_difference - self.corrupted_difference) < SAME:
            raise BadSpec(
                "Both prompts are answered alike, so there is nothing to bring back.",
                "Choose prompts whose answers differ.",
            )

    def layers(self) -> list[int]:
        """The layers to patch.

        Raises:
            BadSpec: There is no such layer.
        """
        count = len(self.corrupted.layers)
        for layer in self.spec.layers:
            if layer >= count:
                raise BadSpec(
                    f"There is no layer {layer}: the model has {count}, from 0.",
                    "Choose one of them.",
                )
        return sorted(set(self.spec.layers)) or list(range(count))

    def row(self, layer: int) -> NDArray[np.float32]:
        """Share brought back per token (per head) of one layer."""
        if self.spec.patch == "head":
            places = list(range(self._site(layer).heads))
        else:
            places = [place for place, source in enumerate(self.sources) if source >= 0]
        count = len(places) if self.spec.patch == "head" else len(self.sources)
        values = np.zeros(count, np.float32)
        rows = self.corrupted.rows_at_once(self._length)
        for start in range(0, len(places), rows):
            batch = places[start : start + rows]
            self.corrupted.forward.check()
            values[batch] = self._recovered(self._patched(layer, batch))
        return values

    def _patched(self, layer: int, batch: Sequence[int]) -> torch.Tensor:
        """Logits at the last token, ``[rows, vocabulary]``; each row has one place patched."""
        outputs: dict[nn.Module, Output] | None = None
        writes: list[Write] = []
        first = layer
        if self.spec.patch == "residual":
            first = layer + 1
            outputs = self.corrupted.outputs_before(first, len(batch))
            module = self.corrupted.layers[layer]
            hidden = hidden_of(outputs[module])
            source = hidden_of(self.clean.recorded.outputs[layer])
            for row, place in enumerate(batch):
                hidden[row, place] = source[0, int(self.sources[place])]
            outputs[module] = with_hidden(outputs[module], hidden)
        else:
            writes = self._writes(layer, batch)
        last = replayed(self.corrupted, first, writes, len(batch), outputs)
        end = slice(self._length - 1, self._length)
        return self.corrupted.head_logits(last[:, end], end)[:, 0]

    def _writes(self, layer: int, batch: Sequence[int]) -> list[Write]:
        site = self._site(layer)
        if self.spec.patch == "head":
            into = [place for place, source in enumerate(self.sources) if source >= 0]
            entered = self.clean.recorded.heads[site.name][self.sources[into].tolist()]
            return [
                Write(
                    site.module,
                    "in",
                    entered[:, site.columns(head)],  # [tokens, width]
                    slice(row, row + 1),
                    into,
                    site.columns(head),
                )
                for row, head in enumerate(batch)
            ]
        left = self.clean.recorded.parts[site.name]
        return [
            Write(
                site.module,
                "out",
                left[int(self.sources[place])],
                slice(row, row + 1),
                slice(place, place + 1),
            )
            for row, place in enumerate(batch)
        ]

    def _site(self, layer: int) -> Site:
        sites = self.corrupted.sites
        places = sites.mlp if self.spec.patch == "mlp" else sites.heads_of("self")
        for site in places:
            if site.layer == layer:
                return site
        raise UnsupportedModel(
            f"Layer {layer} has no such part that could be patched.", "Choose another part."
        )

    def _difference(self, logits: torch.Tensor) -> float:
        answer, other = self.answers
        return float(logits[answer] - logits[other])

    def _recovered(self, logits: torch.Tensor) -> NDArray[np.float32]:
        answer, other = self.answers
        difference = logits[:, answer] - logits[:, other]
        whole = self.clean_difference - self.corrupted_difference
        share: NDArray[np.float32] = (
            ((difference - self.corrupted_difference) / whole).float().cpu().numpy()
        )
        return share

    @property
    def _length(self) -> int:
        return len(self.corrupted.text.ids)
