"""Reads the mailboxes of Outlook (.pst, .ost): the messages of all folders, and what is attached.

Knows nothing of what the properties of a message mean. libpff reads the file; it comes with the
extra `outlook`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import Message
from functools import partial
from typing import Any, BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.mail.attachments import ReadAttached
from index.reading.mail.mailbox import drafts_of_messages
from index.reading.mail.message import LARGEST_MESSAGE
from index.reading.mail.outlook import MapiProperties, message_from

__all__ = ["drafts_from_pst", "looks_like_pst"]

_INSTALL = 'an Outlook mailbox; install what reads it: pip install "byline[outlook]"'
_DAMAGED = "damaged; repair it with the Inbox Repair Tool of Outlook (scanpst)"
_CLASS, _DATA = 0x001A, 0x3701
_MAIL = ("ipm.note", "ipm.post", "ipm.schedule", "report.")
"""Classes of items that are messages; others are contacts, appointments, and tasks."""
_DEEPEST = 50
_MOST_FOLDERS = 100_000


def looks_like_pst(head: bytes) -> bool:
    """Say whether a file begins as a mailbox of Outlook does."""
    return head.startswith(b"!BDN")


def drafts_from_pst(file: BinaryIO, read: ReadAttached) -> Iterator[Draft | Unread]:
    """Yield the drafts of the messages of a mailbox, and of their attachments.

    Args:
        file: The mailbox.
        read: How an attachment is read.

    Raises:
        ReadError: If it is damaged, has no messages, or what reads it is not installed.
    """
    try:
        import pypff
    except ImportError as error:
        raise ReadError(_INSTALL) from error
    file.seek(0)
    opened = pypff.file()
    try:
        opened.open_file_object(file)
        root = opened.get_root_folder()
    except OSError as error:
        raise ReadError(_DAMAGED) from error
    if root is None:
        raise ReadError(_DAMAGED)
    found = False
    for draft in drafts_of_messages(_messages(root), read):
        found = True
        yield draft
    if not found:  # Not even one that could not be read.
        raise ReadError("an Outlook mailbox without messages; there is nothing to read in it")


def _messages(root: Any) -> Iterator[Callable[[], Message]]:
    """Yield what makes each message of a folder and of those in it, the outer ones first."""
    waiting, seen = [(root, 0)], 0
    while waiting and seen < _MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        seen += 1
        for number in range(_count(folder.get_number_of_sub_messages)):
            try:
                item = folder.get_sub_message(number)
                kind = MapiProperties(_values(item, only=_CLASS)).text(_CLASS)
            except OSError:
                yield _damaged
                continue
            if not kind or kind.casefold().startswith(_MAIL):
                yield partial(_message, item)
        if depth < _DEEPEST:
            for number in range(_count(folder.get_number_of_sub_folders)):
                try:
                    waiting.append((folder.get_sub_folder(number), depth + 1))
                except OSError:
                    continue


def _count(count: Callable[[], int]) -> int:
    try:
        return count()
    except OSError:
        return 0


def _damaged() -> Message:
    raise ReadError(_DAMAGED)


def _message(item: Any) -> Message:
    try:
        of = MapiProperties(_values(item))
        files, messages = [], []
        for each in range(_count(item.get_number_of_attachments)):
            attached = item.get_attachment(each)
            if attached.number_of_sub_items:
                inner = MapiProperties(_values(attached.get_sub_item(0)))
                messages.append(message_from(inner, (), ()))
                continue
            size = _count(attached.get_size)
            if 0 < size <= LARGEST_MESSAGE:
                name = MapiProperties(_values(attached, leave=_DATA)).file_name
                files.append((name, attached.read_buffer(size)))
    except OSError as error:
        raise ReadError(_DAMAGED) from error
    return message_from(of, files, messages)


def _values(item: Any, *, only: int = 0, leave: int = 0) -> dict[int, tuple[int, bytes]]:
    """Return the properties of an item: one, or all but one."""
    values: dict[int, tuple[int, bytes]] = {}
    for record_set in item.record_sets:
        for entry in record_set.entries:
            number = entry.entry_type
            wanted = number == only if only else number not in (None, leave)
            if wanted and number not in values:
                values[number] = (entry.value_type, entry.data or b"")
    return values
