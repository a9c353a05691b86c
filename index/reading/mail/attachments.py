"""Makes drafts of what is attached to a message, each of which knows the message.

Knows no format: how a file is read, it is told. An attachment is not written anywhere.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import BinaryIO

from index.errors import ReadError
from index.reading.contained import FileParts, one_line
from index.reading.draft import Draft, Unread

__all__ = [
    "Attachment",
    "ReadAttached",
    "counted",
    "drafts_from_attachments",
    "each_once",
]

ReadAttached = Callable[[BinaryIO, str], "Iterator[Draft | Unread] | None"]
"""From a file's content and its name to what is in it; None for a file that holds no articles.

Raises `ReadError` where it cannot be read."""
_MOST = 200
"""Of one message; more are no attachments that somebody looked at."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    content: Callable[[], bytes]
    """Decoded when it is wanted."""


def each_once(read: ReadAttached) -> ReadAttached:
    """Return what reads a file as `read` does, and finds nothing in one with the same bytes."""
    seen: set[bytes] = set()

    def read_once(file: BinaryIO, name: str) -> Iterator[Draft | Unread] | None:
        digest = hashlib.sha256(file.read()).digest()
        file.seek(0)
        if digest in seen:
            return iter(())
        seen.add(digest)
        return read(file, name)

    return read_once


def drafts_from_attachments(
    attachments: Sequence[Attachment], message: Draft, read: ReadAttached
) -> Iterator[Draft | Unread | Attachment]:
    """Yield what is in the attachments of a message, and those that are left out as they are.

    Each draft has its own title, author, and date, where it states them; else those of the
    message, which its title names.

    Args:
        attachments: In their order.
        message: Its headers, whether it has a text or not.
        read: How each is read.
    """
    parts = FileParts()
    for number, each in enumerate(attachments, 1):
        name = one_line(each.name) or f"attachment {number}"
        found = None
        part = f"{message.part} › {parts.unique(name)}".removeprefix(" › ")
        try:
            if number <= _MOST:
                found = read(io.BytesIO(each.content()), name)
            if found is None:
                yield each
                continue
            for inner in found:
                inner_part = f"{part} › {inner.part}" if inner.part else part
                if isinstance(inner, Unread):
                    yield Unread(inner_part, inner.reason)
                else:
                    yield replace(_sent_with(message, inner, name), part=inner_part)
        except ReadError as error:
            yield Unread(part, str(error))


def _sent_with(message: Draft, draft: Draft, name: str) -> Draft:
    title = draft.title or PurePath(name).stem
    return replace(
        draft,
        title=f"{title} (attached to “{message.title}”)" if message.title else title,
        source=draft.source or message.source,
        author=draft.author or message.author,
        # The day on which it was sent is the latest on which it can have been written.
        dates=draft.dates or message.dates,
        clues="\n".join((draft.clues, *message.dates)),
    )


def counted(attachments: Sequence[Attachment]) -> str:
    """Return how many attachments there are, and what they are called.

    >>> counted([Attachment("logo.png", bytes)])
    '1 attachment (logo.png)'
    """
    named = ", ".join(one_line(each.name) or "without a name" for each in attachments[:_MOST_NAMED])
    more = ", …" if len(attachments) > _MOST_NAMED else ""
    some = "1 attachment" if len(attachments) == 1 else f"{len(attachments)} attachments"
    return f"{some} ({named}{more})"
