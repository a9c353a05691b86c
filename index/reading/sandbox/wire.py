"""What the parent and the child that reads files say to each other, as bytes on a socket.

A message is a line of JSON and a text, each with its length before it. The parent
believes nothing that the child says: a file may have taken it over. So lengths
are bounded, the JSON is too small to fill the memory, and every value is checked
before it becomes an article. Knows nothing of processes.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.document_json import document_fields, document_from_fields, one_line_of, one_of
from index.errors import ReadError
from index.reading.articles import ReadArticle
from index.reading.draft import Unread
from index.reading.formats import ReadOptions
from index.reading.metadata.dates import DateOrder
from index.reading.picture import PagePicture, PlacedLine
from index.scanned import PAGE

__all__ = [
    "End",
    "Failure",
    "ForgedError",
    "PageSeen",
    "Ready",
    "Reply",
    "Request",
    "Scanning",
    "pack_answer",
    "pack_request",
    "read_answer",
    "read_request",
]

_LENGTHS = struct.Struct(">II")
_MOST_FIELDS = 8_000_000
"""Bytes of JSON: where the lines of 1,000 scanned pages of a newspaper stand. What these can be
parsed to is at most some 100 MB."""
_MOST_TEXT = 64_000_000
"""Bytes of UTF-8; more than the longest text that is taken for an article needs in any language
but one of four bytes a letter."""

ReadExactly = Callable[[int], bytes | bytearray]
"""Returns so many bytes, or raises EOFError."""


class ForgedError(Exception):
    """A message is not one that the child sends."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the child is asked to read; the open file travels beside it."""

    name: str
    options: ReadOptions
    modified: date | None = None
    picture: tuple[int, int] | None = None
    """Number and longest side in pixels of the page that is to be shown, and nothing read."""


@dataclass(frozen=True, slots=True)
class Scanning:
    """A page, from 1, of so many is being read by OCR: it may take longer than other answers."""

    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class PageSeen:
    """What was seen on a page, to be handed in again if the file is not read to its end."""

    key: str
    seen: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The child has started and takes requests."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The file cannot be read, or not any further."""

    reason: str
    trace: str = ""
    """Of an exception that no reader should raise."""
    exhausted: bool = False
    """It needs more memory than there is; the child ends itself."""


@dataclass(frozen=True, slots=True)
class End:
    """Every article of the file was sent."""


Reply = Ready | ReadArticle | Unread | Scanning | PageSeen | PagePicture | Failure | End
"""A file is answered by any number of readings and parts unread, and by one failure or end. What
is said of pages stands among them."""


def pack_request(request: Request) -> bytes:
    """Return the bytes that ask for a file."""
    modified = request.modified.isoformat() if request.modified else None
    options = request.options
    fields = {
        "name": request.name,
        "modified": modified,
        "date_order": options.date_order,
        "columns": options.columns,
        "keep_stubs": options.keep_stubs,
        "picture": request.picture,
    }
    return _pack(fields)


def read_request(read: ReadExactly) -> Request:
    """Return the next request, which the parent may be believed.

    Raises:
        EOFError: If there is none.
    """
    fields, _ = _read(read)
    order: DateOrder | None = fields["date_order"]
    columns = tuple((field, column) for field, column in fields["columns"])
    modified = date.fromisoformat(fields["modified"]) if fields["modified"] else None
    options = ReadOptions(order, columns, fields["keep_stubs"])
    picture = fields["picture"] and (fields["picture"][0], fields["picture"][1])
    return Request(fields["name"], options, modified, picture)


def pack_answer(answer: Reply) -> bytes:
    """Return the bytes of an answer.

    Raises:
        ReadError: If it is larger than the parent takes.
    """
    if isinstance(answer, ReadArticle):
        document, warnings = answer.document, answer.warnings
        fields = {"kind": "article", **document_fields(document), "warnings": warnings}
        return _pack(fields, document.text)
    if isinstance(answer, Unread):
        return _pack({"kind": "unread", "part": answer.part, "reason": answer.reason})
    if isinstance(answer, Scanning):
        return _pack({"kind": "scanning", "page": answer.page, "pages": answer.pages})
    if isinstance(answer, PageSeen):
        return _pack({"kind": "seen", "key": answer.key}, answer.seen)
    if isinstance(answer, PagePicture):
        picture = {"pages": answer.pages, "width": answer.width, "height": answer.height}
        lines = [[line.text, *line.corners] for line in answer.lines]
        body = base64.b64encode(answer.jpeg).decode()
        return _pack({"kind": "picture", **picture, "lines": lines}, body)
    if isinstance(answer, Failure):
        trace = answer.trace[-20_000:]
        exhausted = answer.exhausted
        reason = answer.reason[:2_000]
        return _pack({"kind": "failure", "reason": reason, "trace": trace, "exhausted": exhausted})
    return _pack({"kind": "ready" if isinstance(answer, Ready) else "end"})


def read_answer(read: ReadExactly, path: str | None) -> Reply:
    """Return the next answer; `path` is where an article in it was read from.

    Raises:
        EOFError: If the child has closed its end.
        ForgedError: If it is not one that the child sends.
    """
    fields, text = _read(read)
    try:
        return _answer_of(fields, text, path)
    except (ValueError, LookupError) as error:
        raise ForgedError(f"{fields.get('kind')} that is none: {error}") from error


def _answer_of(fields: Mapping[str, Any], text: str, path: str | None) -> Reply:
    kind = fields["kind"]
    if kind == "article":
        document = document_from_fields(fields, text, path=path)
        warnings = one_of(fields["warnings"], list)
        return ReadArticle(document, tuple(one_line_of(each) for each in warnings))
    if kind == "unread":
        return Unread(one_line_of(fields["part"]), one_line_of(fields["reason"]))
    if kind == "scanning":
        return Scanning(_count(fields, "page"), _count(fields, "pages"))
    if kind == "seen":
        return PageSeen(one_line_of(fields["key"]), text)
    if kind == "picture":
        return _picture_of(fields, text)
    if kind == "failure":
        trace, exhausted = one_of(fields["trace"], str), one_of(fields["exhausted"], bool)
        return Failure(one_line_of(fields["reason"]), trace, exhausted)
    if kind in ("ready", "end"):
        return Ready() if kind == "ready" else End()
    raise ValueError("of no kind")


def _picture_of(fields: Mapping[str, Any], body: str) -> PagePicture:
    jpeg = base64.b64decode(body, validate=True)
    # What is handed on as a JPEG is to be nothing that a browser could take for a page.
    if not jpeg.startswith(b"\xff\xd8\xff"):
        raise ValueError("no JPEG")
    lines = []
    for row in one_of(fields["lines"], list):
        text, *corners = one_of(row, list)
        if len(corners) != 8 or not all(0 <= one_of(each, int) <= PAGE for each in corners):
            raise ValueError("a line lies outside its page")
        lines.append(PlacedLine(one_of(text, str), tuple(corners)))
    pages, width, height = (_count(fields, name) for name in ("pages", "width", "height"))
    return PagePicture(pages, width, height, jpeg, tuple(lines))


def _count(fields: Mapping[str, Any], name: str) -> int:
    value: int = one_of(fields[name], int)
    if not 0 < value < 1_000_000:
        raise ValueError(f"its {name} is beyond all bounds")
    return value


def _pack(fields: Mapping[str, object], text: str = "") -> bytes:
    header, body = json.dumps(fields).encode(), text.encode()
    if len(header) > _MOST_FIELDS or len(body) > _MOST_TEXT:
        raise ReadError("holds more than one article can; split it")
    return _LENGTHS.pack(len(header), len(body)) + header + body


def _read(read: ReadExactly) -> tuple[dict[str, Any], str]:
    header, body = _LENGTHS.unpack(read(_LENGTHS.size))
    if header > _MOST_FIELDS or body > _MOST_TEXT:
        raise ForgedError("longer than any message is")
    try:
        fields = json.loads(read(header))
        text = str(read(body), "utf-8")
    except (ValueError, RecursionError) as error:
        raise ForgedError("not JSON and a text") from error
    if not isinstance(fields, dict):
        raise ForgedError("its fields have no names")
    return fields, text
