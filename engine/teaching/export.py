"""From a checkpoint to a model folder that transformers loads as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig

from engine.teaching.architectures import WINDOW, create
from engine.teaching.card import write_card
from engine.teaching.tokenizer import load
from engine.teaching.trainer import Plan


def export(checkpoint: Path, folder: Path) -> None:
    """Write weights (float32 safetensors), tokenizer, generation settings and model card."""
    state = torch.load(checkpoint / "checkpoint.pt", map_location="cpu", weights_only=True)
    plan = Plan(**state["plan"])
    tokenizer = load(checkpoint)
    model: Any = create(plan.model, len(tokenizer), plan.seed)
    model.load_state_dict(state["model"])
    model.eval()
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False,
        max_new_tokens=128,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.model_max_length = WINDOW
    tokenizer.save_pretrained(folder)
    settings = folder / "tokenizer_config.json"
    written = json.loads(settings.read_text(encoding="utf-8"))
    written["tokenizer_class"] = "PreTrainedTokenizerFast"
    settings.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    write_card(
        folder,
        plan.model,
        parameters=sum(weight.numel() for weight in model.parameters()),
        steps=state["step"],
        tokens=state["step"] * plan.rows * plan.window,
        minutes=state["seconds"] / 60,
        seed=plan.seed,
    )
