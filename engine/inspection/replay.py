"""Running a model from any layer on: the layers before give back what they gave before.

The model's own forward pass does everything else (masks, positions, final norm, output head), so
a replay is exactly a whole forward pass for every family, at the price of the layers that run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.decoding.interrupt import Check, interruptible, no_check
from engine.inspection.head_hooks import Write, written
from engine.inspection.kept_cache import KeptCache, States
from engine.models.logits import keeps_logits
from engine.models.rotary import preserved

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.inspection.inside_text import InsideText

Output = torch.Tensor | tuple[Any, ...]


def hidden_of(output: Output) -> torch.Tensor:
    """The hidden states in what a layer returns, ``[rows, tokens, hidden]``."""
    hidden: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return hidden


def with_hidden(output: Output, hidden: torch.Tensor) -> Output:
    """What a layer returns, with other hidden states."""
    return (hidden, *output[1:]) if isinstance(output, tuple) else hidden


@contextmanager
def given(outputs: Mapping[nn.Module, Output]) -> Iterator[None]:
    """These modules return what is given instead of computing, while the block lasts.

    Hooks on the modules run as ever. The forward methods are put back, however it is left.
    """
    before: list[tuple[nn.Module, object]] = []
    try:
        for module, output in outputs.items():
            before.append((module, module.__dict__.get("forward")))
            module.forward = _giving(output)
        yield
    finally:
        for module, own in before:
            if own is None:
                del module.forward
            else:
                module.forward = own  # type: ignore[assignment]


def _giving(output: Output) -> Callable[..., Output]:
    def forward(*_args: object, **_kwargs: object) -> Output:
        return output

    return forward


@contextmanager
def seen(modules: Iterable[nn.Module], take: Callable[[nn.Module, Any], None]) -> Iterator[None]:
    """Call `take(module, output)` after each of the modules ran."""

    def after(module: nn.Module, _args: object, output: Any) -> None:  # noqa: ANN401
        take(module, output)

    handles = [module.register_forward_hook(after) for module in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


class Forward:
    """One model with the arguments that its forward pass understands.

    Each pass leaves it bit-exactly as it was, a rotation that adapts to the length included.

    Args:
        model: In eval mode.
        text: What it reads.
        check: The cancellation point, asked before each layer.
    """

    def __init__(self, model: PreTrainedModel, text: InsideText, check: Check = no_check) -> None:
        self.model = model
        self.text = text
        self.check = check
        known = inspect.signature(model.forward).parameters
        self._takes_positions = "position_ids" in known
        self._takes_kept = keeps_logits(model)

    def __call__(
        self,
        rows: int = 1,
        *,
        part: slice | None = None,
        kept: int = 0,
        writes: Iterable[Write] = (),
        outputs: Mapping[nn.Module, Output] | None = None,
        cache: KeptCache | None = None,
    ) -> torch.Tensor:
        """Logits ``[rows, tokens, vocabulary]``, as the model computes them.

        Args:
            rows: Copies of the text, to be changed row by row.
            part: Read these tokens alone (of the decoder, where there is one).
            kept: Compute the logits of the last so many tokens only, where the model can; 0 = all.
            writes: What is overwritten meanwhile.
            outputs: Modules that need not run, with what they return.
            cache: Where keys and values are recorded.
        """
        arguments = self._arguments(rows, part)
        if cache is not None:
            arguments |= {"past_key_values": cache, "use_cache": True}
        return self._run(arguments, rows, kept, writes, outputs or {})

    def step(
        self,
        rows: int,
        states: States,
        *,
        writes: Iterable[Write] = (),
        outputs: Mapping[nn.Module, Output] | None = None,
    ) -> torch.Tensor:
        """The shown token alone over the kept states of those before it, ``[rows, vocabulary]``."""
        at = self.text.at
        ids = torch.tensor([[self.text.ids[at]]], device=self.model.device).expand(rows, -1)
        arguments: dict[str, object] = {
            "input_ids": ids,
            "attention_mask": ids.new_ones((rows, at + 1)),
            "past_key_values": KeptCache(len(states), states, at),
            "use_cache": True,
        }
        if self._takes_positions:
            arguments["position_ids"] = ids.new_full((rows, 1), at)
        return self._run(arguments, rows, 1, writes, outputs or {})[:, -1].float()

    def _arguments(self, rows: int, part: slice | None) -> dict[str, object]:
        text, device = self.text, self.model.device
        last = part if part is not None else slice(None)
        ids = torch.tensor([text.ids if text.target_ids else text.ids[last]], device=device)
        ids = ids.expand(rows, -1)
        arguments: dict[str, object] = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if text.target_ids:
            own = torch.tensor([text.target_ids[last]], device=device)
            arguments["decoder_input_ids"] = own.expand(rows, -1)
        if text.structure != "encoder":
            arguments["use_cache"] = False
        return arguments

    def _run(
        self,
        arguments: dict[str, object],
        rows: int,
        kept: int,
        writes: Iterable[Write],
        outputs: Mapping[nn.Module, Output],
    ) -> torch.Tensor:
        if kept and self._takes_kept:
            arguments["logits_to_keep"] = kept
        with (
            torch.no_grad(),
            preserved(self.model),
            interruptible(self.model, self.check),
            given(outputs),
            written(writes, rows),
        ):
            logits: torch.Tensor = self.model(**arguments).logits
        return logits
