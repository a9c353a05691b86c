"""Takes the entries of a feed from its XML, one at a time, however broken the rest of it is.

The XML is repaired on its way to the parser, which recovers from what is left.
Entities that a file declares are never expanded, and nothing is fetched. Knows
which elements are entries, and nothing of what they say.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.reading.contained import LARGEST, one_line
from index.reading.feeds.xml_repair import XmlRepair, declares_entities, restored
from index.reading.office.archive import SAFE_XML
from index.text.storable import has_words

if TYPE_CHECKING:
    from lxml.etree import XMLPullParser, _Element  # type: ignore[import-untyped]

__all__ = ["Channel", "Entry", "begins_feed", "element_text", "entries"]

_PIECE = 1 << 16
_ROOT = re.compile(
    r"\s*(?:(?:<\?[^>]{0,1000}\?>|<!--.{0,4000}?-->"
    r"|<!DOCTYPE[^>\[]{0,1000}(?:\[.{0,4000}?\]\s*)?>)\s*){0,9}"
    r"<(?:\w{1,20}:)?(?:rss|feed|RDF)[\s>]",
    re.DOTALL,
)
_PLAIN_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]{0,20}")
_OPENED = re.compile(r"<(?:item|entry)[\s>]")
_CLOSED = re.compile(r"</(?:\w{1,20}:)?(?:rss|feed|RDF)\s*>")
_NAMESPACES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}
_WORDPRESS = "http://wordpress.org/export/"
_ENTRIES = ("item", "entry")
_ROOTS = ("rss", "feed", "RDF")
_OF_CHANNEL = ("title", "link", "language")
_MOST_AUTHORS = 10_000


@dataclass(slots=True)
class Channel:
    """What a feed says of all its entries."""

    title: str = ""
    link: str = ""
    language: str = ""
    authors: dict[str, str] = field(default_factory=dict)
    """Of an export of WordPress: the names that are shown, by the ones to log in with."""
    closed: bool = False
    """Whether its end was read."""

    def note(self, name: str, element: _Element) -> None:
        """Take what one of its children says; the first of each counts."""
        value = restored(element.get("href", "")) if name == "link" else ""
        if name == "link" and element.get("rel", "alternate") != "alternate":
            return
        if not getattr(self, name):
            setattr(self, name, one_line(element_text(element)) or value)

    def note_author(self, element: _Element) -> None:
        """Take the two names of an author of WordPress."""
        names = {_local(child): one_line(element_text(child)) for child in element}
        if len(self.authors) < _MOST_AUTHORS:
            self.authors[names.get("author_login", "")] = names.get("author_display_name", "")


def begins_feed(head: str) -> bool:
    """Say whether a text begins as a feed does."""
    return _ROOT.match(head.lstrip("\ufeff")) is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, by the names of what is in it, and the feed that it is in."""

    element: _Element
    children: dict[str, list[_Element]]
    channel: Channel
    whole: bool
    """Whether the file goes on after it."""

    def value(self, *names: str) -> str:
        """Return the text of the first child of these names that has one."""
        for name in names:
            for child in self.children.get(name, ()):
                if has_words(text := element_text(child)):
                    return text
        return ""


def entries(text: io.TextIOWrapper) -> Iterator[Entry | str]:
    """Yield each entry, and at the end why there are no more where the file is cut or broken.

    An entry can be used until the next one is asked for.

    Raises:
        ReadError: If it is no feed, or declares entities of its own.
    """
    head = text.read(_PIECE)
    if not begins_feed(head):
        raise ReadError(
            "not a feed; save it again from its address, or what it holds as RIS, CSV, or text"
        )
    if declares_entities(head):
        raise ReadError("declares entities of its own, as no feed does; save it again")
    parser, repair, channel = _parser(), XmlRepair(), Channel()
    waiting, missing, tail, piece = 0, 0, "", head
    while piece:
        repaired = repair.repaired(piece)
        parser.feed(repaired.encode("utf-8"))
        waiting += len(piece)
        missing += len(_OPENED.findall(repaired))
        for entry in _taken(parser, channel, whole=True):
            waiting, missing = 0, missing - 1
            yield entry
        if waiting > 2 * LARGEST:
            yield "an entry of more than 20 million characters; take it out of the file"
            return
        tail, piece = (tail + piece)[-_PIECE:], text.read(_PIECE)
    whole = _CLOSED.search(tail) is not None
    parser.feed(repair.repaired("", last=True).encode("utf-8"))
    parser.close()
    for entry in _taken(parser, channel, whole=whole):
        missing -= 1
        yield entry
    if not whole:
        yield "the file breaks off here; save the feed again from its address"
    elif not channel.closed:
        yield "nested too deep, or a text too long, from here on; save the feed again"
    elif missing > 0 and len(parser.feed_error_log):
        yield "its markup is broken, and more entries follow; save the feed again"


def _parser() -> XMLPullParser:
    from lxml import etree  # type: ignore[import-untyped]

    return etree.XMLPullParser(
        events=("end",),
        tag=tuple(f"{{*}}{name}" for name in (*_ENTRIES, *_OF_CHANNEL, *_ROOTS, "author")),
        encoding="utf-8",
        recover=True,
        **SAFE_XML,
    )


def _taken(parser: XMLPullParser, channel: Channel, *, whole: bool) -> Iterator[Entry]:
    """Yield the entries that were read by now, and forget each when the next is asked for."""
    for _, element in parser.read_events():
        name, parent = _local(element), element.getparent()
        if parent is None:
            channel.closed = True
        elif name in _OF_CHANNEL:
            if _local(parent) in ("channel", "feed") and _namespace(element) == _namespace(parent):
                channel.note(name, element)
        elif name == "author":
            if _namespace(element).startswith(_WORDPRESS) and _local(parent) == "channel":
                channel.note_author(element)
        elif name not in _ROOTS:
            children: dict[str, list[_Element]] = {}
            for child in element.iterchildren("*"):
                children.setdefault(_name(child, _namespace(element)), []).append(child)
            yield Entry(element, children, channel, whole)
            element.clear()
            while element.getprevious() is not None:
                del parent[0]


def element_text(element: _Element) -> str:
    """Return what an element holds: its text, or its markup where it has elements in it."""
    if next(element.iterchildren("*"), None) is None:
        return restored("".join(element.itertext()))
    from lxml import etree

    pieces = [restored(element.text or "", markup=True)]
    for child in element.iterchildren("*"):
        if _local(child) in _ENTRIES:  # where a tag is missing, the next entry follows within
            continue
        for each in child.iter("*"):
            plain = _local(each).rpartition(":")[2]
            if _PLAIN_TAG.fullmatch(plain):
                each.tag = plain  # xhtml:p is a paragraph too
        written = etree.tostring(child, encoding="unicode", method="html")
        pieces.append(restored(written, markup=True))
    inner = "".join(pieces)
    return f"<div>{inner}</div>" if has_words(inner) else ""


def _name(element: _Element, own: str) -> str:
    """Return an element's name with the usual prefix of its namespace; without one for `own`."""
    namespace, local = _namespace(element), _local(element)
    if namespace in ("", own):
        return local
    if namespace.startswith(_WORDPRESS):
        return f"wp:{local}"
    return f"{_NAMESPACES.get(namespace, 'other')}:{local}"


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _namespace(element: _Element) -> str:
    return str(element.tag)[1:].rpartition("}")[0]
