"""Live token counts: debounced, one at a time, the newest state wins."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.jobs.events import Failed, Finished
from engine.models.spec import CountTokensSpec
from engine.prompting.elements import Example
from tests.workbench.compare.fake_jobs import FakeJobs
from workbench.viewmodels.compare_setup import CompareSetup, default_setup
from workbench.viewmodels.prompt_counter import PromptCounter
from workbench.viewmodels.prompt_state import PromptState


class Desk:
    def __init__(self) -> None:
        self.prompt = PromptState(instruction="Add.", input="1", examples=(Example("q", "a"),))
        setup = default_setup()
        self.setup = replace(
            setup, variants=tuple(replace(c, checked=True) for c in setup.variants)
        )

    def now(self) -> tuple[PromptState, CompareSetup]:
        return self.prompt, self.setup


def answer(jobs: FakeJobs) -> None:
    spec = jobs.last.spec
    assert isinstance(spec, CountTokensSpec)
    jobs.last.send(Finished(job_id=jobs.last.id, result=tuple(map(len, spec.texts))))


def test_counts_of_elements_prompts_and_their_common_beginning(qtbot: QtBot) -> None:
    jobs, desk = FakeJobs(), Desk()
    counter = PromptCounter(jobs, desk.now)
    counter.touch()
    qtbot.waitUntil(lambda: len(jobs.jobs) == 1)
    with qtbot.waitSignal(counter.counted) as counted:
        answer(jobs)
    counts = counted.args[0]
    assert counts.fields["instruction"] == len("Add.")
    assert counts.fields["input"] == 1
    assert counts.shortest == len("Add.\n1")
    assert counts.longest == len("Add.\n1\nLet's think step by step.")
    assert counts.shared == len("Add.\n")


def test_one_count_at_a_time_and_the_newest_last(qtbot: QtBot) -> None:
    jobs, desk = FakeJobs(), Desk()
    counter = PromptCounter(jobs, desk.now)
    counter.touch()
    qtbot.waitUntil(lambda: len(jobs.jobs) == 1)
    for text in ("12", "123", "1234"):
        desk.prompt = desk.prompt.with_text("input", text)
        counter._count()
    assert len(jobs.jobs) == 1
    answer(jobs)
    qtbot.waitUntil(lambda: len(jobs.jobs) == 2)
    assert "1234" in jobs.last.spec.texts
    with qtbot.waitSignal(counter.counted) as counted:
        answer(jobs)
    assert counted.args[0].fields["input"] == 4


def test_a_failed_count_says_so_and_tries_again_later(qtbot: QtBot) -> None:
    jobs, desk = FakeJobs(), Desk()
    counter = PromptCounter(jobs, desk.now)
    counter.touch()
    qtbot.waitUntil(lambda: len(jobs.jobs) == 1)
    with qtbot.waitSignal(counter.failed):
        jobs.last.send(Failed(job_id="0", error=ErrorReport("x", "gone")))
    counter.touch()
    qtbot.waitUntil(lambda: len(jobs.jobs) == 2)


def test_only_plain_placeholders_are_filled_on_the_windows_thread(qtbot: QtBot) -> None:
    jobs, desk = FakeJobs(), Desk()
    slow = "{% for a in range(9) %}{{ q }}{% endfor %}"
    desk.prompt = PromptState(
        instruction="Add {{ q }}.", context=slow, input="{{ q * 2 }}", values={"q": "four"}
    )
    counter = PromptCounter(jobs, desk.now)
    counter.touch()
    qtbot.waitUntil(lambda: len(jobs.jobs) == 1)
    spec = jobs.last.spec
    assert isinstance(spec, CountTokensSpec)
    assert f"Add four.\n{slow}\n{{{{ q * 2 }}}}" in spec.texts
