"""Vectors of texts: by a sentence-transformers folder, or by the loaded model's own states."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import torch

from engine.context.documents.identity import identity
from engine.context.documents.retrieval.meaning import Vectors
from engine.decoding.interrupt import interruptible
from engine.errors import ModelLoadError

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel

TOKENS: Final = 4096
"""Padded tokens of one batch."""
POOLINGS: Final = ("pooling_mode_mean_tokens", "pooling_mode_cls_token", "pooling_mode_lasttoken")
LONGEST: Final = 512


class Encoder(Protocol):
    """Turns texts into vectors.

    Attributes:
        name: Names the vectors: those of two encoders are never mixed.
        centred: Whether what all vectors share is to be taken away first.
    """

    name: str
    centred: bool

    def encode(self, texts: Sequence[str], question: bool, check: Callable[[], None]) -> Vectors:
        """float32 ``[texts, width]``."""
        ...


class OwnStates:
    """Means of the last hidden states of the loaded model, over the tokens of each text."""

    centred = True

    def __init__(self, loaded: LoadedModel, check: Callable[[], None]) -> None:
        self.name = f"states of {identity(loaded, check)}"
        both_sides = loaded.model.config.is_encoder_decoder
        self._reader = loaded.model.get_encoder() if both_sides else loaded.model.base_model
        self._tokenizer = loaded.tokenizer

    def encode(self, texts: Sequence[str], question: bool, check: Callable[[], None]) -> Vectors:
        return _encoded(self._reader, self._tokenizer, texts, LONGEST, _mean, check)


class SentenceEncoder:
    """A sentence-transformers folder: a transformer, a pooling, perhaps a norm.

    Raises:
        ModelLoadError: It is none, or has a part that is not of these.
    """

    centred = False

    def __init__(self, folder: Path, device: torch.device) -> None:
        from transformers import AutoModel, AutoTokenizer

        pooling, words, self._longest = _described(folder)
        self._pool = {POOLINGS[0]: _mean, POOLINGS[1]: _first, POOLINGS[2]: _last}[pooling]
        self._prompts = words
        self.name = name_of(folder)
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        except (OSError, ValueError, KeyError) as error:
            raise _no_encoder(folder, str(error)) from error
        self._model = model.eval().float().to(device)

    @property
    def bytes(self) -> int:
        """Memory that its weights take."""
        return sum(one.numel() * one.element_size() for one in self._model.parameters())

    def encode(self, texts: Sequence[str], question: bool, check: Callable[[], None]) -> Vectors:
        lead = self._prompts.get("query" if question else "document", "")
        led = [lead + text for text in texts]
        return _encoded(self._model, self._tokenizer, led, self._longest, self._pool, check)


Pool = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def _mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """``[texts, tokens, width]`` and ``[texts, tokens]`` → ``[texts, width]``."""
    weight = mask[..., None].to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1).clamp(min=1)


def _first(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return states[:, 0]


def _last(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return states[torch.arange(len(states)), mask.sum(1).clamp(min=1) - 1]


def _encoded(
    model: Any,  # noqa: ANN401 - encoders and decoders share no class
    tokenizer: Any,  # noqa: ANN401
    texts: Sequence[str],
    longest: int,
    pool: Pool,
    check: Callable[[], None],
) -> Vectors:
    """Texts of like length together, each batch right-padded: a mean sees no padding."""
    ids = [
        list(tokenizer(text, truncation=True, max_length=longest)["input_ids"]) or [0]
        for text in texts
    ]
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    found: list[torch.Tensor | None] = [None] * len(ids)
    start = 0
    while start < len(order):
        check()
        stop = start + 1
        while stop < len(order) and (stop - start + 1) * len(ids[order[stop]]) <= TOKENS:
            stop += 1
        batch = order[start:stop]
        width = len(ids[batch[-1]])
        tokens = torch.zeros((len(batch), width), dtype=torch.long)
        mask = torch.zeros_like(tokens)
        for row, at in enumerate(batch):
            tokens[row, : len(ids[at])] = torch.tensor(ids[at])
            mask[row, : len(ids[at])] = 1
        with torch.inference_mode(), interruptible(model, check):
            states = model(
                input_ids=tokens.to(model.device), attention_mask=mask.to(model.device)
            ).last_hidden_state
        pooled = pool(states.float(), mask.to(states.device)).cpu()
        for row, at in enumerate(batch):
            found[at] = pooled[row]
        start = stop
    if not found:
        return np.zeros((0, 0), dtype=np.float32)
    stacked = torch.stack([one for one in found if one is not None])
    vectors: Vectors = stacked.numpy().astype(np.float32)
    return vectors


def _described(folder: Path) -> tuple[str, dict[str, str], int]:
    """Pooling, words before texts, and the longest text, as the folder's files say."""
    try:
        modules = _json(folder / "modules.json")
        kinds = [str(one["type"]).rsplit(".", 1)[-1] for one in modules]
        if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[2:]) <= {"Normalize"}:
            raise ModelLoadError(
                f"The encoder “{folder.name}” has parts that are not supported: "
                f"{', '.join(kinds)}.",
                "Choose one of a transformer and a pooling.",
            )
        settings = _json(folder / str(modules[1]["path"]) / "config.json")
        modes = [name for name in POOLINGS if settings.get(name)]
        if len(modes) != 1:
            raise ModelLoadError(
                f"The pooling of the encoder “{folder.name}” is not supported.",
                "Choose one that takes the mean, the first or the last token.",
            )
        words: dict[str, str] = {}
        if (folder / "config_sentence_transformers.json").exists():
            words = dict(_json(folder / "config_sentence_transformers.json").get("prompts") or {})
        longest = LONGEST
        if (folder / "sentence_bert_config.json").exists():
            said = _json(folder / "sentence_bert_config.json").get("max_seq_length")
            longest = int(said) if said else LONGEST
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise _no_encoder(folder, str(error)) from error
    return modes[0], words, longest


def _json(path: Path) -> Any:  # noqa: ANN401 - JSON is any of its kinds
    return json.loads(path.read_text(encoding="utf-8"))


def name_of(folder: Path) -> str:
    """Names an encoder by its files' sizes and times: hashing the weights would take seconds.

    Raises:
        ModelLoadError: There is no such folder.
    """
    if not folder.is_dir():
        raise _no_encoder(folder, "no folder")
    facts = sorted(
        (path.name, path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.iterdir()
        if path.is_file()
    )
    return f"{folder.name} {hashlib.sha256(repr(facts).encode()).hexdigest()[:16]}"


def _no_encoder(folder: Path, detail: str) -> ModelLoadError:
    return ModelLoadError(
        f"The folder “{folder.name}” holds no sentence-transformers model.",
        "Choose a folder with modules.json and safetensors weights.",
        detail,
    )
