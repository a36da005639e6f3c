"""A run that is killed again and again ends with the cells of one that never was."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from engine.decoding.params import Sampling
from engine.evaluation.spec import CompareSpec, Variant
from engine.jobs.spec import encode
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Item, PromptElements
from engine.store.details import details_of, result_of
from engine.store.project import Project
from tests.support.tiny_models import save_tiny

KILLS = 20
ROOT = Path(__file__).parents[2]
SAMPLED = Sampling(temperature=0.9, max_new_tokens=8, seed=5)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")


class Lathe:
    """The server of `killable_lathe`."""

    def __init__(self, folder: Path) -> None:
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "PYTHONPATH": str(ROOT),
        }
        self._server = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/store/killable_lathe.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=environment,
            text=True,
            bufsize=1,
        )
        assert self._line() == "ready"

    def start(self, *arguments: object) -> int:
        """Begin a command; returns its process."""
        self._server.stdin.write(json.dumps([str(one) for one in arguments]) + "\n")
        return int(self._line())

    def ended(self, within: float) -> bool:
        """Whether the command ends within so many seconds."""
        return bool(select.select([self._server.stdout], [], [], within)[0])

    def code(self) -> int:
        """Wait for the command's exit status."""
        return int(self._line())

    def close(self) -> None:
        self._server.stdin.close()
        assert self._server.wait(30) == 0
        self._server.stdout.close()

    def _line(self) -> str:
        return self._server.stdout.readline().strip()


@pytest.fixture
def lathe(tmp_path) -> Iterator[Lathe]:
    server = Lathe(tmp_path)
    yield server
    server.close()


@pytest.fixture
def spec(tmp_path):
    folder = save_tiny("llama", tmp_path / "tiny")
    options = LoadOptions(device="cpu", dtype="float32")
    voting = Variant("self-consistency", sampling=SAMPLED, samples=5, stop_early=False)
    return CompareSpec(
        models=(ModelRef(str(folder), options=options),),
        prompt=PromptElements(instruction="Say a number.", input="{{q}}"),
        variants=(
            Variant("zero-shot"),
            Variant("zero-shot", "sampled", sampling=replace(SAMPLED, samples=2)),
            replace(voting, name="votes"),
            replace(voting, name="votes that end early", stop_early=True),
        ),
        items=tuple(Item(f"i{n}", {"q": f"{n} or {7 * n}"}, str(n)) for n in range(6)),
        sampling=Sampling(max_new_tokens=8),
        extraction=("regex:[a-z0-9]", "last-number"),
        batch_size=2,
    )


def committed(path: Path) -> int:
    """Cells in the file, as another process sees them."""
    if not path.exists():
        return 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute("SELECT count(*) FROM cell").fetchone()[0]
    except sqlite3.OperationalError:  # the tables are not there yet
        return 0
    finally:
        connection.close()


def command(path: Path) -> tuple[object, ...]:
    """Resume the run if it was entered already."""
    known = False
    if path.exists():
        with Project.open(path) as project:
            known = bool(project.runs())
    start = ("runs", "resume", "last") if known else ("compare", "--spec", "spec.json")
    return (*start, "--project", path)


def killed_once(lathe: Lathe, path: Path, chance: random.Random) -> bool:
    """Start or resume, and kill it at a random moment; False when it ended before."""
    before = committed(path)
    process = lathe.start(*command(path))
    wanted = before + chance.randrange(0, 4)
    until = time.monotonic() + (chance.random() * 0.8 if wanted == before else 60)
    while time.monotonic() < until and not lathe.ended(0.002):
        if wanted > before and committed(path) >= wanted:
            break
    if lathe.ended(chance.random() * 0.03):
        assert lathe.code() == 0
        return False
    with suppress(ProcessLookupError):  # it ended by itself just now
        os.kill(process, signal.SIGKILL)
    code = lathe.code()
    assert code in (0, -signal.SIGKILL)
    return code != 0


def essence(cell):
    said = cell.generation
    return (
        cell.key,
        cell.sent,
        cell.prompt_ids,
        said.text,
        [(token.id, token.text) for token in said.tokens],
        said.finish,
        cell.extractions,
    )


def test_twenty_kills_change_nothing(lathe, spec, tmp_path):
    (tmp_path / "spec.json").write_text(encode(spec), "utf-8")
    calm, rough = tmp_path / "calm.lathe", tmp_path / "rough.lathe"
    lathe.start("compare", "--spec", "spec.json", "--project", calm)
    assert lathe.code() == 0, (tmp_path / "lathe.log").read_text()

    chance = random.Random(20)
    kept, kills, ended = 0, 0, 0
    while kills < KILLS:
        killed = killed_once(lathe, rough, chance)
        with Project.open(rough) as project:
            found = project.runs()
            if not killed or [run.status for run in found] == ["finished"]:
                same(spec, calm, rough)  # a fast machine was done before
                ended += 1
                rough, kept = tmp_path / f"rough-{ended}.lathe", 0
                continue
            kills += 1
            assert [run.status for run in found] == ["interrupted"] * len(found)
            assert len(found) <= 1
            assert sum(run.cells for run in found) >= kept, "a committed cell was lost"
            kept = sum(run.cells for run in found)
    lathe.start(*command(rough))
    assert lathe.code() == 0, (tmp_path / "lathe.log").read_text()
    same(spec, calm, rough)


def same(spec, calm, rough):
    """The run in `rough` has ended as the one in `calm` did."""
    with Project.open(calm) as one, Project.open(rough) as other:
        (undisturbed,), (disturbed,) = one.runs(), other.runs()
        assert disturbed.status == "finished"
        assert disturbed.cells == disturbed.planned == undisturbed.cells
        (_, whole), (_, again) = result_of(one, undisturbed.id), result_of(other, disturbed.id)
        early = spec.variants[3].label
        assert [essence(cell) for cell in again.cells if cell.variant != early] == [
            essence(cell) for cell in whole.cells if cell.variant != early
        ]
        compare_votes(spec, whole, again)
        figures = details_of(one, undisturbed.id), details_of(other, disturbed.id)
        assert [(s.variant, s.n, s.scored, s.correct, s.failed) for s in figures[0].summaries] == [
            (s.variant, s.n, s.scored, s.correct, s.failed) for s in figures[1].summaries
        ]


def compare_votes(spec, whole, again):
    """Votes are equal; where one may end early, its winner is, and every path that it kept."""
    early = spec.variants[3].label
    rounded = [
        replace(vote, weights={name: round(weight, 4) for name, weight in vote.weights.items()})
        for vote in (*whole.votes, *again.votes)
        if vote.label != early
    ]
    half = len(rounded) // 2
    assert half == len(spec.items)
    assert rounded[:half] == rounded[half:]
    winners = [
        [(vote.place, vote.winner, vote.correct) for vote in one.votes if vote.label == early]
        for one in (whole, again)
    ]
    assert len(winners[0]) == len(spec.items)
    assert winners[0] == winners[1]
    paths = [
        {
            cell.key: essence(cell)
            for cell in one.cells
            if cell.variant == early and not cell.dropped
        }
        for one in (whole, again)
    ]
    for key in paths[0].keys() & paths[1].keys():
        assert paths[0][key] == paths[1][key]
