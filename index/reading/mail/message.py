"""Finds the text of an e-mail message among its parts, and decodes its headers.

Knows nothing of articles. The plain text is taken, or the HTML where there is
none or it only points there; forwarded messages follow as text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from index.errors import ReadError
from index.reading.contained import LARGEST, decode_declared, one_line, tidy
from index.reading.draft import has_words
from index.reading.encoding.decoding import decode
from index.reading.web.page import html_paragraphs

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
_SIGNATURE_MARK = re.compile(r"^-- $", re.MULTILINE)
_LONGEST_SIGNATURE = 1_500
"""Characters; what is longer below the mark is more than a signature."""
_STUB = 0.5
"""Share of the HTML's length below which the plain text beside it only points to it."""


@dataclass(slots=True)
class Body:
    """What was found in a message."""

    texts: list[str] = field(default_factory=list)
    attachments: int = 0
    encrypted: bool = False

    @property
    def text(self) -> str:
        """All of it, with empty lines between."""
        return "\n\n".join(self.texts)


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
    """Return the text of a message, without its signature."""
    body = Body()
    _collect(message, body, 0)
    return body


def _collect(part: Message, body: Body, depth: int) -> None:
    kind = part.get_content_type()
    if depth > _DEEPEST:
        body.attachments += 1
    elif kind in _ENCRYPTED:
        body.encrypted = True
    elif kind == "message/rfc822" and part.is_multipart():
        for inner in _parts(part):
            _add(_heading(inner), body)
            _collect(inner, body, depth + 1)
    elif kind in _SIGNATURES:
        pass
    elif _is_attachment(part) or _is_too_long(part):
        body.attachments += 1
    elif kind == "multipart/alternative":
        _add(_alternative(part, body, depth), body)
    elif part.is_multipart():
        # What is related to the first are its pictures.
        last = 1 if kind == "multipart/related" else None
        for inner in _parts(part)[:last]:
            _collect(inner, body, depth + 1)
    elif kind == "text/plain":
        _add(_plain(part), body)
    elif kind == "text/html":
        _add(tidy("\n\n".join(_html(part))), body)
    elif not kind.startswith("multipart/"):
        body.attachments += 1


def _add(text: str, body: Body) -> None:
    if has_words(text):
        body.texts.append(text)


def _alternative(part: Message, body: Body, depth: int) -> str:
    """Return the plain form of a message in several, or the other where that says more."""
    plain = ""
    others = Body()
    for inner in _parts(part):
        if inner.get_content_type() == "text/plain" and not plain:
            plain = _plain(inner)
        else:
            _collect(inner, others, depth + 1)
    body.encrypted = body.encrypted or others.encrypted
    body.attachments += others.attachments
    rich = others.text
    return plain if has_words(plain) and len(plain) >= _STUB * len(rich) else rich or plain


def _parts(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []


def _is_attachment(part: Message) -> bool:
    stated = str(part.get("Content-Disposition", ""))[:_LONGEST_HEADER]
    return stated.partition(";")[0].strip().casefold() == "attachment"


def _is_too_long(part: Message) -> bool:
    content = part.get_payload()
    return isinstance(content, str) and len(content) > LARGEST


def _heading(message: Message) -> str:
    """Return the headers of a forwarded message that a reader wants to see."""
    stated = ((name, one_line(header(message, name))) for name in ("From", "Date", "Subject"))
    return "\n".join(f"{name}: {value}" for name, value in stated if value)


def _plain(part: Message) -> str:
    text = payload_text(part)
    if (_parameter(part, "format") or "").casefold() == "flowed":
        text = _joined(text, (_parameter(part, "delsp") or "").casefold() == "yes")
    return tidy(_unsigned(text))


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


def _unsigned(text: str) -> str:
    """Return a text without the signature below its last `-- `."""
    marks = [match.start() for match in _SIGNATURE_MARK.finditer(text)]
    if marks and len(text) - marks[-1] <= _LONGEST_SIGNATURE:
        return text[: marks[-1]].rstrip()
    return text


def _html(part: Message) -> Iterator[str]:
    """Yield the paragraphs of a part with HTML; some mails have paragraphs of invisible space."""
    return (text for text in html_paragraphs(tidy(payload_text(part))) if has_words(text))


def _parameter(part: Message, name: str) -> str | None:
    """Return a parameter of the content type, as in `charset=utf-8`."""
    try:
        value = part.get_param(name)
    except (ValueError, LookupError, TypeError):
        return None
    if isinstance(value, tuple):  # RFC 2231: encoding, language, value
        value = value[2]
    return value.strip("\"' ") if isinstance(value, str) else None
