"""The error tree. Every message says what happened, to what, and what to do next.

An `EngineError` carries one sentence (`message`), one next step (`hint`) and the technical
detail behind it (`detail`). What crosses the border to a window or a terminal is its frozen
image, `ErrorReport`.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as a value: what the screen, the terminal and the store show.

    Attributes:
        code: Stable short name of the error class, e.g. ``"model-missing"``.
        message: One sentence: what happened to what.
        hint: One sentence: the next step. May be empty for an unforeseen error.
        detail: Technical detail (a traceback, a file name); shown on demand.
    """

    code: str
    message: str
    hint: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class EngineError(Exception):
    """Base of every error that Lathe foresees.

    Args:
        message: One sentence that says what happened to what.
        hint: One sentence that says what to do next.
        detail: Technical detail behind it.
    """

    code = "engine"

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.detail = detail

    def report(self) -> ErrorReport:
        """The error as a value; the detail falls back to the traceback."""
        detail = self.detail or "".join(traceback.format_exception(self))
        return ErrorReport(self.code, self.message, self.hint, detail)


class BadSpec(EngineError):
    """A spec whose values cannot be run: unknown technique, empty prompt, bad range."""

    code = "bad-spec"


class PromptError(EngineError):
    """A prompt that cannot be rendered: empty, an undefined variable, a broken template."""

    code = "prompt"


class PromptTooLong(PromptError):
    """A prompt that, with the answer, does not fit the model's context."""

    code = "prompt-too-long"


class ModelLoadError(EngineError):
    """A model that cannot be loaded: missing or corrupt folder, unsafe weights."""

    code = "model-load"


class UnsupportedModel(ModelLoadError):
    """An architecture or file format that the installed libraries do not know."""

    code = "model-unsupported"


class DoesNotFit(ModelLoadError):
    """A load refused before it starts, because the memory forecast exceeds what is free."""

    code = "does-not-fit"


class DeviceOutOfMemory(EngineError):
    """The device ran out of memory during a job; the memory was freed again."""

    code = "out-of-memory"


class DownloadError(EngineError):
    """A download that failed: network, disk space, missing repository, gated access."""

    code = "download"


class DataError(EngineError):
    """A data file that cannot be read: encoding, ragged rows, wrong shape."""

    code = "data"


class StoreError(EngineError):
    """A project or settings file that cannot be read or written."""

    code = "store"


class JobCancelled(BaseException):
    """Raised at a cancellation point. Not an `Exception`, so that no handler swallows it."""


def as_memory_error(error: BaseException) -> BaseException:
    """The several spellings of "out of memory" as one error with a next step; others unchanged."""
    if isinstance(error, EngineError):
        return error
    text = str(error).lower()
    memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    if not memory and not ("out of memory" in text or "can't allocate memory" in text):
        return error
    swapped = DeviceOutOfMemory(
        "The device ran out of memory during the job; the memory was freed again.",
        "Choose a smaller batch, a shorter context or a 4-bit load, and run again.",
        detail=str(error),
    )
    swapped.__cause__ = error
    return swapped


def describe(error: BaseException) -> ErrorReport:
    """Turn any exception into a report; an unforeseen one keeps its traceback as detail."""
    if isinstance(error, EngineError):
        return error.report()
    text = str(error).strip() or type(error).__name__
    first = text.splitlines()[0][:300]
    return ErrorReport(
        code="unexpected",
        message=f"{type(error).__name__}: {first}",
        hint="This was not foreseen; the details can be copied into a report.",
        detail="".join(traceback.format_exception(error)),
    )
