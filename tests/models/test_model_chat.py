"""Messages to exact text and tokens: every element is found, whatever the template does."""

from __future__ import annotations

import pytest

from engine.errors import PromptError
from engine.models.chat import EncodedPrompt, encode
from engine.prompting.elements import Example, PromptElements
from engine.prompting.render import Message, render
from tests.support.tiny_models import BOS, CHAT_TEMPLATE, tiny_tokenizer

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}"
    "{% endif %}[{{ m.role }}]{{ m.content.strip() }}{% endfor %}>"
)
DROPS_SYSTEM = (
    "{% for m in messages %}{% if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endif %}"
    "{% endfor %}>"
)
REWRITES = "{% for m in messages %}[{{ m.content.replace('12', 'twelve') }}]{% endfor %}>"
MALICIOUS = "{{ messages.__class__.__mro__[1].__subclasses__() }}{{ messages[0].content }}"

PROMPT = PromptElements(
    instruction="  Add the numbers. user assistant",
    context="Numbers are whole.",
    input="12 + 7?",
    output_indicator="Answer with a number.  ",
    system="You are exact.",
)
SHOTS = (Example("1 + 1?", "2"), Example("你好 + 2?", "4"))


def messages(**changes: object) -> tuple[Message, ...]:
    return render(PROMPT, {}, shots=SHOTS, trigger="Let's think.", **changes)  # type: ignore[arg-type]


def by_element(encoded: EncodedPrompt) -> dict[object, str]:
    found: dict[object, str] = {}
    for part in encoded.parts:
        key = (part.element, part.index)
        found[key] = found.get(key, "") + part.text
    return found


@pytest.mark.parametrize("template", [CHATML, CHAT_TEMPLATE, NO_SYSTEM, DROPS_SYSTEM])
@pytest.mark.parametrize("examples_as", ["text", "turns"])
def test_every_element_is_found_in_the_exact_text(template: str, examples_as: str) -> None:
    tokenizer = tiny_tokenizer(template)
    encoded = encode(tokenizer, messages(examples_as=examples_as))

    assert "".join(part.text for part in encoded.parts) == encoded.text
    assert tokenizer.decode(encoded.ids) == encoded.text
    found = by_element(encoded)
    assert found["instruction", 0].strip() == "Add the numbers. user assistant"
    assert found["context", 0].strip() == "Numbers are whole."
    assert found["input", 0].strip().removeprefix("Q: ") == "12 + 7?"
    assert found["output-indicator", 0].strip() == "Answer with a number."
    assert found["trigger", 0].strip() == "Let's think."
    assert found["system", 0].strip() == "You are exact."
    assert "你好 + 2?" in found["example", 1]
    assert "1 + 1?" in found["example", 0]


def test_the_text_is_the_templates_own_rendering() -> None:
    tokenizer = tiny_tokenizer(CHAT_TEMPLATE)
    sent = messages()
    direct = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content} for m in sent],
        tokenize=False,
        add_generation_prompt=True,
    )
    encoded = encode(tokenizer, sent)
    assert encoded.text == direct
    assert encoded.ids.count(BOS) == 1
    assert list(encoded.ids) == tokenizer(direct, add_special_tokens=False)["input_ids"]


def test_each_token_belongs_to_the_part_that_holds_its_characters() -> None:
    tokenizer = tiny_tokenizer(CHATML)
    encoded = encode(tokenizer, messages())
    for index, part in enumerate(encoded.parts):
        own = [
            token
            for token, where in zip(encoded.ids, encoded.token_parts, strict=True)
            if where == index
        ]
        assert tokenizer.decode(own) == part.text


def test_a_template_that_rewrites_contents_still_yields_the_whole_text() -> None:
    tokenizer = tiny_tokenizer(REWRITES)
    encoded = encode(tokenizer, messages())
    assert "".join(part.text for part in encoded.parts) == encoded.text
    assert "twelve" in encoded.text
    found = by_element(encoded)
    assert found["context", 0] == "Numbers are whole."
    assert ("input", 0) not in found  # it does not stand there as it was written


def test_a_template_cannot_reach_out_of_its_sandbox() -> None:
    with pytest.raises(PromptError, match="refuses"):
        encode(tiny_tokenizer(MALICIOUS), messages())


def test_without_a_template_examples_as_text_end_with_the_answer_label() -> None:
    prompt = PromptElements(instruction="Add.", input="3 + 4?")
    plain = render(prompt, {}, shots=SHOTS[:1])
    encoded = encode(tiny_tokenizer(), plain)
    assert encoded.text == "Add.\nQ: 1 + 1?\nA: 2\nQ: 3 + 4?\nA:"
    assert encoded.parts[-1].element is None
    chinese = render(PromptElements(input="三加四？", language="zh"), {}, shots=SHOTS[:1])
    assert encode(tiny_tokenizer(), chinese, "zh").text.endswith("问：三加四？\n答：")


def test_without_a_template_the_answer_follows_on_what_asks_for_it() -> None:
    asked = render(PromptElements(input="3 + 4?", output_indicator="Result:"), {})
    assert encode(tiny_tokenizer(), asked).text == "3 + 4?\nResult:"
    bare = render(PromptElements(input="3 + 4?", system="Be exact."), {})
    assert encode(tiny_tokenizer(), bare).text == "Be exact.\n\n3 + 4?\n"


def test_special_tokens_that_the_tokenizer_adds_are_spelled_out() -> None:
    from tokenizers.processors import TemplateProcessing

    tokenizer = tiny_tokenizer()
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    encoded = encode(tokenizer, render(PromptElements(input="Hi"), {}))
    assert encoded.text == "<s>Hi\n"  # an end token would end a causal model's prompt
    assert encoded.parts[0].element is None
    assert encoded.token_parts == (0, 1, 1, 2)
