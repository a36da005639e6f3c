"""From messages to the exact text and tokens a model gets, each stretch led back to its element.

The chat template runs in transformers' immutable Jinja sandbox, twice: once with the contents,
once with a mark in place of each content. The second rendering tells which text is the
template's own, so a content is placed exactly even when the template trims it or when it repeats
words of the template.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from engine.errors import PromptError
from engine.models.loaded import LoadedModel
from engine.prompting.elements import Language
from engine.prompting.render import ANSWER_LABEL, Message, Segment, SentPart

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MARK_OPEN: Final = "\ue000"
MARK_CLOSE: Final = "\ue001"
ENDS_WITH_SPECIAL: Final = ("encoder", "encoder-decoder")


@dataclass(frozen=True)
class EncodedPrompt:
    """What a model gets.

    Attributes:
        ids: Token ids.
        text: The exact text; special tokens that the tokenizer adds are spelled out.
        parts: `text` in stretches, each with its element; their concatenation is `text`.
        token_parts: For each token, the index in `parts` of the stretch it (mostly) belongs to.
    """

    ids: tuple[int, ...]
    text: str
    parts: tuple[SentPart, ...]
    token_parts: tuple[int, ...]


def encode(
    source: LoadedModel | PreTrainedTokenizerBase,
    messages: tuple[Message, ...],
    language: Language = "en",
) -> EncodedPrompt:
    """Turn messages into the text and tokens to send.

    Args:
        source: A loaded model, or a tokenizer alone.
        messages: From `engine.prompting.render`.
        language: Of the answer label that ends a prompt without a chat template.

    Raises:
        PromptError: The chat template refuses the messages.
    """
    tokenizer = source.tokenizer if isinstance(source, LoadedModel) else source
    if tokenizer.chat_template:
        parts = _through_template(tokenizer, messages)
        return _tokenised(tokenizer, parts, add_special=False, keep_end=True)
    keep_end = (
        isinstance(source, LoadedModel) and source.info.anatomy.structure in ENDS_WITH_SPECIAL
    )
    return _tokenised(tokenizer, _plain(messages, language), add_special=True, keep_end=keep_end)


def _plain(messages: tuple[Message, ...], language: Language) -> list[SentPart]:
    """The contents joined by a blank line, and what the answer should follow on.

    Examples shown as text end with an answer each, so the prompt ends with the answer label. An
    output indicator or a trigger sentence is itself what the answer follows on.
    """
    parts: list[SentPart] = []
    for message in messages:
        if parts:
            parts.append(SentPart("\n\n", None))
        parts += _parts_of(message.segments, message.content, 0)
    last = messages[-1].segments[-1].element if messages and messages[-1].segments else None
    as_turns = any(message.role == "assistant" for message in messages)
    shown = any(s.element == "example" for message in messages for s in message.segments)
    if shown and not as_turns:
        parts.append(SentPart("\n" + ANSWER_LABEL[language].rstrip(), None))
    elif last not in {"output-indicator", "trigger"}:
        parts.append(SentPart("\n", None))
    return parts


def _through_template(
    tokenizer: PreTrainedTokenizerBase, messages: tuple[Message, ...]
) -> list[SentPart]:
    """The rendered conversation in parts; a system message that is refused joins the first user."""
    has_system = any(message.role == "system" for message in messages)
    try:
        frame = _frame(tokenizer, messages)
    except PromptError:
        if not has_system:
            raise
        frame = None
    if has_system and (frame is None or frame.count(None) < len(messages)):
        messages = _merge_system(messages)
        frame = _frame(tokenizer, messages)
    assert frame is not None
    text = _render(tokenizer, messages, [message.content for message in messages])
    exact = _fit(text, frame, messages)
    return exact if exact is not None else _search(text, messages)


def _render(
    tokenizer: PreTrainedTokenizerBase, messages: tuple[Message, ...], contents: list[str]
) -> str:
    conversation = [
        {"role": message.role, "content": content}
        for message, content in zip(messages, contents, strict=True)
    ]
    try:
        rendered = tokenizer.apply_chat_template(
            conversation, tokenize=False, add_generation_prompt=True
        )
    except Exception as error:  # a template is a program: it fails as it likes
        reason = str(error).rstrip(".") or type(error).__name__
        raise PromptError(
            f"The model's chat template refuses this prompt: {reason}.",
            "Show the examples as text, or choose another model.",
        ) from error
    return cast(str, rendered)


def _frame(tokenizer: PreTrainedTokenizerBase, messages: tuple[Message, ...]) -> list[str | None]:
    """The template's own text, with None where a content goes; contents it drops are absent."""
    marks = [f"{MARK_OPEN}{number}{MARK_CLOSE}" for number in range(len(messages))]
    rest = _render(tokenizer, messages, marks)
    frame: list[str | None] = []
    for mark in marks:
        before, found, after = rest.partition(mark)
        if found:
            frame += [before, None]
            rest = after
    return [*frame, rest]


def _merge_system(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Put the system text before the first user message's own."""
    system = [s for message in messages if message.role == "system" for s in message.segments]
    others = [message for message in messages if message.role != "system"]
    if not others:
        return (Message("user", tuple(system)),)
    lead = [*system[:-1], Segment("system", system[-1].text + "\n\n", system[-1].index)]
    first = replace(others[0], segments=(*lead, *others[0].segments))
    return (first, *others[1:])


def _fit(
    text: str, frame: list[str | None], messages: tuple[Message, ...]
) -> list[SentPart] | None:
    """Lay the frame over the rendered text; None when the template did more than trim."""
    if frame.count(None) != len(messages):
        return None
    parts: list[SentPart] = []
    waiting = list(messages)
    place = 0
    for index, own in enumerate(frame):
        if own is not None:
            if not text.startswith(own, place):
                return None
            if own:
                parts.append(SentPart(own, None))
            place += len(own)
            continue
        after = frame[index + 1] or ""
        message = waiting.pop(0)
        shown = _shown_content(text, place, message.content, after)
        if shown is None:
            return None
        content, dropped = shown
        parts += _parts_of(message.segments, content, dropped)
        place += len(content)
    return parts if place == len(text) else None


def _shown_content(text: str, place: int, content: str, after: str) -> tuple[str, int] | None:
    """How a content stands at `place`: (text, characters dropped at its start)."""
    lead = len(content) - len(content.lstrip())
    for shown, dropped in (
        (content, 0),
        (content.strip(), lead),
        (content.rstrip(), 0),
        (content.lstrip(), lead),
    ):
        if text.startswith(shown + after, place):
            return shown, dropped
    return None


def _parts_of(segments: tuple[Segment, ...], shown: str, dropped: int) -> list[SentPart]:
    """The segments clipped to the stretch of their concatenation that is shown."""
    parts: list[SentPart] = []
    start = -dropped
    for segment in segments:
        end = start + len(segment.text)
        visible = shown[max(0, start) : max(0, end)]
        if visible:
            parts.append(SentPart(visible, segment.element, segment.index))
        start = end
    return parts


def _search(text: str, messages: tuple[Message, ...]) -> list[SentPart]:
    """For templates that rewrite contents: find each segment in order, the rest is theirs."""
    parts: list[SentPart] = []
    place = 0
    for message in messages:
        for segment in message.segments:
            wanted = segment.text.strip()
            found = text.find(wanted, place) if wanted else -1
            if found < 0:
                continue
            if found > place:
                parts.append(SentPart(text[place:found], None))
            parts.append(SentPart(wanted, segment.element, segment.index))
            place = found + len(wanted)
    if place < len(text):
        parts.append(SentPart(text[place:], None))
    return parts


def _tokenised(
    tokenizer: PreTrainedTokenizerBase,
    parts: list[SentPart],
    *,
    add_special: bool,
    keep_end: bool,
) -> EncodedPrompt:
    text = "".join(part.text for part in parts)
    ids, spans = _ids_and_spans(tokenizer, text, add_special)
    first, last = 0, len(ids)
    while add_special and first < last and _is_added(tokenizer, ids[first], spans[first]):
        first += 1
    while add_special and last > first and _is_added(tokenizer, ids[last - 1], spans[last - 1]):
        last -= 1
    token_parts = _part_of_each(spans[first:last], parts)
    if first:
        parts = [SentPart(_spelled(tokenizer, ids[:first]), None), *parts]
        token_parts = [0] * first + [index + 1 for index in token_parts]
    ending = ids[last:] if keep_end else []
    if ending:
        parts = [*parts, SentPart(_spelled(tokenizer, ending), None)]
        token_parts += [len(parts) - 1] * len(ending)
    return EncodedPrompt(
        ids=tuple(ids[:last] + ending),
        text="".join(part.text for part in parts),
        parts=tuple(parts),
        token_parts=tuple(token_parts),
    )


def _ids_and_spans(
    tokenizer: PreTrainedTokenizerBase, text: str, add_special: bool
) -> tuple[list[int], list[tuple[int, int]]]:
    """Token ids, and for each the characters it covers; (0, 0) for one that covers none."""
    if tokenizer.is_fast:
        encoded = tokenizer(text, add_special_tokens=add_special, return_offsets_mapping=True)
        spans = [(int(start), int(end)) for start, end in encoded["offset_mapping"]]
        return [int(token) for token in encoded["input_ids"]], spans
    ids = [int(token) for token in tokenizer(text, add_special_tokens=add_special)["input_ids"]]
    spans = []
    place = 0
    for token in ids:  # a tokenizer in Python tells no offsets: follow the decoded lengths
        length = 0 if token in tokenizer.all_special_ids else len(str(tokenizer.decode([token])))
        end = min(len(text), place + length)
        spans.append((place, end) if length else (0, 0))
        place = end
    return ids, spans


def _is_added(tokenizer: PreTrainedTokenizerBase, token: int, span: tuple[int, int]) -> bool:
    return span[0] == span[1] and token in tokenizer.all_special_ids


def _spelled(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    return "".join(str(token) for token in tokenizer.convert_ids_to_tokens(ids))


def _part_of_each(spans: list[tuple[int, int]], parts: list[SentPart]) -> list[int]:
    """For each token the part that holds most of its characters, the earlier one on a tie."""
    ends: list[int] = []
    for part in parts:
        ends.append((ends[-1] if ends else 0) + len(part.text))
    found: list[int] = []
    current = 0
    for start, end in spans:
        if start == end:  # covers no character: it stays with the token before it
            found.append(current)
            continue
        while current < len(ends) - 1 and ends[current] <= start:
            current += 1
        best, most = current, min(end, ends[current]) - start
        for index in range(current + 1, len(ends)):
            if ends[index - 1] >= end:
                break
            covered = min(end, ends[index]) - ends[index - 1]
            if covered > most:
                best, most = index, covered
        found.append(best)
    return found
