"""Makes a message, as mail programs send it, of the properties that Outlook keeps of one.

Knows the properties ([MS-OXPROPS]) and neither of the files that hold them.
"""

from __future__ import annotations

import email.utils
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

from index.reading.contained import decode_declared, one_line

__all__ = ["MapiProperties", "message_from"]

_SUBJECT, _HEADERS, _BODY, _HTML = 0x0037, 0x007D, 0x1000, 0x1013
_SENDERS = (0x0C1A, 0x0042)
_ADDRESSES = (0x5D01, 0x0C1F, 0x0065)
_TIMES = (0x0039, 0x0E06)
"""When it was sent; else when it arrived."""
_OTHERS = {"Message-ID": 0x1035, "In-Reply-To": 0x1042, "References": 0x1039}
_CODE_PAGES = (0x3FDE, 0x3FFD)
_STRING, _UNICODE = 0x001E, 0x001F
_NAMES = (0x3707, 0x3704, 0x3001)
_LONGEST_HEADERS = 1_000_000


@dataclass(frozen=True, slots=True)
class MapiProperties:
    """The properties of a message or of an attachment, by their numbers."""

    values: Mapping[int, tuple[int, bytes]]
    """Of each the type of its value, and the value as it is kept ([MS-OXCDATA] 2.11)."""

    def text(self, *numbers: int) -> str:
        """Return the first of these texts that is there; empty where none is."""
        return next(filter(None, map(self._text, numbers)), "")

    def _text(self, number: int) -> str:
        kind, value = self.values.get(number, (0, b""))
        if kind == _UNICODE:
            return value.decode("utf-16-le", "replace").rstrip("\0")
        return decode_declared(value, self.charset or None).rstrip("\0")

    @property
    def charset(self) -> str:
        """The encoding of texts that are not UTF-16; empty where it is not stated."""
        page = next(filter(None, map(self.number, _CODE_PAGES)), 0)
        return {0: "", 65001: "utf-8", 20127: "ascii"}.get(page, f"cp{page}")

    def number(self, number: int) -> int:
        """Return a whole number; 0 where there is none."""
        return int.from_bytes(self.values.get(number, (0, b""))[1][:4], "little")

    def bytes(self, number: int) -> bytes:
        """Return a value as it is kept; empty where there is none."""
        return self.values.get(number, (0, b""))[1]

    def time(self, *numbers: int) -> datetime | None:
        """Return the first of these times that is there."""
        for number in numbers:
            ticks = int.from_bytes(self.bytes(number)[:8], "little")
            if ticks:
                try:  # Tenths of microseconds since 1601.
                    start = datetime(1601, 1, 1, tzinfo=timezone.utc)
                    return start + timedelta(microseconds=ticks // 10)
                except OverflowError:
                    continue
        return None

    @property
    def file_name(self) -> str:
        """What an attachment is called."""
        return one_line(self.text(*_NAMES))


def message_from(
    of: MapiProperties, files: Iterable[tuple[str, bytes]], messages: Iterable[Message]
) -> Message:
    """Return the message of these properties.

    Args:
        of: Its own properties.
        files: Names and contents of what is attached to it.
        messages: Those that are attached to it.
    """
    message = Message(compat32)
    stated = HeaderParser(policy=compat32).parsestr(of.text(_HEADERS)[:_LONGEST_HEADERS])
    for name, value in stated.raw_items():
        if not name.casefold().startswith(("content-", "mime-")):
            message[name] = value
    for name, text in _headers(of).items():
        if name not in message and (line := one_line(text)):
            message[name] = line
    bodies = []
    if of.text(_BODY).strip():
        bodies.append(_part("text/plain; charset=utf-8", of.text(_BODY).encode()))
    if html := of.bytes(_HTML):
        is_text = of.values[_HTML][0] in (_STRING, _UNICODE)
        charset, html = ("utf-8", of.text(_HTML).encode()) if is_text else (of.charset, html)
        bodies.append(_part(f"text/html; charset={charset}" if charset else "text/html", html))
    parts: list[Message | str] = [_made_of("multipart/alternative", bodies)] if bodies else []
    for name, content in files:
        part = _part("application/octet-stream", content)
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
        parts.append(part)
    parts += [_made_of("message/rfc822", [each]) for each in messages]
    message["Content-Type"] = "multipart/mixed"
    message.set_payload(list(parts))
    return message


def _headers(of: MapiProperties) -> dict[str, str]:
    """Return the headers that the properties amount to; an empty one is not known."""
    address = next((each for number in _ADDRESSES if "@" in (each := of.text(number))), "")
    name, sent = one_line(of.text(*_SENDERS)), of.time(*_TIMES)
    ascii_address = one_line(address).encode("ascii", "ignore").decode()
    return {
        "Subject": of.text(_SUBJECT),
        "From": email.utils.formataddr((name, ascii_address)) if name or ascii_address else "",
        "Date": email.utils.format_datetime(sent) if sent else "",
        **{header: of.text(number) for header, number in _OTHERS.items()},
    }


def _part(kind: str, content: bytes) -> Message:
    part = Message(compat32)
    part["Content-Type"] = kind
    part["Content-Transfer-Encoding"] = "8bit"
    part.set_payload(content.decode("ascii", "surrogateescape"))
    return part


def _made_of(kind: str, parts: list[Message]) -> Message:
    whole = Message(compat32)
    whole["Content-Type"] = kind
    whole.set_payload(list(parts))
    return whole
