"""Writing what was trained on longer texts, and reading it back before it takes its place.

A whole model carries its scaling in its configuration. An adapter is a folder as peft reads it;
the configuration beside it is the base model's with the scaling.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor

from engine.context.tuning import adapter
from engine.context.tuning.card import PROVENANCE, Card, write_card
from engine.errors import BadSpec, StoreError
from engine.models.bars import quiet_libraries
from engine.models.layered import layers_of_their_own
from engine.models.libraries import building
from engine.models.skeleton import auto_class_name
from engine.store.atomic import as_os_error, cannot_write
from engine.store.folder import whole_folder

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    Scaled = Callable[[PreTrainedModel], AbstractContextManager[object]]

ADAPTER: Final = "adapter"
"""Folder of the adapter inside that of a merged model."""
ASKED: Final = 64
"""Tokens of the text on which the written model must say what the one in memory says."""
TOLERANCE: Final = {torch.float32: 1e-4, torch.bfloat16: 5e-2, torch.float16: 1e-2}
"""How far logits of a merged model may be off, as a share of the largest: adding the adapter into
the weights rounds each of them once. Whole models and adapters are equal bit for bit."""


@dataclass(frozen=True, eq=False)
class Trained:
    """What a training leaves in memory.

    Attributes:
        model: What was run; its configuration names the scaling.
        adapted: The adapter in it; None when the model was trained as a whole.
        tokenizer: Its tokenizer.
        base: What an adapter names as its model: a folder, or a repository.
        truth: Its `logits` under the scaling, taken before the configuration named that.
        again: Makes another base model as it was before the training, for an adapter.
        scaled: Puts a model under the scaling while a block lasts.
    """

    model: PreTrainedModel
    adapted: PeftModel | None
    tokenizer: PreTrainedTokenizerBase
    base: str
    truth: Tensor
    again: Callable[[], PreTrainedModel]
    scaled: Scaled


@dataclass(frozen=True)
class Saved:
    """What was written.

    Attributes:
        bytes: Of the weights.
        difference: Largest difference of a logit between memory and the folder.
        loadable: Whether it is a whole model.
    """

    bytes: int
    difference: float
    loadable: bool


def check_folder(folder: Path) -> None:
    """Raise `BadSpec` when a folder holds something else than such a model, or is a file."""
    if not folder.exists() or (folder / PROVENANCE).exists():
        return
    if folder.is_file() or any(folder.iterdir()):
        raise BadSpec(
            f"The folder {folder.name} is not empty and holds no model of a former training.",
            "Choose an empty folder.",
        )


def save(card: Card, trained: Trained, merge: bool) -> Saved:
    """Write what was trained into ``card.spec.out``; a former one is replaced by a whole one only.

    Args:
        card: What is said about it there.
        trained: An adapter of it is of no use afterwards when it is merged.
        merge: Add an adapter into a whole model; the adapter lies beside it.

    Raises:
        BadSpec: As `check_folder` does.
        StoreError: It cannot be written, or does not say the same when it is read back; nothing
            of it is left, and a former one stays.
    """
    from safetensors import SafetensorError

    folder = Path(card.spec.out)
    check_folder(folder)
    try:
        with whole_folder(folder) as partial, quiet_libraries():
            difference = _write(partial, trained, merge)
            trained.tokenizer.save_pretrained(partial)
            write_card(card, partial, difference)
    except (OSError, SafetensorError) as error:
        known = as_os_error(error)
        if known is None:
            raise
        raise cannot_write(folder, known) from error
    size = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
    return Saved(size, difference, trained.adapted is None or merge)


def _write(partial: Path, trained: Trained, merge: bool) -> float:
    """Write the weights and read them back; the largest difference of a logit."""
    model, truth = trained.model, trained.truth
    if trained.adapted is None:
        model.save_pretrained(partial)
        return _compared(truth, _read_model(partial, model), 0.0)
    place = partial / ADAPTER if merge else partial
    adapter.write(trained.adapted, place, trained.base)
    model.config.save_pretrained(place)
    again = adapter.read(trained.again(), place)
    with trained.scaled(again):
        difference = _compared(truth, logits(again), 0.0)
    if not merge:
        return difference
    whole = adapter.merged(trained.adapted)
    whole.save_pretrained(partial)
    return _compared(truth, _read_model(partial, whole), TOLERANCE.get(whole.dtype, 0.0))


def _read_model(folder: Path, like: PreTrainedModel) -> Tensor:
    """Logits of a model as anybody would load it."""
    import transformers

    auto: Any = getattr(transformers, auto_class_name(like.config))
    with building, layers_of_their_own(like.config, type(like)):
        read = auto.from_pretrained(
            folder,
            dtype=like.dtype,
            attn_implementation=like.config._attn_implementation,
            local_files_only=True,
        )
    return logits(read.to(like.device))


@torch.no_grad()
def logits(model: PreTrainedModel) -> Tensor:
    """What a model says to a text of random tokens, ``[1, ASKED, vocabulary]``."""
    made = torch.Generator().manual_seed(0)
    table: Any = model.get_input_embeddings()
    ids = torch.randint(0, table.weight.shape[0], (1, ASKED), generator=made)
    before = model.training
    model.train(False)
    try:
        found: Tensor = model(input_ids=ids.to(model.device), use_cache=False).logits
        return found.float()
    finally:
        model.train(before)


def _compared(truth: Tensor, found: Tensor, share: float) -> float:
    """Largest difference; raises `StoreError` where it is more than this share of the largest."""
    difference = float((truth - found).abs().max())
    largest = float(truth.abs().max())
    if not difference <= share * largest:  # also where it is no number
        raise StoreError(
            "The model that was written does not say what the trained one says.",
            "Nothing was kept of it: write it again, or into another folder.",
            detail=f"largest logit {largest:g}, largest difference {difference:g}",
        )
    return difference
