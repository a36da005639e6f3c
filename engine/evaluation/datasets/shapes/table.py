"""Records of plain fields: everything that no other shape claims."""

from __future__ import annotations

from typing import ClassVar

from engine.evaluation.datasets.shapes.base import Sample, Shape


class PlainTable(Shape):
    """Its columns are recognised by their names and by what they hold."""

    id: ClassVar[str] = "table"

    def fits(self, sample: Sample) -> str:
        if sample.container == "delimited":
            return "a table of rows and columns"
        return "records with fields"
