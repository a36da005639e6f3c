"""What a model is made of: read from its configuration, and from its modules once it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.models.architecture import ACTIVATION, shape_of, text_config
from engine.models.spec import Anatomy, LayerRow

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedConfig, PreTrainedModel


def anatomy_of(config: PreTrainedConfig, model: PreTrainedModel | None = None) -> Anatomy:
    """The anatomy of a model.

    Args:
        config: Its configuration.
        model: The loaded model; None = build it without memory (on the meta device) to count.

    Modules, not names of families, decide wherever they can: structure comes from the mask the
    configuration asks for, the norm from the module classes, the position encoding from what
    the model owns (a rotary module, a position table, a relative bias).
    """
    from engine.models.layers import decoder_layers
    from engine.models.skeleton import skeleton

    body = model if model is not None else skeleton(config)
    shape = shape_of(config)
    language = text_config(config)
    layers = decoder_layers(body) if body is not None else []
    return Anatomy(
        architecture=_architecture(config),
        structure=structure_of(language),
        position_encoding=position_encoding_of(language, body),
        activation=activation_of(language),
        norm=norm_of(language, layers),
        layers=shape.layers,
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        heads=shape.heads,
        kv_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        vocabulary=shape.vocabulary,
        context_length=shape.context_length,
        parameters=body.num_parameters() if body is not None else 0,
        tied_embeddings=bool(getattr(language, "tie_word_embeddings", False)),
        rope=rope_of(language),
        rows=tuple(
            _row(index, layer, shape.windows[index] if index < len(shape.windows) else None)
            for index, layer in enumerate(layers)
        ),
    )


def _architecture(config: PreTrainedConfig) -> str:
    names = config.architectures or []
    return str(names[0]) if names else str(config.model_type)


def structure_of(config: PreTrainedConfig) -> str:
    """Causal decoder, prefix decoder, encoder-decoder or encoder."""
    if getattr(config, "is_encoder_decoder", False):
        return "encoder-decoder"
    names = " ".join(config.architectures or [])
    encoder = any(word in names for word in ("MaskedLM", "ForPreTraining"))
    if encoder and not getattr(config, "is_decoder", False):
        return "encoder"
    if getattr(config, "prefix_lm", False) or config.model_type == "chatglm":
        return "prefix decoder"
    return "causal decoder"


def position_encoding_of(config: PreTrainedConfig, model: nn.Module | None) -> str:
    """How positions enter: RoPE, ALiBi, T5 bias, learned, sinusoidal, or none."""
    names = [name for name, _ in model.named_modules()] if model is not None else []
    tables = [name for name, _ in model.named_parameters()] if model is not None else []
    if getattr(config, "alibi", False) or config.model_type in {"bloom", "mpt"}:
        return "ALiBi (a slope per head on the distance)"
    if rope_of(config):
        return _rope_text(config)
    if any("relative_attention_bias" in name for name in tables):
        return "T5 bias (learned, per distance bucket and head)"
    if any("rotary" in name for name in names):
        return "RoPE"
    learned = ("wpe.", "position_embeddings.", "embed_positions.", "position_embedding.")
    if any(word in f"{name}." for name in tables for word in learned):
        return "learned absolute"
    if any("embed_positions" in name or "pos_emb" in name for name in names):
        return "sinusoidal"
    return "none"


def _rope_text(config: PreTrainedConfig) -> str:
    rope = rope_of(config)
    kind = rope.get("rope_type", "default")
    parts = [f"base {rope['rope_theta']}"] if "rope_theta" in rope else []
    if kind != "default":
        parts.append(kind)
    if "factor" in rope:
        parts.append(f"factor {rope['factor']}")
    if rope.get("partial_rotary_factor", "1.0") not in {"1.0", "1"}:
        parts.append(f"on {float(rope['partial_rotary_factor']):.0%} of each head")
    return f"RoPE ({', '.join(parts)})" if parts else "RoPE"


def rope_of(config: PreTrainedConfig) -> dict[str, str]:
    """The RoPE parameters as text; of several layer types as ``"type.name"``."""
    parameters = getattr(config, "rope_parameters", None)
    if not isinstance(parameters, dict):
        return {}
    flat: dict[str, str] = {}
    for name, value in parameters.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": _text(item) for inner, item in value.items()}
        elif value is not None:
            flat[name] = _text(value)
    return flat


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) and value >= 1000 else str(value)


def activation_of(config: PreTrainedConfig) -> str:
    """The activation by name, e.g. ``"silu"``, ``"gated-gelu"``."""
    for name in ACTIVATION:
        value = getattr(config, name, None)
        if isinstance(value, str):
            return value
    return "gelu (built in)" if config.model_type == "bloom" else "unknown"


def norm_of(config: PreTrainedConfig, layers: list[nn.Module]) -> str:
    """Kind and place, e.g. ``"pre-RMSNorm"``."""
    kind = _norm_kind(config, layers)
    return f"{_norm_place(config, layers)}-{kind}" if kind else "unknown"


def _norm_kind(config: PreTrainedConfig, layers: list[nn.Module]) -> str:
    classes = [
        type(module).__name__
        for module in (layers[0].modules() if layers else ())
        if "norm" in type(module).__name__.lower()
    ]
    if any("rms" in name.lower() for name in classes) or hasattr(config, "rms_norm_eps"):
        return "RMSNorm"
    if config.model_type in {"t5", "mt5", "umt5"}:
        return "RMSNorm"
    return "LayerNorm" if classes or hasattr(config, "layer_norm_eps") else ""


def _norm_place(config: PreTrainedConfig, layers: list[nn.Module]) -> str:
    """Whether a norm runs before a sub-layer's input or after its residual sum.

    A pre-norm model needs one more norm after its last layer; sandwich models carry norms on
    both sides of a sub-layer (four per layer).
    """
    explicit = getattr(config, "do_layer_norm_before", getattr(config, "normalize_before", None))
    if isinstance(explicit, bool):
        return "pre" if explicit else "post"
    names = [name for name, _ in layers[0].named_modules()] if layers else []
    if any("pre_feedforward" in name for name in names):
        return "pre- and post"
    post = {"bert", "roberta", "distilbert", "albert", "electra", "bart", "xlm", "openai-gpt"}
    return "post" if config.model_type in post else "pre"


def _row(index: int, layer: nn.Module, window: int | None) -> LayerRow:
    def first(*words: str) -> str:
        for name, module in layer.named_modules():
            kind = type(module).__name__
            if name and any(word in kind.lower() for word in words):
                return kind
        return ""

    return LayerRow(
        index=index,
        attention=first("attention", "mixer", "mamba"),
        mlp=first("mlp", "moe", "feedforward", "ffn", "dense", "layerff", "intermediate")
        or first("linear"),
        norm=first("norm"),
        parameters=sum(parameter.numel() for parameter in layer.parameters()),
        window=window,
    )
