"""Background work, garbage, watchdog, coroutines, log, actions: each does its one thing."""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import logging
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QObject

from workbench.services.actions import ActionRegistry, Command
from workbench.services.async_loop import AsyncLoop
from workbench.services.background import Background
from workbench.services.gc_pin import BULK_OBJECTS, FULL_EVERY, GcPin
from workbench.services.log import Log
from workbench.services.watchdog import Watchdog, stack_of


class Ring:
    """Only the collector can free it."""

    def __init__(self) -> None:
        self.me = self


class Catcher(QObject):
    def __init__(self, qtbot) -> None:
        super().__init__()
        self.got: list[object] = []
        self.loop_done = threading.Event()

    def take(self, value: object) -> None:
        self.got.append((value, threading.current_thread() is threading.main_thread()))


def test_background_work_comes_back_on_the_gui_thread(qtbot):
    background, catcher = Background(), Catcher(qtbot)
    background.run(lambda: threading.current_thread().name, catcher.take)
    qtbot.waitUntil(lambda: bool(catcher.got))
    ((name, on_gui),) = catcher.got
    assert name.startswith("lathe-background-")
    assert on_gui
    assert background.shutdown()


def test_a_failure_in_background_work_goes_to_who_asked(qtbot):
    background, catcher = Background(), Catcher(qtbot)
    background.run(lambda: 1 / 0, catcher.take, catcher.take)
    qtbot.waitUntil(lambda: bool(catcher.got))
    assert isinstance(catcher.got[0][0], ZeroDivisionError)
    background.shutdown()


def test_a_failure_that_nobody_expected_is_raised_on_the_gui_thread(qtbot):
    background, catcher = Background(), Catcher(qtbot)
    with qtbot.captureExceptions() as caught:
        background.run(lambda: 1 / 0, catcher.take)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError
    assert catcher.got == []
    background.shutdown()


def test_what_is_to_be_written_keeps_its_order_and_is_written_at_the_end(qtbot):
    background, catcher, gate = Background(), Catcher(qtbot), threading.Event()
    written: list[int] = []

    def first() -> None:
        gate.wait(10)
        written.append(0)

    background.write(first, catcher.take)
    for number in range(1, 20):
        background.write(lambda number=number: written.append(number), catcher.take)
    background.run(gate.set, catcher.take)  # a question is not kept waiting by a slow change
    qtbot.waitUntil(lambda: bool(catcher.got))
    assert background.shutdown()
    assert written == list(range(20))


def test_nothing_is_delivered_after_the_end(qtbot):
    background, catcher, gate = Background(), Catcher(qtbot), threading.Event()
    background.run(gate.wait, catcher.take)
    gate.set()
    background.shutdown()
    QCoreApplication.processEvents()
    assert catcher.got == []
    background.run(lambda: 1, catcher.take)
    assert catcher.got == []


@pytest.fixture
def thawed(qapp) -> Iterator[None]:
    """Nothing is frozen meanwhile, as when the program starts."""
    gc.unfreeze()
    yield
    gc.collect()
    gc.freeze()


def test_automatic_collection_is_off_while_pinned_and_on_again_after(thawed):
    pin = GcPin()
    gc.enable()
    pin.start()
    assert not gc.isenabled()
    assert gc.get_freeze_count() > 0
    pin.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.disable()


def test_what_was_frozen_by_another_stays_so_and_the_program_freezes_nothing(qapp):
    gc.freeze()
    frozen = gc.get_freeze_count()
    pin = GcPin()
    pin.start()
    ring = Ring()
    pin.stop()
    gc.disable()
    assert gc.get_freeze_count() <= frozen
    gone = weakref.ref(ring)
    del ring
    gc.collect()
    assert gone() is None


def test_a_bulk_of_objects_is_walked_only_while_nobody_looks(thawed):
    seen = True
    pin = GcPin(is_looked_at=lambda: seen)
    pin.start()
    gone = weakref.ref(Ring())
    kept = [[] for _ in range(2 * BULK_OBJECTS)]  # like the import of a large library
    for _ in range(FULL_EVERY):
        pin.tick()
    assert gone() is not None
    seen = False
    for _ in range(FULL_EVERY):
        pin.tick()
    assert gone() is None
    assert len(kept) == 2 * BULK_OBJECTS
    pin.stop()
    gc.disable()


def test_what_grows_old_is_collected_while_it_is_little(thawed):
    pin = GcPin(is_looked_at=lambda: True)
    pin.start()
    ring = Ring()
    gone = weakref.ref(ring)
    gc.collect(1)  # it is old now
    del ring
    for _ in range(FULL_EVERY):
        pin.tick()
    assert gone() is None
    pin.stop()
    gc.disable()


def test_the_watchdog_says_where_the_window_hung(qapp, caplog):
    watchdog = Watchdog(0.02)
    watchdog.start()
    hung = threading.Event()
    for _ in range(500):  # the event loop does not run here: the heart stands still
        if watchdog.stalls:
            break
        hung.wait(0.01)
    watchdog.stop()
    assert watchdog.stalls == 1
    (record,) = [r for r in caplog.records if "did not answer" in r.message]
    assert "test_the_watchdog_says_where" in record.message


def test_a_coroutine_runs_beside_the_window(qapp, qtbot):
    loop, got = AsyncLoop(qapp), []

    async def work() -> None:
        await asyncio.sleep(0)
        got.append(await asyncio.get_running_loop().run_in_executor(None, lambda: 6 * 7))

    loop.spawn(work())
    qtbot.waitUntil(lambda: got == [42])
    loop.shutdown()


def test_an_error_in_a_coroutine_is_not_swallowed(qapp, qtbot):
    loop = AsyncLoop(qapp)

    async def fail() -> None:
        raise ValueError("in a coroutine")

    with qtbot.captureExceptions() as caught:
        loop.spawn(fail())
        qtbot.waitUntil(lambda: bool(caught))
    assert str(caught[0][1]) == "in a coroutine"
    loop.shutdown()


def test_an_error_outside_any_task_is_not_swallowed(qapp, qtbot):
    loop = AsyncLoop(qapp)
    loop.start()

    def fail() -> None:
        raise ValueError("in a callback")

    with qtbot.captureExceptions() as caught:
        asyncio.get_running_loop().call_soon(fail)
        qtbot.waitUntil(lambda: bool(caught))
    assert str(caught[0][1]) == "in a callback"
    assert loop.shutdown()


def test_the_window_runs_asyncio_and_reads_its_memory_there_until_it_closes(shell, qtbot):
    with qtbot.waitSignal(shell.window.meter.read) as read:
        pass
    assert 0 < read.args[0].own < read.args[0].total
    loop = asyncio.get_running_loop()
    assert any(kind.__module__ == "qasync" for kind in type(loop).__mro__)
    (task,) = asyncio.all_tasks(loop)
    shell.close()
    assert task.cancelled()
    assert loop.is_closed()
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_closing_lets_a_coroutine_tidy_up(qapp, qtbot):
    loop, tidied = AsyncLoop(qapp), []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            tidied.append(1)

    task = loop.spawn(work())
    qtbot.waitUntil(lambda: task in asyncio.all_tasks(asyncio.get_running_loop()))
    QCoreApplication.processEvents()
    assert loop.shutdown()
    assert tidied == [1]


def test_closing_does_not_wait_for_a_call_in_the_executor(qapp, qtbot):
    loop, gate, began = AsyncLoop(qapp), threading.Event(), []

    def call() -> None:
        began.append(threading.current_thread())
        gate.wait(30)

    async def work() -> None:
        await asyncio.get_running_loop().run_in_executor(None, call)

    loop.spawn(work())
    qtbot.waitUntil(lambda: bool(began))
    assert not loop.shutdown()
    assert not gate.is_set()
    gate.set()
    began[0].join(30)  # the call ends by itself once it may


def test_log_lines_of_any_thread_reach_the_panel_and_the_file(shell, qtbot):
    shell.services.actions.trigger("view.log")
    panel = shell.window.log_dock.widget()
    with qtbot.waitSignal(shell.log.added):
        thread = threading.Thread(
            target=lambda: logging.getLogger("engine.somewhere").warning("<b>careful</b>  now")
        )
        thread.start()
        thread.join()
    assert "<b>careful</b>" in panel.text.toPlainText()
    with qtbot.waitSignal(shell.log.added):
        logging.getLogger("engine").info("all is well")
    panel.level.setCurrentIndex(2)
    assert "all is well" not in panel.text.toPlainText()
    panel.level.setCurrentIndex(0)
    assert "all is well" in panel.text.toPlainText()
    assert "careful" in shell.log.file.read_text(encoding="utf-8")


def test_the_log_lets_go_of_its_handlers(qapp):
    before = list(logging.getLogger().handlers)
    log = Log(None)
    log.shutdown()
    assert logging.getLogger().handlers == before


def command(name: str, keys: str = "", **more: object) -> Command:
    return Command(name, lambda: name, lambda: None, keys, **more)


def test_two_commands_may_not_want_the_same_keys_in_one_place(qapp):
    registry = ActionRegistry()
    registry.add(command("a.run", "Ctrl+R", scope="a"))
    registry.add(command("b.run", "Ctrl+R", scope="b"))
    with pytest.raises(ValueError, match="same keys"):
        registry.add(command("global", "Ctrl+R"))
    with pytest.raises(ValueError, match="already"):
        registry.add(command("a.run"))


def test_a_command_follows_its_conditions(qapp):
    on = {"enabled": False, "checked": False}
    registry = ActionRegistry()
    action = registry.add(
        command("x", enabled=lambda: on["enabled"], checked=lambda: on["checked"])
    )
    assert (action.isEnabled(), action.isChecked()) == (False, False)
    on.update(enabled=True, checked=True)
    registry.refresh()
    assert (action.isEnabled(), action.isChecked()) == (True, True)


def test_no_module_of_the_window_brings_tensors_along(shell):
    if "torch" in sys.modules:
        pytest.skip("another test of this run has imported torch")
    assert not {"transformers", "bitsandbytes"} & set(sys.modules)


def test_a_dump_gives_the_stack_of_one_thread():
    started, over = threading.Event(), threading.Event()

    def waits_here() -> None:
        started.set()
        over.wait()

    thread = threading.Thread(target=waits_here)
    thread.start()
    started.wait()
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        dump = file.read()
    over.set()
    thread.join()
    assert "waits_here" in stack_of(thread.ident or 0, dump)
    assert "waits_here" not in stack_of(threading.get_ident(), dump)
    assert stack_of(1, dump) == "(no Python frame)"
