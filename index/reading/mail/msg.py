"""Reads the file of one Outlook message (.msg, [MS-OXMSG]): its properties, and what is attached.

Knows nothing of what the properties mean.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from email.message import Message
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.mail.attachments import ReadAttached
from index.reading.mail.mailbox import drafts_of_message
from index.reading.mail.message import LARGEST_MESSAGE
from index.reading.mail.outlook import MapiProperties, message_from

if TYPE_CHECKING:
    from olefile import OleFileIO

__all__ = ["drafts_from_msg"]

_VALUE, _FIXED, _ATTACHED = "__substg1.0_", "__properties_version1.0", "__attach_version1.0_"
_INNER = "__substg1.0_3701000D"
"""The storage of a message that is attached to another."""
_DATA = 0x3701
_HEADERS = {"": 32, _INNER: 24, _ATTACHED: 8}
"""Bytes before the properties, in a file, in a message within it, and in an attachment."""
_DEEPEST = 10
_DAMAGED = "damaged; save it again from Outlook, as .msg or .eml"
_FAULTS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error)
"""What olefile raises over damaged files, besides its own, which is an OSError."""


def drafts_from_msg(file: BinaryIO, read: ReadAttached) -> Iterator[Draft | Unread]:
    """Yield the drafts of the message in a file, of its attachments, and of what it quotes.

    Args:
        file: The message.
        read: How an attachment is read.

    Raises:
        ReadError: If it is damaged, or without text.
    """
    from olefile import OleFileIO

    try:
        file.seek(0)
        with OleFileIO(file) as opened:
            message = _message(opened, [], 0)
    except (*_FAULTS, RecursionError) as error:
        raise ReadError(_DAMAGED) from error
    yield from drafts_of_message(message, read)


def _message(opened: OleFileIO, place: list[str], depth: int) -> Message:
    entries = opened.listdir(streams=False, storages=True)
    files: list[tuple[str, bytes]] = []
    messages: list[Message] = []
    for entry in entries:
        if entry[:-1] != place or not entry[-1].startswith(_ATTACHED):
            continue
        if [*entry, _INNER] in entries:
            if depth < _DEEPEST:
                messages.append(_message(opened, [*entry, _INNER], depth + 1))
            continue
        attached = _properties(opened, entry)
        files.append((attached.file_name, attached.bytes(_DATA)))
    return message_from(_properties(opened, place), files, messages)


def _properties(opened: OleFileIO, place: list[str]) -> MapiProperties:
    """Return the properties that a storage of the file has."""
    values: dict[int, tuple[int, bytes]] = {}
    kind = place[-1] if place else ""
    header = _HEADERS[_ATTACHED if kind.startswith(_ATTACHED) else kind]
    if opened.exists([*place, _FIXED]):
        fixed = opened.openstream([*place, _FIXED]).read()
        for start in range(header, len(fixed) - 15, 16):
            type_, number = struct.unpack_from("<HH", fixed, start)
            values[number] = (type_, fixed[start + 8 : start + 16])
    for entry in opened.listdir():
        if entry[:-1] == place and entry[-1].startswith(_VALUE) and len(entry[-1]) == 20:
            number, type_ = int(entry[-1][12:16], 16), int(entry[-1][16:20], 16)
            size = opened.get_size(entry)
            if size <= LARGEST_MESSAGE:
                values[number] = (type_, opened.openstream(entry).read())
                if len(values[number][1]) < size:
                    raise ReadError(_DAMAGED)
    return MapiProperties(values)
