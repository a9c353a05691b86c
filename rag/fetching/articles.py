"""Makes articles of the library from the pages at web addresses.

Knows what an article from the web says of where it is from; neither how it is fetched nor
how it is read.
"""

from __future__ import annotations

import codecs
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.types import Document
from rag.adding import AddResult
from rag.fetching.page import Page, fetch_page
from rag.fetching.url import parse_address

if TYPE_CHECKING:
    from index.reading import DateOrder

__all__ = ["read_page", "read_pages"]

_log = logging.getLogger(__name__)


def read_pages(
    urls: Iterable[str],
    date_order: DateOrder | None = None,
    fetch: Callable[[str], Page] = fetch_page,
) -> Iterator[AddResult]:
    """Yield the article at each address as it is read, or why there is none.

    Args:
        urls: web addresses; nothing else is connected to.
        date_order: how to read 11/01/2019 where nothing else tells.
        fetch: what gets a page.
    """
    for url in urls:
        try:
            yield read_page(url, fetch(url), date_order)
        except ReadError as error:
            yield AddResult(url, "failed", message=str(error))
        except Exception as error:  # noqa: BLE001 - a fault of a reader, or of its parser.
            _log.exception("could not read %s", url)
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            message = f"could not be read ({reason}); save the article as plain text"
            yield AddResult(url, "failed", message=message)


def read_page(url: str, page: Page, date_order: DateOrder | None = None) -> AddResult:
    """Return the article in a page.

    Its path is the address at which it was found: the same address again brings the article
    up to date.

    Args:
        url: the address as it was given.
        page: what was found there.
        date_order: how to read 11/01/2019 where nothing else tells.

    Raises:
        ReadError: there is no article in it.
    """
    from index.reading import read_bytes

    reading = read_bytes(_as_utf8(page), page.name, path=page.url, date_order=date_order)
    document = replace(reading.document, url=_own_url(reading.document, page))
    return AddResult(url, "read", document, "; ".join(reading.warnings))


def _own_url(document: Document, page: Page) -> str:
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


def _as_utf8(page: Page) -> bytes:
    """Return a text with the encoding that its server states as UTF-8, and so marked.

    The server goes before what the page says (html.spec.whatwg.org, 13.2.3.2), unless it
    is UTF-8 in truth, which bytes hardly ever are by chance.
    """
    from index.reading.decoding import codec_name

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
