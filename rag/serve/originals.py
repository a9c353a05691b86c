"""Serves the files that articles were read from: as they are, and their pages as pictures.

Only by the id of an article of the library: whoever asks names no path. What a browser would
run is sent as a download; pages are drawn in the sandbox that reads files.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response

from index.errors import BylineError, ReadError
from index.folder import is_as_read
from index.reading.files import open_file, unreadable
from index.reading.picture import LARGEST, PlacedLine
from index.reading.sandbox.pool import ReaderPool
from index.types import Document
from rag.assistant import Assistant

__all__ = ["lines_of_quote", "make_router", "original_of", "shows_pages"]

_AT_ONCE = 2
"""Pages that are drawn at the same time."""
_SHOWN = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp")
"""Types of files whose pages can be drawn."""
_INLINE = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
"""What a browser may show by itself, by how it begins. Nothing in it can act for this server."""
_NOT_WORD = re.compile(r"[\W_]+")


def original_of(document: Document) -> Path | None:
    """Return the file that an article was read from; None where there is none here."""
    path = Path(document.path or "")
    # The path of a web page is its address. `Path.is_file` raises where it may not look.
    return path if path.is_absolute() and os.path.isfile(path) else None  # noqa: PTH113


def shows_pages(document: Document) -> bool:
    """Say whether the pages of an article's file can be drawn, and are those of the article."""
    file = original_of(document)
    return bool(document.pages and not document.part and file and file.suffix.lower() in _SHOWN)


def make_router(assistant: Assistant) -> APIRouter:
    """Return the routes `/file/ID` and `/page/ID/NUMBER`."""
    router = APIRouter()
    turns = CapacityLimiter(_AT_ONCE)

    @router.get("/file/{id_}")
    def file(id_: str) -> Response:
        try:
            path = _as_read(assistant, assistant.document(id_))
            with open_file(path).file as opened:
                head = opened.read(16)
        except BylineError as error:
            return PlainTextResponse(f"{error}\n", 404)
        kind = next((kind for magic, kind in _INLINE if head.startswith(magic)), None)
        if kind is None and path.suffix.lower() in (".txt", ".md"):
            kind = "text/plain"
        return FileResponse(
            path,
            media_type=kind or "application/octet-stream",
            filename=path.name.encode("utf-8", "replace").decode(),
            content_disposition_type="inline" if kind else "attachment",
            headers={"cache-control": "no-store"},
        )

    @router.get("/page/{id_}/{number}")
    async def page(
        request: Request,
        id_: str,
        number: int,
        start: int = 0,
        end: int = 0,
        longest: int = Query(1400, ge=200, le=LARGEST),
    ) -> Response:
        async with turns:  # Who waits holds no thread, of which the whole page has forty.
            if await request.is_disconnected():
                return Response(status_code=499)  # Nobody gets it.
            return await run_in_threadpool(draw, id_, number, start, end, longest)

    def draw(id_: str, number: int, start: int, end: int, longest: int) -> Response:
        try:
            document = assistant.document(id_)
            if document.part:
                raise ReadError("its file holds other articles too; open the file itself")
            file = _as_read(assistant, document)
            with ReaderPool() as pool:
                picture = pool.picture(file, number, longest)
        except BylineError as error:
            failure = f"The page cannot be shown: {error}"
            return JSONResponse({"failure": failure}, 404, {"cache-control": "no-store"})
        found: dict[str, Any] = {
            "page": number,
            "pages": picture.pages,
            "width": picture.width,
            "height": picture.height,
            "picture": f"data:image/jpeg;base64,{base64.b64encode(picture.jpeg).decode()}",
            "marks": _marks(document, number, start, end, picture.lines),
        }
        return JSONResponse(found, headers={"cache-control": "no-store"})

    return router


def _as_read(assistant: Assistant, document: Document) -> Path:
    """Return the file that an article was read from, which is the same now as it was then.

    Raises:
        ReadError: It is not, or cannot be read.
    """
    path = original_of(document)
    if path is None:
        raise ReadError("its file is not here any more")
    record = assistant.searched.files(str(path)).get(str(path))
    try:
        if record and record.sha256 and not is_as_read(path, record):
            raise ReadError("its file has changed since it was read; add it again to see it")
    except OSError as error:
        raise unreadable(error) from error
    return path


def _marks(
    document: Document, number: int, start: int, end: int, placed: Sequence[PlacedLine]
) -> list[tuple[int, ...]]:
    """Return the corners of the lines of a quote that stand on a page."""
    scanned = document.lines_at(start, end)
    if scanned:
        return [line.corners for line in scanned if document.page_at(line.start) == number]
    if not 1 <= number <= len(document.pages):
        return []
    first, after = document.pages[number - 1], [*document.pages, len(document.text)][number]
    quote = document.text[max(start, first) : min(end, after)]
    return [line.corners for line in lines_of_quote(quote, placed)]


def lines_of_quote(quote: str, lines: Sequence[PlacedLine]) -> list[PlacedLine]:
    """Return the lines of a page that a quote stands in; none where it is not there as a whole.

    Letters and figures alone are compared: the text has no hyphens of line ends.

    >>> words = "The har-", "bour opened. It", "rained."
    >>> page = [PlacedLine(text, ()) for text in words]
    >>> [line.text for line in lines_of_quote("The harbour opened.", page)]
    ['The har-', 'bour opened. It']
    """
    wanted = _NOT_WORD.sub("", quote.casefold())
    parts = [_NOT_WORD.sub("", line.text.casefold()) for line in lines]
    at = "".join(parts).find(wanted) if wanted else -1
    if at < 0:
        return []
    found = []
    begun = 0
    for line, part in zip(lines, parts):
        if begun < at + len(wanted) and at < begun + len(part):
            found.append(line)
        begun += len(part)
    return found
