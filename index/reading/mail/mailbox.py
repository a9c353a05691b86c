"""Makes drafts of e-mail messages: one in a file (EML, EMLX), or many (mbox).

Headers are decoded by the older parts of the standard library, which neither
recurse nor backtrack, as headers come from strangers. Nothing that a message
names is fetched. What is attached to a message is an article of its own, and so is
what it quotes, of whoever wrote it, unless the file holds that message, too.
"""

from __future__ import annotations

import email.utils
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from email.message import Message
from functools import partial
from typing import BinaryIO

from index.errors import ReadError
from index.reading.contained import FileParts, mail_day, one_line, web_address
from index.reading.draft import Draft, Unread
from index.reading.mail.attachments import (
    Attachment,
    ReadAttached,
    counted,
    drafts_from_attachments,
    each_once,
)
from index.reading.mail.message import (
    LARGEST_MESSAGE,
    Body,
    header,
    message_text,
    parsed_message,
)
from index.reading.mail.quoting import Quoted, name_and_address
from index.text.storable import has_words
from index.told import Told, part_of_quote

__all__ = [
    "drafts_from_mail",
    "drafts_from_mailbox",
    "drafts_of_message",
    "drafts_of_messages",
    "looks_like_mail",
    "looks_like_mailbox",
]

_HEADERS = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_BY_MACHINES = re.compile(
    rb"^(?:message-id|received|return-path|delivered-to|mime-version):|^from:[^\n]*@",
    re.IGNORECASE | re.MULTILINE,
)
"""Headers that no article begins with, unlike `Date:` and `Subject:`."""
_APPLE = re.compile(rb"(\d{1,10})[ \t]*\r?\n")
"""How many bytes the message has that follows, in a file of Apple Mail; below it are its marks."""
_FROM_LINE = re.compile(rb"From [^\n]{0,200}?\d\d?:\d\d[^\n]{0,40}\d{4}[^\n]{0,40}\n?\Z")
_QUOTED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_PROVIDERS = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|icloud|me|aol|proton|protonmail|mail|gmx|web"
    r"|t-online|yandex|qq|163|zoho|yahoo)\.[a-z.]{2,6}",
    re.IGNORECASE,
)
"""Hosts of an address that say nothing of who publishes what its owner writes."""
_LONGEST_SENDER = 1_000
_MOST_WAITING = 20_000_000
"""Characters of quotations that wait for the message which they quote to come."""
_LINE = 1 << 16


def looks_like_mail(head: bytes) -> bool:
    """Say whether a file begins with the headers of a message."""
    apple = _APPLE.match(head)
    headers = _HEADERS.match(head[apple.end() if apple else 0 :].replace(b"\r\n", b"\n"))
    return headers is not None and _BY_MACHINES.search(headers.group()) is not None


def looks_like_mailbox(head: bytes) -> bool:
    """Say whether a file begins as a mailbox of the mbox family does."""
    first, _, rest = head.replace(b"\r\n", b"\n").partition(b"\n")
    return _FROM_LINE.match(first) is not None and _HEADERS.match(rest) is not None


def drafts_from_mail(file: BinaryIO, read: ReadAttached) -> Iterator[Draft | Unread]:
    """Yield the drafts of the one message in a file, of its attachments, and of what it quotes.

    Args:
        file: The message.
        read: How an attachment is read.

    Raises:
        ReadError: If it is no message, too large, encrypted, or without text.
    """
    file.seek(0)
    content = file.read(LARGEST_MESSAGE + 1)
    if apple := _APPLE.match(content):
        content = content[apple.end() :][: int(apple[1])]
    yield from drafts_of_message(parsed_message(content), read)


def drafts_of_message(message: Message, read: ReadAttached) -> Iterator[Draft | Unread]:
    """Yield the drafts of a message, of its attachments, and of what it quotes.

    Args:
        message: One that stands alone.
        read: How an attachment is read.

    Raises:
        ReadError: If it is encrypted, or without text.
    """
    own, quoted = _drafts(message, "", read)
    told = Told()
    for draft in own:
        if isinstance(draft, Draft):
            told.is_new(draft.text)
        yield draft
    yield from (draft for draft in quoted if told.is_new(draft.text))


def drafts_from_mailbox(file: BinaryIO, read: ReadAttached) -> Iterator[Draft | Unread]:
    """Yield the drafts of the messages of an mbox file, named by their Message-IDs.

    After each come those of its attachments.

    Args:
        file: The mailbox.
        read: How an attachment is read.

    Raises:
        ReadError: If it does not begin as a mailbox does.
    """
    yield from drafts_of_messages((partial(parsed_message, data) for data in _messages(file)), read)


def drafts_of_messages(
    messages: Iterable[Callable[[], Message]], read: ReadAttached
) -> Iterator[Draft | Unread]:
    """Yield the drafts of messages that were kept together, and of their attachments.

    What messages quote comes last, as far as none of them holds it. Of attachments that are the
    same the first is read.

    Args:
        messages: What makes each of them; it raises `ReadError` where that cannot be done.
        read: How an attachment is read.
    """
    parts, told, read = FileParts(), Told(), each_once(read)
    waiting: deque[Draft] = deque()
    length = 0
    for number, make in enumerate(messages, start=1):
        part = f"message {number}"
        try:
            message = make()
            part = one_line(header(message, "Message-ID")).strip("<> ") or part
            part = parts.unique(part)
            own, quoted = _drafts(message, part, read)
            for draft in own:
                if isinstance(draft, Draft):
                    told.is_new(draft.text)
                yield draft
            waiting += quoted
            length += sum(len(draft.text) for draft in quoted)
        except ReadError as error:
            yield Unread(part, str(error))
        while length > _MOST_WAITING:
            length -= len(waiting[0].text)
            if told.is_new((draft := waiting.popleft()).text):
                yield draft
    yield from (draft for draft in waiting if told.is_new(draft.text))


def _messages(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of each message; of one that is too large, so many that this shows."""
    file.seek(0)
    first = file.readline(_LINE)
    while first and not first.strip():
        first = file.readline(_LINE)
    if not first.startswith(b"From "):
        raise ReadError("not a mailbox; export it again in the mbox format")
    # Tools that write another kind of line between messages write it before the first, too.
    divider = _FROM_LINE if _FROM_LINE.match(first) else re.compile(rb"From ")
    lines: list[bytes] = []
    length, empty, whole = 0, False, True
    while line := file.readline(_LINE):
        if empty and whole and divider.match(line):
            yield _QUOTED_FROM.sub(b"", b"".join(lines))
            lines, length = [], 0
        elif length <= LARGEST_MESSAGE:
            lines.append(line)
            length += len(line)
        empty, whole = not line.strip(), line.endswith(b"\n")
    yield _QUOTED_FROM.sub(b"", b"".join(lines))


def _drafts(
    message: Message, part: str, read: ReadAttached
) -> tuple[list[Draft | Unread], list[Draft]]:
    """Return the drafts of a message and of its attachments, and those of what it quotes.

    Raises:
        ReadError: If there are no words in any of them, and none was read before.
    """
    body = message_text(message)
    title = one_line(header(message, "Subject"))
    dates = tuple(_dates(message))
    whole = replace(_draft(message, body.text, title, dates), part=part)
    attached: list[Draft | Unread] = []
    left_out: list[Attachment] = []
    for each in drafts_from_attachments(body.attachments, whole, read):
        if isinstance(each, Attachment):
            left_out.append(each)
        else:
            attached.append(each)
    own = [whole, *attached] if has_words(body.text) else attached
    quoted = [_quoted(message, dates, each, n, part) for n, each in enumerate(body.quoted, 1)]
    # Attachments of which nothing came were read with an earlier message.
    read_before = len(body.attachments) > len(left_out) and not body.encrypted
    if not own and not quoted and not read_before:
        raise ReadError(_reason(body, left_out))
    if left_out:
        first = next((each for each in (*own, *quoted) if isinstance(each, Draft)), None)
        telling = (f"left out {counted(left_out)}; save and add what belongs to it",)
        own = [replace(each, warnings=telling) if each is first else each for each in own]
        quoted = [replace(each, warnings=telling) if each is first else each for each in quoted]
    return own, quoted


def _quoted(
    message: Message, dates: tuple[str, ...], quoted: Quoted, number: int, part: str
) -> Draft:
    author, address = name_and_address(quoted.sender)
    return Draft(
        text=quoted.text,
        title=quoted.subject or one_line(header(message, "Subject")),
        source=_host(address) or None,
        author=author or address or None,
        dates=(quoted.date,) if quoted.date else (),
        # It was written before the message that quotes it, and mostly not long before.
        clues="\n".join((quoted.date, *dates, quoted.text)),
        part=part_of_quote(part, number),
    )


def _reason(body: Body, left_out: list[Attachment]) -> str:
    """Return why there is no text in a message, and what to do."""
    if body.encrypted:
        return "encrypted; decrypt it in the mail program and save it from there"
    if left_out:
        return f"no text, only {counted(left_out)}; save and add those"
    return "a message without text; there is nothing to read in it"


def _draft(message: Message, text: str, title: str, dates: tuple[str, ...]) -> Draft:
    name, address = _sender(header(message, "From"))
    return Draft(
        text=text,
        title=title,
        source=_source(message, address) or None,
        author=one_line(name) or one_line(address) or None,
        url=web_address(header(message, "Archived-At")) or None,  # RFC 5064
        dates=dates,
        language=one_line(header(message, "Content-Language")).partition(",")[0] or None,
        clues="\n".join((title, *dates, text)),
    )


def _sender(written: str) -> tuple[str, str]:
    """Return the name and the address in a header; empty where it is not one that ends."""
    try:
        return email.utils.parseaddr(written[:_LONGEST_SENDER])
    except (RecursionError, IndexError, ValueError):
        return "", ""


def _dates(message: Message) -> Iterator[str]:
    """Yield the day on which it was sent, in the sender's zone; else on which it arrived."""
    sent = one_line(header(message, "Date"))
    arrived = one_line(header(message, "Received").rpartition(";")[2])
    written = sent or arrived
    if day := mail_day(written):
        yield day
    if written:
        yield written


def _source(message: Message, address: str) -> str:
    """Return the list, the organisation, or the host that the message came from."""
    listed = one_line(header(message, "List-Id")).partition("<")[0].strip(' "')
    stated = listed or one_line(header(message, "Organization"))
    return stated or _host(address)


def _host(address: str) -> str:
    """Return the host of an address, where it says who publishes."""
    host = one_line(address).rpartition("@")[2].casefold()
    return "" if _PROVIDERS.fullmatch(host) else host.removeprefix("www.")
