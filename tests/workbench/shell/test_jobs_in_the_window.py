"""Jobs as a person meets them: the panel, the strip, Stop, closing while busy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from engine.jobs.events import Cancelled, Failed, Finished, Partial, Terminal
from tests.jobs.kinds_for_tests import BreakSpec, CountSpec, ForeverSpec
from workbench.dialogs.confirm_close import ConfirmClose
from workbench.services.preferences import CONFIRM_CLOSE
from workbench.viewmodels.jobs_table import JOB, PROGRESS, STATE


def ended(service, job):
    """Predicate: the terminal event of this job."""
    return lambda job_id, event: job_id == job.id and isinstance(event, Terminal)


def running(job):
    return lambda job_id, event: job_id == job.id and isinstance(event, Partial)


def click(qtbot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def jobs_panel(shell):
    shell.services.actions.trigger("view.jobs")
    return shell.window.jobs_dock.widget()


def test_events_come_in_order_on_the_gui_thread_and_end_once(shell, qtbot):
    seen = []
    jobs = shell.services.jobs
    with qtbot.waitSignal(jobs.event, check_params_cb=lambda _, e: isinstance(e, Finished)):
        job = jobs.submit(CountSpec(steps=5), seen.append)
    assert [e.value for e in seen if isinstance(e, Partial)] == [0, 1, 2, 3, 4]
    assert [type(e).__name__ for e in seen[:2]] == ["Queued", "Started"]
    assert isinstance(seen[-1], Finished)
    assert seen[-1].result == 10
    assert jobs.row(job.id).state == "finished"
    assert not jobs.busy()


def test_a_job_is_stopped_from_its_row(shell, qtbot):
    jobs, panel = shell.services.jobs, jobs_panel(shell)
    first = jobs.submit(ForeverSpec())
    second = jobs.submit(ForeverSpec())
    with qtbot.waitSignal(jobs.event, check_params_cb=running(first)):
        pass
    model = panel.table.model()
    assert model.rowCount() == 2
    # Newest first: row 0 waits, row 1 runs.
    assert [model.index(row, STATE).data() for row in (0, 1)] == ["waiting", "running"]
    with qtbot.waitSignal(jobs.event, check_params_cb=ended(jobs, first)) as end:
        click(qtbot, panel.stops[first.id])
    assert isinstance(end.args[1], Cancelled)
    assert model.index(1, STATE).data() == "stopped"
    with qtbot.waitSignal(jobs.event, check_params_cb=ended(jobs, second)):
        click(qtbot, panel.stops[second.id])
    click(qtbot, panel.clear)
    assert model.rowCount() == 0


def test_the_strip_shows_and_stops_what_runs(shell, qtbot):
    jobs, strip = shell.services.jobs, shell.window.strip
    assert not strip.stop.isVisible()
    job = jobs.submit(ForeverSpec())
    with qtbot.waitSignal(jobs.event, check_params_cb=running(job)):
        pass
    assert strip.stop.isVisible()
    assert "test-forever" in strip.text.text()
    with qtbot.waitSignal(jobs.event, check_params_cb=ended(jobs, job)):
        click(qtbot, strip.stop)
    assert not strip.stop.isVisible()


def test_a_failed_job_shows_why_and_its_details_can_be_copied(shell, qtbot):
    jobs, panel = shell.services.jobs, jobs_panel(shell)
    with qtbot.waitSignal(jobs.event, check_params_cb=lambda _, e: isinstance(e, Failed)):
        jobs.submit(BreakSpec())
    model = panel.table.model()
    assert model.index(0, STATE).data() == "failed"
    assert "a test asked for this" in model.index(0, PROGRESS).data()
    panel.table.setCurrentIndex(model.index(0, JOB))
    panel.copy.trigger()
    assert "Traceback" in QApplication.clipboard().text()


def test_stop_every_job_is_one_command(shell, qtbot):
    jobs = shell.services.jobs
    first, second = jobs.submit(ForeverSpec()), jobs.submit(ForeverSpec())
    signals = [jobs.event, jobs.event]
    with qtbot.waitSignals(
        signals, check_params_cbs=[ended(jobs, first), ended(jobs, second)], order="none"
    ):
        shell.services.actions.trigger("jobs.stop")
    assert not jobs.busy()
    assert not shell.services.actions.action("jobs.stop").isEnabled()


def confirm_dialog(shell) -> ConfirmClose:
    (dialog,) = shell.window.findChildren(ConfirmClose)
    return dialog


def test_closing_while_busy_asks_and_staying_keeps_the_job(shell, qtbot):
    jobs = shell.services.jobs
    job = jobs.submit(ForeverSpec())
    with qtbot.waitSignal(jobs.event, check_params_cb=running(job)):
        pass
    shell.window.close()
    dialog = confirm_dialog(shell)
    assert shell.window.isVisible()
    with qtbot.waitSignal(dialog.rejected):
        click(qtbot, dialog.stay_button)
    assert shell.window.isVisible()
    assert jobs.row(job.id).state == "running"
    jobs.cancel_all()


def test_closing_while_busy_stops_the_job_and_ends_its_thread(shell, qtbot):
    jobs = shell.services.jobs
    job = jobs.submit(ForeverSpec())
    with qtbot.waitSignal(jobs.event, check_params_cb=running(job)):
        pass
    shell.window.close()
    dialog = confirm_dialog(shell)
    dialog.never.setChecked(True)
    click(qtbot, dialog.close_button)
    qtbot.waitUntil(lambda: not shell.window.isVisible())
    assert not shell.window.isVisible()
    assert job.wait(0)
    assert job.state == "cancelled"
    assert shell.services.settings.get(CONFIRM_CLOSE) is False


def test_closing_while_idle_asks_nothing(shell):
    shell.window.close()
    assert not shell.window.isVisible()
    assert shell.window.findChildren(ConfirmClose) == []


def test_a_timer_that_fires_while_the_program_closes_starts_nothing(shell, qtbot):
    jobs = shell.services.jobs
    shell.close()
    late = jobs.submit(CountSpec(steps=5))
    assert (late.state, late.wait(0)) == ("cancelled", True)
    assert jobs.row(late.id) is None
