"""Every container, the most particular first. A new one is one file and one line."""

from __future__ import annotations

from engine.evaluation.datasets.containers.base import Container
from engine.evaluation.datasets.containers.delimited import Delimited
from engine.evaluation.datasets.containers.json_document import JsonDocument
from engine.evaluation.datasets.containers.json_lines import JsonLines
from engine.evaluation.datasets.containers.yaml_document import YamlDocument
from engine.evaluation.datasets.source import Source

CONTAINERS: dict[str, Container] = {
    one.id: one for one in (YamlDocument(), JsonLines(), JsonDocument(), Delimited())
}


def container_of(source: Source) -> Container:
    """The container that the file is."""
    return next(one for one in CONTAINERS.values() if one.claims(source))
