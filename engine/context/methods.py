"""Every method that stretches a loaded model, by name: scalings, rules of attention, and both.

``"yarn"`` changes frequencies, ``"rerope"`` changes who meets whom where, ``"rerope+log-n"`` and
``"yarn+log-n"`` join what does not exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.context.alibi import Alibi, not_alibi
from engine.context.attention.interface import Running, attending
from engine.context.attention.registry import RULES
from engine.context.attention.rule import Rule
from engine.context.method_names import check_method, parts_of
from engine.context.scaling.base import RopeConfig, Scaling
from engine.context.scaling.live import full_attention, live_ropes, preserved
from engine.context.scaling.longrope import LongRope
from engine.context.scaling.registry import scaling
from engine.context.scaling.swap import swapped
from engine.errors import BadSpec
from engine.inspection.interface import uses_interface
from engine.models.anatomy import position_encoding_of
from engine.models.architecture import CONTEXT, LENGTH_DEPENDENT_ROPE, number

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FALLBACK_LENGTH: Final = 2048


@dataclass(frozen=True)
class Method:
    """What a name stands for.

    Attributes:
        name: As written.
        scaling: The preset of frequencies; `Direct` where only rules are named.
        rules: Classes of the rules of attention.
    """

    name: str
    scaling: Scaling
    rules: tuple[type[Rule], ...]

    @property
    def keeps_cache(self) -> bool:
        """Whether cached keys stay right while a text grows past the trained length."""
        return self.scaling.name not in LENGTH_DEPENDENT_ROPE


@dataclass(frozen=True, eq=False)
class Applied:
    """A method in force.

    Attributes:
        method: Which.
        factor: Target length over trained length.
        before: The model's own rotation; None without one.
        after: The rotation in force, read back from the live module; None without one.
        rules: The rules of attention with their parameters.
        running: State of the attention function; None where the model's own attention works.
    """

    method: Method
    factor: float
    before: RopeConfig | None
    after: RopeConfig | None
    rules: tuple[Rule, ...]
    running: Running | None

    @property
    def keeps(self) -> tuple[int, int] | None:
        """The first and the recent keys that are enough; None = every key is needed."""
        return next((kept for rule in self.rules if (kept := rule.keeps()) is not None), None)


def method_of(name: str, long_factor: tuple[float, ...] = ()) -> Method:
    """The method behind a name such as ``"yarn"`` or ``"rerope+log-n"``.

    Args:
        name: Parts joined by ``+``.
        long_factor: LongRoPE's divisors, one per pair of dimensions.

    Raises:
        BadSpec: An unknown part, two scalings, or two rules that move far tokens.
    """
    check_method(name)
    preset: Scaling = scaling("direct")
    rules: list[type[Rule]] = []
    for part in parts_of(name):
        if part in RULES:
            rules.append(RULES[part])
        elif part == Alibi.name:  # the model as it was trained
            continue
        elif part == LongRope.name:
            preset = LongRope(long_factor=long_factor)
        else:
            preset = scaling(part)
    return Method(name, preset, tuple(rules))


def trained_length(model: PreTrainedModel) -> int:
    """Positions that a model saw in training, as its configuration tells."""
    rope = full_attention(live_ropes(model))
    if rope is not None:
        return rope.trained
    language = model.config.get_text_config(decoder=True)
    return number(language, CONTEXT) or FALLBACK_LENGTH


def refusal(model: PreTrainedModel, method: Method) -> BadSpec | None:
    """Why a method does not apply to a model, as an error that says what does; None = it does."""
    return _refusal(model, method, bool(live_ropes(model)))


def _refusal(model: PreTrainedModel, method: Method, ropes: bool) -> BadSpec | None:
    alibi = position_encoding_of(model.config, model).startswith("ALiBi")
    if Alibi.name in parts_of(method.name) and not alibi:
        return not_alibi()
    scales = method.scaling.name != "direct"
    moves = any(rule.moves for rule in method.rules)
    if (scales or moves) and not ropes:
        if alibi:
            return BadSpec(
                "ALiBi turns nothing: it takes a penalty per distance off each score, so there "
                "are no frequencies to change and no positions to move.",
                "Extrapolate directly, which is what ALiBi was made for.",
            )
        return BadSpec(
            "The model has no rotary positions: there is nothing to turn.",
            "Choose a model with rotary positions (RoPE), such as Llama or Qwen.",
        )
    if method.rules and not uses_interface(model):
        return BadSpec(
            f"The attention of “{model.config.model_type}” cannot be exchanged.",
            "Choose a model whose class takes an attention function, such as Llama or Qwen.",
        )
    if moves and method.scaling.name in LENGTH_DEPENDENT_ROPE:
        return BadSpec(
            f"The frequencies of {method.scaling.name} change with the length of the text, so far "
            "tokens cannot be moved by a fixed angle.",
            "Choose a scaling with fixed frequencies, such as yarn.",
        )
    return None


@contextmanager
def applied(
    model: PreTrainedModel, method: Method, factor: float, length: int = 0, first: int = 0
) -> Iterator[Applied]:
    """Run a model under a method; everything is restored exactly when the block is left.

    Args:
        model: In eval mode.
        method: From `method_of`.
        factor: Target length over trained length, at least 1.
        length: Tokens of the request, for methods that follow it; 0 = factor × trained length.
        first: Tokens at the start that the method ``sinks`` keeps, a whole persona for example;
            0 = four.

    Raises:
        BadSpec: The method does not apply; the message says why.
    """
    before = full_attention(live_ropes(model))
    refused = _refusal(model, method, before is not None)
    if refused is not None:
        raise refused
    trained = before.trained if before is not None else trained_length(model)
    rules = tuple(_fitted(rule, trained, factor, first) for rule in method.rules)
    with ExitStack() as stack:
        after = before
        running: Running | None = None
        if before is not None:
            if method.scaling.name == "direct":  # which may be dynamic of itself, and change
                stack.enter_context(preserved(model))
            else:
                asked = length or round(factor * trained)
                after = stack.enter_context(swapped(model, method.scaling, factor, asked))
        if rules:
            running = stack.enter_context(attending(model, rules))
        yield Applied(method, factor, before, after, rules, running)


def _fitted(kind: type[Rule], trained: int, factor: float, first: int) -> Rule:
    """A rule's parameters for this stretch."""
    rule = kind.fitted(trained, factor)
    kept = rule.keeps()
    if not first or kept is None or not kept[0]:
        return rule
    if first >= trained:
        raise BadSpec(
            f"The first {first} tokens leave no room in a window of {trained}.",
            "Keep fewer of them.",
        )
    return rule.keeping(first, trained)
