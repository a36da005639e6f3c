"""The chat format of the teaching models: special tokens and template."""

from __future__ import annotations

BOS = "<|bos|>"
END = "<|end|>"
PAD = "<|pad|>"
ROLE = {"user": "<|user|>", "assistant": "<|assistant|>", "system": "<|system|>"}
SPECIAL_TOKENS = (PAD, BOS, END, ROLE["user"], ROLE["assistant"], ROLE["system"])

CHAT_TEMPLATE = (
    "{{ '<|bos|>' }}"
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
