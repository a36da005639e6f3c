"""Facts of models in words: parameter counts, moments of use."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from workbench.services.numbers import count

translate = QCoreApplication.translate


def count_text(parameters: int | None) -> str:
    """Parameters: ``"1.2 B"``, ``"124 M"``, ``"3.1 M"``; a dash when unknown."""
    if parameters is None:
        return "–"
    return count(parameters)


def moment_text(posix: float | None, now: float | None = None) -> str:
    """A moment as days ago: ``"today"``, ``"yesterday"``, ``"5 days ago"``, else a date."""
    if posix is None:
        return "–"
    days = int(((time.time() if now is None else now) - posix) // 86_400)
    if days <= 0:
        return translate("ModelsFormat", "today")
    if days == 1:
        return translate("ModelsFormat", "yesterday")
    if days < 31:
        return translate("ModelsFormat", "{n} days ago").format(n=days)
    moment = QDateTime.fromSecsSinceEpoch(int(posix))
    return QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
