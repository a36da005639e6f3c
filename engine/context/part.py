"""What every method of stretching tells of itself; all lists of methods are made from this."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar


class Part(ABC):
    """One method, or one part of a joined one: a scaling of frequencies or a rule of attention.

    Class attributes:
        name: As in commands and files.
        title: As people call it.
        formula: What it does, as a formula in one line.
        summary: The same in one sentence, with its source.
        usual: Whether it is measured where nobody chose.
        partners: Parts that it is offered together with.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    summary: ClassVar[str]
    usual: ClassVar[bool] = False
    partners: ClassVar[tuple[str, ...]] = ()
