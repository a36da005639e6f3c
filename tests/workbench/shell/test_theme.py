"""Themes: readable in both, live, and the same everywhere."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication

from engine.paths import RESOURCES
from workbench.services.preferences import TEXT_SCALE, THEME
from workbench.services.theme import ROLES, contrast, mixed, read_colours

THEMES = ("light", "dark")
TEXTS = ("text", "muted", "accent", "good", "warning", "bad")
GROUNDS = ("window", "surface", "raised")


def test_contrast_follows_the_standards_own_examples():
    assert contrast(QColor("#000"), QColor("#fff")) == pytest.approx(21.0)
    assert contrast(QColor("#777"), QColor("#fff")) == pytest.approx(4.48, abs=0.005)
    assert contrast(QColor("#767676"), QColor("#fff")) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("text", "ground"), list(itertools.product(TEXTS, GROUNDS)))
def test_every_text_colour_can_be_read_on_every_ground(name, text, ground):
    colours = read_colours(RESOURCES / "themes" / f"{name}.toml").roles
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_text_on_selections_and_buttons_can_be_read(name):
    colours = read_colours(RESOURCES / "themes" / f"{name}.toml").roles
    assert contrast(colours["text"], colours["selection"]) >= 4.5
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    hovered = mixed(colours["accent"], colours["text"], 0.14)
    assert contrast(colours["on-accent"], hovered) >= 4.5


def test_both_themes_name_the_same_colours():
    light, dark = (read_colours(RESOURCES / "themes" / f"{name}.toml") for name in THEMES)
    assert set(light.roles) == set(dark.roles) == set(ROLES)
    assert set(light.data) == set(dark.data)


@pytest.mark.parametrize("name", THEMES)
def test_the_marks_of_fields_have_the_themes_own_colour(name):
    colours = read_colours(RESOURCES / "themes" / f"{name}.toml").roles
    folder = RESOURCES / "themes" / "marks"
    for mark, role in (
        ("chevron-down", "muted"), ("chevron-up", "muted"), ("chevron-right", "muted"),
        ("check", "on-accent"), ("minus", "on-accent"),
    ):  # fmt: skip
        assert colours[role].name() in (folder / f"{name}-{mark}.svg").read_text()


def test_switching_recolours_palette_sheet_and_icons(shell, qtbot):
    services = shell.services

    def shown() -> tuple[str, str, QImage]:
        icon = shell.window.rail.brand.icon().pixmap(24, 24).toImage()
        return QApplication.palette().color(QPalette.ColorRole.Window).name(), \
            shell.app.styleSheet(), icon  # fmt: skip

    light = shown()
    with qtbot.waitSignal(services.theme.changed):
        services.settings.set(THEME, "dark")
    dark = shown()
    assert dark[0] == services.theme.colour("window").name() != light[0]
    assert dark[1] != light[1]
    assert dark[2] != light[2]
    services.settings.set(THEME, "light")
    assert shown() == light


def test_the_style_sheet_leaves_no_field_unfilled(shell):
    assert "{{" not in shell.app.styleSheet()
    assert shell.services.theme.colour("accent").name() in shell.app.styleSheet()


def test_larger_text_is_larger_everywhere_and_comes_back(shell, qtbot):
    button = shell.window.rail.buttons["note"]
    before = button.sizeHint().height()
    with qtbot.waitSignal(shell.services.theme.changed):
        shell.services.settings.set(TEXT_SCALE, 1.5)
    assert button.sizeHint().height() > before * 1.15
    shell.services.settings.set(TEXT_SCALE, 1.0)
    assert button.sizeHint().height() == before


def test_every_icon_draws_something_in_its_role(shell):
    icons, theme = shell.services.icons, shell.services.theme
    for name in icons.names():
        image = icons.pixmap(name, 24, "accent").toImage()
        found = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 250
        ]
        assert len(found) > 20, name
        assert all(abs(c.hue() - theme.colour("accent").hue()) <= 3 for c in found), name
