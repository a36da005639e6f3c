"""`lathe stats`: is one column really better than the other? From any table of results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.commands.console import out, print_json, stop
from engine.commands.paired_table import ITEM, PairedTable, read_paired
from engine.errors import EngineError
from engine.evaluation.statistics.interval import Interval
from engine.evaluation.statistics.sample_size import ALPHA, POWER

WISHES = (1.0, 2.0, 5.0, 10.0)
MOST_ITEMS = 12


def stats(
    file: Annotated[Path, typer.Argument(help="A .csv, .tsv or .jsonl table with a header.")],
    item: Annotated[str, typer.Option(help="Column with the item's id.")] = ITEM,
    a: Annotated[str, typer.Option("--a", help="Column of the first side, 0 to 1.")] = "a",
    b: Annotated[str, typer.Option("--b", help="Column of the second side, 0 to 1.")] = "b",
    wish: Annotated[
        list[float] | None,
        typer.Option(min=0.01, max=100, help="Difference in points to plan for; repeat for more."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap and sign flips.")] = 0,
    resamples: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="Draws of the bootstrap.")
    ] = 9999,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Test a paired difference: Wilson, exact McNemar, bootstrap, items needed.

    Example: lathe stats results.csv --item id --a zero_shot --b cot
    """
    try:
        table = read_paired(file, item, a, b)
    except EngineError as error:
        stop(error)
    wishes = tuple(wish or WISHES)
    figures = _figures(table, (a, b), wishes, seed, resamples)
    if as_json:
        print_json({"file": file.name, **figures})
    else:
        _show(figures, (a, b))


def _figures(
    table: PairedTable, names: tuple[str, str], wishes: tuple[float, ...], seed: int, resamples: int
) -> dict[str, object]:
    from engine.evaluation.statistics.bootstrap import bootstrap_difference
    from engine.evaluation.statistics.comparison import pair_of
    from engine.evaluation.statistics.mcnemar import mcnemar_mid_p
    from engine.evaluation.statistics.sample_size import needed_for
    from engine.evaluation.statistics.words import verdict

    pair = pair_of(table.items, table.first, table.second, names, seed=seed)
    graded = pair.both is None
    drawn = bootstrap_difference(table.first, table.second, seed=seed, resamples=resamples)
    differences = [y - x for x, y in zip(table.first, table.second, strict=True)]
    figures: dict[str, object] = {
        "items": pair.n,
        "graded": graded,
        "a": _side(names[0], table.first, graded, seed),
        "b": _side(names[1], table.second, graded, seed),
        "difference": pair.difference,
        "discordance": pair.discordance,
    }
    if graded:
        figures["sign_flips"] = {"p": pair.p, "two_sided": True, "seed": seed}
        figures["note"] = (
            "Values between 0 and 1 are graded: McNemar's test and Wilson's interval need 0/1, so "
            "only the bootstrap and the sign-flip test are given."
        )
    else:
        only_a, only_b = len(pair.only_first), len(pair.only_second)
        figures["table"] = {
            "both": pair.both, "only_a": only_a, "only_b": only_b, "neither": pair.neither
        }  # fmt: skip
        figures["interval"] = _interval(pair.interval)
        figures["mcnemar"] = {
            "method": "exact (binomial), two-sided",
            "p": pair.p,
            "mid_p": mcnemar_mid_p(only_a, only_b),
        }
    figures["bootstrap"] = {**_interval(drawn), "resamples": resamples, "seed": seed}
    figures["needed"] = {
        "power": POWER,
        "alpha": ALPHA,
        "items": [
            {"points": one, "n": needed_for(one / 100, differences, graded=graded)}
            for one in wishes
        ],
    }
    figures["only_a"], figures["only_b"] = pair.only_first, pair.only_second
    figures["sentence"] = verdict(pair)
    return figures


def _side(name: str, values: tuple[float, ...], graded: bool, seed: int) -> dict[str, object]:
    from engine.evaluation.statistics.bootstrap import bootstrap_mean
    from engine.evaluation.statistics.wilson import wilson

    n, total = len(values), sum(values)
    side: dict[str, object] = {"name": name, "n": n, "accuracy": total / n}
    if graded:
        side["bootstrap"] = _interval(bootstrap_mean(values, seed=seed))
    else:
        side["right"] = round(total)
        side["wilson"] = _interval(wilson(round(total), n))
    return side


def _interval(one: Interval | None) -> dict[str, object]:
    if one is None:
        return {"low": None, "high": None, "method": "none: all items alike"}
    return {"low": one.low, "high": one.high, "confidence": one.confidence, "method": one.method}


def _show(figures: dict[str, object], names: tuple[str, str]) -> None:
    from engine.evaluation.statistics.words import p_text

    out.print(f"[bold]{escape(str(figures['sentence']))}[/]\n")
    sides = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("", "Accuracy", "95 % CI", "Method"):
        sides.add_column(title, justify="left" if title in ("", "Method") else "right")
    for key in ("a", "b"):
        side = _dict(figures[key])
        interval = _dict(side.get("wilson") or side["bootstrap"])
        sides.add_row(escape(str(side["name"])), _percent(side["accuracy"]), *_ends(interval))
    for key in ("interval", "bootstrap"):
        if key in figures:
            label = f"{escape(names[1])} − {escape(names[0])}"
            sides.add_row(label, _points(figures["difference"]), *_ends(_dict(figures[key])))
    out.print(sides)
    if "table" in figures:
        counts = _dict(figures["table"])
        out.print(
            f"Both right {counts['both']} · only {escape(names[0])} {counts['only_a']} · "
            f"only {escape(names[1])} {counts['only_b']} · neither {counts['neither']}"
        )
        test = _dict(figures["mcnemar"])
        exact, mid = float(str(test["p"])), float(str(test["mid_p"]))
        out.print(f"McNemar, exact, two-sided: {p_text(exact)}   (mid-{p_text(mid)})")
    else:
        out.print(
            f"Sign-flip test, two-sided: {p_text(float(str(_dict(figures['sign_flips'])['p'])))}"
        )
        out.print(escape(str(figures["note"])))
    _show_needed(_dict(figures["needed"]))
    for key, name in (("only_a", names[0]), ("only_b", names[1])):
        _show_items(figures[key], name)


def _show_needed(needed: dict[str, object]) -> None:
    items = needed["items"]
    assert isinstance(items, list)
    known = [one for one in items if one["n"] is not None]
    if known:
        said = " · ".join(f"{_wish(one['points'])}: about {one['n']}" for one in known)
        out.print(f"Items needed (power {POWER}, α {ALPHA}): {said}")


def _wish(points: float) -> str:
    return "1 point" if points == 1 else f"{points:g} points"


def _show_items(items: object, name: str) -> None:
    assert isinstance(items, tuple)
    if items:
        more = f" … and {len(items) - MOST_ITEMS} more" if len(items) > MOST_ITEMS else ""
        out.print(escape(f"Better only with {name}: {', '.join(items[:MOST_ITEMS])}{more}"))


def _dict(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def _ends(interval: dict[str, object]) -> tuple[str, str]:
    low, high = float(str(interval["low"])), float(str(interval["high"]))
    return f"{_tenths(low)} to {_tenths(high)}", str(interval["method"])


def _percent(value: object) -> str:
    return f"{100 * float(str(value)):.1f} %"


def _points(value: object) -> str:
    share = float(str(value))
    return f"{'+' if share > 0 else ''}{_tenths(share)}"


def _tenths(share: float) -> str:
    """Points with one digit and a true minus."""
    text = f"{100 * share:.1f}"
    return text.removeprefix("-") if float(text) == 0.0 else text.replace("-", "−")
