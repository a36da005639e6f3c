"""The library: versions that only grow, deletion that can be undone, texts for everyone."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest
from filelock import FileLock

from engine.errors import DataError, StoreError
from engine.prompting import versions as versions_module
from engine.prompting.diff import prompt_diff, word_diff
from engine.prompting.elements import Example, PromptElements
from engine.prompting.file import PromptFile
from engine.prompting.library import Library, built_in
from engine.prompting.render import render
from engine.prompting.template import variables_of
from engine.store import folder_lock

FIRST = PromptFile(PromptElements(instruction="Say it.", input="{{input}}"), "Mine")


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "library")


def test_every_save_appends_a_version_that_can_be_read_again(library):
    entry = library.add(FIRST, "begun")
    second = replace(FIRST, elements=replace(FIRST.elements, instruction="Say it twice."))
    entry = library.save(entry.id, second, "louder")
    assert [(one.number, one.parent, one.note) for one in entry.versions] == [
        (1, 0, "begun"),
        (2, 1, "louder"),
    ]
    assert library.version(entry.id, entry.versions[0]) == FIRST
    assert library.entry(entry.id).prompt == second
    back = library.save(entry.id, FIRST, parent=1)
    assert (back.versions[-1].number, back.versions[-1].parent) == (3, 1)
    assert back.versions[-1].sha256 == entry.versions[0].sha256


def test_saving_what_is_there_adds_nothing(library):
    entry = library.add(FIRST)
    assert library.save(entry.id, FIRST).versions == entry.versions


def test_no_version_is_lost_when_two_threads_save(library):
    entry = library.add(FIRST)

    def save_some(who):
        for number in range(20):
            instruction = f"{who}, {number}"
            library.save(
                entry.id, replace(FIRST, elements=replace(FIRST.elements, instruction=instruction))
            )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(save_some, ("one", "other")))
    kept = library.entry(entry.id).versions
    assert [one.number for one in kept] == list(range(1, 42))
    assert len({one.sha256 for one in kept}) == 41


SAVER = """
import sys
from dataclasses import replace
from pathlib import Path
from engine.prompting.library import Library

library, entry_id, who = Library(Path(sys.argv[1])), sys.argv[2], sys.argv[3]
prompt = library.entry(entry_id).prompt
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    elements = replace(prompt.elements, instruction=f"{who}, {number}")
    library.save(entry_id, replace(prompt, elements=elements))
"""


def test_no_version_is_lost_when_two_programs_save(library):
    entry = library.add(FIRST)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", SAVER, str(library.folder), entry.id, who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("one", "other")
    ]
    for program in programs:
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate()
        assert program.returncode == 0
    kept = library.entry(entry.id).versions
    assert [one.number for one in kept] == list(range(1, 42))
    assert len({one.sha256 for one in kept}) == 41


def test_a_library_that_another_program_keeps_says_so(library, monkeypatch):
    entry = library.add(FIRST)
    monkeypatch.setattr(folder_lock, "PATIENCE_S", 0.0)
    with FileLock(library.folder / folder_lock.NAME), pytest.raises(StoreError, match="another"):
        library.rename(entry.id, "Taken")
    assert library.rename(entry.id, "Free").name == "Free"


def test_a_newer_list_is_refused_and_left_as_it_is(library):
    entry = library.add(FIRST)
    file = library.folder / entry.id / versions_module.LIST
    newer = msgspec.json.encode({"format": 2, "versions": {"1": "otherwise"}})
    file.write_bytes(newer)
    with pytest.raises(DataError, match="newer version"):
        library.save(entry.id, replace(FIRST, name="Another"))
    assert file.read_bytes() == newer


def test_an_interrupted_save_leaves_the_version_before(library, monkeypatch):
    entry = library.add(FIRST)

    def full(path, data):
        raise StoreError("The disk is full.", "Free some space.")

    monkeypatch.setattr("engine.store.atomic.write_bytes", full)
    with pytest.raises(StoreError):
        library.save(entry.id, replace(FIRST, extraction=("exact",)))
    monkeypatch.undo()
    assert library.entry(entry.id).prompt == FIRST
    assert len(library.entry(entry.id).versions) == 1


def test_names_change_and_copies_are_prompts_of_their_own(library):
    entry = library.add(FIRST)
    renamed = library.rename(entry.id, "你的")
    assert (renamed.id, renamed.name, len(renamed.versions)) == (entry.id, "你的", 2)
    copy = library.duplicate(built_in()[0].id, "你的")
    assert copy.id != entry.id
    assert copy.prompt.elements == built_in()[0].prompt.elements
    assert {one.name for one in library.entries() if not one.built_in} == {"你的", "你的 2"}


def test_what_was_deleted_comes_back_with_its_versions(library):
    entry = library.rename(library.add(FIRST).id, "Other")
    aside = library.delete(entry.id)
    assert all(one.built_in for one in library.entries())
    assert library.restore(aside) == entry
    assert library.entry(entry.id) == entry


def test_built_in_prompts_cannot_be_changed(library):
    shipped = built_in()[0]
    for action in (
        lambda: library.delete(shipped.id),
        lambda: library.save(shipped.id, FIRST),
        lambda: library.delete("../elsewhere"),
    ):
        with pytest.raises(DataError):
            action()


def test_a_broken_prompt_hides_no_other(library):
    entry = library.add(FIRST)
    other = library.add(replace(FIRST, name="Good"))
    (library.folder / entry.id / versions_module.LIST).write_text("{", encoding="utf-8")
    found = {one.id: one for one in library.entries() if not one.built_in}
    assert found[entry.id].problem
    assert not found[other.id].problem
    with pytest.raises(DataError):
        library.entry(entry.id)


def test_shipped_templates_come_in_both_languages_and_can_be_filled():
    shipped = built_in()
    templates = [one for one in shipped if "templates/" in one.id]
    names = {one.id.rsplit("/")[-1].split(".")[0] for one in templates}
    tasks = ("summarisation", "extraction", "question-answering", "classification")
    tasks += ("conversation", "code", "reasoning")
    starters = ("zero-shot-cot", "few-shot", "generated-knowledge", "rewrite")
    assert names == {*tasks, *(f"starter-{name}" for name in starters)}
    assert len(templates) == 2 * len(names)
    for one in shipped:
        elements, item = one.prompt.elements, one.prompt.items[0]
        assert render(elements, item.variables, shots=elements.examples)
        assert one.name
        if one in templates:
            asked = f"{elements.context}{elements.input}"
            assert "input" in variables_of(asked), one.id


def test_a_word_diff_gives_both_texts_back():
    old, new = "Answer the question in {{n}} words.", "Answer each question in {{m}} words, 请。"
    pieces = word_diff(old, new)
    assert "".join(p.text for p in pieces if p.change != "added") == old
    assert "".join(p.text for p in pieces if p.change != "removed") == new
    assert ("the", "removed") in [(p.text, p.change) for p in pieces]
    assert ("{{m}}", "added") in [(p.text, p.change) for p in pieces]


def test_chinese_is_compared_character_by_character():
    assert [(p.text, p.change) for p in word_diff("请回答问题", "请答问题")] == [
        ("请", "same"),
        ("回", "removed"),
        ("答问题", "same"),
    ]


def test_a_prompt_diff_walks_the_elements_in_their_order():
    before = PromptElements(instruction="a", examples=(Example("1", "2"),), input="x")
    after = PromptElements(context="c", examples=(Example("1", "2"), Example("3", "4")), input="x")
    found = {(d.element, d.number): d.changed for d in prompt_diff(before, after)}
    assert list(found.items()) == [
        (("instruction", 0), True),
        (("context", 0), True),
        (("example", 1), False),
        (("example", 2), True),
        (("input", 0), False),
    ]
