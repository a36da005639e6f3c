"""The index: what is unchanged is not read again, what is damaged is built again."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager

import numpy as np
import pytest

from engine.context.documents.index_store import IndexStore, rebuilt_note, unkept_note
from engine.context.documents.library import cut_all, finder, read_all
from engine.context.documents_spec import DocumentsSpec
from engine.decoding.interrupt import no_check
from engine.store.project import Project

TEXTS = {
    "a.txt": "The key of Anna is 4821. The sky is blue.",
    "b.md": "# Ben\n\nThe key of Ben is 77310.",
    "c.txt": "小明的密码是9054。",
}


class Letters:
    """An encoder that counts letters, and what it was asked for."""

    name = "letters"
    centred = False

    def __init__(self):
        self.asked = []

    def encode(self, texts, question, check):
        self.asked += texts
        alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
        counts = [[text.casefold().count(one) for one in alphabet] for text in texts]
        return np.array(counts, dtype=np.float32)


class FakeLoaded:
    """As much of a loaded model as cutting needs."""

    def __init__(self, folder):
        from tests.support.tiny_models import tiny_tokenizer

        self.tokenizer = tiny_tokenizer()
        self.path = folder


@pytest.fixture
def project(tmp_path):
    with Project.open(tmp_path / "a.lathe") as opened:
        yield opened


def files(folder):
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(str(folder / name) for name in TEXTS)


def indexed(folder, paths, project, encoder):
    store = IndexStore(project)
    documents = read_all(DocumentsSpec(files=paths), store, no_check)
    library = cut_all(documents, FakeLoaded(folder), store, 40, 0, no_check)
    found = finder(library, "hybrid", encoder, store, no_check)
    return store, library, found


def test_only_what_is_new_is_read_cut_and_encoded(tmp_path, project):
    paths = files(tmp_path)
    first = Letters()
    store, library, before = indexed(tmp_path, paths, project, first)
    assert (store.reused, store.built) == (0, 9)
    assert first.asked == [passage.text for passage in library.passages]
    again = Letters()
    store, same, after = indexed(tmp_path, paths, project, again)
    assert (store.reused, store.built) == (9, 0)
    assert again.asked == []
    assert same.passages == library.passages
    question = "What is the key of Ben?"
    assert before.find(question, "hybrid", 3, no_check) == after.find(
        question, "hybrid", 3, no_check
    )
    (tmp_path / "c.txt").write_text("A new text.", encoding="utf-8")
    changed = Letters()
    store, _, _ = indexed(tmp_path, paths, project, changed)
    assert (store.reused, store.built) == (6, 3)
    assert changed.asked == ["A new text."]
    assert store.notes == []


def test_a_question_is_answered_by_the_place_of_its_passage(tmp_path):
    _, library, found = indexed(tmp_path, files(tmp_path), None, Letters())
    best = library.passages[found.find("Ben?", "bm25", 1, no_check)[0].passage]
    source = library.sources[best.source]
    assert (source.name, best.heading) == ("b.md", "Ben")
    assert TEXTS["b.md"][best.start : best.end] == best.text


@pytest.mark.parametrize("table", ["document_text", "document_cut", "document_vectors"])
@pytest.mark.parametrize(
    "damage",
    ["UPDATE {0} SET content=substr(content, 2)", "UPDATE {0} SET content=x'00', checksum=''"],
)
def test_a_damaged_entry_is_built_again_with_a_word(tmp_path, project, table, damage):
    paths = files(tmp_path)
    _, library, _ = indexed(tmp_path, paths, project, Letters())
    project.write(lambda connection: connection.execute(damage.format(table)))
    store, mended, _ = indexed(tmp_path, paths, project, Letters())
    assert store.notes == [rebuilt_note()]
    assert mended.passages == library.passages
    store, _, _ = indexed(tmp_path, paths, project, Letters())
    assert store.notes == []
    assert store.built == 0


def test_tables_that_cannot_be_read_are_made_anew(tmp_path, project):
    paths = files(tmp_path)
    _, library, _ = indexed(tmp_path, paths, project, Letters())

    def break_it(connection):
        connection.execute("DROP TABLE document_cut")
        connection.execute("CREATE TABLE document_cut(other TEXT)")

    project.write(break_it)
    store, mended, _ = indexed(tmp_path, paths, project, Letters())
    assert store.notes == [rebuilt_note()]
    assert mended.passages == library.passages


def test_vectors_of_another_encoder_are_not_taken(tmp_path, project):
    paths = files(tmp_path)
    indexed(tmp_path, paths, project, Letters())
    other = Letters()
    other.name = "other letters"
    _, library, _ = indexed(tmp_path, paths, project, other)
    assert len(other.asked) == len(library.passages)


def full(project):
    """No page more: as on a disk without room."""
    project.read(lambda connection: connection.execute("PRAGMA max_page_count=1").fetchone())


def roomy(project):
    project.read(lambda connection: connection.execute("PRAGMA max_page_count=99999").fetchone())


@contextmanager
def locked(project):
    """Another program has the file for itself: nobody else reads or writes."""
    project.read(lambda connection: connection.execute("PRAGMA busy_timeout=0").fetchone())
    project.read(lambda connection: connection.execute("PRAGMA journal_mode=DELETE").fetchone())
    other = sqlite3.connect(project.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_a_full_disk_ends_no_reading(tmp_path, project):
    paths = files(tmp_path)
    full(project)
    store, library, found = indexed(tmp_path, paths, project, Letters())
    assert store.notes == [unkept_note()]
    best = library.passages[found.find("Ben?", "bm25", 1, no_check)[0].passage]
    assert best.heading == "Ben"
    roomy(project)
    store, again, _ = indexed(tmp_path, paths, project, Letters())
    assert (store.notes, again.passages) == ([], library.passages)


def test_a_lock_ends_no_reading_and_takes_no_table(tmp_path, project):
    paths = files(tmp_path)
    _, library, _ = indexed(tmp_path, paths, project, Letters())
    with locked(project):
        store, read, _ = indexed(tmp_path, paths, project, Letters())
        assert store.notes == [unkept_note()]
        assert store.built == 9
        assert read.passages == library.passages
    store, _, _ = indexed(tmp_path, paths, project, Letters())
    assert (store.reused, store.built, store.notes) == (9, 0, [])


def test_a_missing_table_is_made_anew(tmp_path, project):
    store = IndexStore(project)
    project.write(lambda connection: connection.execute("DROP TABLE document_text"))
    assert read_all(DocumentsSpec(files=files(tmp_path)), store, no_check)
    assert store.notes == [rebuilt_note()]
    again = IndexStore(project)
    read_all(DocumentsSpec(files=files(tmp_path)), again, no_check)
    assert again.reused == 3
