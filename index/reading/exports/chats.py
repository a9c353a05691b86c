r"""Makes drafts of chats: those that WhatsApp writes as text, and the days of a channel of Slack.

A day is an article, each message on its own with who wrote it, as in an export of Telegram. What
the program says itself, and pictures without words, are left out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import PurePosixPath
from typing import BinaryIO

from index.errors import ReadError
from index.reading.contained import FileParts, one_line, tidy
from index.reading.draft import Draft, Unread
from index.reading.encoding.decoding import decode_file
from index.reading.exports.telegram import Message, days_of_chat
from index.text.storable import has_words

__all__ = ["drafts_from_slack", "drafts_from_whatsapp", "looks_like_slack", "looks_like_whatsapp"]

_SAID = re.compile(
    r"^[\u200e\u200f]?\[?(?P<day>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}),?[ \u202f]"
    r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[ \xa0\u202f]?[ap]\.?[ \xa0\u202f]?m\.?)?(?:\][ ]| [-–] )"
    r"(?:(?P<writer>[^:\n]{1,80}): )?(?P<text>.*)$",
    re.MULTILINE | re.IGNORECASE,
)
"""The first line of a message; what WhatsApp says itself has no writer."""
_NO_WORDS = re.compile(r"[\u200e\s]*(?:<[^<>\n]{1,60}>|\u200e[^\n]*)\s*")
"""What stands for a picture, and, after a mark, for other things without words."""
_FORMS = ("%d %m %Y", "%d %m %y", "%m %d %Y", "%m %d %y", "%Y %m %d")
"""How the days of a chat may be written."""
_SLACK = re.compile(r'"ts"\s*:\s*"\d{10}\.\d{6}"')
_TALK = re.compile(r'"type"\s*:\s*"message"')
_LINK = re.compile(r"<(?:(?P<kind>[@#!])(?P<id>[^<>|]*)|(?P<url>[^<>|]+))(?:\|(?P<words>[^<>]*))?>")


def looks_like_whatsapp(head: bytes) -> bool:
    """Say whether a file begins as a chat that WhatsApp exported."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    said = list(_SAID.finditer(text)) if _SAID.match(text) else []
    # The lines of a diary or a live ticker begin so, too, but nobody is named as their writer.
    return len(said) > 1 and 2 * sum(each["writer"] is not None for each in said) >= len(said)


def drafts_from_whatsapp(file: BinaryIO, name: str) -> Iterator[Draft | Unread]:
    """Yield one draft a day of a chat, which is called as its file is.

    Raises:
        ReadError: If no message is in it.
    """
    decoded = decode_file(file)
    chat = PurePosixPath(name).stem
    chat = "WhatsApp chat" if chat == "_chat" else chat  # as iPhones call every one
    parts = FileParts()
    found = days_of_chat(chat, _lines(decoded.text), parts)
    drafts = (replace(each, warnings=decoded.warnings) for each in found)
    yield from parts.told(drafts, "day", "a chat without messages")


def _lines(text: str) -> Iterator[Message]:
    starts = list(_SAID.finditer(text))
    days = _days({said["day"] for said in starts})
    for number, said in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        words = said["text"] + text[said.end() : end]
        if said["writer"] and has_words(words) and not _NO_WORDS.fullmatch(words):
            writer = one_line(said["writer"].strip("\u200e\u202a\u202c~ "))
            yield Message(str(number), days[said["day"]], writer, tidy(words.replace("\u200e", "")))


def _days(written: Collection[str]) -> dict[str, str]:
    """Return days as YYYY-MM-DD, or as they are written where it is open which number is which.

    All of them are written alike, so that together they mostly tell.
    """
    found = []
    for form in _FORMS:
        with suppress(ValueError):
            found.append(
                {
                    day: datetime.strptime(re.sub("[./-]", " ", day), form).date().isoformat()
                    for day in written
                }
            )
    return found[0] if len(found) == 1 else {day: day for day in written}


def looks_like_slack(head: bytes) -> bool:
    """Say whether a file begins as a day of a channel in an export of Slack."""
    text = head.decode("utf-8", "replace")
    is_array = text.lstrip("\ufeff \n\r\t").startswith("[")
    return is_array and bool(_SLACK.search(text) and _TALK.search(text))


def drafts_from_slack(file: BinaryIO, name: str) -> Iterator[Draft | Unread]:
    """Yield the draft of a day of a channel, which is called as its folder is.

    Raises:
        ReadError: If it is no JSON, or no message is in it.
    """
    try:
        listed = json.loads(decode_file(file).text)
    except (ValueError, RecursionError) as error:
        raise ReadError("not valid JSON; export it again") from error
    spoken = [each for each in listed if isinstance(each, dict) and _is_spoken(each)]
    names = {str(each.get("user")): _writer(each) for each in spoken}
    messages = (
        Message(
            number=str(each["ts"]),
            day=datetime.fromtimestamp(float(each["ts"]), timezone.utc).date().isoformat(),
            writer=_writer(each),
            text=tidy(_slack_words(str(each.get("text") or ""), names)),
        )
        for each in spoken
    )
    chat = PurePosixPath(name).parent.name or PurePosixPath(name).stem
    parts = FileParts()
    found = days_of_chat(chat, (each for each in messages if has_words(each.text)), parts)
    yield from parts.told(found, "day", "a day of a channel without messages")


def _is_spoken(value: dict[str, object]) -> bool:
    """Say whether somebody wrote a message, and not Slack itself, as that he joined."""
    own = value.get("subtype", "thread_broadcast")
    said = own in ("thread_broadcast", "file_share", "bot_message", "me_message")
    return said and re.fullmatch(r"\d{1,11}\.\d+", str(value.get("ts"))) is not None


def _writer(value: dict[str, object]) -> str:
    profile = value.get("user_profile")
    named = profile if isinstance(profile, dict) else {}
    names = (named.get("real_name"), named.get("display_name"), value.get("username"))
    return one_line(str(next(filter(None, (*names, value.get("user"))), "")))


def _slack_words(text: str, names: dict[str, str]) -> str:
    """Return a text with the words of its links, and names for the ids in it."""

    def words(found: re.Match[str]) -> str:
        if found["kind"]:
            return found["kind"] + (found["words"] or names.get(found["id"], found["id"]))
        return found["words"] or found["url"]

    return html.unescape(_LINK.sub(words, text))
