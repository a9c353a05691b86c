"""Makes articles of the library from the pages at web addresses.

Knows what an article from the web says of where it is from; neither how it is fetched nor
how it is read.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.types import Document
from rag.adding import AddResult
from rag.fetching.page import FetchedPage, fetch_page
from rag.fetching.url import parse_address

if TYPE_CHECKING:
    from index.reading import ReadOptions
    from index.reading.sandbox.pool import ReaderPool

__all__ = ["read_page", "read_pages"]


def read_pages(
    urls: Iterable[str],
    options: ReadOptions | None = None,
    fetch: Callable[[str], FetchedPage] = fetch_page,
) -> Iterator[AddResult]:
    """Yield the article at each address as it is read, or why there is none.

    Args:
        urls: web addresses; nothing else is connected to.
        options: what the person says of the pages, such as how to read 11/01/2019.
        fetch: what gets a page.
    """
    from index.reading.sandbox.pool import ReaderPool

    with ReaderPool() as pool:
        pool.start()
        for url in urls:
            try:
                yield from read_page(url, fetch(url), pool, options)
            except ReadError as error:
                yield AddResult(url, "failed", message=str(error))


def read_page(
    url: str, page: FetchedPage, pool: ReaderPool, options: ReadOptions | None = None
) -> Iterator[AddResult]:
    """Yield the article in a page, or the articles in a feed.

    Its path is the address at which it was found: the same address again brings the article
    up to date.

    Args:
        url: the address as it was given.
        page: what was found there. It is as little to be trusted as any file.
        pool: what reads it.
        options: as for `read_pages`.

    Raises:
        ReadError: there is no article in it.
    """
    from index.reading import ReadOptions, Unread

    content = _as_utf8(page)
    for found in pool.read_content(content, page.name, options or ReadOptions(), path=page.url):
        if isinstance(found, Unread):
            yield AddResult(url, "failed", message=found.reason, part=found.part)
            continue
        document = found.document
        stated = document.url if document.part else _own_url(document, page)
        document = replace(document, url=stated)
        yield AddResult.of(url, "read", document, "; ".join(found.warnings))


def _own_url(document: Document, page: FetchedPage) -> str:
    """Return the address that a page states of itself where that is believable, else its own.

    Believable is another page of the same host: not that of another paper, and not the
    front page, which some sites state on every page.
    """
    found = parse_address(page.url)
    try:
        stated = parse_address(document.url or "")
    except ReadError:
        return page.url
    same = stated.host.removeprefix("www.") == found.host.removeprefix("www.")
    return str(stated) if same and stated.target != "/" else page.url


def _as_utf8(page: FetchedPage) -> bytes:
    """Return a text with the encoding that its server states as UTF-8, and so marked.

    The server goes before what the page says (html.spec.whatwg.org, 13.2.3.2), unless it
    is UTF-8 in truth, which bytes hardly ever are by chance.
    """
    from index.reading.encoding.decoding import codec_name

    if not page.charset or not page.type.startswith(("text/html", "text/plain", "text/markdown")):
        return page.content
    try:
        page.content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = page.content.decode(codec_name(page.charset))
        except (UnicodeError, LookupError):
            return page.content
        return codecs.BOM_UTF8 + text.encode("utf-8", "replace")
    return page.content
