"""Every rule of attention by name. A new one is one file and one line here."""

from __future__ import annotations

from typing import Final

from engine.context.attention.block_sparse import BlockSparse
from engine.context.attention.leaky_rerope import LeakyReRope
from engine.context.attention.log_n import LogN
from engine.context.attention.rerope import ReRope
from engine.context.attention.rule import Rule
from engine.context.attention.self_extend import SelfExtend
from engine.context.attention.sinks import Sinks
from engine.context.attention.sliding import Sliding

RULES: Final[dict[str, type[Rule]]] = {
    one.name: one for one in (SelfExtend, ReRope, LeakyReRope, Sinks, LogN, Sliding, BlockSparse)
}
