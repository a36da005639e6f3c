"""Ways of reading an answer that no finished text allows: the model itself is asked again.

They appear by name beside the rules, with the reason why they need a run.
"""

from __future__ import annotations

from typing import Final

NEEDS_RUN: Final = ("two-stage", "label-likelihood")


def reason_to_run(rule: str) -> str:
    """Why `rule` cannot read a finished text; empty for a rule that can."""
    if rule == "two-stage":
        return (
            "Two-stage extraction (Kojima et al. 2022) asks the model a second time, after its own "
            "steps, for the answer alone; a finished text cannot be asked."
        )
    if rule == "label-likelihood":
        return (
            "Label likelihood compares how probable the model finds each candidate answer; a "
            "finished text does not hold those probabilities."
        )
    return ""
