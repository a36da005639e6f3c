"""Every flow by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.context.documents.desk import Desk, Outcome
from engine.context.documents.flows.long_output import long_output
from engine.context.documents.flows.map_reduce import map_reduce
from engine.context.documents.flows.nbce import nbce
from engine.context.documents.flows.refine import refine
from engine.context.documents.flows.retrieval import retrieval
from engine.context.documents.flows.whole import truncate, whole
from engine.context.documents_spec import Flow

RUNS: Final[dict[Flow, Callable[[Desk], Outcome]]] = {
    "whole": whole,
    "truncate": truncate,
    "retrieval": retrieval,
    "nbce": nbce,
    "map-reduce": map_reduce,
    "refine": refine,
    "long-output": long_output,
}
