"""Reads the files in an archive (.zip, .tar, .tar.gz) in place: nothing is written anywhere.

A single file that is packed with gzip (`notes.txt.gz`) is read as that file.

An article is named by the path of its file in the archive; those of an archive that lies in it, by
the paths of both. Knows no format of these files: what is wanted of them, and how each is read, it
is told.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from index.errors import ReadError
from index.reading.contained import FileParts
from index.reading.draft import Draft, Unread
from index.reading.exports.blogs import BlogExport, blog_export
from index.reading.office.archive import DAMAGES, MOST_RATIO, SMALL, Archive
from index.reading.office.kinds import ZIP, office_kind, refusal_of
from index.reading.plain.text import title_from_name, title_from_text

__all__ = ["drafts_from_packed", "looks_like_packed"]

_LARGEST = 100_000_000
"""Bytes of one file: it is held in memory."""
_MOST_BYTES = 4_000_000_000
_MOST_FILES = 200_000
_DEEPEST = 2
"""Archives within one another, below the outermost, that are read: each is held in memory."""
_TOO_LARGE = "larger than 100 MB"
_GZIP = b"\x1f\x8b"
_TAR = slice(257, 262)
_BOMB = "unpacks to far more than an archive of articles holds; unpack it and add the files"


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size: int
    """In bytes, as the archive states it."""
    unpack: Callable[[], bytes]
    """Raises `ReadError` where that cannot be done."""


class _Room:
    """How many bytes may still be unpacked from an archive and from all that lie in it."""

    def __init__(self, size: int) -> None:
        """Take the size of the outermost, which may be packed without being smaller."""
        self._left = max(_MOST_BYTES, size)

    def take(self, size: int) -> None:
        """Take so many of them.

        Raises:
            ReadError: If fewer are left.
        """
        if size > self._left:
            raise ReadError(_BOMB)
        self._left -= size


def looks_like_packed(head: bytes) -> bool:
    """Say whether a file begins as an archive of files does, and not as a zipped document."""
    if head.startswith(ZIP):
        return office_kind(head) == "zip" and refusal_of(head) is None
    return head.startswith(_GZIP) or _is_tar(head)


def _is_tar(head: bytes) -> bool:
    if head.startswith(_GZIP):
        with suppress(zlib.error):
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 512)
    return head[_TAR] == b"ustar"


def drafts_from_packed(
    file: BinaryIO,
    is_wanted: Callable[[str], bool],
    read: Callable[[BinaryIO, str], Iterator[Draft | Unread]],
    name: str = "",
) -> Iterator[Draft | Unread]:
    """Yield what is in the files of an archive, in its order.

    Args:
        file: The archive.
        is_wanted: Whether a file is to be read, by its path in the archive.
        read: Yields what is in a file, by its content and its path.
        name: What the archive is called, as a single file in it is but for its `.gz`.

    Raises:
        ReadError: If it is damaged at its start, unpacks to far more than its own size, or
            has no file that is wanted.
    """
    room = _Room(file.seek(0, io.SEEK_END))
    return _from_archive(file, name, is_wanted, read, room, 0)


def _from_archive(
    file: BinaryIO,
    name: str,
    is_wanted: Callable[[str], bool],
    read: Callable[[BinaryIO, str], Iterator[Draft | Unread]],
    room: _Room,
    depth: int,
) -> Iterator[Draft | Unread]:
    """Yield what is in the files of an archive that lies in so many others."""

    def read_inner(content: bytes, name: str) -> Iterator[Draft | Unread]:
        inner = io.BytesIO(content)
        if not looks_like_packed(content):
            return read(inner, name)
        if depth == _DEEPEST:
            raise ReadError("an archive deep within others; unpack it and add the files")
        return _from_archive(inner, name, is_wanted, read, room, depth + 1)

    file.seek(0)
    head = file.read(io.DEFAULT_BUFFER_SIZE)
    is_zip = head.startswith(ZIP)
    if not is_zip and not _is_tar(head):
        content = _from_gzip(file)
        room.take(len(content))
        inner_name = re.sub(r"\.gz$", "", name, flags=re.IGNORECASE)
        for found in read_inner(content, inner_name):
            yield _titled(found, inner_name)
        return
    packed = _from_zip(file) if is_zip else _from_tar(file)
    export = _blog(file) if is_zip else None
    parts = FileParts()
    if export:
        packed = _published(packed, export, parts)
    drafts = _drafts(packed, is_wanted, read_inner, room, export, parts)
    empty = "an archive without files that can be read"
    yield from parts.told(drafts, "article", empty, whole=export is None)


def _published(
    packed: Iterable[_File | str], export: BlogExport, parts: FileParts
) -> Iterator[_File | str]:
    """Yield the files of an export that are published posts."""
    for each in packed:
        kind = "" if isinstance(each, str) else export.left_out(each.name)
        if kind and isinstance(each, _File):
            parts.leave_out(kind, each.name.rpartition("/")[2])
        else:
            yield each


def _drafts(
    packed: Iterable[_File | str],
    is_wanted: Callable[[str], bool],
    read: Callable[[bytes, str], Iterator[Draft | Unread]],
    room: _Room,
    export: BlogExport | None,
    parts: FileParts,
) -> Iterator[Draft | Unread | str]:
    for each in packed:
        if isinstance(each, str):
            yield each
        elif is_wanted(each.name):
            path = parts.unique(each.name)
            try:
                if each.size > _LARGEST:
                    raise ReadError(f"{_TOO_LARGE}; unpack the archive and add this file")
                room.take(each.size)
                content = each.unpack()
                for inner in read(content, each.name):
                    if export and isinstance(inner, Draft):
                        inner = export.described(each.name, content, inner)
                    inner = _titled(inner, each.name)
                    yield replace(inner, part=f"{path} › {inner.part}" if inner.part else path)
            except ReadError as error:
                yield Unread(path, str(error))


def _titled(found: Draft | Unread, name: str) -> Draft | Unread:
    """Return a draft with a title, which would else be the name of the archive."""
    if isinstance(found, Unread) or found.title:
        return found
    first = "" if found.title is None else title_from_text(found.text)
    return replace(found, title=first or title_from_name(name))


def _blog(file: BinaryIO) -> BlogExport | None:
    """Return what an archive says of its posts, where it is the export of a blog."""
    with Archive(file, most_parts=_MOST_FILES, most_bytes=_MOST_BYTES) as archive:
        return blog_export(archive.sizes, archive.read)


def _from_zip(file: BinaryIO) -> Iterator[_File | str]:
    with Archive(file, most_parts=_MOST_FILES, most_bytes=_MOST_BYTES) as archive:
        for name, size in archive.sizes.items():
            if not name.endswith("/"):
                yield _File(_shown(name), size, partial(archive.read, name))


def _from_tar(file: BinaryIO) -> Iterator[_File | str]:
    """Yield the files of a tar archive; where it is damaged, that, and nothing after it."""
    left = max(SMALL, MOST_RATIO * file.seek(0, os.SEEK_END))
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r|*") as archive:
            for number, member in enumerate(archive):
                left -= member.size
                if left < 0 or number > _MOST_FILES:
                    raise ReadError(_BOMB)
                if member.isreg():
                    yield _File(member.name, member.size, partial(_unpack, archive, member))
    except (tarfile.TarError, *DAMAGES):
        yield "damaged from here on; get or make the archive again"


def _from_gzip(file: BinaryIO) -> bytes:
    """Return the one file in a file of gzip.

    Raises:
        ReadError: If it is damaged, or larger than what is held in memory.
    """
    most = min(_LARGEST, max(SMALL, MOST_RATIO * file.seek(0, os.SEEK_END)))
    file.seek(0)
    try:
        with gzip.open(file) as opened:
            content = opened.read(most + 1)
    except DAMAGES as error:
        raise ReadError("damaged; get or make it again") from error
    if len(content) > most:
        raise ReadError(_BOMB if most < _LARGEST else f"{_TOO_LARGE}; unpack it and add the file")
    return content


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    try:
        content = archive.extractfile(member)
        return content.read() if content else b""
    except (tarfile.TarError, *DAMAGES) as error:
        raise ReadError("damaged in the archive; get or make it again") from error


def _shown(name: str) -> str:
    """Return a path as it was written: without a mark for UTF-8, it was read as code page 437."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
