"""A small model in a folder, its plain forward pass as the truth, and an engine to run jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.api import Engine
from engine.decoding.params import Sampling
from engine.evaluation.spec import CompareSpec, Variant
from engine.jobs.events import Event, Partial
from engine.jobs.spec import Spec
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Example, Item, PromptElements
from tests.support.tiny_models import save_tiny, tiny_model

Truth = Callable[[str, str], np.ndarray]


@pytest.fixture(scope="session")
def tiny_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Two states of one model: the same tokenizer, other weights."""
    base = tmp_path_factory.mktemp("evidence")
    return {seed: save_tiny("llama", base / f"tiny-{seed}", seed) for seed in (0, 1)}


@pytest.fixture(scope="session")
def refs(tiny_folders: dict[int, Path]) -> tuple[ModelRef, ...]:
    options = LoadOptions(dtype="float32")
    return tuple(ModelRef(str(folder), options=options) for folder in tiny_folders.values())


def plain_logprobs(seed: int, prompt: str, answer: str) -> np.ndarray:
    """float64 ``[answer, vocabulary]`` of one forward pass of transformers over the whole text."""
    import torch

    model, tokenizer = tiny_model("llama", seed)
    before, said = tokenizer(prompt)["input_ids"], tokenizer(answer)["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([[*before, *said]])).logits[0, len(before) - 1 : -1]
    values = logits.double().numpy()
    values = values - values.max(-1, keepdims=True)
    return values - np.log(np.exp(values).sum(-1, keepdims=True))


def said_by(logprobs: np.ndarray, answer: str) -> np.ndarray:
    """Log-probability of each token (byte) of the answer."""
    _, tokenizer = tiny_model("llama")
    ids: Sequence[int] = tokenizer(answer)["input_ids"]
    return logprobs[np.arange(len(ids)), ids]


@pytest.fixture
def truth() -> Truth:
    return lambda prompt, answer: plain_logprobs(0, prompt, answer)


@pytest.fixture
def asked(refs: tuple[ModelRef, ...]) -> CompareSpec:
    """Two columns, two questions, three examples."""
    return CompareSpec(
        models=refs[:1],
        prompt=PromptElements(
            instruction="Say it.",
            examples=(Example("one", "1"), Example("two", "2"), Example("six", "6")),
            input="{{q}}",
        ),
        variants=(Variant("few-shot"), Variant("zero-shot")),
        items=(
            Item("a", {"q": "four"}, expected="4"),
            Item("b", {"q": "nine"}, expected="9!"),
        ),
        sampling=Sampling(max_new_tokens=5),
        extraction=("exact",),
    )


class Runner:
    """Runs specs to their end and keeps what they published."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.partials: list[object] = []

    def __call__(self, spec: Spec) -> object:
        return self.engine.submit(spec, self._hear).result(120)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Partial):
            self.partials.append(event.value)


@pytest.fixture
def run() -> Iterator[Runner]:
    engine = Engine()
    yield Runner(engine)
    engine.close()
