"""Finds the text of an e-mail message among its parts, and decodes its headers.

Knows nothing of articles. The plain text is taken, or the HTML where there is
none or it only points there; what is quoted or forwarded is kept apart.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from functools import partial

from index.errors import ReadError
from index.reading.contained import LARGEST, decode_declared, one_line
from index.reading.encoding.decoding import decode
from index.reading.mail.attachments import Attachment
from index.reading.mail.markup import marked_text
from index.reading.mail.quoting import Quoted, split_quoted
from index.text.storable import has_words

__all__ = [
    "LARGEST_MESSAGE",
    "Body",
    "header",
    "message_text",
    "parsed_message",
    "payload",
    "payload_text",
]

LARGEST_MESSAGE = 35_000_000
"""Bytes up to which a message is read: most providers carry 25 MB, which Base64 makes 34."""
_LONGEST_HEADER = 10_000
_DEEPEST = 20
_KNOWN = frozenset(
    "from to subject date message-id received content-type mime-version delivered-to".split()
)
_ENCRYPTED = frozenset(
    ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
)
_SIGNATURES = frozenset(
    "application/pgp-signature application/pkcs7-signature application/x-pkcs7-signature "
    "application/pgp-keys text/x-vcard text/vcard message/delivery-status "
    "message/disposition-notification text/rfc822-headers".split()
)
"""Parts that nobody misses."""
_STUB = 0.5
"""Share of the HTML's length below which the plain text beside it only points to it."""


@dataclass(slots=True)
class Body:
    """What was found in a message."""

    sender: str
    """Who wrote it, as its header says."""
    texts: list[str] = field(default_factory=list)
    quoted: list[Quoted] = field(default_factory=list)
    """What others wrote."""
    attachments: list[Attachment] = field(default_factory=list)
    encrypted: bool = False

    @property
    def text(self) -> str:
        """The sender's own words, with empty lines between."""
        return "\n\n".join(self.texts)

    @property
    def length(self) -> int:
        """Characters of all of it."""
        return len(self.text) + sum(len(each.text) for each in self.quoted)

    def take(self, other: Body) -> None:
        """Add what was found in a part."""
        self.texts += other.texts
        self.quoted += other.quoted
        self.attachments += other.attachments
        self.encrypted = self.encrypted or other.encrypted


def parsed_message(data: bytes) -> Message:
    """Return the message in a file's bytes.

    Raises:
        ReadError: If there is none, or it is too large or too deep.
    """
    if len(data) > LARGEST_MESSAGE:
        limit = LARGEST_MESSAGE // 1_000_000
        raise ReadError(f"a message of more than {limit} MB; save it without its attachments")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:200]:
        data = _as_utf8(data)
    try:
        message = BytesParser(policy=compat32).parsebytes(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
    except RecursionError as error:
        raise ReadError("its parts are nested too deep; save its text from a mail") from error
    if not _KNOWN.intersection(name.casefold() for name in message.keys()):  # noqa: SIM118
        raise ReadError("not an e-mail message; save it from the mail program as EML")
    return message


def _as_utf8(data: bytes) -> bytes:
    try:
        return decode(data).text.encode()
    except ReadError:
        return data


def header(message: Message, name: str) -> str:
    """Return a header's text; empty where there is none."""
    for each, value in message.raw_items():
        if each.casefold() == name.casefold():
            return _decoded(str(value)[:_LONGEST_HEADER])
    return ""


def _decoded(value: str) -> str:
    # Bytes that are no ASCII come from the parser as lone surrogates.
    value = decode_declared(value.encode("utf-8", "surrogateescape"), None)
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(_word(piece, charset) for piece, charset in pieces)


def _word(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    if charset:
        return decode_declared(piece, charset)
    # The library's own way of holding what stands between encoded words.
    return piece.decode("raw-unicode-escape", "replace")


def payload(part: Message) -> bytes:
    """Return the decoded content of a part that is not made of others."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else b""


def payload_text(part: Message) -> str:
    """Return the content of a part with text."""
    return decode_declared(payload(part), _parameter(part, "charset"))


def message_text(message: Message) -> Body:
    """Return the text of a message, without its signature; apart from it, what is quoted."""
    body = Body(header(message, "From"))
    _collect(message, body, 0)
    return body


def _collect(part: Message, body: Body, depth: int) -> None:
    kind = part.get_content_type()
    if depth > _DEEPEST:
        body.attachments.append(_attached(part))
    elif kind in _ENCRYPTED:
        body.encrypted = True
    elif kind == "message/rfc822" and part.is_multipart():
        for inner in _parts(part):
            _take_forwarded(inner, body, depth)
    elif kind in _SIGNATURES:
        pass
    elif _is_attachment(part) or _is_too_long(part):
        body.attachments.append(_attached(part))
    elif kind == "multipart/alternative":
        _take_alternative(part, body, depth)
    elif part.is_multipart():
        # What is related to the first are its pictures.
        last = 1 if kind == "multipart/related" else None
        for inner in _parts(part)[:last]:
            _collect(inner, body, depth + 1)
    elif kind == "text/plain":
        _take_text(_plain(part), body)
    elif kind == "text/html":
        _take_text(marked_text(payload_text(part)), body)
    elif not kind.startswith("multipart/"):
        body.attachments.append(_attached(part))


def _take_text(text: str, body: Body) -> None:
    own, quoted = split_quoted(text, body.sender)
    if has_words(own):
        body.texts.append(own)
    body.quoted += quoted


def _take_forwarded(message: Message, body: Body, depth: int) -> None:
    forwarded = Body(header(message, "From"))
    _collect(message, forwarded, depth + 1)
    stated = (one_line(header(message, name)) for name in ("From", "Date", "Subject"))
    if has_words(forwarded.text):
        body.quoted.append(Quoted(forwarded.text, *stated))
    forwarded.texts = []
    body.take(forwarded)


def _take_alternative(part: Message, body: Body, depth: int) -> None:
    """Take the plain form of a message in several, or the other where that says more."""
    plain, others = Body(body.sender), Body(body.sender)
    for inner in _parts(part):
        is_plain = inner.get_content_type() == "text/plain" and not plain.length
        _collect(inner, plain if is_plain else others, depth + 1)
    if plain.length and plain.length >= _STUB * others.length:
        others.texts, others.quoted = [], []
    elif others.length:
        plain.texts, plain.quoted = [], []
    body.take(plain)
    body.take(others)


def _parts(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []


def _is_attachment(part: Message) -> bool:
    stated = str(part.get("Content-Disposition", ""))[:_LONGEST_HEADER]
    return stated.partition(";")[0].strip().casefold() == "attachment"


def _attached(part: Message) -> Attachment:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AssertionError):
        name = ""
    return Attachment(_decoded(name[:_LONGEST_HEADER]), partial(payload, part))


def _is_too_long(part: Message) -> bool:
    content = part.get_payload()
    return isinstance(content, str) and len(content) > LARGEST


def _plain(part: Message) -> str:
    text = payload_text(part)
    if (_parameter(part, "format") or "").casefold() == "flowed":
        text = _joined(text, (_parameter(part, "delsp") or "").casefold() == "yes")
    return text


def _joined(text: str, delete_space: bool) -> str:
    """Return the paragraphs of flowed text (RFC 3676): a line that ends in a space goes on."""
    done: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        line = line.removeprefix(" ") if not line.startswith("  ") else line  # stuffed
        quoted = line.startswith(">")
        if goes_on and not quoted and line != "-- ":
            done[-1] += line
        else:
            done.append(line)
        goes_on = line.endswith(" ") and not quoted and line != "-- "
        if goes_on and delete_space:
            done[-1] = done[-1][:-1]
    return "\n".join(done)


def _parameter(part: Message, name: str) -> str | None:
    """Return a parameter of the content type, as in `charset=utf-8`."""
    try:
        value = part.get_param(name)
    except (ValueError, LookupError, TypeError):
        return None
    if isinstance(value, tuple):  # RFC 2231: encoding, language, value
        value = value[2]
    return value.strip("\"' ") if isinstance(value, str) else None
