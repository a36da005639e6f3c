"""The job "look inside": one text through one model under the probe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.decoding.detokenize import Detokenizer
from engine.decoding.interrupt import interruptible
from engine.errors import BadSpec, PromptError, UnsupportedModel
from engine.evaluation.provenance import provenance_of
from engine.inspection.capture import Capture, LayerCapture
from engine.inspection.inside_text import check_ids, read_ids, structure_in
from engine.inspection.inspect_spec import InspectSpec, MaskChoice
from engine.inspection.mask_cells import mask_cells
from engine.inspection.passing import Passage, run_passage
from engine.inspection.probe import Probe
from engine.inspection.reach import trained_length
from engine.inspection.ropes import with_ropes
from engine.models.architecture import shape_of

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.jobs.spec import Spec
    from engine.models.loaded import LoadedModel


def run(spec: Spec, ctx: JobContext) -> Capture:
    """Run an `InspectSpec`.

    Raises:
        PromptError: There is no text, or it is longer than the model's table of positions.
        BadSpec: A layer or head does not exist, or the mask does not fit.
        UnsupportedModel: The model has no attention that can be read.
        DeviceOutOfMemory: The capture does not fit.
    """
    assert isinstance(spec, InspectSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        return capture(loaded, spec, ctx)


def capture(loaded: LoadedModel, spec: InspectSpec, ctx: JobContext) -> Capture:
    """The same on a model that is leased already."""
    model = loaded.model
    shape = shape_of(model.config)
    _check_numbers(spec, shape.layers, shape.heads)
    ids, since = prompt_ids(loaded, spec)
    check_ids(loaded, ids)
    encoder_decoder = loaded.info.anatomy.structure == "encoder-decoder"
    causal = loaded.info.anatomy.structure == "causal decoder"
    mask = _mask(spec.mask, len(ids), causal=causal, cross=encoder_decoder)
    target = _target_ids(loaded, spec, ids, ctx) if encoder_decoder else ()
    check_ids(loaded, target)
    probe = Probe(
        model,
        layers=frozenset(spec.layers),
        heads=spec.heads,
        check=ctx.check,
        last=max(spec.layers) if spec.layers and not encoder_decoder else None,
    )
    run_passage(probe, Passage(ids, target, causal, mask), ctx.progress)
    found = with_ropes(model, probe.captures())
    _check_found(loaded, spec, found)
    label = Detokenizer(loaded.tokenizer).label
    own = target if encoder_decoder else ids
    return Capture(
        tokens=tuple(label(token) for token in own),
        ids=own,
        encoder_tokens=tuple(label(token) for token in ids) if encoder_decoder else (),
        layers=found,
        layer_count=shape.layers,
        heads=shape.heads,
        provenance=provenance_of(loaded, batch_size=1, seed=0, temperature=0.0, check=ctx.check),
        trained=trained_length(model),
        since=0 if encoder_decoder else since,
        fills=structure_in(model) == "encoder",
    )


def prompt_ids(loaded: LoadedModel, spec: InspectSpec) -> tuple[tuple[int, ...], int]:
    """The tokens that a spec asks for, and where the answer among them begins."""
    ids, since = read_ids(loaded, spec, keep_end=structure_in(loaded.model) != "decoder")
    if not ids:
        raise PromptError("There is no text to look at.", "Type at least one character.")
    return ids, since


def _check_numbers(spec: InspectSpec, layers: int, heads: int) -> None:
    for layer in spec.layers:
        if layer >= layers:
            raise BadSpec(
                f"There is no layer {layer}: the model has {layers}, from 0.",
                "Choose one of these.",
            )
    for head in spec.heads:
        if head >= heads:
            raise BadSpec(
                f"There is no head {head}: each layer has {heads}, from 0.", "Choose one of these."
            )


def _check_found(loaded: LoadedModel, spec: InspectSpec, found: tuple[LayerCapture, ...]) -> None:
    name = loaded.model.config.model_type
    if not found and not spec.layers:
        raise UnsupportedModel(
            f"The model “{name}” has no attention that can be read.",
            "Look at a transformer.",
        )
    missing = set(spec.layers) - {layer.layer for layer in found}
    if missing:
        raise UnsupportedModel(
            f"Layer {min(missing)} of “{name}” has no attention that can be read.",
            "Choose another layer.",
        )


def _target_ids(
    loaded: LoadedModel, spec: InspectSpec, ids: tuple[int, ...], ctx: JobContext
) -> tuple[int, ...]:
    """The decoder's tokens: its start, then what was given or what the model says."""
    if spec.target_ids:
        return spec.target_ids
    start = int(getattr(loaded.model.config, "decoder_start_token_id", None) or 0)
    if spec.target:
        said = loaded.tokenizer(spec.target, add_special_tokens=False)["input_ids"]
        return (start, *(int(token) for token in said))
    ctx.progress(None, "Letting the model answer")
    asked = torch.tensor([ids], device=loaded.device)
    with torch.no_grad(), interruptible(loaded.model, ctx.check):
        said = loaded.model.generate(  # type: ignore[operator]
            asked,
            attention_mask=torch.ones_like(asked),
            do_sample=False,
            num_beams=1,
            max_new_tokens=max(1, spec.target_tokens),
        )
    return tuple(int(token) for token in said[0])


def _mask(choice: MaskChoice, count: int, *, causal: bool, cross: bool) -> torch.Tensor | None:
    """The mask to run with, bool ``[tokens, tokens]``, or None for the model's own."""
    if choice.own:
        return None
    if cross:
        raise BadSpec(
            "The masks of an encoder-decoder cannot be changed.", "Choose a model with one stack."
        )
    return torch.from_numpy(mask_cells(choice, count, causal=causal))
