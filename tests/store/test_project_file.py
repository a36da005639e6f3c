"""The project file: what is committed stays, whatever happens next."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.evaluation.spec import CellKey, CompareSpec
from engine.store.file import set_aside
from engine.store.project import Project
from engine.store.tokens import pack, unpack
from tests.support.cells import answered, comparison, failed, token


@pytest.fixture
def path(tmp_path):
    return tmp_path / "work.lathe"


def test_a_run_comes_back_as_it_was(path):
    spec, result = comparison("The answer is 4.", "四 <&> 🙂 `x`\n\0")
    with Project.open(path) as project:
        run = project.begin_run(spec)
        for cell in reversed(result.cells):
            project.save_cell(run, cell)
        project.finish_run(run, "finished")
    with Project.open(path) as project:
        assert project.load_run(run) == (spec, result.cells)
        (info,) = project.runs()
        assert (info.kind, info.status, info.cells) == ("compare", "finished", 4)
        assert info.ended >= info.started
        assert project.latest_run("compare") == run
        assert project.latest_run("prune") is None


def test_saving_a_cell_again_replaces_it(path):
    with Project.open(path) as project:
        run = project.begin_run(CompareSpec())
        project.save_cell(run, failed(CellKey()))
        project.save_cell(run, answered(CellKey()))
        assert project.load_run(run)[1] == (answered(CellKey()),)


def test_tokens_are_compact_and_exact():
    records = tuple(token(i, "ab"[i % 2]) for i in range(200))
    blob = pack(records)
    assert unpack(blob) == records
    assert len(blob) < 40 * len(records)
    assert unpack(pack(())) == ()
    with pytest.raises(StoreError, match="tokens"):
        unpack(blob[:-10])


_WRITER = """
import sys
from pathlib import Path
from engine.evaluation.spec import CellKey, CompareSpec
from engine.store.project import Project
from tests.support.cells import answered
project = Project.open(Path(sys.argv[1]))
run = project.begin_run(CompareSpec())
for number in range(10_000):
    project.save_cell(run, answered(CellKey(item=number)))
    print(run, number, flush=True)
"""


def test_a_kill_in_the_middle_of_a_write_keeps_every_committed_cell(path):
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        for line in process.stdout:
            run, number = line.split()
            if int(number) >= 20:
                break
        os.kill(process.pid, signal.SIGKILL)
        committed = [
            int(number),
            *(int(rest.split()[1]) for rest in process.stdout if rest.strip()),
        ]
    with Project.open(path) as project:
        _, cells = project.load_run(run)
        kept = [cell.key.item for cell in cells]
        assert kept[: max(committed) + 1] == list(range(max(committed) + 1))
        assert cells[0] == answered(CellKey(item=0))
        assert project.runs()[0].status == "interrupted"


def test_a_run_of_a_living_process_is_not_called_interrupted(path):
    with Project.open(path) as project:
        project.begin_run(CompareSpec())
        with Project.open(path) as other:
            assert other.runs()[0].status == "running"


def test_a_full_disk_is_an_error_and_the_file_stays_as_it_was(path):
    with Project.open(path) as project:
        run = project.begin_run(CompareSpec())
        project.save_cell(run, answered(CellKey()))
        pages = project._connection.execute("PRAGMA page_count").fetchone()[0]
        project._connection.execute(f"PRAGMA max_page_count={pages}")
        big = answered(CellKey(item=1), tuple(os.urandom(40).hex() for _ in range(400)))
        with pytest.raises(StoreError, match="disk is full") as caught:
            project.save_cell(run, big)
        assert "Free some space" in caught.value.hint
        assert [cell.key.item for cell in project.load_run(run)[1]] == [0]
        project._connection.execute("PRAGMA max_page_count=1000000")
        project.save_cell(run, big)
        assert project.load_run(run)[1][1] == big


@pytest.mark.parametrize(
    "garbage", [b"not a database, only text " * 50, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_damaged_file_says_what_to_do_and_is_left_alone(path, garbage):
    path.write_bytes(garbage)
    with pytest.raises(StoreError, match="damaged") as caught:
        Project.open(path)
    assert "copy" in caught.value.hint
    assert path.read_bytes() == garbage
    kept = set_aside(path)
    assert kept.read_bytes() == garbage
    Project.open(path).close()


def test_damage_inside_the_tables_is_noticed_at_opening(path):
    with Project.open(path) as project:
        run = project.begin_run(CompareSpec())
        for number in range(40):
            project.save_cell(run, answered(CellKey(item=number)))
        project._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        Project.open(path)


def test_files_of_others_and_of_the_future_are_refused(path, tmp_path):
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE t(x)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        Project.open(foreign)
    Project.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Project.open(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be opened"):
        Project.open(tmp_path / "file" / "p.lathe")


def test_an_unknown_run_is_named(path):
    with Project.open(path) as project, pytest.raises(StoreError, match="no run"):
        project.load_run("nothing")


def test_many_threads_may_save_at_once(path):
    with Project.open(path) as project:
        run = project.begin_run(CompareSpec())
        problems = []

        def save(variant):
            try:
                for item in range(10):
                    project.save_cell(run, replace(answered(CellKey(0, variant, item))))
            except StoreError as error:
                problems.append(error)

        threads = [threading.Thread(target=save, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert len(project.load_run(run)[1]) == 40
