"""What a folder says about the model in it: how it was trained, how far, and what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.context.method_names import TITLES
from engine.context.probe_spec import ProbeRow
from engine.context.tune_spec import TuneContextSpec, TuneForecast
from engine.jobs.spec import to_plain

PROVENANCE: Final = "context.json"
"""The file by which a folder is known to hold such a model."""


@dataclass(frozen=True)
class Card:
    """What is said about a training in the folder it ends in.

    Attributes:
        spec: What was asked.
        forecast: What was trained.
        trained: Its former trained length.
        done: Steps that were made, of `spec.steps`.
        factor: Stretch that they came to, and that is written.
        before, after: Keys found.
        rope: The rotation's parameters, as its configuration names them.
        base: The model that an adapter belongs to.
        merged: Whether an adapter was added in.
    """

    spec: TuneContextSpec
    forecast: TuneForecast
    trained: int
    done: int
    factor: float
    before: tuple[ProbeRow, ...]
    after: tuple[ProbeRow, ...]
    rope: dict[str, object]
    base: str
    merged: bool


def write_card(card: Card, folder: Path, difference: float) -> None:
    """Write the facts for programs and the card for people.

    Args:
        card: What is said.
        folder: Where.
        difference: Largest difference of a logit after reading the weights back.
    """
    spec = card.spec
    facts = {
        "model": spec.model.id,
        "method": spec.method,
        "factor": card.factor,
        "factor_wanted": spec.factor,
        "rope_parameters": card.rope,
        "trained": card.trained,
        "steps": card.done,
        "steps_wanted": spec.steps,
        "rate": spec.rate,
        "seed": spec.seed,
        "adapter": card.forecast.adapter,
        "lora": to_plain(spec.lora) if card.forecast.adapter == "lora" else None,
        "parameters_trained": card.forecast.trained,
        "logit_difference": difference,
        "before": [to_plain(row) for row in card.before],
        "after": [to_plain(row) for row in card.after],
    }
    (folder / PROVENANCE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_words(card), encoding="utf-8")


def _words(card: Card) -> str:
    spec, done = card.spec, card.done
    longer = round(card.factor * card.trained)
    whole = done >= spec.steps
    steps = f"{done}" if whole else f"{done} of {spec.steps}"
    lines = [
        f"# {spec.model.id}, {card.factor:.3g} times as long",
        "",
        f"{TITLES[spec.method]}, trained for {steps} steps: {card.trained:,} tokens became "
        f"{longer:,}.",
        "",
    ]
    if not whole:
        lines.append(f"**The training was stopped after {done} of {spec.steps} steps.**")
        if card.factor < spec.factor:
            lines.append(
                f"The stretch grows with the steps: it had come to {card.factor:.3g} of "
                f"{spec.factor:g} times, and the model is written with that."
            )
        lines.append("")
    if card.forecast.adapter == "lora":
        lines += _of_adapter(card)
    lines += ["| length | keys found before | after |", "|---|---|---|"]
    earlier = {row.tokens: row for row in card.before}
    for row in card.after:
        old = earlier.get(row.tokens)
        lines.append(f"| {row.tokens:,} | {_found(old) if old else '–'} | {_found(row)} |")
    return "\n".join(lines) + "\n"


def _found(row: ProbeRow) -> str:
    return f"{row.right} of {row.n} ({row.low:.0%} … {row.high:.0%})"


def _of_adapter(card: Card) -> list[str]:
    lora = card.spec.lora
    lines = [
        f"LoRA of rank {lora.rank}, alpha {lora.alpha:g}, {card.forecast.trained:,} of "
        f"{card.forecast.parameters:,} parameters trained.",
        "",
    ]
    if card.merged:
        return [*lines, "The adapter is added in; alone it lies in the folder `adapter`.", ""]
    return [
        *lines,
        "Load it with the configuration beside it, which names the scaling:",
        "",
        "```python",
        "config = AutoConfig.from_pretrained(FOLDER)",
        f"base = AutoModelForCausalLM.from_pretrained({card.base!r}, config=config)",
        "model = PeftModel.from_pretrained(base, FOLDER)",
        "```",
        "",
    ]
