"""What a job is asked to do, as a value.

A `Spec` is a frozen dataclass of plain values. The window, the command line, a saved project, a
test and a cluster all submit the same spec, so it must survive JSON unchanged: its fields are
str, int, float, bool, None, tuples, `dict[str, str]`, literals and other such dataclasses.

msgspec is imported where it is used: a window that paints its first frame needs no JSON yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar, cast

from engine.errors import BadSpec

MODEL_LANE: Final = "model"
FILES_LANE: Final = "files"


@dataclass(frozen=True)
class Spec:
    """Base of every spec.

    Class attributes:
        kind: Name under which `engine.jobs.registry` finds the class and its run function.
        version: Raised when a field changes meaning; stored beside the fields.
        lane: ``"model"`` for work that owns a model on its device (serial),
            ``"files"`` for file, network and diff work (a small pool).
    """

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1
    lane: ClassVar[str] = MODEL_LANE

    def title(self) -> str:
        """A short human name for the jobs panel."""
        return self.kind

    def check(self) -> None:
        """Raise `BadSpec` or `PromptError` when the values cannot be run; called on submit."""


S = TypeVar("S", bound=Spec)


def to_plain(value: object) -> Any:  # noqa: ANN401 - JSON is any of its kinds
    """A dataclass as plain JSON-ready containers (dicts, lists, str, numbers, None)."""
    import msgspec

    return msgspec.to_builtins(value)


def from_plain(data: object, target: type[S]) -> S:
    """Rebuild a dataclass from plain containers.

    Raises:
        BadSpec: A field is missing or of the wrong type; the message names it.
    """
    import msgspec

    try:
        return msgspec.convert(data, type=target)
    except msgspec.ValidationError as error:
        raise BadSpec(
            f"The {target.__name__} cannot be read: {error}.",
            "Check the field that the message names.",
        ) from error


def encode(spec: Spec) -> str:
    """The spec as one JSON text with its kind and version."""
    import msgspec

    wrapped = {"kind": spec.kind, "version": spec.version, "spec": to_plain(spec)}
    return msgspec.json.encode(wrapped).decode()


def decode(text: str | bytes) -> Spec:
    """Rebuild a spec of any registered kind from `encode`'s text.

    Raises:
        BadSpec: The text is not JSON, the kind is unknown, or the version is newer than ours.
    """
    import msgspec

    from engine.jobs.registry import spec_class

    try:
        wrapped = cast(dict[str, Any], msgspec.json.decode(text))
        kind, version, fields = str(wrapped["kind"]), int(wrapped["version"]), wrapped["spec"]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise BadSpec("The text is not a saved job.", "Choose a file that Lathe wrote.") from error
    target = spec_class(kind)
    if version > target.version:
        raise BadSpec(
            f"The job “{kind}” was saved by a newer version (format {version}).",
            "Update Lathe and open it again.",
        )
    return from_plain(fields, target)
