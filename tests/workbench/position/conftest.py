"""The theme for plots that stand alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.paths import RESOURCES
from workbench.services.theme import Theme


@pytest.fixture
def theme(qapp) -> Iterator[Theme]:
    theme = Theme(qapp, RESOURCES)
    theme.apply("light")
    yield theme
    theme.deleteLater()
