"""The child that reads files: takes open files from its parent and sends back their articles.

Run as `python -m index.reading.sandbox.worker TABLE LIFELINE MEMORY` by `child.py`, with a
socket as its standard input. It is confined before it sees a file, keeps nothing
between two files, and opens none by name; parsers are imported when their format
first comes.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import BinaryIO

from index.errors import ReadError
from index.reading.articles import ReadArticle, articles_in
from index.reading.draft import Unread
from index.reading.formats import Format
from index.reading.picture import PagePicture, picture_of_page
from index.reading.sandbox.confinement import (
    allow_memory,
    allow_processor_time,
    confine,
    die_with,
)
from index.reading.sandbox.wire import (
    End,
    Failure,
    PageSeen,
    Ready,
    Request,
    Scanning,
    pack_answer,
    read_request,
)
from index.reading.scans.recognition import PageLog

__all__ = ["main", "serve"]


def main(arguments: Sequence[str]) -> None:
    """Serve the parent until it goes."""
    table, lifeline, memory = arguments
    die_with(int(lifeline))
    module, _, name = table.partition(":")
    formats: Sequence[Format] = getattr(import_module(module), name)
    confine(int(memory))
    with socket.socket(fileno=0) as connection:
        serve(connection, formats)


def serve(connection: socket.socket, formats: Sequence[Format]) -> None:
    """Answer requests, one file after another, until no more come or the memory is used up."""
    connection.sendall(pack_answer(Ready()))
    while True:
        descriptors: list[int] = []

        def read_exactly(count: int, descriptors: list[int] = descriptors) -> bytes:
            data = b""
            while len(data) < count:
                piece, sent, _, _ = socket.recv_fds(connection, count - len(data), 2)
                descriptors += sent
                if not piece:
                    raise EOFError
                data += piece
            return data

        try:
            request = read_request(read_exactly)
        except EOFError:
            return
        if not _answer(request, descriptors, connection, formats):
            return


def _answer(
    request: Request, descriptors: list[int], connection: socket.socket, formats: Sequence[Format]
) -> bool:
    """Send what a file holds as it is read; say whether there is memory for another one."""
    last: Failure | End = End()
    log = _Log(connection, descriptors[1:])
    with os.fdopen(descriptors[0], "rb") as file:
        try:
            allow_processor_time()
            for found in _found(request, file, formats, log):
                connection.sendall(_packed(found))
                allow_processor_time()
        except ReadError as error:
            last = Failure(_one_line(str(error)))
        except MemoryError:
            last = Failure("", exhausted=True)
        except Exception as error:  # noqa: BLE001 - a fault of a reader, or of its parser.
            described = _one_line(f"{type(error).__name__}: {error}")
            reason = f"could not be read ({described}); save the article as plain text"
            last = Failure(reason, _printable(traceback.format_exc()))
    connection.sendall(pack_answer(last))
    return not (isinstance(last, Failure) and last.exhausted)


def _found(
    request: Request, file: BinaryIO, formats: Sequence[Format], log: _Log
) -> Iterator[ReadArticle | Unread | PagePicture]:
    if request.picture:
        yield picture_of_page(file, *request.picture)
        return
    options = replace(request.options, log=log)
    yield from articles_in(file, request.name, options, modified=request.modified, formats=formats)


class _Log(PageLog):
    """Tells the parent of pages that are read by OCR, and knows those that it handed in."""

    def __init__(self, connection: socket.socket, kept: Sequence[int]) -> None:
        self._connection = connection
        self._kept: dict[str, str] = {}
        for descriptor in kept:
            with os.fdopen(descriptor, "rb") as file:
                file.seek(0)
                self._kept.update(json.load(file))

    def known(self, key: str) -> str | None:
        return self._kept.get(key)

    def begin(self, page: int, pages: int) -> None:
        self._connection.sendall(pack_answer(Scanning(page, pages)))
        allow_processor_time()
        allow_memory()

    def keep(self, key: str, seen: str) -> None:
        self._connection.sendall(pack_answer(PageSeen(key, seen)))


def _packed(found: ReadArticle | Unread | PagePicture) -> bytes:
    try:
        return pack_answer(found)
    except ReadError as error:
        if isinstance(found, PagePicture):
            raise
        part = found.part if isinstance(found, Unread) else found.document.part
        return pack_answer(Unread(part[:100], str(error)))


def _one_line(text: str) -> str:
    return _printable(" ".join(text.split()))


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


if __name__ == "__main__":
    main(sys.argv[1:])
