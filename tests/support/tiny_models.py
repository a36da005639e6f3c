"""Tiny random-weight models of many architectures, with a byte-level tokenizer.

They are for exactness only (shapes, caches, hooks, file formats); their answers mean nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast

DECODERS = ("llama", "bloom", "gpt2", "qwen2", "qwen3", "glm", "gemma2", "mistral")
ARCHITECTURES = (*DECODERS, "bert", "t5", "bart")

SPECIAL_TOKENS = ("<pad>", "<s>", "</s>", "<mask>")
PAD, BOS, EOS, MASK = range(4)
VOCABULARY = 256 + len(SPECIAL_TOKENS)
CONTEXT = 512

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "[{{ message['role'] }}]\n{{ message['content'] | trim }}\n"
    "{% endfor %}{% if add_generation_prompt %}[assistant]\n{% endif %}"
)


def tiny_tokenizer(chat_template: str | None = None) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer: one token per UTF-8 byte, after pad, bos, eos and mask."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = (*SPECIAL_TOKENS, *alphabet)
    backend = Tokenizer(models.BPE(vocab={name: i for i, name in enumerate(names)}, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        mask_token="<mask>",
        clean_up_tokenization_spaces=False,
        model_max_length=CONTEXT,
    )
    tokenizer.chat_template = chat_template
    return tokenizer


def tiny_config(architecture: str) -> PretrainedConfig:
    """The configuration: 2 layers, width 64, 4 heads (2 KV heads where the family groups them)."""
    import transformers as tf

    ids = {"pad_token_id": PAD, "bos_token_id": BOS, "eos_token_id": EOS}
    common = {"vocab_size": VOCABULARY, **ids}
    rope = {
        **common,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.1,
    }
    gpt = {**common, "n_layer": 2, "n_head": 4, "initializer_range": 0.1}
    match architecture:
        case "llama":
            return tf.LlamaConfig(**rope)
        case "mistral":
            return tf.MistralConfig(**rope, sliding_window=32)
        case "qwen2":
            return tf.Qwen2Config(**rope)
        case "qwen3":
            return tf.Qwen3Config(**rope, head_dim=16)
        case "qwen3_moe":
            return tf.Qwen3MoeConfig(
                **rope,
                head_dim=16,
                num_experts=8,
                num_experts_per_tok=2,
                moe_intermediate_size=32,
                norm_topk_prob=True,
            )
        case "gpt_neox":
            few = {name: value for name, value in rope.items() if name != "num_key_value_heads"}
            return tf.GPTNeoXConfig(**few)
        case "phi":
            return tf.PhiConfig(**rope)
        case "glm":
            return tf.GlmConfig(**rope, head_dim=16)
        case "gemma2":
            return tf.Gemma2Config(**rope, head_dim=16, query_pre_attn_scalar=16, sliding_window=32)
        case "bloom":
            return tf.BloomConfig(**gpt, hidden_size=64)
        case "gpt2":
            return tf.GPT2Config(**gpt, n_embd=64, n_positions=CONTEXT)
        case "bert":
            return tf.BertConfig(
                **common,
                hidden_size=64,
                intermediate_size=128,
                num_hidden_layers=2,
                num_attention_heads=4,
                max_position_embeddings=CONTEXT,
            )
        case "t5":
            return tf.T5Config(
                **common,
                d_model=64,
                d_kv=16,
                d_ff=128,
                num_layers=2,
                num_heads=4,
                decoder_start_token_id=PAD,
            )
        case "bart":
            return tf.BartConfig(
                **common,
                d_model=64,
                encoder_layers=2,
                decoder_layers=2,
                encoder_ffn_dim=128,
                decoder_ffn_dim=128,
                encoder_attention_heads=4,
                decoder_attention_heads=4,
                max_position_embeddings=CONTEXT,
                decoder_start_token_id=EOS,
                forced_eos_token_id=None,
            )
        case _:
            raise ValueError(f"no tiny model of architecture {architecture!r}")


def tiny_model(architecture: str, seed: int = 0) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """A random model in eval mode, float32, on the CPU, and its tokenizer.

    Args:
        architecture: One of `ARCHITECTURES`.
        seed: Seed of the weights; the global random state is left as it was.
    """
    import torch
    import transformers as tf

    config = tiny_config(architecture)
    auto: type = tf.AutoModelForCausalLM
    if architecture == "bert":
        auto = tf.AutoModelForMaskedLM
    elif config.is_encoder_decoder:
        auto = tf.AutoModelForSeq2SeqLM
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = auto.from_config(config)
    return model.float().eval(), tiny_tokenizer()


def save_tiny(
    architecture: str, folder: Path, seed: int = 0, chat_template: str | None = None
) -> Path:
    """Save a tiny model and its tokenizer as a model folder (safetensors); returns the folder."""
    model, _ = tiny_model(architecture, seed)
    model.save_pretrained(folder)
    tiny_tokenizer(chat_template).save_pretrained(folder)
    return folder
