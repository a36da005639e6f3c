"""Safe evaluation of one-line expressions: a small syntax-tree walk, no ``eval``."""

from __future__ import annotations

import ast
import operator
import random
from collections.abc import Callable, Mapping
from typing import Any

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_CALLS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "max": max,
    "min": min,
    "sorted": sorted,
    "sum": sum,
}
_LONGEST = 200


class ExpressionError(ValueError):
    """The text is no expression of the small language, or it fails on the given values."""


def evaluate(text: str, values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The value of ``text`` with its names bound to ``values``.

    Numbers, names, the operators of the lists above, ``**`` with exponents up to 8, comparisons,
    subscripts, slices and six functions; anything else raises ``ExpressionError``.
    """
    if len(text) > _LONGEST:
        raise ExpressionError("the expression is too long")
    try:
        return _value(ast.parse(text.strip(), mode="eval").body, values)
    except ExpressionError:
        raise
    except (SyntaxError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as e:
        raise ExpressionError(str(e)) from e


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    match node:
        case ast.Constant(value=int() | float()):
            return node.value
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, values)
        case ast.BinOp(op=ast.Pow()):
            base, exponent = _value(node.left, values), _value(node.right, values)
            if not 0 <= exponent <= 8 or abs(base) > 10**6:
                raise ExpressionError("the power is too large")
            return base**exponent
        case ast.BinOp(op=op) if type(op) in _BINARY:
            left, right = _value(node.left, values), _value(node.right, values)
            if isinstance(left, list) or isinstance(right, list):
                raise ExpressionError("lists take no operators here")
            return _BINARY[type(op)](left, right)
        case ast.Compare(ops=[op], comparators=[right_node]):
            return _COMPARE[type(op)](_value(node.left, values), _value(right_node, values))
        case ast.Subscript(slice=ast.Slice(lower=low, upper=high, step=None)):
            start = None if low is None else _value(low, values)
            stop = None if high is None else _value(high, values)
            return _value(node.value, values)[start:stop]
        case ast.Subscript():
            return _value(node.value, values)[_value(node.slice, values)]
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _CALLS:
            return _CALLS[name](*(_value(argument, values) for argument in node.args))
    raise ExpressionError(f"{type(node).__name__} is not allowed")


def equivalent(first: str, second: str, trials: int = 6, seed: int = 0) -> bool:
    """Whether two expressions agree on random numbers (a, b, c, n, x, y) and lists."""
    rng = random.Random(seed)
    for _ in range(trials):
        values: dict[str, Any] = {name: rng.randint(-9, 12) for name in "abcnxy"}
        for name in ("items", "values", "data", "v"):
            values[name] = [rng.randint(-9, 30) for _ in range(rng.randint(1, 12))]
        try:
            left, right = evaluate(first, values), evaluate(second, values)
        except ExpressionError:
            return False
        if type(left) is not type(right) or left != right:
            return False
    return True
