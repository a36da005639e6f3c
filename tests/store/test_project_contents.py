"""What the project keeps beside cells: sets once, stages, votes, notes, tags, a bin, searching."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.evaluation.spec import (
    CellKey,
    CompareSpec,
    Extraction,
    LabelScore,
    LabelShare,
    Stage,
    Variant,
    Vote,
)
from engine.evaluation.statistics.comparison import compare_variants
from engine.prompting.elements import Example, Item, PromptElements
from engine.store import details
from engine.store import search as search_module
from engine.store.details import details_of, result_of
from engine.store.project import Project
from engine.store.run_pair import compare_runs
from engine.store.search import snippet_of, words_of
from tests.support.cells import PROVENANCE, answered, comparison, failed

OLD = Path(__file__).with_name("format-1.lathe")
STORED = ("6b3cc4a7357a", "8b5da0cf8a93")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "work.lathe"


@pytest.fixture
def project(path):
    with Project.open(path) as opened:
        yield opened


def stored(project, spec, cells):
    run = project.begin_run(spec, len(cells))
    for cell in cells:
        project.save_cell(run, cell)
    project.finish_run(run, "finished")
    return run


def count(project, table):
    return project.read(lambda one: one.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_file_of_the_first_format_opens_with_everything_in_it(tmp_path):
    shutil.copy(OLD, tmp_path / "old.lathe")
    spec, result = comparison("The answer is 4.", "四 <&> 🙂 北京 `x`\n\0")
    with Project.open(tmp_path / "old.lathe") as project:
        assert project.load_run(STORED[0]) == (spec, result.cells)
        other, cells = project.load_run(STORED[1])
        assert other.items == (Item("solo", {"city": "上海"}, None),)
        assert other.prompt == PromptElements(instruction="Think of pelicans.")
        assert cells == (answered(CellKey()),)
        newest, oldest = project.runs()
        assert (oldest.id, oldest.status, oldest.models) == (STORED[0], "finished", ("teach-rope",))
        assert (newest.id, newest.status) == (STORED[1], "interrupted")
        assert [one.run_id for one in project.search("pelicans")] == [STORED[1]]
        assert [one.run_id for one in project.search("北京")] == [STORED[0]]
        assert details_of(project, STORED[0]).summaries == result.summaries
    again = Project.open(tmp_path / "old.lathe")
    assert len(again.runs()) == 2
    again.close()


def test_a_file_of_the_first_format_is_kept_as_it_was(tmp_path):
    shutil.copy(OLD, tmp_path / "old.lathe")
    for _ in range(2):
        Project.open(tmp_path / "old.lathe").close()
    (copy,) = tmp_path.glob("old.format-1-*.lathe")
    shutil.copy(OLD, tmp_path / "untouched")
    with sqlite3.connect(tmp_path / "untouched") as before, sqlite3.connect(copy) as kept:
        assert list(kept.iterdump()) == list(before.iterdump())
        assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    before.close()
    kept.close()


def test_an_old_file_that_cannot_be_brought_up_is_called_damaged_and_left_alone(tmp_path):
    path = tmp_path / "old.lathe"
    shutil.copy(OLD, path)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE cell SET extractions='[{'")
    connection.close()
    with pytest.raises(StoreError, match="damaged"):
        Project.open(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT DISTINCT extractions FROM cell").fetchall() == [("[{",)]
    connection.close()


STAGED = replace(
    answered(CellKey(item=1)),
    stages=(
        Stage(
            "knowledge", 0, *[(answered(CellKey()).sent), (1, 2)], answered(CellKey()).generation
        ),
        Stage("with", 0, value="4", count=3, decided=True),
        Stage(
            "prior",
            labels=(LabelScore("yes", -1.5, 1, LabelShare(0.25, 0.5, 0.2), LabelShare(0.25)),),
        ),
    ),
    labels=(LabelScore("yes", -0.1, 2, LabelShare(1.0), LabelShare(0.75, 0.5, 0.6)),),
    decided_by="likelihood",
)


def test_stages_labels_and_votes_come_back(project):
    vote = Vote(0, 0, 1, "v0", "i1", "last-answer", winner="4", counts={"4": 2}, weights={"4": 1.5})
    run = stored(project, CompareSpec(), [answered(CellKey()), STAGED])
    project.save_vote(run, replace(vote, winner="5"))
    project.save_vote(run, vote)
    assert project.load_run(run)[1] == (answered(CellKey()), STAGED)
    assert project.load_item(run, 1) == (STAGED,)
    assert project.votes(run) == (vote,)
    project.save_cell(run, replace(STAGED, stages=()))
    assert count(project, "stage") == 0
    assert count(project, "generation") == 2


def test_cells_come_without_tokens_where_nobody_needs_them(project):
    spec, result = comparison("The answer is 4.", "No.")
    run = stored(project, spec, result.cells)
    _, cells = project.load_run(run, tokens=False)
    bare = [
        replace(cell, generation=replace(cell.generation, tokens=())) if cell.generation else cell
        for cell in result.cells
    ]
    assert list(cells) == bare
    assert result_of(project, run)[1].cells == result.cells
    seen = details_of(project, run)
    assert seen.summaries == result.summaries
    assert seen.environments == (replace(PROVENANCE, batch_size=0),)
    assert seen.errors == (("The prompt is empty. Write something.", 2),)


def test_a_finished_run_keeps_its_paired_comparison(project, monkeypatch):
    spec, result = comparison("The answer is 4.", "No.", "Perhaps.")
    cells = [
        replace(answered(cell.key), extractions=(replace(SCORED, correct=cell.key.variant == 1),))
        for cell in result.cells
    ]
    run = stored(project, spec, cells)
    found = details_of(project, run).comparison
    assert found == compare_variants(spec, cells)
    assert [len(pair.only_second) for pair in found.pairs] == [3]
    monkeypatch.setattr(details, "compare_variants", None)  # asked a second time it is only read
    assert details_of(project, run).comparison == found
    monkeypatch.undo()
    project.save_cell(run, replace(cells[-1], extractions=(replace(SCORED, correct=False),)))
    assert [len(p.only_second) for p in details_of(project, run).comparison.pairs] == [2]


def test_a_comparison_that_cannot_be_read_or_kept_is_worked_out_again(project, monkeypatch):
    spec, _result = comparison("The answer is 4.", "The answer is 5.")
    items = tuple(replace(spec.items[0], id=f"i{number}") for number in range(2))
    spec = replace(spec, items=items, variants=(Variant("zero-shot"), Variant("few-shot")))
    made = [
        answered(CellKey(variant=variant, item=item)) for variant in range(2) for item in range(2)
    ]
    run = stored(project, spec, made)
    found = details_of(project, run).comparison
    assert found is not None
    project.save_comparison(run, '{"of": "a later version"}')

    def full(*_: object) -> None:
        raise StoreError("The disk is full.", "Free some space.")

    monkeypatch.setattr(project, "save_comparison", full)
    assert details_of(project, run).comparison == found


def test_a_deleted_run_is_not_resumed_and_a_running_one_not_emptied_away(project):
    spec, result = comparison()
    run = stored(project, spec, result.cells)
    project.delete([run])
    with pytest.raises(StoreError, match="deleted"):
        project.continue_run(run, spec)
    project.read(lambda one: one.execute("UPDATE run SET status='running'"))
    assert project.empty_bin(older_than=-1) == 0
    project.read(lambda one: one.execute("UPDATE run SET status='interrupted'"))
    assert project.empty_bin(older_than=-1) == 1


def test_two_runs_are_paired_by_their_questions(project):
    spec, result = comparison("The answer is 4.", "No.", "Perhaps.")
    cells = [
        replace(answered(cell.key), extractions=(replace(SCORED, correct=cell.key.item == 0),))
        for cell in result.cells
    ]
    one = stored(project, replace(spec, items=numbered(spec.items)), cells)
    moved = tuple(reversed(numbered(spec.items)))[:2]  # other places, other ids, one item less
    moved = tuple(replace(item, id=f"x{at}") for at, item in enumerate(moved))
    other = replace(
        spec,
        items=moved,
        prompt=replace(spec.prompt, instruction="Think."),
        variants=(Variant("zero-shot", "v0"), Variant("zero-shot-cot", "new")),
        sampling=replace(spec.sampling, seed=9),
    )
    second = stored(
        project,
        other,
        [
            replace(answered(CellKey(variant=v, item=n)), extractions=(SCORED,))
            for v in range(2)
            for n in range(2)
        ],
    )
    pair = compare_runs(project, one, second)
    assert (pair.common, pair.only_first, pair.only_second) == (2, 1, 0)
    assert [(p.first_label, p.second_label, p.n, len(p.only_second)) for p in pair.pairs] == [
        ("v0", "v0", 2, 2),
        ("v1", "new", 2, 2),
    ]
    assert [part.element for part in pair.prompt] == ["instruction"]
    assert [(s.name, s.first, s.second) for s in pair.settings] == [
        ("techniques", "v0, v1", "v0, new"),
        ("seed", "0", "9"),
    ]


def numbered(items):
    return tuple(replace(item, variables={"q": f"{at}?"}) for at, item in enumerate(items))


SCORED = Extraction("last-answer", "4", 14, 15, True)


def test_equal_sets_prompts_and_sent_texts_are_kept_once(project):
    spec, result = comparison("The answer is 4.", "No.")
    runs = [stored(project, spec, result.cells) for _ in range(3)]
    other = replace(spec, items=spec.items[:1], variants=(Variant(prompt=spec.prompt),))
    stored(project, other, [])
    assert (count(project, "item_set"), count(project, "item")) == (2, 3)
    assert (count(project, "prompt"), count(project, "sent")) == (1, 1)
    assert (count(project, "model"), count(project, "environment")) == (1, 1)
    assert all(project.load_run(run)[0] == spec for run in runs)


def test_title_note_tags_and_archive_belong_to_the_run(project):
    run = stored(project, CompareSpec(), [answered(CellKey()), failed(CellKey(item=1))])
    project.rename(run, "Pelicans")
    project.annotate(run, "Worth a second look")
    project.label(run, ["zoo", "birds", " zoo ", ""])
    project.archive(run)
    info = project.run(run)
    assert (info.name, info.note, info.tags) == (
        "Pelicans",
        "Worth a second look",
        ("birds", "zoo"),
    )
    assert (info.archived, info.cells, info.planned, info.failed) == (True, 2, 2, 1)
    assert info.resumable
    project.annotate(run, "Seen")
    assert project.search("second look") == ()
    assert [hit.kind for hit in project.search("Seen")[0].hits] == ["note"]


def test_deleting_can_be_undone_until_the_bin_is_emptied(project):
    keep = stored(project, *comparison_cells("Keep me."))
    gone = stored(project, *comparison_cells("Forget the pelican."))
    running = project.begin_run(CompareSpec())
    project.delete([gone, running])
    assert {run.id for run in project.runs()} == {keep, running}
    assert project.search("pelican") == ()
    with pytest.raises(StoreError, match="deleted"):
        project.run(gone)
    project.restore([gone])
    assert [one.run_id for one in project.search("pelican")] == [gone]
    project.delete([gone])
    assert project.empty_bin() == 0
    assert project.empty_bin(older_than=-1) == 1
    project.restore([gone])
    assert {run.id for run in project.runs()} == {keep, running}
    assert count(project, "generation") == 1
    assert project.read(orphans) == []


def comparison_cells(text):
    spec, result = comparison(text)
    return spec, result.cells


def orphans(connection):
    """Rows that refer to nothing, and texts whose index says something else."""
    connection.execute("INSERT INTO words_search(words_search, rank) VALUES ('integrity-check', 1)")
    return connection.execute("PRAGMA foreign_key_check").fetchall()


SPEC = CompareSpec(
    prompt=PromptElements(
        instruction="Name the larger city.", examples=(Example("伦敦 or 巴黎?", "伦敦"),)
    ),
    items=(Item("one", {"q": "北京和上海哪个大？"}, "上海"), Item("two", {"q": "100% of _x_?"})),
)
SAID = answered(CellKey(), ("The ", "Pelican", " flies\n", "over 重庆", "."))


@pytest.fixture(params=[True, False], ids=["indexed", "without FTS5"])
def searched(path, request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(search_module, "TOKENIZER", "nothing")
    with Project.open(path) as project:
        assert project.indexed is request.param
        run = stored(project, SPEC, [SAID])
        project.annotate(run, "for the geography lesson")
        stored(project, *comparison_cells("Nothing of the kind."))
        yield project, run


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pelican", "answer"),
        ("PELIC", "answer"),
        ("flies over", "answer"),
        ('"flies over"', None),
        ("重庆", "answer"),
        ("庆", "answer"),
        ("北京", "item"),
        ("北京和上海", "item"),
        ("大？", "item"),
        ("larger city", "prompt"),
        ("伦敦", "prompt"),
        ("geography", "note"),
        ("Compare", "title"),
        ("100%", "item"),
        ("_x_", "item"),
        ("%", "item"),
        ('"', None),
        ("pelican 北京", None),
        ("ostrich", None),
        ("AND OR (", None),
    ],
)
def test_every_text_is_found_in_every_script(searched, text, kind):
    project, run = searched
    found = [one for one in project.search(text) if one.run_id == run]
    assert [hit.kind for one in found for hit in one.hits] == ([kind] if kind else [])
    for one in found:
        for hit in one.hits:
            marked = [hit.snippet[start:end].casefold() for start, end in hit.marks]
            assert set(marked) == {word.casefold() for word in words_of(text)}


def test_any_text_may_be_looked_for(searched):
    project, run = searched
    many = " ".join(f"{number:x}" for number in range(4000))
    assert project.search(many) == ()
    assert len(words_of(many)) == 32
    assert [one.run_id for one in project.search("\0pelican\ud800")] == [run]
    assert project.search("\ud800\0") == ()


def test_a_search_that_fails_says_so(searched, monkeypatch):
    project, _ = searched

    def refused(*_args, **_rest):
        raise sqlite3.OperationalError("too complex")

    monkeypatch.setattr(search_module, "search", refused)
    with pytest.raises(StoreError, match=r"The search in .* failed: too complex"):
        project.search("pelican")


def test_a_file_without_the_index_gets_it_when_fts5_is_there(searched, path, monkeypatch):
    project, run = searched
    project.close()
    monkeypatch.undo()
    with Project.open(path) as opened:
        assert opened.indexed
        assert [one.run_id for one in opened.search("pelican")] == [run]
        opened.read(orphans)


def test_where_fts5_is_missing_a_file_that_has_an_index_stays_usable(path, monkeypatch):
    with Project.open(path) as project:
        stored(project, SPEC, [SAID])
    with sqlite3.connect(path) as connection:  # as if the module were gone
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET sql=replace(sql, 'fts5', 'fts99') WHERE name='words_search'"
        )
    connection.close()
    with Project.open(path) as project:
        assert not project.indexed
        run = stored(project, *comparison_cells("An ostrich."))
        assert [one.run_id for one in project.search("ostrich")] == [run]
        assert len(project.search("pelican")) == 1


def test_hits_of_a_run_are_counted_and_the_first_shown(project):
    cells = [answered(CellKey(item=n), (f"pelican {n}",)) for n in range(7)]
    run = stored(project, CompareSpec(), cells)
    (found,) = project.search("pelican")
    assert (found.run_id, found.count) == (run, 7)
    assert [hit.place for hit in found.hits] == ["v0 · i0", "v0 · i1", "v0 · i2"]


def test_snippets_are_one_line_around_the_first_word():
    text = "a" * 500 + "\nthe Needle\tand the needle" + "z" * 500
    snippet, marks = snippet_of(text, ("needle",))
    assert "\n" not in snippet
    assert len(snippet) < 200
    assert [snippet[start:end] for start, end in marks] == ["Needle", "needle"]
    assert snippet.startswith("…")
    assert snippet.endswith("…")


def test_an_old_run_is_found_behind_any_number_of_newer_hits(project):
    old = project.begin_run(comparison("about herons")[0])
    new = project.begin_run(comparison("nothing")[0])
    project.read(
        lambda one: one.executemany(
            "INSERT INTO words(kind, run_id, text) VALUES ('answer', ?, ?)",
            [(new, f"the herons of day {day}") for day in range(6000)],
        )
    )
    project.annotate(old, "the first herons")
    found = project.search("herons")
    assert [(one.run_id, one.count) for one in found] == [(new, 6000), (old, 1)]
    assert [hit.kind for hit in found[1].hits] == ["note"]
    assert [hit.snippet for hit in found[0].hits] == [f"the herons of day {n}" for n in range(3)]
