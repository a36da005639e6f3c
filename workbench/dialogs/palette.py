"""The command palette: type a few letters of any command, press Return."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from workbench.dialogs.base import Dialog
from workbench.dialogs.fuzzy import match
from workbench.services.actions import Command
from workbench.services.container import Services
from workbench.widgets.plain import PlainLabel

ID_ROLE = Qt.ItemDataRole.UserRole
PLACES_ROLE = Qt.ItemDataRole.UserRole + 1
KEYS_ROLE = Qt.ItemDataRole.UserRole + 2
LINES = 10
WEAKEST = 0.6  # a hit below this share of the best one is noise
_MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class CommandPalette(Dialog):
    """A line to type in over the commands that match, best first."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("palette")
        self.setWindowTitle(self.tr("Command palette"))
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        services.actions.refresh()
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(self.tr("Type a command"))
        self.line.setAccessibleName(self.tr("Command"))
        self.line.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setObjectName("palette-list")
        self.list.setAccessibleName(self.tr("Matching commands"))
        self.list.setItemDelegate(_MatchDelegate(services, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.none = PlainLabel(self.tr("No command matches."), self)
        self.none.setProperty("role", "muted")
        inner = QVBoxLayout()
        inner.setSpacing(8)
        inner.addWidget(self.line)
        inner.addWidget(self.none)
        inner.addWidget(self.list)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.addLayout(inner)
        self.line.textChanged.connect(self._fill)
        self.line.returnPressed.connect(self._run)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(self._run)
        self._fill("")
        self._stand(parent)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the letters go into the line."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and event.key() in _MOVES:
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def _stand(self, parent: QWidget) -> None:
        metrics = self.fontMetrics()
        width = min(metrics.averageCharWidth() * 78, parent.width() - 80)
        row = self.list.sizeHintForRow(0)
        self.list.setFixedHeight(row * LINES + 12)
        self.setFixedWidth(width)
        self.adjustSize()
        at = parent.mapToGlobal(QPoint((parent.width() - width) // 2, 64))
        self.move(at)

    def _fill(self, query: str) -> None:
        found: list[tuple[float, int, Command, tuple[int, ...]]] = []
        for order, command in enumerate(self.services.actions.available()):
            hit = match(query, command.text())
            if hit is not None:
                found.append((-hit[0] if query.strip() else 0.0, order, command, hit[1]))
        best = min((score for score, *_ in found), default=0.0)
        found = [hit for hit in found if hit[0] <= best * WEAKEST]
        found.sort(key=_rank)
        self.list.clear()
        for _, _, command, places in found:
            self.list.addItem(self._item(command, places))
        self.list.setCurrentRow(0)
        self.none.setVisible(not found)
        self.list.setVisible(bool(found))

    def _item(self, command: Command, places: tuple[int, ...]) -> QListWidgetItem:
        action = self.services.actions.action(command.id)
        item = QListWidgetItem(command.text())
        item.setData(ID_ROLE, command.id)
        item.setData(PLACES_ROLE, places)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        item.setData(KEYS_ROLE, keys)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{command.text()} {keys}".strip())
        if not action.isEnabled():
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        command_id = str(item.data(ID_ROLE))
        self.accept()
        self.services.actions.trigger(command_id)


def _rank(found: tuple[float, int, Command, tuple[int, ...]]) -> tuple[float, int]:
    return found[0], found[1]


class _MatchDelegate(QStyledItemDelegate):
    """Draws the name with the matched letters marked, and the keys at the right."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = services.theme

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        height = -(-(option.fontMetrics.height() + 12) // 4) * 4
        return QSize(0, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:  # noqa: ANN001
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        colour = (
            self._theme.colour("text") if enabled else self._theme.mixed("muted", "window", 0.35)
        )
        area = option.rect.adjusted(10, 0, -10, 0)
        painter.save()
        painter.setPen(self._theme.colour("muted") if enabled else colour)
        painter.drawText(
            area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, index.data(KEYS_ROLE)
        )
        painter.setPen(colour)
        layout = QTextLayout(text, option.font)
        marked = []
        for place in index.data(PLACES_ROLE):
            piece = QTextLayout.FormatRange()
            piece.start, piece.length = place, 1
            look = QTextCharFormat()
            look.setFontWeight(700)
            if enabled:
                look.setForeground(self._theme.colour("accent"))
            piece.format = look
            marked.append(piece)
        layout.setFormats(marked)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        layout.draw(painter, QPoint(area.x(), area.y() + int((area.height() - line.height()) / 2)))
        painter.restore()
