"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked at and what was found.

    Attributes:
        name: What was looked at, e.g. ``"torch"``.
        value: What was found, in words with units.
        ok: False when something Lathe needs, or a person will miss, is not there.
        reason: Why it is so, or how it was found out.
        hint: The next step; empty when there is nothing to do.
    """

    name: str
    value: str
    ok: bool = True
    reason: str = ""
    hint: str = ""

    def to_plain(self) -> dict[str, object]:
        """The finding as a plain dict."""
        return {
            "name": self.name,
            "value": self.value,
            "ok": self.ok,
            "reason": self.reason,
            "hint": self.hint,
        }


def gigabytes(count: float) -> str:
    """A number of bytes in GB (10⁹ bytes) with one decimal."""
    return f"{count / 1e9:.1f} GB"
