"""The navigation rail: the program's menu, one button per page, preferences at the foot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QVBoxLayout, QWidget

from workbench.pages import PageEntry
from workbench.services.container import Services


class Rail(QFrame):
    """Signals:
    page_wanted(str): The person chose a page, by id.
    """

    page_wanted = Signal(str)

    def __init__(
        self, services: Services, pages: tuple[PageEntry, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._services = services
        self._pages = {page.id: page for page in pages}
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self.brand = QPushButton("Lathe", self)
        self.brand.setObjectName("brand")
        services.icons.bind(self.brand, "lathe", "accent")

        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(4)
        self._column.addWidget(self.brand)
        self._column.addSpacing(8)
        for page in pages:
            self._column.addWidget(self._page_button(page))
        self._column.addStretch(1)
        self._foot: list[tuple[QPushButton, QAction]] = []
        self._group.buttonClicked.connect(self._clicked)
        services.theme.changed.connect(self._fit)
        self.retranslate()

    def add_foot(self, action: QAction) -> None:
        """Add a button for an action at the foot."""
        button = self._button()
        button.clicked.connect(action.trigger)
        self._services.icons.bind(button, str(action.property("icon-name")), "muted")
        self._foot.append((button, action))
        self._column.addWidget(button)
        self.retranslate()

    def show_current(self, page_id: str) -> None:
        """Mark the page that is shown."""
        for other, button in self.buttons.items():
            current = other == page_id
            button.setChecked(current)
            role = "accent" if current else "muted"
            self._services.icons.bind(button, self._pages[other].icon, role)

    def retranslate(self) -> None:
        """Set every text again."""
        self.setAccessibleName(self.tr("Pages"))
        self.brand.setToolTip(self.tr("Menu"))
        self.brand.setAccessibleName(self.tr("Lathe menu"))
        for number, (page_id, button) in enumerate(self.buttons.items(), 1):
            button.setText(self._pages[page_id].title())
            name = self._pages[page_id].title()
            keys = self.tr("{page}  ·  Ctrl+{n}").format(page=name, n=number % 10)
            button.setToolTip(keys if number <= 10 else name)
        for button, action in self._foot:
            button.setText(action.text().rstrip("…"))
            button.setToolTip(action.toolTip())
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _page_button(self, page: PageEntry) -> QPushButton:
        button = self._button()
        button.setCheckable(True)
        button.setObjectName(f"rail-{page.id}")
        self._services.icons.bind(button, page.icon, "muted")
        self._group.addButton(button)
        self.buttons[page.id] = button
        return button

    def _button(self) -> QPushButton:
        button = QPushButton(self)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def _clicked(self, clicked: QPushButton) -> None:
        for page_id, button in self.buttons.items():
            if button is clicked:
                self.page_wanted.emit(page_id)

    def _fit(self) -> None:
        """As wide as the widest text in bold, so that choosing a page moves nothing."""
        font = self.font()
        font.setBold(True)
        from PySide6.QtGui import QFontMetrics

        metrics = QFontMetrics(font)
        texts = [button.text() for button in self.findChildren(QPushButton)]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        wanted = widest + self._services.theme.icon_size() + 16 + 8 + 20 + 12
        self.setFixedWidth(max(148, -(-wanted // 4) * 4))
