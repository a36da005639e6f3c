"""The models that a comparison may ask."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QMenu

from engine.models.reference import ModelRef
from engine.models.spec import ModelEntry
from tests.support import qt
from workbench.pages import PAGES
from workbench.views.compare.results_bar import MAX_MODELS

READER = ModelEntry("encoder", "folder", "/e", architecture="BertForMaskedLM", generates=False)
WRITERS = tuple(ModelEntry(f"w{n}", "folder", f"/w{n}") for n in range(MAX_MODELS))


@pytest.fixture
def page(qapp, qtbot, tmp_path):
    pages = tuple(page for page in PAGES if page.id == "compare")
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        found = application.window.show_page("compare")
        yield found


def offered(page) -> dict[str, tuple[bool, str]]:
    """Each further model: whether it can be chosen, and its tooltip."""
    # Just before the menu opens: the window reads its own catalog meanwhile and sets it too.
    page.bar.set_entries((READER, *WRITERS))
    page.bar._open_models()
    (menu,) = [menu for menu in page.bar.findChildren(QMenu) if menu.isVisible()]
    assert menu.toolTipsVisible()
    found = {
        action.data(): (action.isEnabled(), action.toolTip())
        for action in menu.actions()
        if action.data()
    }
    menu.close()
    qt.delete_deferred()
    return found


def test_a_model_that_does_not_continue_a_text_is_not_offered_and_says_why(page):
    models = offered(page)
    assert models["w0"] == (True, "w0")
    can, why = models["encoder"]
    assert not can
    assert "does not continue" in why


def test_one_that_was_chosen_can_be_taken_away_again(page):
    setup = page.model.setup
    page.model.set_setup(replace(setup, models=(*setup.models, ModelRef("encoder"))))
    assert offered(page)["encoder"][0]


def test_no_more_models_than_fit_side_by_side(page):
    setup = page.model.setup
    asked = tuple(ModelRef(entry.id) for entry in WRITERS[: MAX_MODELS - 1])
    page.model.set_setup(replace(setup, models=(*setup.models[:1], *asked)))
    can, why = offered(page)[WRITERS[-1].id]
    assert not can
    assert str(MAX_MODELS) in why
