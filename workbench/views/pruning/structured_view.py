"""Parts: whole heads, neurons and layers go, so the tensors shrink; measured before and after."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.pruning.structured_spec import LayerWidths, Speed, StructuredResult
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.services.numbers import count, file_size
from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_command import structured_command
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.views.pruning.part_rows import PartRows
from workbench.views.pruning.structured_form import StructuredForm
from workbench.views.pruning.turning import Turning
from workbench.views.pruning.words import loss_tip, percent, perplexity, windows_of, worth_name
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number, signed

WIDE_CHARS = 110


class StructuredView(QScrollArea):
    """What is cut above; what it brought, and what each part was worth, below.

    Signals:
        save_wanted(): Cut, measure and write the smaller model.
    """

    save_wanted = Signal()

    def __init__(
        self, services: Services, model: PruningModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.form = StructuredForm(model, content)
        self.save = QPushButton(content)
        self.save.setObjectName("structured-save")
        self.line = JobLine(model.structured.job, content)
        self.headline = PlainLabel(content)
        self.headline.setWordWrap(True)
        set_role(self.headline, "section")
        self.table = FigureTable(content)
        self.table_card = PlotCard(
            services, "structured", self.table,
            plot_exports(services, self.table, self._figures, command=self._command), content,
        )  # fmt: skip
        self.parts = PartRows(content)
        self.parts_card = PlotCard(
            services, "structured-parts", self.parts,
            plot_exports(services, self.parts, self._layers, self._arrays), content,
        )  # fmt: skip
        self.story = PlainLabel(content)
        self.story.setWordWrap(True)
        set_role(self.story, "small")
        self._lay_out(content)
        self.setWidget(content)
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.form.retranslate()
        self.save.setText(self.tr("Save as…"))
        self.save.setToolTip(self.tr("Cut, measure, write the smaller model and open it again"))
        self.table_card.set_texts(self.tr("Before and after"))
        self.parts_card.set_texts(
            self.tr("What each part is worth"), self.tr("Cut parts are hatched; hover for values.")
        )
        self.parts.retranslate()
        self.refresh()

    # Model to widgets

    def refresh(self) -> None:
        """Show the last result."""
        result = self._model.structured.result
        self.table_card.setVisible(result is not None)
        self.parts_card.setVisible(result is not None)
        self.story.setVisible(result is not None)
        if result is None:
            self.headline.setText(
                self.tr(
                    "Cut and measure takes whole parts out, so that file, memory and the time of "
                    "a token can really shrink; the model here stays whole."
                )
            )
            return
        self.headline.setText(self._headline(result))
        columns = (
            FigureColumn(""),
            FigureColumn(self.tr("dense"), kind="number"),
            FigureColumn(self.tr("smaller"), kind="number"),
            FigureColumn(self.tr("change"), kind="number"),
        )
        self.table.set_content(columns, self._rows(result))
        self.parts.set_layers(result.layers)
        self.story.setText(self._story(result))

    def _headline(self, result: StructuredResult) -> str:
        after, before = result.file_bytes
        text = self.tr("{share} of the file is gone").format(share=percent(1 - after / before))
        parts = [text]
        if result.speed is not None:
            parts.append(self._speed_words(result.speed))
        if result.dense is not None and result.pruned is not None:
            parts.append(
                self.tr("perplexity {a} → {b}").format(
                    a=perplexity(result.dense), b=perplexity(result.pruned)
                )
            )
        return " · ".join(parts)

    def _speed_words(self, speed: Speed) -> str:
        if speed.real:
            return self.tr("{gain} × the tokens per second").format(
                gain=plain_number(speed.gain, 2)
            )
        return self.tr("no change of speed beyond the noise (± {noise})").format(
            noise=percent(speed.noise)
        )

    def _rows(self, result: StructuredResult) -> tuple[FigureRow, ...]:
        rows = []
        for name, (after, before), told in (
            (self.tr("Parameters"), result.parameters, count),
            (self.tr("File"), result.file_bytes, file_size),
            (self.tr("KV cache per token"), result.cache_bytes, file_size),
        ):
            change = percent(after / before - 1) if before else "–"
            rows.append(FigureRow((name, *_figures(told(before), told(after), change))))
        speed = result.speed
        if speed is not None:
            tip = self.tr(
                "Medians of {n} timed runs of {tokens} tokens, batch 1; the same model against "
                "itself: {again} tokens per second, ± {noise}. The change is the median of the "
                "rounds' own ratios."
            ).format(
                n=speed.rounds, tokens=speed.tokens, again=plain_number(speed.again, 1),
                noise=percent(speed.noise),
            )  # fmt: skip
            change = percent(speed.gain - 1)
            if not speed.real:
                change = self.tr("{change} (noise)").format(change=change)
            rows.append(
                FigureRow(
                    (
                        self.tr("Tokens per second"),
                        *_figures(
                            plain_number(speed.dense, 1), plain_number(speed.pruned, 1), change
                        ),
                    ),
                    tip,
                )
            )  # fmt: skip
        if result.dense is not None and result.pruned is not None:
            tip = f"{loss_tip(result.dense)}\n{loss_tip(result.pruned)}"
            rise = signed(result.pruned.nll - result.dense.nll, 3)
            rows.append(
                FigureRow(
                    (
                        self.tr("Perplexity"),
                        *_figures(
                            perplexity(result.dense), perplexity(result.pruned),
                            self.tr("{rise} nats").format(rise=rise),
                        ),
                    ),
                    tip,
                )
            )  # fmt: skip
        return tuple(rows)

    def _story(self, result: StructuredResult) -> str:
        spec = self._model.structured.spec
        parts = []
        if result.reload is not None:
            equal = (
                self.tr("Opened again, its logits are bit for bit the same ({route}).")
                if result.reload.equal
                else self.tr("Opened again, its logits differ by up to {d} ({route}).")
            )
            route = (
                self.tr("any program with transformers")
                if result.reload.route == "transformers"
                else self.tr("Lathe's own loader")
            )
            parts.append(equal.format(d=f"{result.reload.largest:.2g}", route=route))
        elif result.widths == "uniform":
            parts.append(self.tr("Every layer alike: saved, it opens in any program."))
        else:
            parts.append(self.tr("Each layer has its own widths: saved, it opens in Lathe."))
        if result.reason:
            parts.append(tell(result.reason))
        text = self.tr(
            "{model}; asked to cut {groups} of the groups, {neurons} of the neurons and {blocks} "
            "layers; {worth}; calibration {a}, measured on {b}; seed {seed}."
        )
        if spec is not None:
            parts.append(
                text.format(
                    model=result.model, groups=percent(spec.groups, 0),
                    neurons=percent(spec.neurons, 0), blocks=spec.blocks,
                    worth=worth_name(spec.importance), a=result.calibration_sha256[:8],
                    b=result.evaluation_sha256[:8], seed=spec.seed,
                )
            )  # fmt: skip
        if result.pruned is not None:
            measured = self.tr("Perplexity: {windows}.")
            parts.append(measured.format(windows=windows_of(result.pruned, result.length)))
        if result.out:
            parts.append(self.tr("Written to {out}.").format(out=result.out))
        return " ".join(parts)

    # Files

    def _figures(self) -> tuple[Column, ...]:
        result = self._model.structured.result
        if result is None:
            return ()
        names = ["parameters", "file bytes", "KV cache bytes per token"]
        before = [float(pair[1]) for pair in self._pairs(result)]
        after = [float(pair[0]) for pair in self._pairs(result)]
        if result.speed is not None:
            names.append("tokens per second")
            before.append(result.speed.dense)
            after.append(result.speed.pruned)
        if result.dense is not None and result.pruned is not None:
            names.append("nats per token")
            before.append(result.dense.nll)
            after.append(result.pruned.nll)
        return (("figure", names), ("dense", before), ("smaller", after))

    def _command(self) -> str:
        spec = self._model.structured.spec
        return structured_command(spec) if spec is not None else "lathe prune structured"

    def _pairs(self, result: StructuredResult) -> tuple[tuple[int, int], ...]:
        return (result.parameters, result.file_bytes, result.cache_bytes)

    def _layers(self) -> tuple[Column, ...]:
        result = self._model.structured.result
        layers: tuple[LayerWidths, ...] = result.layers if result is not None else ()
        return (
            ("layer", [float(one.layer) for one in layers]),
            ("stays", [float(one.stays) for one in layers]),
            ("block influence", [one.influence for one in layers]),
            ("groups", [float(len(one.groups)) for one in layers]),
            ("groups kept", [float(len(one.groups_kept)) for one in layers]),
            ("neurons", [float(len(one.neurons)) for one in layers]),
            ("neurons kept", [float(len(one.neurons_kept)) for one in layers]),
        )

    def _arrays(self) -> dict[str, np.ndarray]:
        result = self._model.structured.result
        found: dict[str, np.ndarray] = {}
        for one in result.layers if result is not None else ():
            found[f"layer{one.layer}.groups"] = np.array(one.groups)
            found[f"layer{one.layer}.neurons"] = one.neurons
            found[f"layer{one.layer}.neurons_kept"] = one.neurons_kept
        return found

    # Building

    def _lay_out(self, content: QWidget) -> None:
        cards = [_at_the_top(card, content) for card in (self.table_card, self.parts_card)]
        below = Turning(cards, (1, 1), WIDE_CHARS, content)
        below.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addWidget(self.line)
        result = QHBoxLayout()
        result.setSpacing(12)
        result.addWidget(self.headline, 1)
        result.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(result)
        column.addWidget(below)
        column.addWidget(self.story)
        column.addStretch(1)

    def _connect(self) -> None:
        self.save.clicked.connect(self.save_wanted)
        self._model.structured.changed.connect(self.refresh)


def _figures(*texts: str) -> tuple[Bar, ...]:
    return tuple(Bar(text, 0.0, 0.0, 0.0) for text in texts)


def _at_the_top(card: QWidget, parent: QWidget) -> QWidget:
    """A card that keeps its height, beside a higher one and in a low window."""
    card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    holder = QWidget(parent)
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(card)
    column.addStretch(1)
    return holder
