"""Several tests at once: Holm's step-down correction.

S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979)
65-70. It keeps the chance of any false "better" below α, whatever hangs together, and is never
weaker than Bonferroni.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The adjusted p-values, in the order given: compare each with α as it is."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [0.0] * len(p_values)
    reached = 0.0
    for rank, index in enumerate(order):
        reached = max(reached, (len(p_values) - rank) * p_values[index])
        adjusted[index] = min(reached, 1.0)
    return tuple(adjusted)
