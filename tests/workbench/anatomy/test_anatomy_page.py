"""The page “Anatomy” as a person uses it, on a tiny model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from engine.evaluation.evidence.spec import Figure
from engine.inspection.anatomy.activations.registry import activation, gated_unit
from engine.inspection.anatomy.components_spec import ComponentsResult
from engine.inspection.anatomy.cost_spec import CostRow
from engine.inspection.anatomy.rows.registry import ROWS
from engine.models.reference import LoadOptions, ModelRef
from tests.support import qt
from tests.support.tiny_models import save_tiny
from workbench.pages import PAGES
from workbench.views.anatomy.page import AnatomyPage
from workbench.widgets.signed_tint import signed

RUN_MS = 90_000


@pytest.fixture(scope="module")
def tiny_ref(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    folder = tmp_path_factory.mktemp("models") / "tiny-bloom"
    save_tiny("bloom", folder)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture
def bench(qtbot, qapp: QApplication, tmp_path: Path, tiny_ref: ModelRef) -> Iterator[object]:
    pages = tuple(page for page in PAGES if page.id in ("compare", "anatomy"))
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(tiny_ref)
        yield application


@pytest.fixture
def page(bench, qtbot) -> AnatomyPage:
    found = bench.window.show_page("anatomy")
    assert isinstance(found, AnatomyPage)
    return found


@pytest.fixture
def ran(page, qtbot) -> AnatomyPage:
    """The page after its rows have run by themselves."""
    qtbot.waitUntil(lambda: len(page.model.results) == len(ROWS), timeout=RUN_MS)
    return page


def click(qtbot, widget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_the_rows_run_and_are_proven(ran, qtbot):
    page = ran
    table = page.models.table
    assert set(page.model.results) == {row.id for row in ROWS}
    for number, row in enumerate(ROWS):
        result = page.model.results[row.id]
        assert table.rows.text(number, 6) == f"✓ {len(result.claims)} of {len(result.claims)}"
    table.setFocus()
    table.selectRow(0)
    details = page.models.details
    assert details.title.text() == "native Transformer"
    assert [tower.title for tower in details.diagram.towers()] == ["encoder", "decoder"]
    assert [view.isVisible() for view in details.masks] == [True, True, True]
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert details.title.text() == "BERT"
    assert [view.isVisible() for view in details.masks] == [True, False, False]
    assert np.array_equal(details.masks[0].picture().seen, page.model.results["bert"].masks[0].seen)
    shown = {bar.name: bar.text for bar in details.shares.bars}
    assert shown["Attention"] == f"{8448 / 21968:.1%}"
    assert details.claims.text().count("✓") == 5


def test_a_mask_says_its_cells(ran):
    page = ran
    page.models.table.selectRow([row.id for row in ROWS].index("llama"))
    view = page.models.details.masks[0]
    top = view.fontMetrics().height() + 4
    edge = 7 * view.fontMetrics().height()
    assert "does not depend on token 10" in view.said_at(QPoint(edge - 3, top + 3))
    assert "Token 1 moves output 10" in view.said_at(QPoint(3, top + edge - 3))


def test_the_current_model_finds_its_row_without_being_loaded(page, bench, qtbot):
    qtbot.waitUntil(lambda: "Bloom" in page.models.placed.text(), timeout=RUN_MS)
    assert "in every column" in page.models.placed.text()
    number = [row.id for row in ROWS].index("bloom")
    assert page.models.table.rows.text(number, 0).endswith("tiny-bloom")
    assert page.model.row == number
    assert bench.services.model.state == "unloaded"


def test_activations_are_drawn_as_they_are_computed(page, qtbot):
    click(qtbot, page.chips["activations"])
    view = page.activations
    assert not page.header.primary.isEnabled()
    names = [series.name for series in view.value.series()]
    assert names == ["ReLU", "GELU", "Swish (β = 1)", "SwiGLU (β = 1)"]
    click(qtbot, view.chips["geglu"])
    click(qtbot, view.chips["relu"])
    view.beta.slider.setValue(20)
    view.up.slider.setValue(0)
    view.at.slider.setFocus()
    qtbot.keyClick(view.at.slider, Qt.Key.Key_Home)
    series = {one.name: one for one in view.value.series()}
    slopes = {one.name: one for one in view.slope.series()}
    assert list(series) == ["GELU", "Swish (β = 2)", "GEGLU", "SwiGLU (β = 2)"]
    x = series["GELU"].x
    assert np.allclose(series["Swish (β = 2)"].y, activation("swish", 2.0).value(x))
    assert np.allclose(slopes["Swish (β = 2)"].y, activation("swish", 2.0).slope(x))
    up = np.full_like(x, -3.0)
    assert np.allclose(series["GEGLU"].y, gated_unit("geglu").value(x, up))
    assert np.allclose(slopes["GEGLU"].y, gated_unit("geglu").slopes(x, up)[0])
    at = float(activation("gelu").value(np.array([-5.0]))[0])
    assert view.table.rows()[0].cells[2].text == f"{at:.6f}".replace("-", "−")


def test_norms_follow_the_sliders(page, qtbot):
    click(qtbot, page.chips["norms"])
    view = page.norms
    view.layers.slider.setValue(7)  # 8 layers
    assert "α = 2.000" in view.factors.text()
    view.offset.slider.setValue(view.offset.slider.maximum())
    panels = {panel.title: panel.values for panel in view.bars.panels()}
    assert panels["x"].mean() > 4
    assert abs(panels["LayerNorm(x)"].mean()) < 1e-9
    assert np.isclose(np.sqrt((panels["RMSNorm(x)"] ** 2).mean()), 1.0, atol=1e-4)


def test_components_are_measured_and_put_back(page, qtbot, bench):
    click(qtbot, page.chips["components"])
    assert "tiny-bloom" in page.components.empty.text.text()
    page.components.items.setValue(1)
    with qtbot.waitSignal(page.model.components.ended, timeout=RUN_MS):
        click(qtbot, page.header.primary)
    result = page.model.components.result
    assert isinstance(result, ComponentsResult)
    assert result.restored
    assert page.model.components.answered.items == 1
    assert page.components._command().endswith("--items 1")
    assert "bit for bit" in page.components.note.text()
    shown = [row.cells[0] for row in page.components.whole.rows()]
    assert shown == ["positions", "attention", "MLP", "norms", "the final norm"]
    for row, one in zip(page.components.whole.rows(), result.everywhere(), strict=True):
        if one.rise is not None:
            assert row.cells[1].text == signed(one.rise.mean)
    assert len(page.components.layers.rows()) == 6
    other = ModelRef("teach-rope")
    bench.services.model.choose(other)
    assert page.model.components.result is None
    assert "teach-rope" in page.components.empty.text.text()


def test_another_model_ends_what_was_measured_of_the_one_before(page, qtbot, bench):
    click(qtbot, page.chips["components"])
    one = page.model.components
    with qtbot.waitSignal(one.progressed, timeout=RUN_MS):
        click(qtbot, page.header.primary)
    assert one.running
    old = one.spec
    bench.services.model.choose(ModelRef("teach-rope"))
    assert not one.running
    heard = []
    one.changed.connect(lambda: heard.append(one.parts or one.result))
    qtbot.waitUntil(lambda: not bench.services.jobs.busy(), timeout=RUN_MS)
    assert one.spec == old
    assert not any(heard)
    assert "teach-rope" in page.components.empty.text.text()


def test_the_page_comes_back_as_it_was(page, qtbot):
    click(qtbot, page.chips["norms"])
    page.models.table.selectRow(3)
    state = page.save_state()
    click(qtbot, page.chips["models"])
    page.models.table.selectRow(0)
    page.restore_state(state)
    assert page.stack.currentWidget() is page.norms
    assert page.model.chosen.id == "chatglm"


def test_every_part_is_named_in_both_languages(page, bench):
    for language in ("zh_CN", "en"):
        bench.services.i18n.set_language(language)
        for topic, chip in page.chips.items():
            page._go(topic)
            assert chip.accessibleName()
        for slider in (page.activations.beta, page.norms.layers):
            assert slider.slider.accessibleName()
        assert page.models.table.accessibleName()
    assert page.chips["models"].text() == "Models"


def test_components_are_read_on_lines_of_ones_own_and_saved(page, qtbot, tmp_path):
    click(qtbot, page.chips["components"])
    view = page.components
    view.text.setPlainText("one two three\ntwo three one\n")
    assert not view.items.isEnabled()
    assert view.empty.isVisible()
    with qtbot.waitSignal(page.model.components.ended, timeout=RUN_MS):
        click(qtbot, view.empty.button)
    assert not view.empty.isVisible()
    result = page.model.components.result
    assert isinstance(result, ComponentsResult)
    assert result.items == 2
    assert "--text lines.txt" in view._command()
    for card, rows in ((view.whole_card, result.everywhere()), (view.layers_card, None)):
        target = tmp_path / f"{card.menu.objectName()}.csv"
        card.menu.save("csv", str(target))
        qtbot.waitUntil(target.exists, timeout=RUN_MS)
        lines = target.read_text("utf-8-sig").splitlines()
        assert lines[0] == "component,layer,loss,rise,low,high"
        wanted = len(result.losses) - len(result.everywhere()) if rows is None else len(rows)
        assert len(lines) - 1 == wanted
        assert all((line.split(",")[1] == "all") == (rows is not None) for line in lines[1:])
    view.text.clear()
    assert view.items.isEnabled()


def test_the_cost_of_norms_becomes_a_table(page, qtbot, tmp_path):
    click(qtbot, page.chips["norms"])
    row = CostRow("fused", 64, 1.0, 0.5, Figure(0.5, 0.4, 0.6, 9))
    page.model.cost.parts = (row,)
    page.model.cost.changed.emit()
    target = tmp_path / "cost.csv"
    page.norms.cost_card.menu.save("csv", str(target))
    qtbot.waitUntil(target.exists, timeout=RUN_MS)
    head, line = target.read_text("utf-8-sig").splitlines()
    assert head == "form,width,LayerNorm ns,RMSNorm ns,saved,low,high"
    assert line == "fused,64,1,0.5,0.5,0.4,0.6"
    assert "nats" in page.norms.depth.canvas.left.labelText
