"""What a model is made of: read from its modules where they tell it, else from its config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.models.architecture import ACTIVATION, shape_of, text_config
from engine.models.layers import layer_stacks
from engine.models.spec import Anatomy, LayerRow, PositionKind

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedConfig, PreTrainedModel

ACTIVATION_WORDS: Final = ("gelu", "silu", "swish", "relu", "mish", "tanh")
POSITION_TABLES: Final = (
    "wpe.",
    "position_embeddings.",
    "embed_positions.",
    "positions_embed.",
    "position_embedding.",
)


def anatomy_of(config: PreTrainedConfig, model: PreTrainedModel | None = None) -> Anatomy:
    """The anatomy of a model.

    Args:
        config: Its configuration.
        model: The model, loaded or a skeleton; None = build the skeleton (no memory, no weights).

    Raises:
        UnsupportedModel: It is no language model, or cannot be built.
    """
    from engine.models.layers import decoder_layers
    from engine.models.skeleton import skeleton

    body = model if model is not None else skeleton(config)
    shape = shape_of(config)
    language = text_config(config)
    layers = decoder_layers(body)
    return Anatomy(
        architecture=type(body).__name__,
        structure=structure_of(config),
        position_encoding=position_encoding_of(language, body),
        position_kind=position_kind_of(language, body),
        activation=activation_of(language, layers),
        norm=norm_of(body, layers),
        layers=shape.layers,
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        heads=shape.heads,
        kv_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        vocabulary=shape.vocabulary,
        context_length=shape.context_length,
        parameters=body.num_parameters(),
        tied_embeddings=bool(getattr(language, "tie_word_embeddings", False)),
        rope=rope_of(language),
        rows=tuple(
            _row(index, layer, shape.windows[index] if index < len(shape.windows) else None)
            for index, layer in enumerate(layers)
        ),
        gated=gated_of(layers, shape.hidden_size, shape.intermediate_size),
    )


def structure_of(config: PreTrainedConfig) -> str:
    """Causal decoder, prefix decoder, encoder-decoder or encoder."""
    from engine.models.skeleton import MASKED, auto_class_name

    if getattr(config, "is_encoder_decoder", False):
        return "encoder-decoder"
    if auto_class_name(config) == MASKED and not getattr(config, "is_decoder", False):
        return "encoder"
    if getattr(config, "prefix_lm", False) or config.model_type == "chatglm":
        return "prefix decoder"
    return "causal decoder"


def position_kind_of(config: PreTrainedConfig, model: nn.Module) -> PositionKind:
    """How positions enter, as a name."""
    tables = [name for name, _ in model.named_parameters()]
    if getattr(config, "alibi", False) or config.model_type in {"bloom", "mpt"}:
        return "alibi"
    if rope_of(config) or isinstance(getattr(config, "rotary_dim", None), int):  # GPT-J, CodeGen
        return "rope"
    if any("relative_attention_bias" in name for name in tables):
        return "t5"
    if any("sinusoidal" in type(module).__name__.lower() for module in model.modules()):
        return "sinusoidal"
    if any(word in f"{name}." for name in tables for word in POSITION_TABLES):
        return "learned"
    return "none"


def position_encoding_of(config: PreTrainedConfig, model: nn.Module) -> str:
    """How positions enter: RoPE, ALiBi, T5 bias, learned, sinusoidal, or none."""
    match position_kind_of(config, model):
        case "alibi":
            return "ALiBi (a slope per head on the distance)"
        case "rope" if rope_of(config):
            return _rope_text(rope_of(config))
        case "rope":
            share = config.rotary_dim / max(1, shape_of(config).head_dim)
            return "RoPE" if share == 1 else f"RoPE (on {share:.0%} of each head)"
        case "t5":
            return "T5 bias (learned, per distance bucket and head)"
        case "learned":
            return "learned absolute"
        case "sinusoidal":
            return "sinusoidal"
        case "none":
            return "none"


def _rope_text(rope: dict[str, str]) -> str:
    groups = sorted({name.rpartition(".")[0] for name in rope})
    texts = []
    for group in groups:
        lead = f"{group}." if group else ""
        inner = {name.removeprefix(lead): text for name, text in rope.items()}
        parts = _rope_parts({n: t for n, t in inner.items() if f"{lead}{n}" in rope})
        name = group.replace("_", " ")
        texts.append(f"{name}: {parts}" if name and parts else parts or name)
    text = "; ".join(text for text in texts if text)
    return f"RoPE ({text})" if text else "RoPE"


def _rope_parts(rope: dict[str, str]) -> str:
    parts = [f"base {rope['rope_theta']}"] if "rope_theta" in rope else []
    if rope.get("rope_type", "default") != "default":
        parts.append(rope["rope_type"])
    if "factor" in rope:
        parts.append(f"factor {rope['factor']}")
    share = float(rope.get("partial_rotary_factor", "1"))
    if share != 1:
        parts.append(f"on {share:.0%} of each head")
    return ", ".join(parts)


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
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def activation_of(config: PreTrainedConfig, layers: list[nn.Module]) -> str:
    """The activation by its configured name, else by the class of the module that does it."""
    for name in ACTIVATION:
        value = getattr(config, name, None)
        if isinstance(value, str):
            return value
    for module in layers[0].modules() if layers else ():
        kind = type(module).__name__
        if any(word in kind.lower() for word in ACTIVATION_WORDS):
            return kind
    return "unknown"


def gated_of(layers: list[nn.Module], hidden: int, inner: int) -> bool:
    """Whether the MLP is a gated linear unit: two projections in, or one of twice the width."""
    widths = []
    for name, module in layers[0].named_modules() if layers else ():
        if name.endswith(("gate_proj", "gate_up_proj", "wi_1")):
            return True
        apart = "attn" in name.lower() or "attention" in name.lower()
        if not apart and getattr(module, "in_features", 0) == hidden:
            widths.append(getattr(module, "out_features", 0))
    return 2 * inner in widths or (hidden != inner and widths.count(inner) > 1)


def norm_of(model: nn.Module, layers: list[nn.Module]) -> str:
    """Kind and place, e.g. ``"pre-RMSNorm"``, ``"post-LayerNorm"``, ``"pre- and post-RMSNorm"``."""
    kind = _norm_kind(layers)
    return f"{_norm_place(model, layers)}-{kind}" if kind else "unknown"


def _norm_kind(layers: list[nn.Module]) -> str:
    """LayerNorm subtracts a mean and so (T5's namesake aside) owns a bias or is the library's."""
    from torch import nn

    for module in layers[0].modules() if layers else ():
        name = type(module).__name__
        if isinstance(module, nn.LayerNorm):
            return "LayerNorm"
        if "rms" in name.lower() or name in {"T5LayerNorm", "UMT5LayerNorm"}:
            return "RMSNorm"
        if "norm" in name.lower():
            return name if "layernorm" not in name.lower() else "LayerNorm"
    return ""


def _norm_place(model: nn.Module, layers: list[nn.Module]) -> str:
    """Where the norms stand.

    A pre-norm model needs one more norm after its last layer, so its stack has a norm beside
    it; a post-norm model has none. Sandwich models (Gemma 2) norm both ends of a sub-layer;
    OLMo 2 norms only what a sub-layer returns.
    """
    names = " ".join(name for name, _ in layers[0].named_modules())
    output_side = any(
        word in names for word in ("post_feedforward_layernorm", "post_mlp_layernorm")
    )
    if output_side:
        return "pre- and post" if "input_layernorm" in names else "post"
    for name, stack in layer_stacks(model):
        if stack[0] is not layers[0]:
            continue
        parent = model.get_submodule(name.rpartition(".")[0])
        beside = [
            child
            for child, module in parent.named_children()
            if "norm" in type(module).__name__.lower() and "emb" not in child
        ]
        return "pre" if beside else "post"
    return "pre"


def _row(index: int, layer: nn.Module, window: int | None) -> LayerRow:
    def first(*words: str) -> str:
        for name, module in layer.named_modules():
            kind = type(module).__name__
            lowered = kind.lower()
            wanted = any(word in lowered for word in words)
            if name and wanted and ("norm" in lowered) == (words == ("norm",)):
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
