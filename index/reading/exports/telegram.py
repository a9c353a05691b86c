"""Makes drafts of an export of Telegram (`result.json`): posts of channels, and days of chats.

A post of a channel is an article; a message of a chat is too short for one, so a day of it is,
each message on its own with who wrote it. What the program says itself, and pictures without
words, are left out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from index.reading.contained import FileParts, one_line, tidy
from index.reading.draft import Draft, Unread
from index.reading.encoding.opening import opened_as_text
from index.reading.tables.json_values import JsonValues
from index.text.storable import has_words

__all__ = ["Message", "days_of_chat", "drafts_from_telegram", "looks_like_telegram"]

_KINDS = (
    "personal_chat|bot_chat|saved_messages|(?:private|public)_(?:group|supergroup|channel)|replies"
)
_CHAT = re.compile(rf'"type"\s*:\s*"(?:{_KINDS})"\s*,\s*"id"\s*:')
_WHOLE = re.compile(r'"about"\s*:\s*"Here is the data you requested')
_COLLECTIONS = ("chats", "left_chats")
_MOST_KNOWN = 500_000
"""Messages whose writers are remembered, for replies to them."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote in a chat."""

    number: str
    day: str
    writer: str
    text: str
    forwarded_from: str = ""
    replies_to: str = ""
    """The number of another message; empty for none."""


def looks_like_telegram(head: bytes) -> bool:
    """Say whether a file begins as an export of Telegram does."""
    text = head.decode("utf-8", "replace")
    return bool(_CHAT.search(text) or _WHOLE.search(text))


def drafts_from_telegram(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a post of a channel, or a day of a chat.

    Raises:
        ReadError: If no message is in it.
    """
    parts = FileParts()
    with opened_as_text(file) as text:
        found = _drafts(JsonValues(text), parts)
        yield from parts.told(found, "article", "an export of Telegram without messages")


def _drafts(values: JsonValues, parts: FileParts) -> Iterator[Draft | str]:
    try:
        for chat, messages in _chats(values):
            of_chat = _posts if chat["type"].endswith("channel") else days_of_chat
            # What is saved has no name, and neither have chats with accounts that are gone.
            name = chat["name"] or chat["type"].replace("_", " ").capitalize()
            yield from of_chat(name, messages, parts)
    except ValueError as error:
        yield f"from here on {error}; export the chat again"


def _chats(values: JsonValues) -> Iterator[tuple[dict[str, str], Iterator[Message]]]:
    """Yield what is said of each chat, and its messages, which are taken before the next one."""
    chat = {"name": "", "type": ""}
    for name in values.members():
        if name in _COLLECTIONS:
            for inner in values.members():
                if inner == "list":
                    for _ in values.places():
                        yield from _chats(values)
                else:
                    values.value()
        elif name == "messages":
            yield chat, _messages(values)
        else:
            value = values.value()
            if name in chat:
                chat[name] = one_line(str(value or ""))


def _messages(values: JsonValues) -> Iterator[Message]:
    for value in values.elements():
        if isinstance(value, dict) and value.get("type") == "message":
            message = _message(value)
            if has_words(message.text):
                yield message


def _message(value: dict[str, Any]) -> Message:
    def line(*names: str) -> str:
        found = (value.get(name) for name in names)
        return next((one_line(str(each)) for each in found if each), "")

    return Message(
        number=line("id"),
        day=line("date")[:10],
        writer=line("author", "from", "from_id"),
        text=tidy("\n\n".join(filter(None, (_words(value.get("text")), _poll(value.get("poll")))))),
        forwarded_from=line("forwarded_from", "saved_from"),
        replies_to=line("reply_to_message_id"),
    )


def _words(text: object) -> str:
    """Return a text, of which links and the like are objects of their own."""
    if isinstance(text, list):
        return "".join(_words(each) for each in text)
    if isinstance(text, dict):
        return _words(text.get("text"))
    return text if isinstance(text, str) else ""


def _poll(poll: object) -> str:
    """Return the question of a poll, and each answer with how many gave it, where told."""
    if not isinstance(poll, dict):
        return ""
    listed = poll.get("answers")
    answers = (
        [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    )
    lines = [_words(poll.get("question"))]
    for each in answers:
        voters = each.get("voters")
        lines.append(f"- {_words(each.get('text'))}" + ("" if voters is None else f": {voters}"))
    return "\n".join(lines)


def _posts(chat: str, messages: Iterator[Message], parts: FileParts) -> Iterator[Draft]:
    for message in messages:
        writer = message.forwarded_from or message.writer
        yield Draft(
            text=message.text,
            source=chat or None,
            author=writer if writer != chat else None,
            dates=(message.day,),
            part=parts.unique(f"{chat} {message.number}"),
        )


def days_of_chat(chat: str, messages: Iterable[Message], parts: FileParts) -> Iterator[Draft]:
    """Yield one draft a day of a chat, whose messages are in their order."""
    writers: dict[str, str] = {}
    for day, of_day in itertools.groupby(messages, lambda message: message.day):
        said = []
        for message in of_day:
            if len(writers) < _MOST_KNOWN:
                writers[message.number] = message.writer
            said.append(f"{_heading(message, writers)}: {message.text}")
        yield Draft(
            text="\n\n".join(said),
            title=one_line(f"{chat}, {day}"),
            source=chat or None,
            dates=(day,),
            part=parts.unique(f"{chat} {day}"),
        )


def _heading(message: Message, writers: dict[str, str]) -> str:
    """Return who wrote a message, to whom it replies, and whose words it passes on."""
    other = writers.get(message.replies_to, "")
    to = f" to {other}" if other and other != message.writer else ""
    passed_on = f", forwarding {message.forwarded_from}" if message.forwarded_from else ""
    return f"{message.writer or 'Someone'}{to}{passed_on}"
