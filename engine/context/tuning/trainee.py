"""What is trained: a whole copy in 32 bits, or an adapter beside weights that are shared."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.context.scaling.swap import KEPT
from engine.context.tune_spec import Adapter, TuneContextSpec
from engine.context.tuning.adapter import attach, sharing_copy
from engine.context.tuning.save import Trained, logits

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

    from engine.context.scaling.base import Parameters
    from engine.context.tuning.save import Scaled
    from engine.models.loaded import LoadedModel


@dataclass(frozen=True, eq=False)
class Trainee:
    """A model to train, apart from the loaded one.

    Attributes:
        model: What is run; what is to be trained of it wants gradients.
        adapted: The adapter in it; None when all of it is trained.
        base: What an adapter names as its model.
    """

    model: PreTrainedModel
    adapted: PeftModel | None
    base: str

    def trained(self, loaded: LoadedModel, scaled: Scaled) -> Trained:
        """What is to be written. Call it before the configuration names the scaling."""
        with scaled(self.model):
            truth = logits(self.model)

        def again() -> PreTrainedModel:
            return sharing_copy(loaded.model)

        return Trained(self.model, self.adapted, loaded.tokenizer, self.base, truth, again, scaled)


def make_trainee(loaded: LoadedModel, spec: TuneContextSpec, adapter: Adapter) -> Trainee:
    """Copy what will be trained.

    Raises:
        UnsupportedModel: peft cannot adapt the model.
    """
    base = spec.model.id if _is_repository(spec.model.id) else str(loaded.path)
    if adapter == "full":
        copied: Any = copy.deepcopy(loaded.model)
        model: Any = copied.float()
        model.requires_grad_(True)
        return Trainee(model, None, base)
    shared = sharing_copy(loaded.model)
    return Trainee(shared, attach(shared, spec.lora, spec.seed), base)


def name_scaling(model: PreTrainedModel, scaled: Parameters, length: int) -> dict[str, object]:
    """Write a scaling into a model's configuration; gives the rotation's parameters."""
    config = model.config.get_text_config(decoder=True)
    former = config.rope_parameters or {}
    kept = {name: former[name] for name in KEPT if name in former}
    config.rope_parameters = kept | scaled
    config.max_position_embeddings = length
    return dict(config.rope_parameters)


def _is_repository(name: str) -> bool:
    return name.count("/") == 1 and not Path(name).exists()
