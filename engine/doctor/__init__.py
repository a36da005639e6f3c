"""`lathe doctor`: what this computer offers, each finding with its reason and the next step.

The package itself and `engine.doctor.desktop` use the standard library only, so that the
set-up script can ask before anything is installed.
"""

from __future__ import annotations

from engine.doctor.finding import Finding


def findings() -> tuple[Finding, ...]:
    """Every finding, in the order a person reads them. Imports torch; takes some seconds."""
    from engine.doctor import desktop, hardware, software, storage

    return (
        *software.findings(),
        *hardware.findings(),
        *storage.findings(),
        *desktop.findings(),
    )


def run() -> dict[str, object]:
    """The whole report, ready for JSON.

    Returns:
        ``{"ok": bool, "entries": [{"name", "value", "ok", "reason", "hint"}, …]}``; ``ok`` is
        true when nothing that Lathe needs is missing.
    """
    found = findings()
    return {
        "ok": all(finding.ok for finding in found),
        "entries": [finding.to_plain() for finding in found],
    }


__all__ = ["Finding", "findings", "run"]
