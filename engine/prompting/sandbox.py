"""A Jinja2 sandbox that ends: bounded text, bounded collections, bounded steps.

Jinja2's own sandbox keeps a template from reaching out of itself; it does not keep it from
filling the memory (``'x' * 10**10``) or from running for ever (loops in loops). Everything that
can grow is weighed here before it is made, and everything that can repeat counts as a step.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, cast

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

MAX_CHARACTERS: Final = 2_000_000
MAX_BITS: Final = 4096
MAX_WIDTH: Final = 1000
MAX_RANGE: Final = 100_000
MAX_STEPS: Final = 200_000
MAX_SECONDS: Final = 5.0
# Absent: what makes markup (prompts are no markup), `random` (a prompt must be the same twice).
OFFERED: Final = (
    "abs", "capitalize", "center", "count", "d", "default", "dictsort", "first", "float",
    "format", "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max",
    "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "sort",
    "string", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount",
    "wordwrap",
)  # fmt: skip
WIDE_METHODS: Final = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})
WIDE_FORMAT: Final = re.compile(r"%[^a-zA-Z%]*(\*|\d{4,})")


class Budget:
    """The steps and the time that one filling may still take."""

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.end = time.monotonic() + MAX_SECONDS

    def spend(self, steps: int = 1) -> None:
        """Count steps; raises `SecurityError` when there are none left."""
        self.steps -= steps
        if self.steps < 0 or time.monotonic() > self.end:
            raise SecurityError("it repeats too often")


budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


def spend(steps: int = 1) -> None:
    """Count steps of the filling under way (none is while a template is only read)."""
    running = budget.get()
    if running is not None:
        running.spend(steps)


def weight(value: object, limit: int = MAX_CHARACTERS) -> int:
    """About how many characters a value takes as text; counting ends beyond `limit`."""
    match value:
        case str() | bytes():
            return len(value)
        case int():
            return 1 + value.bit_length() // 3
        case Mapping():
            parts: Iterable[object] = (part for pair in value.items() for part in pair)
        case list() | tuple() | set() | frozenset():
            parts = value
        case range():
            return 8 * len(value)
        case _:
            return 8
    total = 2
    for part in parts:
        total += 2 + weight(part, limit - total)
        if total > limit:
            break
    return total


def checked(value: Any) -> Any:  # noqa: ANN401 - whatever a template makes
    """The value itself; raises `SecurityError` when it is too large."""
    if weight(value) > MAX_CHARACTERS:
        raise SecurityError(f"it makes more than {MAX_CHARACTERS:,} characters")
    return value


def joined(pieces: Iterable[str]) -> str:
    """Pieces put together, as long as they stay within bounds."""
    kept, total = [], 0
    for piece in pieces:
        total += len(piece)
        if total > MAX_CHARACTERS:
            raise SecurityError(f"it makes more than {MAX_CHARACTERS:,} characters")
        kept.append(piece)
    return "".join(kept)


class Counted:
    """Something to loop over whose every item is a step. Keeps its length, if it has one."""

    def __init__(self, items: Iterable[object]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[object]:
        for item in self._items:
            spend()
            yield item

    def __len__(self) -> int:
        return len(self._items)  # type: ignore[arg-type]  # without one: a TypeError, as asked


class _Bounds(NodeTransformer):
    """Sends loops, collections and joined texts through the checks above."""

    def visit_For(self, node: nodes.For) -> nodes.For:
        self.generic_visit(node)
        node.iter = _through("_counted", node.iter)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:
        self.generic_visit(node)
        return _through("_joined", nodes.List(node.nodes, lineno=node.lineno))

    def visit_List(self, node: nodes.List) -> nodes.Filter:
        self.generic_visit(node)
        return _through("_checked", node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Filter:
        self.generic_visit(node)
        return _through("_checked", node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Tuple | nodes.Filter:
        self.generic_visit(node)
        return _through("_checked", node) if node.ctx == "load" else node


def _through(name: str, node: nodes.Node) -> nodes.Filter:
    return nodes.Filter(cast(nodes.Expr, node), name, [], [], None, None, lineno=node.lineno)


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """The environment of prompt texts. Fill through `budget`, or steps are not counted."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    concat = staticmethod(joined)

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, keep_trailing_newline=True, finalize=checked)
        self.filters = {name: _bounded(name, FILTERS[name]) for name in OFFERED}
        self.filters["_counted"] = _counted
        self.filters["_joined"] = _joined
        self.filters["_checked"] = _checked
        self.globals = {"range": _range, "dict": dict, "namespace": Namespace}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = _Bounds().visit(super()._parse(source, name, filename))
        return tree

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Without `str.format`, whose widths can be anything; the filter has checked ones."""
        if isinstance(obj, str) and attr in {"format", "format_map"}:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """Nothing to wrap: see `is_safe_attribute`."""
        return

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """An operator that can make something large."""
        spend()
        _weigh_operation(operator, left, right)
        return checked(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """A call from a template: a step, and weighed before when it can make something large."""
        spend()
        owner, name = getattr(__obj, "__self__", None), getattr(__obj, "__name__", "")
        if isinstance(owner, str):
            _weigh_text_call(owner, name, args)
        return checked(super().call(__context, __obj, *args, **kwargs))


def _weigh_operation(operator: str, left: object, right: object) -> None:
    match operator, left, right:
        case "**", int(), int():
            size = left.bit_length() * max(0, right) if abs(left) > 1 else 1
            limit = MAX_BITS
        case "*", int(), int():
            size, limit = left.bit_length() + right.bit_length(), MAX_BITS
        case ("*", int() as times, str() | bytes() | list() | tuple() as some) | (
            "*",
            str() | bytes() | list() | tuple() as some,
            int() as times,
        ):
            size, limit = (weight(some) + 1) * max(0, times), MAX_CHARACTERS
        case "+", _, _:
            size, limit = weight(left) + weight(right), MAX_CHARACTERS
        case "%", str(), _:
            size, limit = _formatted_size(left, right), MAX_CHARACTERS
        case _:
            return
    _refuse_above(size, limit)


def _weigh_text_call(owner: str, name: str, args: tuple[object, ...]) -> None:
    if name in WIDE_METHODS:
        for width in args:
            _refuse_above(width if isinstance(width, int) else 0, MAX_WIDTH)
        _refuse_above(len(owner) * (MAX_WIDTH if name == "expandtabs" else 1), MAX_CHARACTERS)
    elif name == "replace" and len(args) >= 2:
        _refuse_above(_replaced_size(owner, *args[:2]), MAX_CHARACTERS)
    elif name == "join" and args:
        _refuse_above(_joined_size(owner, args[0]), MAX_CHARACTERS)
    elif name == "translate":
        raise SecurityError("it uses “translate”, which is not offered here")


def _replaced_size(text: str, old: object, new: object) -> int:
    return len(text) + text.count(str(old)) * len(str(new))


def _joined_size(gap: object, items: object) -> int:
    count = len(items) if isinstance(items, list | tuple | str | range | Mapping) else MAX_RANGE
    return weight(gap) * count


def _formatted_size(text: str, values: object) -> int:
    if WIDE_FORMAT.search(text):
        raise SecurityError("it formats with a width that is too large")
    return len(text) + text.count("%") * (weight(values) + MAX_WIDTH)


def _refuse_above(size: int, limit: int) -> None:
    if size > limit:
        raise SecurityError("it makes something that is too large")


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose arguments are weighed before and whose result is weighed after."""
    lead = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def bounded(*args: Any, **options: Any) -> Any:  # noqa: ANN401
        spend()
        passed, value, rest = args[:lead], args[lead], [*args[lead + 1 :], *options.values()]
        if isinstance(value, Undefined) and name not in {"default", "d"}:
            return function(*args, **options)
        if name in {"center", "indent", "truncate", "tojson", "round", "wordwrap"}:
            for width in rest:
                _refuse_above(width if isinstance(width, int) else 0, MAX_WIDTH)
        match name:
            case "indent" | "wordwrap":
                breaks = str(value).count("\n") if name == "indent" else len(str(value))
                _refuse_above(
                    breaks * max([weight(r) for r in rest if isinstance(r, str)], default=1),
                    MAX_CHARACTERS,
                )
            case "replace" if len(rest) >= 2:
                _refuse_above(_replaced_size(str(value), *rest[:2]), MAX_CHARACTERS)
            case "format":
                _refuse_above(_formatted_size(str(value), rest), MAX_CHARACTERS)
            case "join":
                value = [checked(item) for item in Counted(value)]
                checked(value)
                _refuse_above(_joined_size(rest[0] if rest else "", value), MAX_CHARACTERS)
        return checked(function(*passed, value, *args[lead + 1 :], **options))

    return bounded


@pass_context
def _counted(_context: Context, items: Iterable[object]) -> Iterable[object]:
    return Counted(items)


@pass_context
def _joined(_context: Context, values: Iterable[object]) -> str:
    spend()
    return joined(str(value) for value in values)


@pass_context
def _checked(_context: Context, value: object) -> object:
    return checked(value)


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise SecurityError(f"it counts further than {MAX_RANGE:,}")
    return numbers
