"""Every method is called by a name and told in a sentence of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from engine.pruning.prune_spec import METHODS
from workbench.views.pruning.words import method_hint, method_name


def test_methods_are_told_apart(qapp: QApplication) -> None:
    assert len({method_name(one) for one in METHODS}) == len(METHODS)
    assert len({method_hint(one) for one in METHODS}) == len(METHODS)
    assert not {method_name(one) for one in METHODS} & set(METHODS)
