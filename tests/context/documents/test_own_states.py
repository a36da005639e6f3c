"""A model's own states as vectors of passages, also those of a model with two sides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import Resources
from engine.context.documents.retrieval.encoders import OwnStates
from engine.models.loading import load
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from tests.support.tiny_models import save_tiny


@pytest.mark.parametrize("family", ["llama", "bert", "t5", "bart"])
def test_a_passage_is_the_mean_of_its_states(tmp_path: Path, family: str) -> None:
    save_tiny(family, tmp_path / family)
    ref = ModelRef(str(tmp_path / family), options=LoadOptions(dtype="float32"))
    loaded = load(ref, Resources(Paths.below(tmp_path)))
    texts = ["the red house", "a river", "an old tree by the river"]
    found = OwnStates(loaded, lambda: None).encode(texts, False, lambda: None)
    model = loaded.model
    reader = model.get_encoder() if model.config.is_encoder_decoder else model.base_model
    for text, vector in zip(texts, found, strict=True):
        ids = torch.tensor([loaded.tokenizer(text)["input_ids"]])
        with torch.no_grad():
            mean = reader(input_ids=ids).last_hidden_state[0].mean(0)
        assert np.allclose(vector, mean.numpy(), atol=1e-5)
