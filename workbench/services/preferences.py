"""Every setting of the program, declared. The preferences form is generated from this list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from workbench.services.settings import Choice, Setting

translate = QCoreApplication.translate

THEME: Final = Setting(
    "appearance.theme",
    "system",
    "choice",
    title=lambda: translate("Settings", "Theme"),
    hint=lambda: translate("Settings", "Colours of the window; changes at once."),
    choices=(
        Choice("system", lambda: translate("Settings", "Follow the system")),
        Choice("light", lambda: translate("Settings", "Light")),
        Choice("dark", lambda: translate("Settings", "Dark")),
    ),
)
LANGUAGE: Final = Setting(
    "appearance.language",
    "system",
    "choice",
    title=lambda: translate("Settings", "Language"),
    hint=lambda: translate("Settings", "Language of the window; changes at once."),
    choices=(
        Choice("system", lambda: translate("Settings", "Follow the system")),
        Choice("en", lambda: "English"),
        Choice("zh_CN", lambda: "简体中文"),
    ),
)
TEXT_SCALE: Final = Setting(
    "appearance.text_scale",
    1.0,
    "float",
    title=lambda: translate("Settings", "Text size"),
    hint=lambda: translate("Settings", "Times the system's text size, 0.8 to 2.0."),
    minimum=0.8,
    maximum=2.0,
    step=0.1,
    unit=lambda: translate("Settings", "×"),
)
MOTION: Final = Setting(
    "appearance.motion",
    "system",
    "choice",
    title=lambda: translate("Settings", "Moving pictures"),
    hint=lambda: translate("Settings", "Whether dials and wheels may turn by themselves."),
    choices=(
        Choice("system", lambda: translate("Settings", "Follow the system")),
        Choice("on", lambda: translate("Settings", "On")),
        Choice("off", lambda: translate("Settings", "Off")),
    ),
)
MODEL_FOLDERS: Final[Setting[tuple[str, ...]]] = Setting(
    "models.folders",
    (),
    "folders",
    title=lambda: translate("Settings", "Model folders"),
    hint=lambda: translate("Settings", "More folders in which to look for models."),
)
HUB_ENDPOINT: Final = Setting(
    "models.endpoint",
    "",
    "text",
    title=lambda: translate("Settings", "Hub mirror"),
    hint=lambda: translate(
        "Settings", "Address of a mirror, beginning with https://. Empty = the hub itself."
    ),
)
HUB_TOKEN: Final = Setting(
    "models.token",
    "",
    "secret-note",
    title=lambda: translate("Settings", "Hub token"),
    hint=lambda: translate(
        "Settings",
        "For private models and those with terms to accept. It is kept in a file of its own that "
        "only you can read, and sent to the hub alone, never to a mirror.",
    ),
)
PRELOAD: Final = Setting(
    "models.preload",
    False,
    "bool",
    title=lambda: translate("Settings", "Load the model at start"),
    hint=lambda: translate(
        "Settings", "Loads the last model in the background once the window is shown."
    ),
)
IDLE_UNLOAD: Final = Setting(
    "models.idle_minutes",
    30,
    "int",
    title=lambda: translate("Settings", "Unload when idle"),
    hint=lambda: translate(
        "Settings", "Frees a model's memory after this many minutes without use; 0 = never."
    ),
    minimum=0,
    maximum=1440,
    step=5,
    unit=lambda: translate("Settings", "min"),
)
AUTOSAVE: Final = Setting(
    "session.autosave_seconds",
    5,
    "int",
    title=lambda: translate("Settings", "Autosave every"),
    hint=lambda: translate(
        "Settings", "Your work is also saved shortly after each change and on exit."
    ),
    minimum=1,
    maximum=600,
    unit=lambda: translate("Settings", "s"),
)
RESTORE: Final = Setting(
    "session.restore",
    True,
    "bool",
    title=lambda: translate("Settings", "Continue where I left off"),
    hint=lambda: translate("Settings", "Brings back pages, prompts and the model chosen."),
)
CONFIRM_CLOSE: Final = Setting(
    "session.confirm_close",
    True,
    "bool",
    title=lambda: translate("Settings", "Ask before closing while jobs run"),
    hint=lambda: translate("Settings", "Closing stops running jobs; finished parts are kept."),
)
STALL_MS: Final = Setting(
    "diagnostics.stall_ms",
    200,
    "int",
    title=lambda: translate("Settings", "Log stalls longer than"),
    hint=lambda: translate(
        "Settings", "When the window does not answer for so long, the log says where; 0 = off."
    ),
    minimum=0,
    maximum=10_000,
    step=50,
    unit=lambda: translate("Settings", "ms"),
    advanced=True,
)

DECLARED: Final = (
    THEME,
    LANGUAGE,
    TEXT_SCALE,
    MOTION,
    MODEL_FOLDERS,
    HUB_ENDPOINT,
    HUB_TOKEN,
    PRELOAD,
    IDLE_UNLOAD,
    RESTORE,
    AUTOSAVE,
    CONFIRM_CLOSE,
    STALL_MS,
)


def section_title(section: str) -> str:
    """The translated name of a section of the preferences form."""
    return {
        "appearance": translate("Settings", "Appearance"),
        "models": translate("Settings", "Models"),
        "session": translate("Settings", "Session"),
        "diagnostics": translate("Settings", "Diagnostics"),
    }[section]
