"""Writing a smaller model with its card, and opening it again to see that it is the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from engine.jobs.spec import to_plain
from engine.models.bars import quiet_libraries
from engine.models.layered import layers_of_their_own
from engine.models.libraries import building
from engine.pruning.folder import PROVENANCE, whole_folder
from engine.pruning.passages import Passages
from engine.pruning.prune_spec import Loss
from engine.pruning.save import CARD
from engine.pruning.structured_spec import LayerWidths, ReloadTest, Speed, StructuredSpec

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Facts:
    """What the card says beside the spec.

    Attributes:
        layers: What stays of each layer.
        parameters: (after, before).
        dense: Loss before, `pruned` after.
        speed: Tokens per second before and after.
        compensated: Whether biases make up for what was cut.
    """

    layers: Sequence[LayerWidths]
    parameters: tuple[int, int]
    dense: Loss | None
    pruned: Loss | None
    speed: Speed | None
    compensated: bool


def write(
    spec: StructuredSpec,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: Passages,
    facts: Facts,
) -> int:
    """Write a smaller model into ``spec.out``; bytes of its weights.

    Raises:
        BadSpec: The folder holds something else.
    """
    target = Path(spec.out)
    with whole_folder(target, overwrite=spec.overwrite) as folder, quiet_libraries():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        plain = {**_provenance(spec, text, facts), "per_layer": model.config.is_heterogeneous}
        (folder / PROVENANCE).write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
        (folder / CARD).write_text("\n".join(_card(spec, model, text, facts)) + "\n", "utf-8")
        return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


@torch.no_grad()
def reloaded(folder: Path, model: PreTrainedModel, text: Passages) -> ReloadTest:
    """Open the folder and compare its logits with those of the model in memory.

    A model of uniform widths is opened as any program would: ``AutoModelForCausalLM`` and nothing
    else.
    """
    from transformers import AutoModelForCausalLM

    options: dict[str, Any] = {
        "dtype": model.dtype,
        "attn_implementation": model.config._attn_implementation,
        "local_files_only": True,
    }
    with building, quiet_libraries(), layers_of_their_own(model.config, type(model)):
        again = AutoModelForCausalLM.from_pretrained(folder, **options)
    again = cast(Any, again).to(model.device).eval()
    read = {
        "input_ids": text.ids[:1].to(model.device),
        "attention_mask": text.real[:1].long().to(model.device),
        "use_cache": False,
    }
    one: Tensor = model(**read).logits
    two: Tensor = again(**read).logits
    return ReloadTest(
        equal=torch.equal(one, two),
        largest=float((one.float() - two.float()).abs().max()),
        route="lathe" if model.config.is_heterogeneous else "transformers",
    )


def _provenance(spec: StructuredSpec, text: Passages, facts: Facts) -> dict[str, object]:
    def plain(value: object) -> object:
        return None if value is None else to_plain(value)

    return {
        "model": spec.model.id,
        "method": "structured",
        "importance": spec.importance,
        "ranking": Path(spec.ranking).name if spec.ranking else "",
        "widths": spec.widths,
        "compensated": facts.compensated,
        "parameters": {"pruned": facts.parameters[0], "dense": facts.parameters[1]},
        "layers": [
            {
                "layer": one.layer,
                "stays": one.stays,
                "influence": one.influence,
                "groups": list(one.groups_kept),
                "neurons": one.neurons_kept.tolist(),
                "experts": list(one.experts_kept),
            }
            for one in facts.layers
        ],
        "calibration": {
            "source": text.source,
            "sha256": text.sha256,
            "windows": len(text.ids),
            "length": spec.length,
            "seed": spec.seed,
        },
        "loss": {"dense": plain(facts.dense), "pruned": plain(facts.pruned)},
        "speed": plain(facts.speed),
    }


def _card(spec: StructuredSpec, model: PreTrainedModel, text: Passages, facts: Facts) -> list[str]:
    after, before = facts.parameters
    stays = [one for one in facts.layers if one.stays]
    lines = [
        f"# {spec.model.id}, made smaller",
        "",
        f"{after:,} of {before:,} parameters; {len(stays)} of {len(facts.layers)} layers.",
        f"Calibration: {text.source}, {text.tokens:,} tokens, sha256 {text.sha256[:12]}.",
    ]
    if facts.dense is not None and facts.pruned is not None:
        lines.append(
            f"Perplexity {facts.dense.perplexity:.4g} before, {facts.pruned.perplexity:.4g} after, "
            f"on {facts.dense.tokens:,} tokens of the same windows."
        )
    if facts.speed is not None:
        lines.append(
            f"{facts.speed.gain:.2f} times the tokens per second at batch 1 where it was made "
            f"(noise {facts.speed.noise:.1%})."
        )
    lines.append(
        "Its layers differ in width: it opens in Lathe."
        if model.config.is_heterogeneous
        else "It opens in any program that knows its architecture."
    )
    return lines
