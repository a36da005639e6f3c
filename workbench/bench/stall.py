"""How evenly the window ticks while a comparison runs: the jitter of a 16 ms timer.

The real window shows the comparison page, runs its sample again and again, streams tokens into
its columns, and a precise timer on the GUI thread writes down when it fired. The first run loads
the model and is not counted.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.bench.window import figures_of_window

if TYPE_CHECKING:
    from workbench.bootstrap import Application

TICK_MS = 16
LATE_MS = 33.0


def run(
    n: int = 1200,
    model: str = "teach-rope",
    progress: Callable[[str], None] | None = None,
) -> dict[str, object]:
    """Measure `n` ticks in a process of its own.

    Returns:
        Intervals between ticks in milliseconds: ``p50``, ``p95``, ``p99``, ``max``, the
        ``share_over_33ms``, ``ticks``, the number of ``runs`` meanwhile and of new ``tokens``;
        ``idle`` holds the same of the process before it opens the window: what the machine
        itself adds. ``gui_cpu_p99`` is the processor time that the GUI thread itself spent
        between two ticks: late ticks with little of it were waiting, not work.
    """
    if progress is not None:
        progress(f"measuring {n} ticks of {TICK_MS} ms while comparisons run on {model}")
    return figures_of_window("workbench.bench.stall", str(n), model)


def figures_of(intervals: list[float]) -> dict[str, float]:
    """Quantiles and late share of intervals in milliseconds."""
    ordered = sorted(intervals)

    late = sum(1 for interval in ordered if interval > LATE_MS)
    return {
        "p50": quantile(ordered, 0.50),
        "p95": quantile(ordered, 0.95),
        "p99": quantile(ordered, 0.99),
        "max": round(ordered[-1], 2),
        "share_over_33ms": round(late / len(ordered), 5),
    }


def quantile(ordered: list[float], share: float) -> float:
    """The value below which `share` of the ordered values lie."""
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def _idle_intervals(ticks: int) -> list[float]:
    """Tick in this process while nothing else happens in it."""
    from PySide6.QtCore import QCoreApplication, Qt, QTimer

    stamps: list[float] = []
    application = QCoreApplication.instance()
    assert application is not None

    def tick() -> None:
        stamps.append(time.perf_counter())
        if len(stamps) > ticks:
            timer.stop()
            application.quit()

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    application.exec()
    return [(b - a) * 1000 for a, b in itertools.pairwise(stamps)]


def _measure(ticks: int, model: str) -> int:
    from PySide6.QtCore import QObject, Qt, QTimer

    from engine.jobs.events import Event, TokenChunk
    from engine.models.reference import ModelRef
    from engine.paths import Paths
    from workbench.bootstrap import make_qt
    from workbench.options import Options

    class Ticker(QObject):
        """Counts from the second run on, and only while a job is active."""

        def __init__(self, application: Application) -> None:
            super().__init__()
            self.application = application
            self.intervals: list[float] = []
            self.runs = -1
            self.tokens = 0
            self.last: float | None = None
            self.work: list[float] = []
            self.last_work = 0.0
            self.timer = QTimer(self)
            self.timer.setTimerType(Qt.TimerType.PreciseTimer)
            self.timer.setInterval(TICK_MS)
            self.timer.timeout.connect(self.tick)
            application.services.jobs.event.connect(self.count)

        def again(self) -> None:
            self.runs += 1
            if self.runs == 1:
                self.timer.start()
            page = self.application.window.current_page()
            if len(self.intervals) >= ticks or page is None:
                self.application.app.quit()
            else:
                page.run_demo(self.later)

        def later(self) -> None:
            QTimer.singleShot(0, self, self.again)

        def tick(self) -> None:
            now = time.perf_counter()
            work = time.thread_time()
            if self.last is not None and self.application.services.jobs.busy():
                self.intervals.append((now - self.last) * 1000)
                self.work.append((work - self.last_work) * 1000)
            self.last, self.last_work = now, work

        def count(self, _job: str, event: Event) -> None:
            if isinstance(event, TokenChunk) and self.runs > 0:
                self.tokens += len(event.records)

    from workbench.bootstrap import Application

    with tempfile.TemporaryDirectory() as home:
        app = make_qt(["lathe"])
        idle = _idle_intervals(min(ticks, 400))
        application = Application(app, Options(), Paths.below(Path(home)))
        application.services.model.choose(ModelRef(model))
        application.show()
        application.window.show_page("compare")
        ticker = Ticker(application)
        ticker.later()
        application.app.exec()
        ticker.timer.stop()
        application.close()
    if not ticker.tokens:
        sys.stderr.write(f"no token was generated: is {model} on this computer?\n")
        return 1
    said = {
        **figures_of(ticker.intervals),
        "gui_cpu_p99": quantile(sorted(ticker.work), 0.99),
        "idle": figures_of(idle),
        "ticks": len(ticker.intervals),
        "runs": ticker.runs,
        "tokens": ticker.tokens,
        "model": model,
    }
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(_measure(int(sys.argv[1]), sys.argv[2]))
