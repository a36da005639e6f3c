"""LoRA by peft: small matrices beside a model's own, which stay as they are (Hu et al. 2021).

The base of an adapter shares its tensors with the loaded model: only what is trained takes memory
of its own (LoRA, arXiv 2106.09685; norms and embeddings beside it as in LongLoRA, 2309.12307).
"""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

from engine.context.tune_spec import Lora
from engine.errors import UnsupportedModel
from engine.models.layers import decoder_layers, encoder_layers

if TYPE_CHECKING:
    from pathlib import Path

    from peft import PeftModel
    from transformers import PreTrainedModel

ATTENTION: Final = ("attn", "attention")
"""Words in the names of the modules that hold an attention's projections."""
READ_ONLY_SWITCH: Final = "support_avx512bf16_for_cpu"
"""bitsandbytes turns 4-bit weights into a faster form at the first text that a model reads on some
CPUs; no gradient passes it, without an error."""


def sharing_copy(model: PreTrainedModel) -> PreTrainedModel:
    """A model with modules of its own whose weights are the very memory of another's.

    Its weights are new parameters, so that nothing that is set on them (whether they are trained,
    what they hold) reaches the other model. Packed weights are shared as they are.

    Raises:
        UnsupportedModel: Its 4-bit weights were turned into a form that has no gradients.
    """
    _refuse_read_only(model)
    memo: dict[int, object] = {}
    for weight in model.parameters():
        plain = type(weight) is nn.Parameter
        memo[id(weight)] = nn.Parameter(weight.detach(), False) if plain else weight
    for buffer in model.buffers():
        memo[id(buffer)] = buffer
    copied: PreTrainedModel = copy.deepcopy(model, memo)
    for module in copied.modules():
        if hasattr(module, READ_ONLY_SWITCH):
            setattr(module, READ_ONLY_SWITCH, False)
        bias = getattr(module, "bias", None)
        if type(bias) is nn.Parameter:  # it may be trained where it is
            module.bias = nn.Parameter(bias.detach().clone(), False)
    return copied


def _refuse_read_only(model: PreTrainedModel) -> None:
    for weight in model.parameters():
        if getattr(getattr(weight, "quant_state", None), "packing_format_for_cpu", False):
            raise UnsupportedModel(
                "The 4-bit weights in memory were turned into a form that is for reading alone.",
                "Unload the model, then train before anything else is asked of it.",
            )


def linear_names(model: PreTrainedModel, which: str) -> list[str]:
    """Qualified names of the linear layers that get an adapter, in the order of the model.

    Args:
        model: Loaded, or a skeleton.
        which: ``"linear"`` for all within the repeated layers, ``"attention"`` for the
            attention's projections.

    Raises:
        UnsupportedModel: There is none.
    """
    names = {id(module): name for name, module in model.named_modules()}
    found = [
        names[id(module)]
        for layer in (*encoder_layers(model), *decoder_layers(model))
        for module in layer.modules()
        if isinstance(module, nn.Linear | Conv1D)
    ]
    if which == "attention":
        found = [name for name in found if any(word in name.lower() for word in ATTENTION)]
    if not found:
        raise UnsupportedModel(
            f"The model “{model.config.model_type}” has no linear layer of this kind.",
            "Choose all linear layers, or train all weights.",
        )
    return found


def norm_names(model: PreTrainedModel) -> list[str]:
    """Qualified names of the normalisations."""
    return [
        name
        for name, module in model.named_modules()
        if "norm" in type(module).__name__.lower() and list(module.parameters(recurse=False))
    ]


def attach(model: PreTrainedModel, lora: Lora, seed: int) -> PeftModel:
    """Put an adapter into a model; its own weights are frozen.

    Args:
        model: A `sharing_copy`; it is changed in place and goes on being the one that is run.
        lora: Rank, scale, and which modules.
        seed: Of the first matrices; the second ones are zero, so nothing changes yet.

    Raises:
        UnsupportedModel: The model has no such layers, or peft cannot adapt them.
    """
    with quiet():
        from peft import LoraConfig, get_peft_model

    whole: list[str] = []
    if "norms" in lora.also:
        whole += norm_names(model)
    tied = False
    if "embeddings" in lora.also:
        table = model.get_input_embeddings()
        whole += [name for name, module in model.named_modules() if module is table]
        tied = bool(getattr(model.config.get_text_config(), "tie_word_embeddings", False))
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=cast("int", lora.alpha),  # only its quotient with r is used
        target_modules=linear_names(model, lora.targets),
        bias="lora_only" if "biases" in lora.also else "none",
        modules_to_save=whole or None,
        ensure_weight_tying=tied,
        task_type="CAUSAL_LM",
    )
    try:
        with quiet(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return cast("PeftModel", get_peft_model(model, config))
    except ValueError as error:
        raise UnsupportedModel(
            f"No adapter can be put into “{model.config.model_type}”.",
            "Train all weights, or choose another model.",
            detail=str(error),
        ) from error


def merged(adapted: PeftModel) -> PreTrainedModel:
    """The model with its adapter added into the weights, and no trace of peft.

    It takes the adapter's place: `adapted` is of no use afterwards. Weights that are changed get
    memory of their own first.
    """
    with quiet():
        return cast("PreTrainedModel", adapted.merge_and_unload(safe_merge=True))


def write(adapted: PeftModel, folder: Path, base: str) -> None:
    """Write the adapter as peft reads it; `base` is what its configuration names as its model."""
    config = adapted.peft_config["default"]
    config.base_model_name_or_path = base
    with quiet():
        adapted.save_pretrained(str(folder), save_embedding_layers=False)


def read(base: PreTrainedModel, folder: Path) -> PreTrainedModel:
    """Put an adapter that was written into a base model; gives the model that is then run."""
    with quiet():
        from peft import PeftModel

        PeftModel.from_pretrained(base, str(folder), local_files_only=True)
    return base


@contextmanager
def quiet() -> Iterator[None]:
    """Without the library's remarks about itself."""
    before = logging.root.manager.disable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(before)
