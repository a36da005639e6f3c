"""Every row of the table, in its order. A new one is one line."""

from __future__ import annotations

from typing import Final

from engine.errors import BadSpec
from engine.inspection.anatomy.rows import bart, bert, bloom, chatglm, glm4, gpt2, llama, native, t5
from engine.inspection.anatomy.rows.base import Row, Specimen

SPECIMENS: Final[dict[str, Specimen]] = {
    one.SPECIMEN.row.id: one.SPECIMEN
    for one in (native, bert, llama, chatglm, bloom, bart, t5, gpt2, glm4)
}
ROWS: Final[tuple[Row, ...]] = tuple(one.row for one in SPECIMENS.values())


def specimen(row_id: str) -> Specimen:
    """The row of that id. Raises `BadSpec` when there is none."""
    if row_id not in SPECIMENS:
        raise BadSpec(f"The table has no model “{row_id}”.", f"Choose of: {', '.join(SPECIMENS)}.")
    return SPECIMENS[row_id]
