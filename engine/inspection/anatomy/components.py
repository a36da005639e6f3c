"""The job "what each component buys"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional as F

from engine.errors import BadSpec
from engine.evaluation.evidence.averaging import figure
from engine.evaluation.evidence.questions import leased
from engine.evaluation.provenance import provenance_of
from engine.inspection.anatomy.components_spec import (
    Component,
    ComponentLoss,
    ComponentsResult,
    ComponentsSpec,
)
from engine.inspection.anatomy.taking_out import Parts
from engine.jobs.spec import Spec
from engine.models.rotary import preserved

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

ROWS: Final = 24
MOST_TOKENS: Final = 1024


@dataclass(frozen=True)
class Reading:
    """One item: its tokens, and from which one on they are predicted."""

    ids: tuple[int, ...]
    start: int


def run(spec: Spec, ctx: JobContext) -> ComponentsResult:
    """Run a `ComponentsSpec`; publishes each loss as it is read.

    Raises:
        BadSpec: There is nothing to read.
        UnsupportedModel: The model continues no texts, or its parts cannot be found.
    """
    assert isinstance(spec, ComponentsSpec)
    with leased(spec.model, ctx) as loaded:
        readings = readings_of(spec, loaded)
        parts = Parts(loaded.model)
        before = _first_logits(loaded, readings)
        whole = losses(loaded, readings, ctx.check)
        missing = tuple(one for one in spec.components if not parts.has(one))
        plan: list[tuple[Component, int]] = []
        for component in spec.components:
            if component in missing:
                continue
            plan.append((component, -1))
            if spec.by_layer and parts.by_layer(component):
                plan += [(component, layer) for layer in range(len(parts.layers))]
        found: list[ComponentLoss] = []
        for component, layer in plan:
            ctx.progress(len(found) / len(plan), f"Part {len(found) + 1} of {len(plan)}")
            with parts.without(component, layer):
                read = losses(loaded, readings, ctx.check)
            found.append(compared(component, layer, whole, read))
            ctx.partial(found[-1])
        after = _first_logits(loaded, readings)
        ctx.progress(1.0)
        return ComponentsResult(
            whole=figure(whole),
            losses=tuple(found),
            layers=len(parts.layers),
            items=len(readings),
            tokens=sum(len(one.ids) - one.start for one in readings),
            restored=torch.equal(before, after),
            missing=missing,
            provenance=provenance_of(
                loaded, batch_size=ROWS, seed=spec.seed, temperature=0.0, check=ctx.check
            ),
        )


def compared(
    component: Component, layer: int, whole: list[float], read: list[float]
) -> ComponentLoss:
    """The loss without a part beside the whole model's on the same items."""
    lost = sum(not math.isfinite(loss) for loss in read)
    if lost:
        return ComponentLoss(component, layer, None, None, lost)
    rise = [there - here for here, there in zip(whole, read, strict=True)]
    return ComponentLoss(component, layer, figure(read), figure(rise))


def readings_of(spec: ComponentsSpec, loaded: LoadedModel) -> tuple[Reading, ...]:
    """The items as tokens.

    Raises:
        BadSpec: The text has no line of two tokens.
    """
    tokenizer: Any = loaded.tokenizer
    if spec.text.strip():
        lines = [line for line in spec.text.splitlines() if line.strip()]
        ids = [tuple(tokenizer(line)["input_ids"])[:MOST_TOKENS] for line in lines]
        found = tuple(Reading(one, 1) for one in ids if len(one) > 1)
        if not found:
            raise BadSpec("The text is too short to be predicted.", "Give a line of several words.")
        return found
    return tuple(_task_reading(tokenizer, pair) for pair in _pairs(spec))


def _pairs(spec: ComponentsSpec) -> list[tuple[str, str]]:
    """(prompt, reply) of held-out teaching items."""
    from engine.teaching.chat import END
    from engine.teaching.measures import prompt
    from engine.teaching.tasks import BASE_TASKS, generate, task_names

    for task in spec.tasks:
        if task not in task_names():
            raise BadSpec(f"There is no teaching task “{task}”.", "Choose one that exists.")
    items = [
        item
        for task in (spec.tasks or BASE_TASKS)
        for item in generate(task, spec.language, spec.items, spec.seed)
    ]
    return [(prompt(item), f"{item.completion}{END}") for item in items]


def _task_reading(tokenizer: Any, pair: tuple[str, str]) -> Reading:  # noqa: ANN401
    asked = tuple(tokenizer(pair[0], add_special_tokens=False)["input_ids"])
    reply = tuple(tokenizer(pair[1], add_special_tokens=False)["input_ids"])
    return Reading((*asked, *reply), len(asked))


def losses(
    loaded: LoadedModel, readings: tuple[Reading, ...], check: Callable[[], None]
) -> list[float]:
    """Mean negative log-probability of each item's predicted tokens, nats per token.

    Items are padded at the right, where a causal model's earlier positions cannot see.
    """
    found: list[float] = []
    for start in range(0, len(readings), ROWS):
        check()
        group = readings[start : start + ROWS]
        logits = _logits(loaded, group)
        for row, one in enumerate(group):
            ids = torch.tensor(one.ids[one.start :], device=logits.device)
            said = logits[row, one.start - 1 : len(one.ids) - 1].float()
            found.append(float(F.cross_entropy(said, ids)))
    return found


def _logits(loaded: LoadedModel, group: tuple[Reading, ...]) -> torch.Tensor:
    length = max(len(one.ids) for one in group)
    ids = torch.zeros(len(group), length, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, one in enumerate(group):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        mask[row, : len(one.ids)] = 1
    model: Any = loaded.model
    with torch.inference_mode(), preserved(model):
        out = model(
            input_ids=ids.to(loaded.device),
            attention_mask=mask.to(loaded.device),
            use_cache=False,
        )
    logits: torch.Tensor = out.logits
    return logits


def _first_logits(loaded: LoadedModel, readings: tuple[Reading, ...]) -> torch.Tensor:
    """Logits of the first two items, to see that everything is as it was."""
    return _logits(loaded, readings[:2]).clone()
