"""Makes drafts of e-mail messages: one in a file (EML), or many (mbox).

Headers are decoded by the older parts of the standard library, which neither
recurse nor backtrack, as headers come from strangers. Nothing that a message
names is fetched. Attachments are counted, not read.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator
from email.message import Message
from typing import BinaryIO

from index.errors import ReadError
from index.reading.contained import PartNames, mail_day, one_line
from index.reading.draft import Draft, Unread, has_words
from index.reading.mail.message import LARGEST_MESSAGE, header, message_text, parsed_message

__all__ = ["drafts_from_mail", "drafts_from_mailbox", "looks_like_mail", "looks_like_mailbox"]

_HEADERS = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_BY_MACHINES = re.compile(
    rb"^(?:message-id|received|return-path|delivered-to|mime-version):|^from:[^\n]*@",
    re.IGNORECASE | re.MULTILINE,
)
"""Headers that no article begins with, unlike `Date:` and `Subject:`."""
_FROM_LINE = re.compile(rb"From [^\n]{0,200}?\d\d?:\d\d[^\n]{0,40}\d{4}[^\n]{0,40}\n?\Z")
_QUOTED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_PROVIDERS = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|icloud|me|aol|proton|protonmail|mail|gmx|web"
    r"|t-online|yandex|qq|163|zoho|yahoo)\.[a-z.]{2,6}",
    re.IGNORECASE,
)
"""Hosts of an address that say nothing of who publishes what its owner writes."""
_LONGEST_SENDER = 1_000
_LINE = 1 << 16


def looks_like_mail(head: bytes) -> bool:
    """Say whether a file begins with the headers of a message."""
    headers = _HEADERS.match(head.replace(b"\r\n", b"\n"))
    return headers is not None and _BY_MACHINES.search(headers.group()) is not None


def looks_like_mailbox(head: bytes) -> bool:
    """Say whether a file begins as a mailbox of the mbox family does."""
    first, _, rest = head.replace(b"\r\n", b"\n").partition(b"\n")
    return _FROM_LINE.match(first) is not None and _HEADERS.match(rest) is not None


def drafts_from_mail(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield the draft of the one message in a file.

    Raises:
        ReadError: If it is no message, too large, encrypted, or without text.
    """
    file.seek(0)
    yield _draft(parsed_message(file.read(LARGEST_MESSAGE + 1)), "")


def drafts_from_mailbox(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a message of an mbox file, named by its Message-ID.

    Raises:
        ReadError: If it does not begin as a mailbox does.
    """
    names = PartNames()
    for number, data in enumerate(_messages(file), start=1):
        part = f"message {number}"
        try:
            message = parsed_message(data)
            part = one_line(header(message, "Message-ID")).strip("<> ") or part
            part = names.unique(part)
            yield _draft(message, part)
        except ReadError as error:
            yield Unread(part, str(error))


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


def _draft(message: Message, part: str) -> Draft:
    body = message_text(message)
    if not has_words(body.text):
        if body.encrypted:
            raise ReadError("encrypted; decrypt it in the mail program and save it from there")
        if body.attachments:
            raise ReadError(f"no text, only {_attachments(body.attachments)}; save and add those")
        raise ReadError("a message without text; there is nothing to read in it")
    name, address = _sender(header(message, "From"))
    warning = f"left out {_attachments(body.attachments)}; save and add what belongs to it"
    title = one_line(header(message, "Subject"))
    dates = tuple(_dates(message))
    return Draft(
        text=body.text,
        title=title,
        source=_source(message, address) or None,
        author=one_line(name) or one_line(address) or None,
        url=_url(message),
        dates=dates,
        language=one_line(header(message, "Content-Language")).partition(",")[0] or None,
        clues="\n".join((title, *dates, body.text)),
        part=part,
        warnings=(warning,) if body.attachments else (),
    )


def _sender(written: str) -> tuple[str, str]:
    """Return the name and the address in a header; empty where it is not one that ends."""
    try:
        return email.utils.parseaddr(written[:_LONGEST_SENDER])
    except (RecursionError, IndexError, ValueError):
        return "", ""


def _attachments(count: int) -> str:
    return "1 attachment" if count == 1 else f"{count} attachments"


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
    host = one_line(address).rpartition("@")[2].casefold()
    return stated or ("" if _PROVIDERS.fullmatch(host) else host.removeprefix("www."))


def _url(message: Message) -> str | None:
    """Return where the message can be read on the web (RFC 5064), if it says so."""
    archived = one_line(header(message, "Archived-At")).strip("<> ")
    return archived if archived.startswith(("https://", "http://")) else None
