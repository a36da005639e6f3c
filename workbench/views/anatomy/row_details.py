"""One row in full: its drawing, its mask pictures, where its weights are, and what was proven."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.inspection.anatomy.rows.base import Row
from engine.inspection.anatomy.table_spec import RowResult
from workbench.plots.blocks import BlockDiagram
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.views.anatomy.mask_view import MaskView
from workbench.views.anatomy.words import claim_text, half_name, part_name, towers
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.widgets.bar_list import Bar, BarList
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import PlotMenu

MOST_MASKS = 3
THREE_CHARS = 150


class RowDetails(QScrollArea):
    """Everything about the chosen row."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._row: Row | None = None
        self._result: RowResult | None = None
        theme = services.theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        content = QWidget(self)
        self.title = PlainLabel(content)
        set_role(self.title, "section")
        self.source = PlainLabel(content)
        set_role(self.source, "muted")
        self.diagram = BlockDiagram(theme, content)
        self.card = PlotCard(
            services,
            "anatomy-blocks",
            self.diagram,
            plot_exports(services, self.diagram, self._columns),
            content,
        )
        self.masks = tuple(MaskView(theme, content) for _ in range(MOST_MASKS))
        self.mask_heading, self.share_heading, self.claim_heading, self.fact_heading = (
            PlainLabel(content) for _ in range(4)
        )
        for heading in (
            self.mask_heading, self.share_heading, self.claim_heading, self.fact_heading
        ):  # fmt: skip
            set_role(heading, "section")
        self._pictures = QWidget(content)
        self.mask_menu = PlotMenu(
            services, "anatomy-masks",
            plot_exports(services, self._pictures, self._mask_columns, self._mask_arrays), content,
        )  # fmt: skip
        self.mask_note = PlainLabel(content)
        self.mask_note.setWordWrap(True)
        set_role(self.mask_note, "small")
        self.shares = BarList(content)
        self.share_menu = PlotMenu(
            services, "anatomy-weights",
            plot_exports(services, self.shares, self._share_columns), content,
        )  # fmt: skip
        self.claims = PlainLabel(content)
        self.claims.setWordWrap(True)
        self.claims.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts = PlainLabel(content)
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out(content)
        self.setWidget(content)

    def show_row(self, row: Row, result: RowResult | None) -> None:
        """Show a row and what running it has shown so far."""
        self._row, self._result = row, result
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        row, result = self._row, self._result
        if row is None:
            return
        self.title.setText(tell(row.name))
        values = (tell(row.structure), tell(row.position), row.activation, tell(row.norm))
        self.source.setText(f"{' · '.join(values)} · {row.source}")
        self.source.setWordWrap(True)
        self.card.set_texts(self.tr("One layer, from the tokens up"))
        self.diagram.set_towers(towers(row))
        self.facts.setText("\n".join(f"• {tell(fact.text)} ({fact.source})" for fact in row.facts))
        self.mask_heading.setText(self.tr("Who sees whom"))
        self.share_heading.setText(self.tr("Where its weights are"))
        self.claim_heading.setText(self.tr("Put to the test"))
        self.fact_heading.setText(self.tr("To know"))
        self._write_result(row, result)

    def _write_result(self, row: Row, result: RowResult | None) -> None:
        shown = result is not None
        for widget in (
            self.mask_heading, self.mask_note, self.share_heading, self.shares,
            self.claim_heading, self.claims, self.mask_menu, self.share_menu,
        ):  # fmt: skip
            widget.setVisible(shown)
        for number, view in enumerate(self.masks):
            has = result is not None and number < len(result.masks)
            view.setVisible(has)
            if has and result is not None:
                picture = result.masks[number]
                view.set_picture(picture, half_name(picture.half))
        if result is None:
            return
        note = self.tr("Rows: outputs, columns: tokens. Hatched: no influence.")
        if result.prefix:
            prefix = self.tr("The first {n} tokens are the prompt.").format(n=result.prefix)
            note = f"{note} {prefix}"
        self.mask_note.setText(note)
        total = max(1, result.parameters)
        self.shares.setAccessibleName(self.share_heading.text())
        self.shares.set_bars(
            tuple(
                Bar(
                    part_name(share.part),
                    share.parameters / total,
                    f"{share.parameters / total:.1%}",
                    hint=self.tr("{n} of {total} weights of the small model {name}").format(
                        n=f"{share.parameters:,}", total=f"{total:,}", name=result.class_name
                    ),
                )
                for share in result.shares
            )
        )
        lines = []
        for claim in result.claims:
            sign = "✓" if claim.holds else "✗"
            if claim.id == "absolute":
                size = self.tr("change {error:.2g}").format(error=claim.error)
            elif claim.error == 0:
                size = self.tr("exactly")
            else:
                size = self.tr("error {error:.0e}").format(error=claim.error)
            lines.append(f"{sign} {claim_text(claim, row)} ({size})")
        self.claims.setText("\n".join(lines))

    def _columns(self) -> tuple[Column, ...]:
        """The drawing as a table: half, block, note, from below."""
        halves: list[str] = []
        blocks: list[str] = []
        notes: list[str] = []
        for tower in self.diagram.towers():
            boxes = [*tower.before]
            for branch in tower.branches:
                pair = (branch.norm, branch.box)
                boxes += pair if branch.skip == "pre" else reversed(pair)
            for box in (*boxes, *tower.after):
                halves.append(tower.title)
                blocks.append(box.text)
                notes.append(box.note)
        return (
            (self.tr("half"), halves),
            (self.tr("block"), blocks),
            (self.tr("inside"), notes),
        )

    def _mask_columns(self) -> tuple[Column, ...]:
        """One line per half, output and token: whether it is seen, and how much it moves."""
        halves: list[str] = []
        places: list[list[float]] = [[], [], [], []]
        for picture in self._result.masks if self._result is not None else ():
            for (i, j), seen in np.ndenumerate(picture.seen):
                halves.append(picture.half)
                values = (i, j, seen, picture.influence[i, j])
                for kept, value in zip(places, values, strict=True):
                    kept.append(float(value))
        names = ("output", "token", "seen", "influence")
        return (("half", halves), *zip(names, places, strict=True))

    def _mask_arrays(self) -> dict[str, NDArray[np.generic]]:
        found: dict[str, NDArray[np.generic]] = {}
        for picture in self._result.masks if self._result is not None else ():
            found[f"{picture.half}_seen"] = picture.seen
            found[f"{picture.half}_influence"] = picture.influence
        return found

    def _share_columns(self) -> tuple[Column, ...]:
        shares = self._result.shares if self._result is not None else ()
        return (
            ("part", [share.part for share in shares]),
            ("weights", [float(share.parameters) for share in shares]),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three columns where there is room, else two."""
        super().resizeEvent(event)
        wide = self.viewport().width() >= THREE_CHARS * self.fontMetrics().averageCharWidth()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._beside.setDirection(way)

    def _lay_out(self, content: QWidget) -> None:
        pictures = QHBoxLayout(self._pictures)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(12)
        for view in self.masks:
            pictures.addWidget(view, 0, Qt.AlignmentFlag.AlignTop)
        pictures.addStretch(1)
        seen = QVBoxLayout()
        seen.setSpacing(8)
        for heading, menu in (
            (self.mask_heading, self.mask_menu), (self.share_heading, self.share_menu),
        ):  # fmt: skip
            line = QHBoxLayout()
            line.addWidget(heading, 1)
            line.addWidget(menu)
            seen.addLayout(line)
            if heading is self.mask_heading:
                seen.addWidget(self._pictures)
                seen.addWidget(self.mask_note)
                seen.addSpacing(8)
        seen.addWidget(self.shares)
        seen.addStretch(1)
        told = QVBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.claim_heading)
        told.addWidget(self.claims)
        told.addSpacing(8)
        told.addWidget(self.fact_heading)
        told.addWidget(self.facts)
        told.addStretch(1)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(24)
        self._beside.addLayout(seen, 1)
        self._beside.addLayout(told, 1)
        drawing = QVBoxLayout()
        drawing.addWidget(self.card)
        drawing.addStretch(1)
        parts = QHBoxLayout()
        parts.setSpacing(24)
        parts.addLayout(drawing)
        parts.addLayout(self._beside, 1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.source, 1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 8, 8, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(parts, 1)
