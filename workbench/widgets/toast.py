"""A short message over the window's lower right corner; errors stay until they are closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from workbench.services.container import Services
from workbench.services.notify import Notice
from workbench.widgets.plain import PlainLabel

SHOWN_MS = {"info": 5_000, "good": 5_000, "warning": 10_000, "bad": 0}
ICONS = {"info": "info", "good": "check", "warning": "warning", "bad": "error"}
TINTS = {"info": "accent", "good": "good", "warning": "warning", "bad": "bad"}
MOST = 3
WIDTH_CHARS = 48
COVERED = 0.24  # of the window's height that older messages may cover, too


class Toast(QFrame):
    """One message. `closed` by its button, by time, or by what it offers."""

    def __init__(self, services: Services, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("level", notice.level)
        self.notice = notice
        icon = QLabel(self)
        edge = services.theme.icon_size()
        icon.setPixmap(services.icons.pixmap(ICONS[notice.level], edge, TINTS[notice.level]))
        self.text = PlainLabel(notice.text, self)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.dismiss = QPushButton(self)
        self.dismiss.setProperty("role", "quiet")
        self.dismiss.setToolTip(self.tr("Close"))
        self.dismiss.setAccessibleName(self.tr("Close message"))
        services.icons.bind(self.dismiss, "close", "muted")
        self.dismiss.clicked.connect(self.deleteLater)
        self.setAccessibleName(notice.text)

        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        plain = not notice.detail and notice.action is None
        side = Qt.AlignmentFlag.AlignVCenter if plain else Qt.AlignmentFlag.AlignTop
        row.addWidget(icon, 0, side)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.text, 1)
        buttons = QHBoxLayout()
        if notice.detail:
            self.copy = QPushButton(self.tr("Copy details"), self)
            self.copy.clicked.connect(self._copy)
            buttons.addWidget(self.copy)
        if notice.action is not None:
            self.offer = QPushButton(notice.action_text, self)
            self.offer.clicked.connect(self._accept)
            buttons.addWidget(self.offer)
        if buttons.count():
            buttons.addStretch(1)
            column.addLayout(buttons)
        row.addLayout(column, 1)
        row.addWidget(self.dismiss, 0, side)
        shown = SHOWN_MS[notice.level]
        if shown and notice.action is None:
            going = QTimer(self)
            going.setSingleShot(True)
            going.timeout.connect(self.deleteLater)
            going.start(shown)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.notice.text}\n\n{self.notice.detail}")

    def _accept(self) -> None:
        self.deleteLater()
        if self.notice.action is not None:
            self.notice.action()


class ToastShelf(QObject):
    """Stacks the messages over a host widget, newest at the foot."""

    def __init__(self, services: Services, host: QWidget, foot: QWidget | None = None) -> None:
        super().__init__(host)
        self._below = foot
        self._services = services
        self._host = host
        self.toasts: list[Toast] = []
        services.notify.posted.connect(self.show_notice)
        host.installEventFilter(self)

    def show_notice(self, notice: Notice) -> None:
        """Show one more message.

        One that says the same is replaced, and so is one that only told that something went well;
        the oldest makes room.
        """
        equal = [
            old for old in self.toasts if old.notice.text == notice.text or _passing(old.notice)
        ]
        others = [old for old in self.toasts if old not in equal]
        for old in (*equal, *others[: max(0, len(others) - MOST + 1)]):
            old.deleteLater()
            self.toasts.remove(old)
        toast = Toast(self._services, notice, self._host)
        toast.destroyed.connect(self._forget)
        self.toasts.append(toast)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the messages in their corner."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    @property
    def _foot(self) -> int:
        """Height of what must stay free at the foot."""
        return self._below.height() if self._below is not None else 0

    def _forget(self) -> None:
        self.toasts = [toast for toast in self.toasts if isValid(toast)]
        self._place()

    def _place(self) -> None:
        width = min(
            self._host.fontMetrics().averageCharWidth() * WIDTH_CHARS, self._host.width() - 40
        )
        bottom = self._host.height() - self._foot - 16
        top = bottom - self._host.height() * COVERED
        for number, toast in enumerate(reversed(self.toasts)):
            toast.setFixedWidth(width)
            fitted = toast.heightForWidth(width)
            height = fitted if fitted > 0 else toast.sizeHint().height()
            # An older one waits until the newer ones are closed, when they would cover the page.
            toast.setVisible(number == 0 or bottom - height >= top)
            toast.setGeometry(self._host.width() - width - 20, bottom - height, width, height)
            toast.raise_()
            if toast.isVisibleTo(self._host):
                bottom -= height + 8


def _passing(notice: Notice) -> bool:
    """Whether a message may go for the next: nothing is to be done about it."""
    return notice.level in ("info", "good") and notice.action is None
