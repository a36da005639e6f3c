"""What every stretching of a rotary embedding is: a divisor for each of its frequencies."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.context.part import Part
from engine.errors import BadSpec

Frequencies = NDArray[np.float64]
Parameters = dict[str, str | int | float | list[float]]
"""What transformers calls `rope_parameters`."""


@dataclass(frozen=True, eq=False)
class RopeConfig:
    """The rotary embedding that a model was trained with.

    Attributes:
        inv_freq: θ_i, radians per position, float64 ``[rotary_dim / 2]``.
        trained: L, positions seen in training.
        base: b of θ_i = b^(−2i/d).
        attention: Factor on cos and sin that the model has already.
        short_factor, long_factor: LongRoPE's searched divisors of `inv_freq` within and beyond
            the trained length, where the model's configuration carries them.
    """

    inv_freq: Frequencies
    trained: int
    base: float
    attention: float = 1.0
    short_factor: tuple[float, ...] = ()
    long_factor: tuple[float, ...] = ()

    @property
    def pairs(self) -> int:
        """d/2: pairs of dimensions that turn together."""
        return len(self.inv_freq)

    @property
    def dim(self) -> int:
        """d: dimensions of a head that turn."""
        return 2 * self.pairs

    @property
    def wavelengths(self) -> Frequencies:
        """λ_i = 2π/θ_i, positions per turn; infinite for a pair that does not turn."""
        with np.errstate(divide="ignore"):
            return 2 * np.pi / self.inv_freq


def plain(base: float, dim: int, trained: int) -> RopeConfig:
    """The embedding without any scaling: θ_i = base^(−2i/dim) (Su et al. 2021, §3.2.2)."""
    return RopeConfig(base ** (-np.arange(0, dim, 2) / dim), trained, base)


def from_frequencies(inv_freq: Frequencies, trained: int, attention: float = 1.0) -> RopeConfig:
    """The configuration behind frequencies that were read from a model.

    The base follows from the two fastest pairs, (θ_0/θ_1)^(d/2): no known scaling for longer
    texts but LongRoPE's touches their ratio without changing the base itself.
    """
    pairs = len(inv_freq)
    base = float((inv_freq[0] / inv_freq[1]) ** pairs) if pairs > 1 and inv_freq[1] > 0 else 1.0
    return RopeConfig(np.asarray(inv_freq, np.float64), trained, base, attention)


@dataclass(frozen=True)
class Scaling(Part):
    """One preset; its fields are its own parameters.

    Class attributes:
        uses_factor: Whether `factor` changes anything.
        uses_length: Whether the current length changes anything.
    """

    uses_factor: ClassVar[bool] = True
    uses_length: ClassVar[bool] = False

    @abstractmethod
    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        """What every θ_i is divided by, float64 ``[pairs]``; exactly 1 at factor 1."""

    def attention(self, config: RopeConfig, factor: float, length: int) -> float:
        """The preset's own factor on cos and sin; scores grow by its square."""
        return 1.0

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        """The preset in the words of a model's configuration, for a model without any scaling.

        Where transformers has no such type, the divisors are LongRoPE's lists: what is exported
        this way loads in other engines too.

        Args and raises as `inv_freq`.
        """
        changed, attention = self.inv_freq(config, factor, length)
        divisors = [float(one) for one in config.inv_freq / changed]
        return {
            "rope_type": "longrope",
            "rope_theta": config.base,
            "short_factor": divisors,
            "long_factor": divisors,
            "factor": factor,
            "attention_factor": attention / config.attention,
            "original_max_position_embeddings": config.trained,
        }

    def inv_freq(
        self, config: RopeConfig, factor: float, length: int = 0
    ) -> tuple[Frequencies, float]:
        """The stretched frequencies.

        Args:
            config: What the model was trained with.
            factor: s (or k): target length over trained length, at least 1.
            length: Tokens of the text at hand; 0 = the trained length.

        Returns:
            Frequencies, float64 ``[pairs]``, and the factor on cos and sin, the model's own
            included.

        Raises:
            BadSpec: The factor is below 1 or infinite, or the preset cannot be applied.
        """
        if not 1.0 <= factor < float("inf"):
            raise BadSpec(
                f"A context cannot be stretched by the factor {factor:g}.",
                "Choose a factor of 1 or more.",
            )
        at = length or config.trained
        changed = config.inv_freq / self.divisors(config, factor, at)
        return changed, config.attention * self.attention(config, factor, at)


def ladder(config: RopeConfig, ratio: float) -> Frequencies:
    """Divisors of a base that grows by `ratio`: (b·ratio)^(−2i/d) = θ_i / ratio^(2i/d)."""
    exponents: Frequencies = np.arange(config.pairs, dtype=np.float64) / config.pairs
    return np.asarray(ratio**exponents, np.float64)
