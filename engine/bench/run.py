"""Every bench by name, imported when it is asked for; those of the window live in `workbench`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, cast

from engine.errors import BadSpec

BENCHES: Final[dict[str, str]] = {
    "teaching": "engine.bench.teaching:run",
    "decode": "engine.bench.decode:run",
    "evaluate": "engine.bench.evaluate:run",
    "attention": "engine.bench.attention:run",
    "context": "engine.bench.context:run",
    "documents": "engine.bench.documents:run",
    "prune": "engine.bench.prune:run",
    "items": "workbench.bench.items:run",
    "startup": "workbench.bench.startup:run",
    "stall": "workbench.bench.stall:run",
}


def run_bench(
    name: str,
    *,
    n: int | None = None,
    models: tuple[str, ...] = (),
    progress: Callable[[str], None] | None = None,
) -> dict[str, object]:
    """Run a bench.

    Args:
        name: One of `BENCHES`.
        n: How many items, where the bench takes a number.
        models: Models to measure, where it takes any.
        progress: Told what is being done.

    Returns:
        Its figures, ready for JSON.

    Raises:
        BadSpec: There is no such bench, or it does not take an option that was given.
    """
    if name not in BENCHES:
        raise BadSpec(f"There is no bench “{name}”.", f"Choose one of: {', '.join(BENCHES)}.")
    module, function = BENCHES[name].split(":")
    run = cast(Callable[..., dict[str, object]], getattr(import_module(module), function))
    accepted = inspect.signature(run).parameters
    options: dict[str, Any] = {}
    if n is not None:
        _need(name, "n", accepted)
        options["n"] = n
    if models:
        if "models" in accepted:
            options["models"] = models
        else:
            _need(name, "model", accepted)
            options["model"] = models[0]
    if progress is not None and "progress" in accepted:
        options["progress"] = _told(progress)
    return run(**options)


def _told(progress: Callable[[str], None]) -> Callable[..., None]:
    """Takes a step in words, with or without the fraction done before it."""

    def tell(*parts: float | str) -> None:
        shown = [f"{part:.0%}" if isinstance(part, float) else str(part) for part in parts]
        progress(" ".join(shown))

    return tell


def _need(bench: str, option: str, accepted: object) -> None:
    if option not in cast(dict[str, object], accepted):
        raise BadSpec(f"The bench “{bench}” takes no --{option}.", "Leave the option out.")
