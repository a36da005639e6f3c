"""Which steps of unfinished work a project keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context.documents.ledger import KEPT_WORKS, Done, Ledger, unkept_steps
from engine.store.project import Project

IDS = (1, 2, 3)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.open(tmp_path / "a.lathe") as opened:
        yield opened


def keep(project: Project, work: str, steps: int = 2) -> Ledger:
    ledger = Ledger(project, work)
    for number in range(steps):
        ledger.keep(number, IDS, Done(f"{work} {number}", 4, 0.5))
    return ledger


def kept(project: Project) -> set[str]:
    """Works that have steps."""
    rows = project.read(lambda c: c.execute("SELECT DISTINCT work FROM document_step").fetchall())
    return {str(row[0]) for row in rows}


def test_the_newest_unfinished_works_are_kept_whole(project: Project) -> None:
    names = [f"work {n}" for n in range(KEPT_WORKS + 3)]
    for name in names:
        keep(project, name)
    assert kept(project) == set(names[3:])
    for name in names[3:]:
        again = Ledger(project, name)
        assert [again.known(n, IDS) for n in range(2)] == [
            Done(f"{name} {n}", 4, 0.5) for n in range(2)
        ]
        assert again.known(0, (*IDS, 4)) is None, "another prompt is another step"


def test_work_that_is_taken_up_again_is_new(project: Project) -> None:
    names = [f"work {n}" for n in range(KEPT_WORKS)]
    for name in names:
        keep(project, name)
    Ledger(project, names[0]).keep(2, IDS, Done("more", 1, 0.1))
    keep(project, "another")
    assert kept(project) == {names[0], *names[2:], "another"}
    assert Ledger(project, names[0]).known(0, IDS) == Done(f"{names[0]} 0", 4, 0.5)


def test_finished_work_takes_no_place(project: Project) -> None:
    names = [f"work {n}" for n in range(KEPT_WORKS)]
    for name in names:
        keep(project, name)
    for n in range(3):
        keep(project, f"done {n}").forget()
    assert kept(project) == set(names[1:]), "the first one made room for one more at a time"
    keep(project, "next")
    assert kept(project) == {*names[1:], "next"}


def test_steps_of_a_project_without_places_are_the_oldest(project: Project) -> None:
    Ledger(project, "old").forget()
    project.write(
        lambda c: c.execute("INSERT INTO document_step VALUES ('old', 0, 'p', 't', 1, 0.1)")
    )
    assert kept(project) == {"old"}
    keep(project, "new")
    assert kept(project) == {"new"}


def test_a_full_disk_ends_no_work(project: Project) -> None:
    """What was kept before is known; what cannot be kept is said once."""
    keep(project, "before")
    project.read(lambda c: c.execute("PRAGMA max_page_count=1").fetchone())
    ledger = Ledger(project, "before")
    for number in range(3):
        ledger.keep(number + 2, IDS, Done("x" * 5000, 4, 0.5))
    assert ledger.known(1, IDS) == Done("before 1", 4, 0.5)
    assert ledger.known(2, IDS) is None
    assert ledger.notes == [unkept_steps()]


def test_a_lock_ends_no_work(project: Project) -> None:
    ledger = keep(project, "work")
    project.read(lambda c: c.execute("PRAGMA busy_timeout=0").fetchone())
    other = sqlite3.connect(project.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ledger.keep(2, IDS, Done("lost", 1, 0.1))
    ledger.forget()
    again = Ledger(project, "work")
    assert again.known(1, IDS) == Done("work 1", 4, 0.5)
    other.execute("ROLLBACK")
    other.close()
    assert (ledger.notes, again.notes) == ([unkept_steps()], [unkept_steps()])
    again.forget()
    assert kept(project) == set()
