"""Small random-weight models of every family that the probe knows, for exactness alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

VOCABULARY: Final = 128
CONTEXT: Final = 256
MASKED_MODELS: Final = frozenset({"bert", "deberta", "deberta-v2"})
SEQUENCE_MODELS: Final = frozenset({"t5", "bart"})

_IDS: Final = {"vocab_size": VOCABULARY, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
_WIDE: Final = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
_GROUPED: Final = {**_WIDE, "num_key_value_heads": 2, "intermediate_size": 96}
_GPT: Final = {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": CONTEXT}
_POSITIONS: Final = {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]}
_STACKS: Final = {
    **{f"{side}_layers": 2 for side in ("encoder", "decoder")},
    **{f"{side}_attention_heads": 4 for side in ("encoder", "decoder")},
    **{f"{side}_ffn_dim": 96 for side in ("encoder", "decoder")},
}
_EXPERTS: Final = {"num_local_experts": 4, "num_experts_per_tok": 2}

FAMILIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "llama": ("llama", _GROUPED),
    "qwen2": ("qwen2", _GROUPED),
    "qwen3": ("qwen3", {**_GROUPED, "head_dim": 16}),
    "glm": ("glm", {**_GROUPED, "head_dim": 16}),
    "gemma2": ("gemma2", {**_GROUPED, "head_dim": 16, "sliding_window": 24}),
    "gemma3": ("gemma3_text", {**_GROUPED, "head_dim": 16, "sliding_window": 24}),
    "mistral": ("mistral", {**_GROUPED, "sliding_window": 24}),
    "gpt2": ("gpt2", _GPT),
    "gpt-neox": ("gpt_neox", {**_WIDE, "intermediate_size": 96}),
    "opt": ("opt", {**_WIDE, "ffn_dim": 96, "word_embed_proj_dim": 64}),
    "bloom": ("bloom", {"hidden_size": 64, "n_layer": 2, "n_head": 4}),
    "mpt": ("mpt", {"d_model": 64, "n_heads": 4, "n_layers": 2, "max_seq_len": CONTEXT}),
    "bert": ("bert", {**_WIDE, "intermediate_size": 96}),
    "t5": ("t5", {"d_model": 64, "d_kv": 16, "d_ff": 96, "num_layers": 2, "num_heads": 4}),
    "bart": ("bart", {"d_model": 64, **_STACKS}),
    "falcon": ("falcon", _WIDE),
    "falcon-alibi": ("falcon", {**_WIDE, "alibi": True}),
    "gptj": ("gptj", {**_GPT, "rotary_dim": 8}),
    "gpt-oss": ("gpt_oss", {**_GROUPED, **_EXPERTS, "head_dim": 16, "sliding_window": 24}),
    "phi": ("phi", {**_WIDE, "intermediate_size": 96}),
    "cohere": ("cohere", _GROUPED),
    "deberta": ("deberta", {**_WIDE, **_POSITIONS, "intermediate_size": 96}),
    "deberta-v2": ("deberta-v2", {**_WIDE, **_POSITIONS, "intermediate_size": 96}),
}
"""Name → (transformers' model type, what differs from its defaults)."""


def config_of(family: str) -> PreTrainedConfig:
    """The configuration: two layers of width 64 with four heads."""
    from transformers import AutoConfig

    kind, own = FAMILIES[family]
    return AutoConfig.for_model(kind, **_IDS, **own)


def build(family: str, seed: int = 0) -> PreTrainedModel:
    """A random model in float32, its matrices scaled up so that attention is not even.

    The global random state is left as it was.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM

    auto: Any = AutoModelForCausalLM
    if family in MASKED_MODELS:
        auto = AutoModelForMaskedLM
    elif family in SEQUENCE_MODELS:
        auto = AutoModelForSeq2SeqLM
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: PreTrainedModel = auto.from_config(config_of(family)).float().eval()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.dim() > 1:
                    parameter.normal_(0.0, 0.1)
    return model
