"""The slider over everything: how many weights are zero, dense ↔ pruned, and what it costs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDoubleSpinBox,
    QHBoxLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_setup import HIGHEST
from workbench.views.pruning.words import loss_tip, origin, percent, perplexity, windows_of
from workbench.widgets.chips import Chip
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

STEPS = 1000


class RatioBar(QWidget):
    """Slider and figure, two chips, one sentence."""

    def __init__(self, model: PruningModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._live = live = model.live
        self._setting = False
        self.name = PlainLabel(self)
        set_role(self.name, "section")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("prune-ratio")
        self.slider.setRange(0, round(HIGHEST * STEPS))
        self.slider.setSingleStep(10)
        self.slider.setPageStep(50)
        self.slider.setMinimumHeight(self.fontMetrics().height() + 8)
        self.figure = QDoubleSpinBox(self)
        self.figure.setObjectName("prune-ratio-figure")
        self.figure.setRange(0, 100)  # more than there is can be typed, and becomes the most
        self.figure.setDecimals(1)
        self.figure.setSingleStep(1)
        self.figure.setSuffix(" %")
        self.figure.setKeyboardTracking(False)
        self.dense = Chip(self)
        self.pruned = Chip(self)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        for chip in (self.dense, self.pruned):
            self._group.addButton(chip)
        self.pruned.setChecked(True)
        self.verdict = PlainLabel(self)
        set_role(self.verdict, "section")
        self.where = ElidedLabel(self)
        set_role(self.where, "small")
        self._lay_out()
        self.slider.sliderPressed.connect(live.begin_gesture)
        self.slider.valueChanged.connect(self._slid)
        self.figure.valueChanged.connect(self._typed)
        self._group.buttonClicked.connect(self._flipped)
        live.wish_changed.connect(self.refresh)
        live.changed.connect(self.refresh)
        live.rested.connect(self.refresh)
        model.setup_changed.connect(self.refresh)
        model.slider.running_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.name.setText(self.tr("Zero"))
        self.slider.setAccessibleName(self.tr("Share of the weights that are zero"))
        self.slider.setToolTip(self.slider.accessibleName())
        self.figure.setAccessibleName(self.slider.accessibleName())
        self.dense.setText(self.tr("dense"))
        self.dense.setToolTip(self.tr("The copy whole again, bit for bit (D flips)"))
        self.pruned.setText(self.tr("pruned"))
        self.pruned.setToolTip(self.tr("The copy cut to the slider's ratio (D flips)"))
        for chip in (self.dense, self.pruned):
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Show where the handles stand and what was measured."""
        live = self._live
        self._setting = True
        if not self.slider.isSliderDown():
            self.slider.setValue(round(live.wish.ratio * STEPS))
        self.figure.setValue(100 * live.wish.ratio)
        (self.dense if live.dense else self.pruned).setChecked(True)
        self._setting = False
        state, losses = live.state, live.losses
        if state is None:
            self.verdict.setText("")
            self.where.setText(self._awaited())
            self.where.setToolTip("")
            return
        if losses is None:
            coming = self.tr("perplexity …")
            self.verdict.setText(coming if live.pending else self.tr("perplexity –"))
            self.verdict.setToolTip("")
        else:
            before, now = losses
            if state.ratio == 0:
                text = self.tr("perplexity {a}").format(a=perplexity(before))
            else:
                text = self.tr("perplexity {a} → {b}").format(
                    a=perplexity(before), b=perplexity(now)
                )
            self.verdict.setText(text)
            self.verdict.setToolTip(f"{loss_tip(before)}\n{loss_tip(now)}")
        self.where.setText(self._told())
        self.where.setToolTip(f"{self.where.text()}\n{origin(live.asked, state)}")

    def _awaited(self) -> str:
        """What happens before there is anything to show."""
        if self._model.look.running:
            return self.tr(
                "Looking at the model. The first time its libraries are loaded too: some seconds "
                "in which nothing can be stopped."
            )
        if self._live.running:
            return self.tr("Reading the calibration text…")
        return self.tr("The slider stands still.") if self._model.stopped else ""

    def _told(self) -> str:
        state, asked = self._live.state, self._live.asked
        assert state is not None
        if self._model.setup.pattern:
            text = self.tr(
                "{pattern} fixes the ratio: Prune makes its zeros; the slider shows zeros anywhere"
            )
            return text.format(pattern=self._model.setup.pattern)
        if state.ratio == 0:
            text = self.tr("every weight as it was loaded · applied in {ms:.1f} ms")
        else:
            text = self.tr(
                "{share} of {n} prunable weights are zero · applied in {ms:.1f} ms · calibration "
                "{sha}"
            )
        told = text.format(
            share=percent(state.ratio), n=f"{int(state.sizes.sum()):,}".replace(",", " "),
            ms=state.apply_ms, sha=state.calibration_sha256[:8],
        )  # fmt: skip
        losses = self._live.losses
        if losses is None or asked is None:
            return told
        return f"{windows_of(losses[0], asked.setup.length)} · {told}"

    def _slid(self, value: int) -> None:
        if self._setting:
            return
        if not self.slider.isSliderDown():
            self._live.begin_gesture()
        self._live.move(value / STEPS, self.tr("Move the ratio"))

    def _typed(self, value: float) -> None:
        if not self._setting:
            self._live.begin_gesture()
            self._live.move(min(value / 100, HIGHEST), self.tr("Move the ratio"))
            self.refresh()

    def _flipped(self, chip: Chip) -> None:
        self._live.flip(chip is self.dense)

    def _lay_out(self) -> None:
        chips = QHBoxLayout()
        chips.setSpacing(4)
        chips.addWidget(self.dense)
        chips.addWidget(self.pruned)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.name)
        row.addWidget(self.slider, 1)
        row.addWidget(self.figure)
        row.addLayout(chips)
        told = QHBoxLayout()
        told.setSpacing(12)
        told.addWidget(self.where, 1)
        told.addWidget(self.verdict)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addLayout(told)
