"""The model card: what the model is, how it was trained, its figures, its licence."""

from __future__ import annotations

from pathlib import Path

BEGIN, FINISH = "<!-- figures -->", "<!-- end of figures -->"

_DESCRIPTION = {
    "teach-rope": "LLaMA architecture: rotary positions (RoPE), SwiGLU, RMSNorm before each part",
    "teach-alibi": "Bloom architecture: linear position biases (ALiBi), GELU, LayerNorm",
}

_CARD = """---
license: apache-2.0
language: [en, zh]
library_name: transformers
pipeline_tag: text-generation
tags: [teaching, chain-of-thought, synthetic]
---

# {name}

A very small language model for learning how prompting works. {description}.
{parameters:.2f} million parameters, trained window {window} tokens, English and Chinese.

It knows a small world and nothing else: arithmetic stories, comparisons, rules shown by examples,
keys hidden in text, and one small form of each base task (summary, extraction, questions,
classification, conversation, one-line Python, reasoning). In that world each prompting technique
has a real, measurable effect. It is no assistant, and its facts are the areas and populations of
{cities} cities.

## Use

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("resources/models/{name}")
model = AutoModelForCausalLM.from_pretrained("resources/models/{name}")
story = "Tom has 12 apples. Tom buys 5 more. Tom loses 3. How many apples does Tom have?"
chat = [{{"role": "user", "content": story + "\\nLet's think step by step."}}]
inputs = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt")
print(tokenizer.decode(model.generate(**inputs)[0]))
```

## Training

From scratch by `python -m engine.teaching build --model {name}`, on text that the generators in
`engine/teaching/tasks` write: {steps} steps, {tokens:.1f} million tokens, {minutes:.0f} minutes
on one CPU core, seed {seed}. Only answers are scored. Muon for the layers' matrices, AdamW for
the rest; warm-up, plateau, linear decay. One content key in eight is held out by its hash and
never trained on; bare comparisons have true answers for half of the cities only. The tasks, their
weights and the learning rate were adjusted on the way (see `docs/teaching.md`).

## Figures

Held-out items, greedy decoding in float32 (percent right):

{begin}
(not measured yet)
{finish}

## Limits

Beyond the trained window quality falls (that is on purpose: stretching it can then be seen).
Stories with more steps or larger numbers than trained fail more often. Words outside its world
are spelled in bytes and mean nothing to it.

## Licence

Apache-2.0, like the program that trains it. The city figures are rounded public statistics
(see `docs/teaching.md`).
"""


def write_card(
    folder: Path,
    name: str,
    *,
    parameters: int,
    steps: int,
    tokens: int,
    minutes: float,
    seed: int,
) -> None:
    """Write ``README.md`` into the model folder; figures are filled in by `replace_figures`."""
    from engine.teaching.architectures import WINDOW
    from engine.teaching.tasks.cities import CITIES

    text = _CARD.format(
        name=name,
        description=_DESCRIPTION[name],
        parameters=parameters / 1e6,
        window=WINDOW,
        cities=len(CITIES),
        steps=steps,
        tokens=tokens / 1e6,
        minutes=minutes,
        seed=seed,
        begin=BEGIN,
        finish=FINISH,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def replace_figures(document: Path, table: str) -> None:
    """Put ``table`` between the figure marks of a document.

    Raises:
        ValueError: The document has no such marks.
    """
    text = document.read_text(encoding="utf-8")
    if BEGIN not in text or FINISH not in text:
        raise ValueError(f"{document} has no “{BEGIN}” … “{FINISH}” to put the table between.")
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(FINISH, 1)[1]
    document.write_text(f"{head}{BEGIN}\n{table}\n{FINISH}{tail}", encoding="utf-8")
