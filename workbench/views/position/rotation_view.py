"""Rotation: real queries and keys turned by their positions, and why only the distance counts."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.context.scaling.registry import SCALINGS, inv_freq
from engine.errors import EngineError
from engine.inspection.capture import LayerCapture
from engine.inspection.positions.relative import RelativeGrid
from workbench.plots.dials import Dials, Face
from workbench.plots.series import short
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.services.motion import may_move
from workbench.viewmodels.latest import Latest
from workbench.viewmodels.position import PositionModel
from workbench.viewmodels.position_commands import rope_command
from workbench.viewmodels.position_rope import (
    CHOICES,
    Choice,
    DistanceView,
    RopeHead,
    chosen_pairs,
    distance_view,
    read_pairs,
    relative,
    rope_head,
)
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.views.position.position_bar import PositionBar
from workbench.views.position.rotation_charts import RotationCharts
from workbench.views.position.rotation_film import film
from workbench.widgets.elided import ElidedCombo
from workbench.widgets.fixed_font import FONT_CHANGES
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import Extra, Work

OVERLAYS: Final = ("", "linear", "ntk", "ntk-exact", "yarn", "llama3")
TICK_MS: Final = 33
TOKENS_PER_SECOND: Final = 6.0
LEAST_SPAN: Final = 64


class RotationView(QWidget):
    """Dials above, two measured curves below.

    Signals:
        settled(): All that was asked of the two vectors is on screen.
    """

    settled = Signal()

    def __init__(
        self, services: Services, model: PositionModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._model = model
        self._rope: RopeHead | None = None
        self._pairs: tuple[int, ...] = ()
        self._system_moves = True
        self._exact = 0.0
        self._heads: Latest[tuple[RopeHead, DistanceView]] = Latest(services.background)
        self._grids: Latest[RelativeGrid] = Latest(services.background)
        self.dials = Dials(services.theme, self)
        self.play = QPushButton(self)
        self.query = PositionBar(self)
        self.key = PositionBar(self)
        self.together = QCheckBox(self)
        self.choice = ElidedCombo(self)
        self.numbers = QLineEdit(self)
        self.overlay = ElidedCombo(self)
        self.sum = PlainLabel(self)
        self.charts = RotationCharts(services, partial(rope_command, model), self)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._build()
        self._connect()
        self.retranslate()

    # What the page tells

    def set_system_moves(self, moves: bool) -> None:
        """Whether the system allows motion."""
        self._system_moves = moves
        self._write_play()

    def is_playing(self) -> bool:
        """Whether the query walks through the text."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Stand still (the page is left)."""
        self._timer.stop()
        self._write_play()

    def refresh(self) -> None:
        """Another head or another text."""
        self._heads.forget()  # answers about another text or head do not fit the tokens any more
        self._grids.forget()
        layer = self._model.captured()
        if layer is None or layer.rotation is None:
            self._rope = None
            self.stop()
            self.dials.set_faces(())
            return
        work = partial(_computed, layer, self._model.head, self._model.trained)
        self._heads.ask(work, self._take_head, self._failed)

    # What the person does

    def _toggle_play(self) -> None:
        if self._timer.isActive():
            self.stop()
        elif may_move(self._services.settings, self._system_moves):
            self._exact = float(self.query.value())
            self._timer.start()
            self._write_play()
        else:
            self._exact = float(self.query.value())
            self._walk(1.0)

    def _tick(self) -> None:
        if self.isVisible():
            self._walk(TICK_MS / 1000 * TOKENS_PER_SECOND)
        else:
            self.stop()

    def _walk(self, step: float) -> None:
        """Turn on by a part of a position; the sliders follow at whole ones."""
        span = self.query.slider.maximum() + 1
        self._exact = (self._exact + step) % span
        self.query.put(int(self._exact))
        if self.together.isChecked():
            self.key.put((int(self._exact) - self._distance) % span)
        self._turn(self._exact % 1.0)

    def _query_moved(self, position: int) -> None:
        if self.together.isChecked():
            self.key.put(min(max(0, position - self._distance), self.key.slider.maximum()))
        self._exact = float(position)
        self._turn(0.0)

    def _key_moved(self, position: int) -> None:
        if self.together.isChecked():
            self.query.put(min(max(0, position + self._distance), self.query.slider.maximum()))
        self._turn(0.0)

    def _token_chosen(self, _number: int) -> None:
        self._held_together(self.together.isChecked())
        self._set_hands()

    def _turn(self, between: float) -> None:
        """Turn the dials; `between` is the way to the next whole position."""
        key = self.key.value() + (between if self.together.isChecked() else 0.0)
        self.dials.set_positions(self.query.value() + between, float(key))
        self._write_sum()

    def _held_together(self, _on: bool) -> None:
        self._distance = self.query.value() - self.key.value()

    def _choose(self, _index: int) -> None:
        if self._rope is not None:
            kind: Choice = self.choice.currentData()
            self._pairs = chosen_pairs(self._rope, kind)
            self._write_numbers()
            self._set_hands()

    def redraw(self, _index: int = 0) -> None:
        """Another overlay, or the factor of it may be another one now."""
        self._set_hands()

    def _numbers_typed(self) -> None:
        if self._rope is None:
            return
        found = read_pairs(self.numbers.text(), self._rope.pairs)
        self.numbers.setProperty("invalid", found is None)
        self.numbers.style().unpolish(self.numbers)
        self.numbers.style().polish(self.numbers)
        if found is not None:
            self._pairs = found
            self._set_hands()

    # Results

    def _take_head(self, found: tuple[RopeHead, DistanceView]) -> None:
        fresh = self._rope is None or self._rope.pairs != found[0].pairs
        self._rope, view = found
        tokens = self._tokens()
        for bar in (self.query, self.key):
            bar.set_tokens(tokens, max(len(tokens), LEAST_SPAN) - 1)
        if fresh:
            self._pairs = chosen_pairs(self._rope, self.choice.currentData())
            last = len(self._rope.q) - 1
            self.query.put(last, last)
            self.key.put(last // 2, last // 2)
        self._held_together(self.together.isChecked())
        self._write_numbers()
        self._set_hands()
        self.charts.show_distance(view)

    def _set_hands(self) -> None:
        """The vectors of the tokens at the two positions, and their relative curve."""
        rope = self._rope
        if rope is None:
            return
        query, key = self._chosen()
        preset = OVERLAYS[max(0, self.overlay.currentIndex())]
        stretched = None
        if preset:
            stretched, _ = inv_freq(preset, rope.config, self._model.factor)
        faces = []
        for pair in self._pairs:
            q, k = rope.q[query, pair], rope.k[key, pair]
            wave = rope.wavelengths[pair]
            faces.append(
                Face(
                    self.tr("Pair {n}").format(n=pair),
                    float(rope.config.inv_freq[pair]),
                    (float(q.real), float(q.imag)),
                    (float(k.real), float(k.imag)),
                    self.tr("λ {n} tokens").format(n=short(float(wave))),
                    None if stretched is None else float(stretched[pair]),
                )
            )
        self.dials.set_faces(tuple(faces))
        self._turn(0.0)
        self._grids.ask(partial(relative, rope, query, key), self._take_grid, self._failed)

    def _take_grid(self, grid: RelativeGrid) -> None:
        self.charts.show_grid(grid)
        self.settled.emit()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())

    # Texts

    def retranslate(self) -> None:
        """Set every text again."""
        self.query.set_names(
            self.tr("Query"), self.tr("Token of the query"), self.tr("Position of the query, m")
        )
        self.key.set_names(
            self.tr("Key"), self.tr("Token of the key"), self.tr("Position of the key, n")
        )
        self._fit()
        self.together.setText(self.tr("Keep their distance"))
        self.together.setToolTip(
            self.tr("Both move together: every dial turns, and no product changes.")
        )
        names: dict[Choice, str] = {
            "spread": self.tr("Spread over all"),
            "fastest": self.tr("Fastest"),
            "slowest": self.tr("Slowest"),
            "strongest": self.tr("Strongest here"),
        }
        for number, kind in enumerate(CHOICES):
            self.choice.setItemText(number, names[kind])
        for number, preset in enumerate(OVERLAYS):
            text = tell(SCALINGS[preset].title) if preset else self.tr("No overlay")
            self.overlay.setItemText(number, text)
        self.overlay.setAccessibleName(self.tr("Overlay on the dials"))
        self.overlay.setToolTip(
            self.tr("Dashed hands: the same vectors under a preset, by the factor of Stretching")
        )
        self.choice.setAccessibleName(self.tr("Pairs"))
        self._pairs_label.setText(self.tr("Pairs"))
        self.numbers.setAccessibleName(self.tr("Numbers of the pairs"))
        self.numbers.setToolTip(self.tr("Numbers from 0 (fastest), separated by spaces"))
        self.dials_card.set_texts(
            self.tr("Queries and keys turn with their positions"),
            self.tr(
                "Thin: before rotation. Arc: how far the position has turned it. "
                "The real vectors of the two tokens."
            ),
        )
        self._write_play()
        self._write_sum()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self._set_hands()
        elif event.type() in FONT_CHANGES:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        """Names, fields and sliders stand below each other, whatever the size of the text."""
        bars = (self.query, self.key)
        for bar in bars:
            bar.name.setMinimumWidth(0)
        widest = max(bar.name.sizeHint().width() for bar in bars)
        for bar in bars:
            bar.name.setMinimumWidth(widest)
        self.numbers.setMaximumWidth(self.fontMetrics().averageCharWidth() * 20)

    def _write_play(self) -> None:
        playing = self._timer.isActive()
        moves = may_move(self._services.settings, self._system_moves)
        text = self.tr("Pause") if playing else self.tr("Play") if moves else self.tr("Step")
        self.play.setText(text)
        self.play.setAccessibleName(text)
        self.play.setToolTip(
            self.tr("Walk the query through the text")
            if moves
            else self.tr("The system asks for no motion: one token at a time")
        )
        self._services.icons.bind(self.play, "stop" if playing else "play")

    def _write_numbers(self) -> None:
        self.numbers.setText(" ".join(str(pair) for pair in self._pairs))

    def _write_sum(self) -> None:
        rope = self._rope
        if rope is None:
            self.sum.setText("")
            return
        at = self.dials.at
        query, key = self._chosen()
        turned = (
            rope.q[query]
            * np.conj(rope.k[key])
            * np.exp(1j * (at["q"] - at["k"]) * rope.config.inv_freq)
        )
        whole = float(turned.real.sum())
        text = self.tr("m − n = {distance}   shown pairs {part}   all {count} pairs {whole}")
        self.sum.setText(
            text.format(
                distance=short(round(at["q"] - at["k"], 1)),
                part=f"{self.dials.total():+.3f}".replace("-", "−"),
                count=rope.pairs,
                whole=f"{whole:+.3f}".replace("-", "−"),
            )
        )

    def _chosen(self) -> tuple[int, int]:
        """Numbers of the two tokens, inside the captured text."""
        assert self._rope is not None
        queries, keys = len(self._rope.q), len(self._rope.k)
        return min(self.query.token.value(), queries - 1), min(self.key.token.value(), keys - 1)

    def _tokens(self) -> tuple[str, ...]:
        capture = self._model.capture
        return capture.tokens if capture is not None else ()

    # Saving

    def _film(self) -> Work | None:
        """Frames of one walk of the query through the text, drawn and packed on a worker."""
        faces = self.dials.faces
        if not faces:
            return None
        span = float(self.query.slider.maximum() + 1)
        together = self.together.isChecked()
        return partial(film, faces, self.dials.at, span, together, self.dials.paints())

    # Building

    def _build(self) -> None:
        self.play.setProperty("role", "quiet")
        set_role(self.sum, "mono")
        for _ in CHOICES:
            self.choice.addItem("")
        for number, kind in enumerate(CHOICES):
            self.choice.setItemData(number, kind)
        self.choice.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for _ in OVERLAYS:
            self.overlay.addItem("")
        self.overlay.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._pairs_label = PlainLabel(self)
        self._pairs_label.setBuddy(self.choice)
        extra = (Extra(lambda: self.tr("Save as GIF…"), ".gif", self._film),)
        command = partial(rope_command, self._model)
        exports = plot_exports(
            self._services, self.dials, self.dials.columns, self.dials.arrays, command, extra
        )
        self.dials_card = PlotCard(self._services, "rope-dials", self.dials, exports, self)
        for widget in (self._pairs_label, self.choice, self.numbers, self.overlay):
            self.dials_card.head.insertWidget(self.dials_card.head.count() - 1, widget)
        bars = QGridLayout()
        bars.setHorizontalSpacing(12)
        bars.setVerticalSpacing(4)
        bars.addWidget(self.query, 0, 0)
        bars.addWidget(self.play, 0, 1, Qt.AlignmentFlag.AlignLeft)
        bars.addWidget(self.key, 1, 0)
        bars.addWidget(self.together, 1, 1)
        bars.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.dials_card)
        column.addLayout(bars)
        column.addWidget(self.sum)
        column.addSpacing(8)
        column.addWidget(self.charts, 1)
        self._distance = 0

    def _connect(self) -> None:
        self.play.clicked.connect(self._toggle_play)
        self.query.moved.connect(self._query_moved)
        self.key.moved.connect(self._key_moved)
        for bar in (self.query, self.key):
            bar.chosen.connect(self._token_chosen)
        self.query.held.connect(self.stop)
        self.together.toggled.connect(self._held_together)
        self.choice.activated.connect(self._choose)
        self.overlay.activated.connect(self.redraw)
        self.numbers.editingFinished.connect(self._numbers_typed)


def _computed(layer: LayerCapture, head: int, trained: int) -> tuple[RopeHead, DistanceView]:
    rope = rope_head(layer, head, trained)
    return rope, distance_view(layer, head, rope)
