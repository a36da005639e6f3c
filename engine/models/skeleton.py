"""Which class a configuration asks for, and the model without its memory (on the meta device)."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from engine.errors import EngineError, ModelLoadError, UnsupportedModel
from engine.models.catalog import Found, architecture_of
from engine.models.libraries import building

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

AutoName = str
CAUSAL: Final = "AutoModelForCausalLM"
SEQ2SEQ: Final = "AutoModelForSeq2SeqLM"
MASKED: Final = "AutoModelForMaskedLM"


def read_model_config(found: Found, trust_remote_code: bool = False) -> PreTrainedConfig:
    """The configuration as transformers understands it. Imports torch.

    Raises:
        UnsupportedModel: The installed transformers does not know the architecture, or it needs
            code of its own and the reference does not allow that.
        ModelLoadError: The configuration cannot be read.
    """
    from transformers import AutoConfig

    _refuse_remote_code(found, trust_remote_code)
    try:
        if found.weights.format == "gguf":
            file = gguf_file(found)
            return cast(
                "PreTrainedConfig",
                AutoConfig.from_pretrained(
                    str(file.parent), gguf_file=file.name, local_files_only=True
                ),
            )
        return cast(
            "PreTrainedConfig",
            AutoConfig.from_pretrained(
                str(found.path), local_files_only=True, trust_remote_code=trust_remote_code
            ),
        )
    except EngineError:
        raise
    except Exception as error:  # a config can be wrong in ways that each raise their own class
        raise _unreadable(found, error) from error


def _refuse_remote_code(found: Found, trusted: bool) -> None:
    from transformers import CONFIG_MAPPING

    known = found.config.get("model_type") in CONFIG_MAPPING
    if "auto_map" in found.config and not known and not trusted:
        raise needs_own_code(found)


def needs_own_code(found: Found) -> UnsupportedModel:
    """The refusal of a model that would run program code of its own."""
    return UnsupportedModel(
        f"The model “{found.entry.id}” needs program code that comes with it.",
        "Read that code, then allow it for this model, or choose another model.",
        detail=str(found.path),
    )


def _unreadable(found: Found, error: Exception) -> ModelLoadError:
    kind = str(found.config.get("model_type", "")) or found.entry.architecture
    text = str(error)
    unknown = "model type" in text or "Unrecognized model" in text or "not supported" in text
    if isinstance(error, KeyError) or unknown:
        return UnsupportedModel(
            f"The architecture “{kind}” of “{found.entry.id}” is not known here.",
            "Update transformers, or choose another model.",
            detail=text,
        )
    return ModelLoadError(
        f"The configuration of “{found.entry.id}” cannot be used.",
        "Download or copy the model again.",
        detail=text,
    )


def gguf_file(found: Found) -> Path:
    """The GGUF file of a model that is one, or of a folder that holds one."""
    return found.path if found.path.is_file() else found.weights.files[0]


def auto_class_name(config: PreTrainedConfig) -> AutoName:
    """Which of the three Auto classes loads this configuration.

    The architecture named in the config decides; without one, the first family that knows it.

    Raises:
        UnsupportedModel: It is no language model (an image model, a bare encoder …).
    """
    for name, mapping in _mappings().items():
        if set(config.architectures or []) & set(mapping.get(config.model_type, ())):
            return name
    order = (CAUSAL, MASKED, SEQ2SEQ)
    if config.is_encoder_decoder:
        order = (SEQ2SEQ, CAUSAL, MASKED)
    elif not getattr(config, "is_decoder", False):  # encoders also have a causal class, for use
        order = (MASKED, CAUSAL, SEQ2SEQ)  # as a decoder; decoders have no masked one
    for name in order:
        remote = getattr(config, "auto_map", None) or {}
        if config.model_type in _mappings()[name] or name in remote:
            return name
    raise UnsupportedModel(
        f"“{architecture_of({'architectures': config.architectures})}” is no language model.",
        "Choose a causal, an encoder-decoder or a masked language model.",
        detail=f"model type {config.model_type}",
    )


def _mappings() -> dict[AutoName, dict[str, tuple[str, ...]]]:
    from transformers.models.auto import modeling_auto as auto

    def table(names: object) -> dict[str, tuple[str, ...]]:
        assert hasattr(names, "items")
        return {
            kind: (value,) if isinstance(value, str) else tuple(value)
            for kind, value in names.items()
        }

    return {
        CAUSAL: table(auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES),
        SEQ2SEQ: table(auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES),
        MASKED: table(auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES),
    }


def skeleton(config: PreTrainedConfig, trust_remote_code: bool = False) -> PreTrainedModel:
    """The model with its modules and shapes but no memory behind its weights.

    Always in float32, torch's default, so that other threads never see another default meanwhile;
    `config` stays as it is.

    Raises:
        UnsupportedModel: The class cannot be built from this configuration.
    """
    import torch
    import transformers

    auto = getattr(transformers, auto_class_name(config))
    try:
        with building, torch.device("meta"):
            model: PreTrainedModel = auto.from_config(
                copy.deepcopy(config), dtype=torch.float32, trust_remote_code=trust_remote_code
            )
    except Exception as error:  # any sizes may stand in a config, and any line may stumble on them
        raise UnsupportedModel(
            f"A model of type “{config.model_type}” cannot be built from its configuration.",
            "Update transformers, or choose another model.",
            detail=str(error),
        ) from error
    return model
