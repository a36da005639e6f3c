"""When an answer ends: stop tokens, stop texts, its length, the model's window."""

from __future__ import annotations

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from engine.errors import PromptTooLong

CONTEXT_NAMES = ("max_position_embeddings", "n_positions", "max_seq_len", "max_sequence_length")


def stop_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Ids that end an answer: the generation config's, else the config's, else the tokenizer's."""
    for owner in (getattr(model, "generation_config", None), model.config, tokenizer):
        ids = getattr(owner, "eos_token_id", None)
        if ids is not None:
            return frozenset([ids] if isinstance(ids, int) else ids)
    return frozenset()


def context_length(model: PreTrainedModel) -> int | None:
    """Positions that the model can read, or None when its config names no limit (ALiBi)."""
    config = model.config.get_text_config(decoder=True)
    for name in CONTEXT_NAMES:
        value = getattr(config, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return None


def check_length(prompt_tokens: int, context: int | None) -> None:
    """Raise `PromptTooLong` when a prompt does not fit the window."""
    if context is not None and prompt_tokens > context:
        raise PromptTooLong(
            f"The prompt is {prompt_tokens:,} tokens long; the model reads at most {context:,}.",
            "Shorten the input, show fewer examples, or choose a model with a longer context.",
        )


def find_stop(text: str, added: int, stops: tuple[str, ...]) -> int | None:
    """Where the earliest stop text begins, if the last `added` characters completed one.

    Args:
        text: The answer so far.
        added: How many characters of it are new.
        stops: Non-empty texts.
    """
    places = []
    for stop in stops:
        place = text.find(stop, max(0, len(text) - added - len(stop) + 1))
        if place >= 0:
            places.append(place)
    return min(places, default=None)
