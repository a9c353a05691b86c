"""Makes drafts of the entries of a feed: RSS, Atom, RDF, and the exports of WordPress.

Read piece by piece, one entry at a time, and repaired on the way to the parser,
as feeds are often not well-formed. Entities that a file declares are never
expanded, and nothing is fetched.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from index.errors import ReadError
from index.reading.contained import LARGEST, PartNames, has_words, mail_day, one_line, text_of
from index.reading.draft import Draft, Unread
from index.reading.encoded import opened_as_text
from index.reading.xml_repair import XmlRepair, declares_entities, restored

if TYPE_CHECKING:
    from lxml.etree import XMLPullParser, _Element  # type: ignore[import-untyped]

__all__ = ["drafts_from_feed", "looks_like_feed"]

_PIECE = 1 << 16
_ROOT = re.compile(
    r"\s*(?:(?:<\?[^>]{0,1000}\?>|<!--.{0,4000}?-->"
    r"|<!DOCTYPE[^>\[]{0,1000}(?:\[.{0,4000}?\]\s*)?>)\s*){0,9}"
    r"<(?:\w{1,20}:)?(?:rss|feed|RDF)[\s>]",
    re.DOTALL,
)
_PLAIN_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]{0,20}")
_CLOSED = re.compile(r"</(?:\w{1,20}:)?(?:rss|feed|RDF)\s*>\s*(?:<!--.*)?\Z", re.DOTALL)
_NAMESPACES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_WORDPRESS = "http://wordpress.org/export/"
_ROOTS = ("rss", "feed", "RDF")
_OF_CHANNEL = ("title", "link", "language")
_TEXTS = ("content:encoded", "content", "description", "summary", "tagline")
_DATES = (
    "pubDate",
    "published",
    "dcterms:issued",
    "dc:date",
    "issued",
    "dcterms:created",
    "created",
    "updated",
    "modified",
)
"""By how surely they mean the first publication."""
_ARTICLES = ("", "post", "page")
"""Kinds of items in an export of WordPress that are articles; pictures and menus are not."""


@dataclass(slots=True)
class _Channel:
    """What a feed says of all its entries."""

    title: str = ""
    link: str = ""
    language: str = ""
    closed: bool = False
    """Whether its end was read."""

    def note(self, name: str, element: _Element) -> None:
        """Take what one of its children says; the first of each counts."""
        value = restored(element.get("href", "")) if name == "link" else ""
        if name == "link" and element.get("rel", "alternate") != "alternate":
            return
        if not getattr(self, name):
            setattr(self, name, one_line(_text(element)) or value)


def looks_like_feed(head: bytes) -> bool:
    """Say whether a file begins as a feed does."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return _ROOT.match(head.decode(encoding, "replace").lstrip("\ufeff")) is not None


def drafts_from_feed(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft an entry, named by its guid or its address.

    Raises:
        ReadError: If it is no feed, declares entities of its own, or has no entries.
    """
    names, number = PartNames(), 0
    with opened_as_text(file) as text:
        for found in _entries(text):
            if isinstance(found, str):
                if not number:
                    raise ReadError(found)
                yield Unread(names.unique(f"after entry {number}"), found)
            elif found.value("wp:post_type") in _ARTICLES:
                number += 1
                yield _draft(found, names, number)
    if not number:
        raise ReadError("a feed without entries; there is nothing to read in it")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry, by the names of what is in it, and the feed that it is in."""

    element: _Element
    children: dict[str, list[_Element]]
    channel: _Channel
    whole: bool
    """Whether the file goes on after it."""

    def value(self, *names: str) -> str:
        """Return the text of the first child of these names that has one."""
        for name in names:
            for child in self.children.get(name, ()):
                if has_words(text := _text(child)):
                    return text
        return ""


def _entries(text: io.TextIOWrapper) -> Iterator[_Entry | str]:
    """Yield each entry, and at the end why there are no more where the file is cut or broken."""
    head = text.read(_PIECE)
    if not _ROOT.match(head.lstrip("\ufeff")):
        raise ReadError("not a feed; save it again from its address")
    if declares_entities(head):
        raise ReadError("declares entities of its own, as no feed does; save it again")
    parser, repair, channel = _parser(), XmlRepair(), _Channel()
    waiting, tail, piece = 0, "", head
    while piece:
        parser.feed(repair.repaired(piece).encode("utf-8"))
        waiting += len(piece)
        for entry in _taken(parser, channel, whole=True):
            waiting = 0
            yield entry
        if waiting > 2 * LARGEST:
            yield "an entry of more than 20 million characters; take it out of the file"
            return
        tail, piece = (tail + piece)[-_PIECE:], text.read(_PIECE)
    whole = _CLOSED.search(tail) is not None
    parser.feed(repair.repaired("", last=True).encode("utf-8"))
    parser.close()
    yield from _taken(parser, channel, whole=whole)
    if not whole:
        yield "the file breaks off here; save the feed again from its address"
    elif not channel.closed:
        yield "nested too deep, or a text too long, from here on; save the feed again"


def _parser() -> XMLPullParser:
    from lxml import etree  # type: ignore[import-untyped]

    return etree.XMLPullParser(
        events=("end",),
        tag=tuple(f"{{*}}{name}" for name in ("item", "entry", *_OF_CHANNEL, *_ROOTS)),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _taken(parser: XMLPullParser, channel: _Channel, *, whole: bool) -> Iterator[_Entry]:
    """Yield the entries that were read by now, and forget each when the next is asked for."""
    for _, element in parser.read_events():
        name, parent = _local(element), element.getparent()
        if parent is None:
            channel.closed = True
        elif name in _OF_CHANNEL:
            if _local(parent) in ("channel", "feed") and _namespace(element) == _namespace(parent):
                channel.note(name, element)
        elif name not in _ROOTS:
            children: dict[str, list[_Element]] = {}
            for child in element.iterchildren("*"):
                children.setdefault(_name(child, _namespace(element)), []).append(child)
            yield _Entry(element, children, channel, whole)
            element.clear()
            while element.getprevious() is not None:
                del parent[0]


def _draft(entry: _Entry, names: PartNames, number: int) -> Draft | Unread:
    url = _url(entry)
    about = entry.element.get(f"{{{_RDF}}}about", "")
    stated = one_line(entry.value("guid", "id")) or url or one_line(restored(about))
    part = names.unique(stated or f"entry {number}")
    text = _longest_text(entry)
    if not has_words(text):
        return Unread(part, "an entry without text; open its page and save that")
    title = _line(entry.value("title"))
    dates = tuple(_dates(entry))
    return Draft(
        text=text,
        title=title,
        source=_line(_source(entry)) or None,
        author=_author(entry) or None,
        url=url or None,
        dates=dates,
        language=_language(entry) or None,
        clues="\n".join((title, *dates, text)),
        part=part,
        warnings=() if entry.whole else ("the file breaks off in it; save the feed again",),
    )


def _line(value: str) -> str:
    return one_line(text_of(value))


def _longest_text(entry: _Entry) -> str:
    """Return the content of an entry; its summary where that is all, or is the longer one."""
    texts = (text_of(entry.value(name)) for name in _TEXTS)
    # The first of equally long ones.
    return max(texts, key=len)


def _dates(entry: _Entry) -> Iterator[str]:
    for name in _DATES:
        written = one_line(entry.value(name))
        if written:
            yield mail_day(written) or written


def _author(entry: _Entry) -> str:
    found = []
    for name in ("dc:creator", "author"):
        for child in entry.children.get(name, ()):
            named = next((_text(each) for each in child.iterchildren("{*}name")), "")
            written = _line(named or _text(child))
            # RSS has the address first: "desk@example.org (Ana Ruiz)".
            in_brackets = re.fullmatch(r"\S+@\S+\s+\((.+)\)", written)
            found.append(in_brackets.group(1) if in_brackets else written)
        if any(found):
            break
    return ", ".join(dict.fromkeys(name for name in found if name))


def _source(entry: _Entry) -> str:
    """Return the feed that an entry was taken over from, or this one."""
    for child in entry.children.get("source", ()):
        titles = [_text(each) for each in child.iterchildren("{*}title")]
        if written := (titles or [_text(child)])[0].strip():
            return written
    return entry.channel.title


def _url(entry: _Entry) -> str:
    links = [entry.value("feedburner:origLink"), entry.value("link")]
    for child in entry.children.get("link", ()):
        if child.get("rel", "alternate") == "alternate":
            links.append(restored(child.get("href", "")))
    if all(guid.get("isPermaLink") != "false" for guid in entry.children.get("guid", ())):
        links.append(entry.value("guid"))
    for link in links:
        try:
            whole = urljoin(entry.channel.link, one_line(link)) if has_words(link) else ""
        except ValueError:
            continue
        if whole.startswith(("https://", "http://")):
            return whole
    return ""


def _language(entry: _Entry) -> str:
    stated = entry.element.xpath("ancestor-or-self::*/@xml:lang")
    return one_line(
        entry.value("dc:language") or (stated[-1] if stated else entry.channel.language)
    )


def _text(element: _Element) -> str:
    """Return what an element holds: its text, or its markup where it has elements in it."""
    if next(element.iterchildren("*"), None) is None:
        return restored("".join(element.itertext()))
    from lxml import etree

    pieces = [restored(element.text or "", markup=True)]
    for child in element.iterchildren("*"):
        for each in child.iter("*"):
            if _PLAIN_TAG.fullmatch(_local(each)):
                each.tag = _local(each)  # xhtml:p is a paragraph too
        written = etree.tostring(child, encoding="unicode", method="html")
        pieces.append(restored(written, markup=True))
    return "".join(pieces)


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
