"""The likeliest next tokens before and after a change of positions, and what was said."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from workbench.plots.export import Column
from workbench.plots.series import short
from workbench.services.container import Services
from workbench.viewmodels.attention_ablation import change_columns
from workbench.viewmodels.position_swap import SwapModel
from workbench.views.plot_card import plot_exports
from workbench.widgets.bar_list import Bar, BarList
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import PlotMenu
from workbench.widgets.token_text import shown

SHOWN = 6


class NextTokens(QWidget):
    """Follows a `SwapModel`."""

    def __init__(
        self, services: Services, swap: SwapModel, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._swap = swap
        self._fills = False
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.note = PlainLabel(self)
        self.note.setWordWrap(True)
        set_role(self.note, "small")
        self.bars = BarList(self)
        self.menu = PlotMenu(services, name, plot_exports(services, self.bars, self._columns), self)
        self.error = ErrorNote(self)
        self.said = PlainLabel(self)
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.said, "mono")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.menu)
        column.addLayout(head)
        column.addWidget(self.note)
        column.addWidget(self.error)
        column.addWidget(self.bars)
        column.addWidget(self.said)
        swap.changed.connect(self.refresh)
        swap.running_changed.connect(self._running)
        swap.refused.connect(self._refused)
        self.refresh()

    def set_fills(self, fills: bool) -> None:
        """Whether the model fills masked tokens in and names no next one."""
        if fills != self._fills:
            self._fills = fills
            self.refresh()

    def _columns(self) -> tuple[Column, ...]:
        result = self._swap.result
        return change_columns(result.change if result is not None else None)

    def refresh(self) -> None:
        """Show the newest answer."""
        self.heading.setText(
            self.tr("Token filled in, before and after")
            if self._fills
            else self.tr("Next token, before and after")
        )
        self.bars.setAccessibleName(self.heading.text())
        result = self._swap.result
        if result is None:
            self.bars.set_bars(())
            self.said.hide()
            self._running(self._swap.running)
            return
        self.error.show_report(None)
        ranked = sorted(result.change.tokens, key=lambda one: -max(one.before, one.after))
        self.bars.set_bars(
            tuple(
                Bar(
                    shown(one.text),
                    one.after,
                    f"{one.before:.3f} → {one.after:.3f}",
                    ahead=one.rank_after == 1,
                    before=one.before,
                    hint=self.tr("rank {a} → {b}; logit {d}").format(
                        a=one.rank_before,
                        b=one.rank_after,
                        d=f"{one.logit_delta:+.3f}".replace("-", "−"),
                    ),
                )
                for one in ranked[:SHOWN]
            )
        )
        self._write_note()
        both = bool(result.text_before or result.text_after)
        self.said.setVisible(both)
        if both:
            lines = (
                self.tr("before: {text}").format(text=result.text_before.strip() or "–"),
                self.tr("after: {text}").format(text=result.text_after.strip() or "–"),
            )
            self.said.setText("\n".join(lines))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def _write_note(self) -> None:
        result = self._swap.result
        assert result is not None
        parts = [self.tr("KL {n} nats").format(n=short(result.change.kl))]
        if result.nll_before is not None and result.nll_after is not None:
            loss = self.tr("loss {a} → {b} nats per token (n = {n})")
            parts.append(
                loss.format(
                    a=short(result.nll_before), b=short(result.nll_after), n=len(result.loss_after)
                )
            )
        parts.append(self.tr("{ms} ms").format(ms=short(round(result.seconds * 1000, 1))))
        self.note.setText(" · ".join(parts))
        place = result.provenance
        self.note.setToolTip(f"{place.model} · {place.dtype} · {place.device}")
        self.note.show()

    def _running(self, running: bool) -> None:
        if running:
            self.note.setText(self.tr("Asking the model…"))
        elif self._swap.result is not None:
            self._write_note()
        else:
            self.note.setText(self.tr("Choose a change; the model is asked when you pause."))

    def _refused(self, report: ErrorReport) -> None:
        self.error.show_report(report)
