"""The memory forecast in picture and words, and the measured figure beside it."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.models.spec import LoadedInfo, MemoryForecast
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.services.numbers import duration, file_size
from workbench.views.models.forecast_bar import PARTS, ForecastBar, swatch
from workbench.views.models.label_role import set_role
from workbench.widgets.plain import PlainLabel


class MemoryPanel(QWidget):
    """Heading line, bar, legend; nothing more."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = services.theme
        self._forecast: MemoryForecast | None = None
        self._info: LoadedInfo | None = None
        self._waiting = False
        self.verdict = PlainLabel(self)
        self.bar = ForecastBar(services, self)
        self.legend = QLabel(self)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.measured = PlainLabel(self)
        self.advice = PlainLabel(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label in (self.verdict, self.legend, self.measured, self.advice):
            label.setWordWrap(True)
        for widget in (self.verdict, self.bar, self.legend, self.measured, self.advice):
            column.addWidget(widget)
        services.theme.changed.connect(self.refresh)

    def show_forecast(
        self, forecast: MemoryForecast | None, info: LoadedInfo | None, waiting: bool
    ) -> None:
        """Show a forecast (None = not known) and what a load really took."""
        self._forecast, self._info, self._waiting = forecast, info, waiting
        self.refresh()

    def refresh(self) -> None:
        """Set every text anew: a new forecast, language or theme."""
        forecast, info = self._forecast, self._info
        self.bar.show_forecast(forecast, info.measured_bytes if info else None)
        self.bar.setVisible(forecast is not None)
        self.legend.setVisible(forecast is not None)
        self.verdict.setText(self._verdict())
        set_role(self.verdict, "" if forecast is None or forecast.fits else "bad")
        self.legend.setText(self._legend())
        self.measured.setVisible(info is not None)
        self.measured.setText(self._measured())
        offered = forecast.alternatives if forecast and not forecast.fits else ()
        ways = [tell(way) for way in offered]
        self.advice.setVisible(bool(ways))
        self.advice.setText(self.tr("It would fit with {ways}.").format(ways=" · ".join(ways)))
        self.bar.setAccessibleName(self.tr("Memory forecast"))
        self.bar.setAccessibleDescription(self.verdict.text())

    def _verdict(self) -> str:
        forecast = self._forecast
        if forecast is None:
            return self.tr("Reading the model's shape …") if self._waiting else "–"
        free = file_size(forecast.free)
        if forecast.fits:
            text = self.tr("Needs {total} of {free} free on {device}.")
        else:
            text = self.tr("✗ Does not fit: needs {total}, but {free} are free on {device}.")
        return text.format(total=file_size(forecast.total), free=free, device=forecast.device)

    def _legend(self) -> str:
        forecast = self._forecast
        if forecast is None:
            return ""
        tokens = QLocale().toString(forecast.context_length)
        texts = (
            self.tr("weights {size}").format(size=file_size(forecast.weights)),
            self.tr("KV cache {size} for {tokens} tokens").format(
                size=file_size(forecast.kv_cache), tokens=tokens
            ),
            self.tr("working memory {size}").format(size=file_size(forecast.overhead)),
        )
        squares = (swatch(self._theme.colour(role)) for role in PARTS)
        pairs = zip(squares, texts, strict=True)
        whole = (f"{square}&nbsp;{text.replace(' ', '&nbsp;')}" for square, text in pairs)
        return " &nbsp; ".join(whole)

    def _measured(self) -> str:
        info = self._info
        if info is None:
            return ""
        text = self.tr("▲ Measured after loading: {size} (forecast {forecast}), in {time}.")
        told = text.format(
            size=file_size(info.measured_bytes),
            forecast=file_size(info.forecast_bytes),
            time=duration(info.load_seconds)
            if info.load_seconds >= 1
            else f"{info.load_seconds * 1000:.0f} ms",
        )
        if not info.kept_bytes:
            return told
        kept = self.tr("{size} more is kept beside it for the next question.")
        return f"{told} {kept.format(size=file_size(info.kept_bytes))}"
