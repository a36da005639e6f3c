"""What an activation function is: a value and a slope for every x, and where it was published."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SQRT_2: Final = math.sqrt(2.0)
_ERF: Final = np.frompyfunc(math.erf, 1, 1)


@dataclass(frozen=True)
class Activation(ABC):
    """Base of the activation functions; each is applied to every number by itself.

    Class attributes:
        id: Stable name, as specs and options spell it.
        name: As the field writes it.
        formula: In plain signs.
        source: Where it was published.
        has_beta: Whether `beta` changes it.

    Attributes:
        beta: Swish's factor inside the sigmoid; the others do not use it.
    """

    id: ClassVar[str] = ""
    name: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    has_beta: ClassVar[bool] = False

    beta: float = 1.0

    @abstractmethod
    def value(self, x: Array) -> Array:
        """The function, any shape."""

    @abstractmethod
    def slope(self, x: Array) -> Array:
        """Its derivative, the same shape."""


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x) without overflow for any x."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def normal_cdf(x: Array) -> Array:
    """Φ, the distribution function of the standard normal."""
    return 0.5 * (1.0 + np.asarray(_ERF(x / SQRT_2), dtype=np.float64))


def normal_density(x: Array) -> Array:
    """φ, its density."""
    return np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
