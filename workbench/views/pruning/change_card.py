"""What changes: before the run what is to be expected, after it what was measured beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.pruning.card_spec import Card, Change, Quantity
from engine.pruning.prune_spec import OWN, Loss, PruneResult
from workbench.services.engine_words import tell
from workbench.services.numbers import duration, file_size
from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_card import Sizes, sizes
from workbench.views.pruning.words import (
    figure,
    loss_tip,
    method_name,
    percent,
    perplexity,
    windows_of,
)
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number

ROWS: tuple[Quantity, ...] = ("file", "memory", "speed", "perplexity")
COLUMNS = ("dense", "expected", "measured")


class ChangeCard(QFrame):
    """Four rows, three columns, one honest sentence.

    Signals:
        save_wanted(): Prune and write the model somewhere.
    """

    save_wanted = Signal()

    def __init__(self, model: PruningModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setProperty("role", "card")
        self.heading = PlainLabel(self)
        set_role(self.heading, "section")
        self.save = QPushButton(self)
        self.save.setObjectName("prune-save")
        self.heads = {name: PlainLabel(self) for name in COLUMNS}
        self.names = {name: PlainLabel(self) for name in ROWS}
        self.cells = {(row, one): PlainLabel(self) for row in ROWS for one in COLUMNS}
        self.verdicts = {row: PlainLabel(self) for row in ROWS}
        self.story = PlainLabel(self)
        self.story.setWordWrap(True)
        set_role(self.story, "small")
        self._lay_out()
        self.save.clicked.connect(self.save_wanted)
        for signal in (
            model.live.changed, model.live.wish_changed, model.setup_changed,
            model.result_changed, model.described,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.heading.setText(self.tr("What changes"))
        self.save.setText(self.tr("Save as…"))
        self.save.setToolTip(
            self.tr("Prune, measure, and write the model with its provenance into a folder")
        )
        heads = {
            "dense": self.tr("dense"),
            "expected": self.tr("expected"),
            "measured": self.tr("measured"),
        }
        names = {
            "file": self.tr("File"),
            "memory": self.tr("Memory"),
            "speed": self.tr("Tokens per second"),
            "perplexity": self.tr("Perplexity"),
        }
        for name, label in self.heads.items():
            label.setText(heads[name])
        for name, label in self.names.items():
            label.setText(names[name])
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Work out what is expected, and show what was measured."""
        model = self._model
        for cell in self.cells.values():
            cell.clear()
            cell.setToolTip("")
        for label in self.verdicts.values():
            label.clear()
            label.setToolTip("")
        sized = sizes(model.anatomy, model.live.state, self._ratio())
        if sized is not None:
            self._set("file", "dense", file_size(sized.dense))
            self._set("file", "expected", self._file_words(sized))
            self._set("memory", "dense", file_size(sized.dense))
        for row in ("memory", "speed"):
            self._set(row, "expected", self.tr("same"))
        if model.live.losses is not None:
            before = model.live.losses[0]
            self._set("perplexity", "dense", perplexity(before), loss_tip(before))
        now = self._foreseen()
        if now is not None:
            tip = self.tr("Measured under the slider, where every layer is judged as it was whole")
            self._set("perplexity", "expected", perplexity(now), f"{tip}\n{loss_tip(now)}")
        card = model.current_card
        if card is not None:
            for change in card.changes:
                self._show_change(change, len(card.cells))
        self.story.setText(self._story(model.result, card))

    def _show_change(self, change: Change, layers: int) -> None:
        """A row of the job's own card: its forecast, then what it measured."""
        row = change.quantity
        if change.before is not None:
            self._set(row, "dense", _told(row, change.before))
        # What the slider measured on all layers is nearer than a forecast from a few of them.
        known = row == "perplexity" and self._foreseen() is not None
        if change.expected is not None and row != "speed" and not known:
            tip = ""
            if row == "perplexity":
                tip = self.tr("From {n} layers that were pruned alone").format(n=layers)
            self._set(row, "expected", _told(row, change.expected), tip)
        if change.after is None:
            if self._model.result is not None:
                set_role(self.verdicts[row], "muted")
                self.verdicts[row].setText(self._unmeasured(row))
            elif row in ("speed", "perplexity"):
                self._set(row, "measured", "…")
            return
        noise = self.tr("noise ± {n}").format(n=_told(row, change.noise)) if change.noise else ""
        self._set(row, "measured", _told(row, change.after), noise)
        label = self.verdicts[row]
        set_role(label, "good" if change.real and row != "perplexity" else "muted")
        if change.real:
            label.setText(self.tr("real"))
        elif change.noise:
            label.setText(self.tr("within the noise"))
        else:
            label.setText(self.tr("the same"))
        label.setToolTip(noise)

    def _unmeasured(self, row: Quantity) -> str:
        """Why a finished job left a quantity unmeasured."""
        if row == "file":
            return self.tr("known once saved")
        return self.tr("zeros take their room") if row == "memory" else self.tr("not measured")

    def _foreseen(self) -> Loss | None:
        """What the slider measured, where it cuts by the rule that Prune goes by."""
        live, setup = self._model.live, self._model.setup
        if live.losses is None or setup.method in OWN or setup.pattern:
            return None
        return live.losses[1]

    def _ratio(self) -> float:
        given = self._model.setup.fixed_ratio
        return self._model.live.wish.ratio if given is None else given

    def _file_words(self, sized: Sizes) -> str:
        if self._model.setup.bitmask:
            return file_size(sized.bits)
        return self.tr("same: {size}").format(size=file_size(sized.plain))

    def _story(self, result: PruneResult | None, card: Card | None) -> str:
        bits = self._model.setup.bitmask
        parts = [
            self.tr("Saved with one bit per weight and the values that stay: opens in Lathe.")
            if bits
            else self.tr("The file is as large as before: zeros are still stored."),
            self.tr("In memory the zeros are numbers like others, so size and speed stay."),
        ]
        if card is not None and card.kernel:
            parts.append(tell(card.kernel))
        if result is not None:
            took = result.seconds
            text = self.tr(
                "{method} at {ratio}: calibrate {a:.1f} s, score {b:.1f} s, measure {c:.1f} s; "
                "calibration {sha}, measured on {other}."
            )
            if card is None:
                last = self.tr("The last run was another one: perplexity {p}.")
                parts.append(last.format(p=perplexity(result.pruned)))
            parts.append(self._measured_on(result))
            parts.append(
                text.format(
                    method=method_name(result.method), ratio=percent(result.ratio),
                    a=took.calibrate, b=took.score, c=took.measure,
                    sha=result.calibration_sha256[:8], other=result.evaluation_sha256[:8],
                )
            )  # fmt: skip
            if self._foreseen() is not None:
                parts.append(
                    self.tr(
                        "Expected: under the slider, every layer judged by whole inputs; measured: "
                        "by inputs that come from pruned layers."
                    )
                )
            if result.out:
                parts.append(
                    self.tr("Written to {out} in {time}.").format(
                        out=result.out, time=duration(took.write)
                    )
                )
        return " ".join(part for part in parts if part)

    def _measured_on(self, result: PruneResult) -> str:
        loss = result.pruned or result.dense
        if loss is None:
            return ""
        text = self.tr("Perplexity: {windows}.")
        return text.format(windows=windows_of(loss, result.length))

    def _set(self, row: str, column: str, text: str, tip: str = "") -> None:
        label = self.cells[row, column]
        label.setText(text)
        label.setToolTip(tip)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.save)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(4)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place, name in enumerate(COLUMNS, start=1):
            label = self.heads[name]
            set_role(label, "small")
            label.setAlignment(right)
            grid.addWidget(label, 0, place)
        for line, row in enumerate(ROWS, start=1):
            grid.addWidget(self.names[row], line, 0)
            for place, name in enumerate(COLUMNS, start=1):
                cell = self.cells[row, name]
                use_fixed_font(cell)
                cell.setAlignment(right)
                grid.addWidget(cell, line, place)
            grid.addWidget(self.verdicts[row], line, len(COLUMNS) + 1)
        grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(grid)
        column.addWidget(self.story)


def _told(quantity: Quantity, value: float) -> str:
    """A quantity with its unit."""
    if quantity in ("file", "memory"):
        return file_size(value)
    return plain_number(value, 1) if quantity == "speed" else figure(value)
