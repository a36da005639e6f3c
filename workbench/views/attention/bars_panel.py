"""Below: what the model says next, before and after heads were taken out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.errors import EngineError, ErrorReport
from engine.inspection.ablation_spec import TokenChange
from workbench.plots.export import Column
from workbench.plots.token_axis import shown_token
from workbench.services.container import Services
from workbench.services.engine_words import tell_report
from workbench.viewmodels.attention import AttentionModel
from workbench.viewmodels.attention_ablation import (
    AblationModel,
    change_columns,
    saving,
    telling,
)
from workbench.viewmodels.attention_heads import HeadAt
from workbench.views.plot_card import plot_exports
from workbench.widgets.bar_list import Bar, BarList
from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import PlotMenu
from workbench.widgets.signed_tint import plain_number

SHOWN = 5
FEW = 3


class BarsPanel(QWidget):
    """Bars of the likeliest next tokens, and what is taken out."""

    def __init__(
        self,
        model: AttentionModel,
        ablation: AblationModel,
        services: Services,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._ablation = ablation
        self._services = services
        self._shown = SHOWN
        self._refusal: ErrorReport | None = None
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.bars = BarList(self)
        exports = plot_exports(services, self.bars, self._columns)
        self.menu = PlotMenu(services, "next-token", exports, self)
        self.story = PlainLabel(self)
        self.story.setWordWrap(True)
        set_role(self.story, "muted")
        self.toggle = QPushButton(self)
        self.restore = QPushButton(self)
        self.sweep = QPushButton(self)
        self.save = QPushButton(self)
        self.send = QPushButton(self)
        self.send.setObjectName("ranking-to-pruning")
        for button in (self.restore, self.sweep, self.save, self.send):
            button.setProperty("role", "quiet")
        self.mean = Chip(self, compact=True)
        self.everywhere = Chip(self, compact=True)
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.restore.setText(self.tr("Put all back"))
        self.save.setText(self.tr("Save the ranking…"))
        self.save.setToolTip(self.tr("A JSON file that pruning can read"))
        self.send.setText(self.tr("Prune by this ranking"))
        self.send.setToolTip(self.tr("Open the page Pruning; this ranking judges its heads"))
        self.mean.setText(self.tr("mean instead of zero"))
        self.mean.setToolTip(self.tr("A head's mean over this text stands in its place, not zeros"))
        self.everywhere.setText(self.tr("at every token"))
        self.everywhere.setToolTip(
            self.tr("Take heads out at every token, not at the shown one alone; slower, exact")
        )
        for chip in (self.mean, self.everywhere):
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.bars.setAccessibleName(self.tr("Likeliest tokens"))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def set_low(self, low: bool) -> None:
        """In a low window fewer bars are shown."""
        shown = FEW if low else SHOWN
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def refresh(self) -> None:
        """Show the result and what can be done."""
        result, taken = self._ablation.result, self._ablation.units
        heading = self.tr("Token filled in") if self._fills else self.tr("Next token")
        bars: tuple[Bar, ...] = ()
        if result is not None:
            last = shown_token(result.tokens[result.at]) if result.tokens else ""
            place = (
                self.tr("Token filled in for “{token}”")
                if self._fills
                else self.tr("Next token after “{token}”")
            )
            heading = place.format(token=last)
            bars = tuple(self._bar(one, bool(taken)) for one in telling(result.change, self._shown))
        self.heading.setText(heading)
        self.bars.set_bars(bars)
        self.story.setText(self._story())
        head = self._model.head
        out = head in self._ablation.heads(self._model.role) if head is not None else False
        name = head.name if head is not None else ""
        self.toggle.setText(
            (self.tr("Put {head} back") if out else self.tr("Take {head} out")).format(head=name)
        )
        self.toggle.setToolTip(self.tr("Delete or Backspace on the atlas"))
        self.toggle.setEnabled(head is not None and self._model.capture is not None)
        self.restore.setVisible(bool(taken))
        running = self._ablation.sweep.running
        self.sweep.setText(self.tr("Stop measuring") if running else self.tr("Measure every head"))
        self.sweep.setToolTip(
            self.tr("Take every head out in turn: how much does the text's loss rise?")
        )
        self.sweep.setEnabled(self._model.capture is not None)
        ranked = self._ablation.ranking is not None and not running
        self.save.setVisible(ranked)
        self.send.setVisible(ranked)

    def tell_refusal(self, report: ErrorReport) -> None:
        """Say why there are no bars."""
        self._refusal = report
        self.refresh()

    # What the person does

    def toggle_head(self, head: HeadAt | None = None) -> None:
        """Take a head (the shown one) out, or put it back."""
        head = head or self._model.head
        if head is None or self._model.capture is None:
            return
        out = head in self._ablation.heads(self._model.role)
        text = self.tr("Put {head} back") if out else self.tr("Take {head} out")
        self._ablation.toggle(head, self._model.role, text.format(head=head.name))

    def _toggle_clicked(self) -> None:
        self.toggle_head()

    def _restore_clicked(self) -> None:
        self._ablation.restore_all(self.tr("Put all heads back"))

    def _method_chosen(self, mean: bool) -> None:
        self._ablation.set_method("mean" if mean else "zero")

    def _scope_chosen(self, everywhere: bool) -> None:
        self._ablation.set_scope("all" if everywhere else "last")

    def _sweep_clicked(self) -> None:
        if self._ablation.sweep.running:
            self._ablation.sweep.stop()
        else:
            self._ablation.start_sweep()

    def _save_clicked(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Save"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Ranking (*.json)"))
        dialog.setDefaultSuffix("json")
        dialog.selectFile("head-ranking.json")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_ranking)
        dialog.open()

    def _send_clicked(self) -> None:
        if self._ablation.ranking is not None:
            self._services.desk.lay("pruning", self._ablation.ranking)

    def save_ranking(self, path: str) -> None:
        """Write what the sweep measured."""
        ranking = self._ablation.ranking
        if ranking is not None:
            self._services.background.run(
                partial(saving, ranking, path), self._saved, self._not_saved
            )

    # Inside

    def _columns(self) -> tuple[Column, ...]:
        result = self._ablation.result
        return change_columns(result.change if result is not None else None)

    def _bar(self, one: TokenChange, changed: bool) -> Bar:
        before, after = plain_number(one.before), plain_number(one.after)
        return Bar(
            name=shown_token(one.text),
            share=one.after,
            text=f"{before} → {after}" if changed else after,
            ahead=one.rank_after == 1,
            before=one.before if changed else None,
            hint=self.tr("rank {a} → {b}, logit {d:+.2f}").format(
                a=one.rank_before, b=one.rank_after, d=one.logit_delta
            ),
        )

    @property
    def _fills(self) -> bool:
        """Whether the model fills masked tokens in and names no next one."""
        return self._model.capture is not None and self._model.capture.fills

    def _story(self) -> str:
        result, taken = self._ablation.result, self._ablation.units
        if result is None:
            return tell_report(self._refusal).message if self._refusal is not None else ""
        if not taken:
            told = self.tr("Nothing is taken out. Delete on the atlas takes the chosen head out.")
            if self._fills:
                model = self.tr("A masked model: it fills its mask token in and does not go on.")
                told = f"{model} {told}"
            return told
        names = ", ".join(HeadAt(one.layer, one.head).name for one in taken[:6])
        if len(taken) > 6:
            names += " …"
        parts = [
            self.tr("without {heads}").format(heads=names),
            self.tr("KL {kl:.3f} nats").format(kl=result.change.kl),
            self.tr("{ms:.0f} ms").format(ms=result.seconds * 1000),
        ]
        before, after = result.nll_before, result.nll_after
        if before is not None and after is not None:
            parts.insert(
                2,
                self.tr("loss {a:.3f} → {b:.3f} nats per token").format(a=before, b=after),
            )
        if result.change.top_changed:
            parts.insert(1, self.tr("another token is likeliest now"))
        return " · ".join(parts)

    def _saved(self, path: Path) -> None:
        self._services.notify.good(self.tr("Saved {name}").format(name=path.name))

    def _not_saved(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.menu)
        left.addLayout(head)
        left.addWidget(self.bars)
        left.addStretch(1)
        buttons = FlowBar(self)
        row = FlowLayout(buttons, 4)
        for widget in (
            self.toggle,
            self.mean,
            self.everywhere,
            self.restore,
            self.sweep,
            self.save,
            self.send,
        ):
            row.addWidget(widget)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(buttons)
        right.addWidget(self.story)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(20)
        layout.addLayout(left, 5)
        layout.addLayout(right, 4)

    def _connect(self) -> None:
        self.toggle.clicked.connect(self._toggle_clicked)
        self.restore.clicked.connect(self._restore_clicked)
        self.sweep.clicked.connect(self._sweep_clicked)
        self.save.clicked.connect(self._save_clicked)
        self.send.clicked.connect(self._send_clicked)
        self.mean.toggled.connect(self._method_chosen)
        self.everywhere.toggled.connect(self._scope_chosen)
        self._ablation.units_changed.connect(self.refresh)
        self._ablation.result_changed.connect(self._result_changed)
        self._ablation.ranking_changed.connect(self.refresh)
        self._ablation.sweep.running_changed.connect(self._running_changed)
        self._model.head_changed.connect(self.refresh)

    def _result_changed(self) -> None:
        self._refusal = None
        self.refresh()

    def _running_changed(self, _running: bool) -> None:
        self.refresh()
