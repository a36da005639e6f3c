"""The measurement of the items table plays a whole run and every kind of step."""

from __future__ import annotations

from workbench.bench.items import run


def test_every_kind_of_step_is_measured() -> None:
    figures = run(n=40)
    wall, cpu = figures["items_step_ms"], figures["cpu_ms"]
    assert set(wall["by"]) == set(cpu["by"]) == {
        "plan", "begin", "fill", "end", "other rule", "search", "chip", "sort", "scroll", "select",
    }  # fmt: skip
    assert figures["items"] == 40
    assert figures["steps"] > 100
    assert wall["worst"] == max(kind["worst"] for kind in wall["by"].values())
    assert 0 < wall["median"] <= wall["worst"]
    assert wall["over_50"] == sum(kind["over_50"] for kind in wall["by"].values())
