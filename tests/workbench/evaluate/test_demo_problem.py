"""A picture of a page whose demonstration failed is told as a failure, in the engine's words."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import DataError
from engine.models.reference import ModelRef
from engine.prompting.library import Library
from workbench.views.evaluate.page import EvaluatePage
from workbench.views.library.page import LibraryPage


def test_a_model_that_is_not_there_is_evaluates_problem(program, tmp_path, until):
    page = program.window.show_page("evaluate")
    assert isinstance(page, EvaluatePage)
    until(lambda: page.model.plan is not None)
    setup = page.model.setup
    gone = (ModelRef(str(tmp_path / "gone")),)
    page.model.set_setup(replace(setup, compare=replace(setup.compare, models=gone)))
    ended = []
    page.run_demo(lambda: ended.append(True))
    until(lambda: ended)
    problem = page.demo_problem()
    assert problem is not None
    assert "gone" in problem.message


def test_a_list_that_cannot_be_read_is_the_librarys_problem(program, until, monkeypatch):
    page = program.window.show_page("library")
    assert isinstance(page, LibraryPage)
    assert page.demo_problem() is None
    until(lambda: page.current() is not None)  # the first reading has come back

    def broken(self: Library) -> None:
        raise DataError("The list is broken.", "Mend it.")

    monkeypatch.setattr(Library, "entries", broken)
    ended = []
    page.run_demo(lambda: ended.append(True))
    until(lambda: ended)
    problem = page.demo_problem()
    assert problem is not None
    assert problem.message == "The list is broken."
