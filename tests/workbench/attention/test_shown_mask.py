"""What the brush's map shows as hidden, of a text that was looked at under another mask."""

from __future__ import annotations

import numpy as np

from engine.inspection.capture import Mask
from engine.inspection.inspect_spec import MaskChoice, Stroke
from tests.inspection.positions.captures import rope_layer
from workbench.viewmodels.attention_mask import cells_of, own_cells

TOKENS = 24
EVERY = slice(0, TOKENS)


def test_the_own_mask_is_the_rule_and_not_what_was_painted() -> None:
    own = np.tri(TOKENS, dtype=bool)
    painted = own.copy()
    painted[9:12, 2:4] = False
    layer, _, _ = rope_layer(tokens=TOKENS, mask=Mask("causal", painted=painted))
    np.testing.assert_array_equal(own_cells(layer, EVERY, EVERY), own)
    np.testing.assert_array_equal(cells_of(MaskChoice(), layer), own)
    strokes = MaskChoice(strokes=(Stroke((9, 12), (2, 4), False),))
    np.testing.assert_array_equal(cells_of(strokes, layer), painted)
