"""What a training will take in memory, counted on the model's skeleton before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.context.tune_spec import FULL_BYTES, Adapter, Lora, TuneContextSpec, TuneForecast
from engine.context.tuning.adapter import linear_names, norm_names
from engine.models.architecture import shape_of
from engine.models.skeleton import skeleton

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

FLOAT32: Final = 4
ADAM: Final = 8
"""Bytes of the two moments of a weight; Muon keeps one, so 4."""
KEPT_OF_HIDDEN, KEPT_OF_INNER = 16, 4
"""Values that a layer keeps for the way back, in units of its hidden and its inner width: inputs
of the norms and projections, queries, keys, values and outputs; gate, up, their product and its
activation. Scores are not kept: the attention computes them again."""


def forecast(
    config: PreTrainedConfig, spec: TuneContextSpec, trained_length: int, free: int
) -> TuneForecast:
    """The memory of a training beside the loaded model.

    Args:
        config: Of the model.
        spec: The training.
        trained_length: Tokens that the model was trained on.
        free: Memory that is free now, in bytes.

    Raises:
        UnsupportedModel: The model has no layers for such an adapter.
    """
    body = skeleton(config, spec.model.options.trust_remote_code)
    parameters = sum(weight.numel() for weight in body.parameters())
    matrices, others = _all(body)
    full = FLOAT32 * parameters
    adapter: Adapter = "lora"
    if spec.adapter == "full":
        adapter = "full"
    elif spec.adapter == "auto" and spec.model.options.quantization == "none":
        needed = 2 * full + matrices * FLOAT32 + others * ADAM
        adapter = "full" if needed <= FULL_BYTES else "lora"
    if adapter == "lora":
        matrices, others = _of_adapter(body, spec.lora)
    trained = matrices + others
    tokens = round(spec.factor * trained_length)
    shape = shape_of(config)
    per_layer = KEPT_OF_HIDDEN * shape.hidden_size + KEPT_OF_INNER * shape.intermediate_size
    return TuneForecast(
        adapter=adapter,
        parameters=parameters,
        trained=trained,
        weights_bytes=FLOAT32 * (parameters if adapter == "full" else trained),
        gradient_bytes=FLOAT32 * trained,
        optimiser_bytes=FLOAT32 * matrices + ADAM * others,
        activation_bytes=FLOAT32 * tokens * (shape.layers * per_layer + shape.vocabulary),
        tokens=tokens,
        free=free,
    )


def _all(body: PreTrainedModel) -> tuple[int, int]:
    """Weights of a model, by their optimiser: (matrices of the layers, all others)."""
    matrices = others = 0
    for name, weight in body.named_parameters():
        if weight.ndim == 2 and "embed" not in name and "lm_head" not in name:
            matrices += weight.numel()
        else:
            others += weight.numel()
    return matrices, others


def _of_adapter(body: PreTrainedModel, lora: Lora) -> tuple[int, int]:
    matrices = others = 0
    for name in linear_names(body, lora.targets):
        module = body.get_submodule(name)
        rows, columns = module.weight.shape  # type: ignore[misc]
        matrices += lora.rank * (rows + columns)
        bias = getattr(module, "bias", None)
        if "biases" in lora.also and bias is not None:
            others += bias.numel()
    if "norms" in lora.also:
        for name in norm_names(body):
            others += sum(weight.numel() for weight in body.get_submodule(name).parameters())
    if "embeddings" in lora.also:
        table = body.get_input_embeddings()
        others += sum(weight.numel() for weight in table.parameters())
    return matrices, others
