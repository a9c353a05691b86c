"""Makes drafts of the entries of a feed: RSS, Atom, RDF, and the exports of WordPress.

Knows under which names these formats keep what an article needs, and which entries of WordPress are
published posts, as everything in its database is one: drafts, pictures, menus. Knows nothing of how
the file is parsed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urljoin

from index.reading.contained import (
    FileParts,
    mail_day,
    one_line,
    text_of,
)
from index.reading.draft import Draft, Unread
from index.reading.encoding.opening import opened_as_text
from index.reading.feeds.entries import Entry, begins_feed, element_text, entries
from index.reading.feeds.xml_repair import restored
from index.text.storable import has_words

__all__ = ["drafts_from_feed", "looks_like_feed", "text_as_shown", "unpublished_kind"]

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_TEXTS = ("content:encoded", "content", "description", "summary", "tagline")
_DATES = (
    "wp:post_date",
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
_NO_DATE = re.compile(r"-?0{3}[01]\b|1970-01-01")
"""How the date begins of what was never published."""
_NO_TAG = ("", "uncategorized", "uncategorised")
"""What WordPress calls posts that nobody gave a category."""
_KINDS = {
    "attachment": "attachments",
    "nav_menu_item": "menu items",
    "revision": "earlier versions",
}
_ARTICLES = ("post", "page")
_STATES = {
    "draft": "drafts",
    "auto-draft": "drafts",
    "pending": "drafts",
    "future": "posts to come",
    "private": "private posts",
    "protected": "posts behind a password",
    "trash": "posts in the bin",
}
_WITH_CONTENT = "caption|wp_caption|gallery|embed|audio|video|playlist"
"""Codes of WordPress itself between which stands no text of the article."""
_ATTRIBUTES = r"(?:\s+[\w-]{1,40}=(?:\"[^\"\]]{0,1000}\"|'[^'\]]{0,1000}'|[^\s\]\"']{1,1000}))"
_CODE = re.compile(r"\[/?([a-z][\w-]{1,40})\]")
_SHORTCODE = re.compile(
    rf"\[(?P<name>{_WITH_CONTENT})\b[^\]]{{0,2000}}\](?:(?:(?!\[/?(?P=name)\b).){{0,4000}}"
    rf"\[/(?P=name)\])?"
    rf"|\[[a-z][\w-]{{1,40}}{_ATTRIBUTES}{{1,20}}\s{{0,9}}/?\]",
    re.DOTALL,
)


def looks_like_feed(head: bytes) -> bool:
    """Say whether a file begins as a feed does."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return begins_feed(head.decode(encoding, "replace"))


def drafts_from_feed(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft an entry, named by its guid or its address.

    Raises:
        ReadError: If it is no feed, declares entities of its own, or has no entries.
    """
    parts = FileParts()
    with opened_as_text(file) as text:
        found = _drafts(text, parts)
        yield from parts.told(found, "entry", "a feed without articles", whole=False)


def _drafts(text: io.TextIOWrapper, parts: FileParts) -> Iterator[Draft | Unread | str]:
    number = 0
    for found in entries(text):
        if isinstance(found, str):
            yield found
            continue
        post_type = one_line(found.value("wp:post_type"))
        status = one_line(found.value("wp:status"))
        if has_words(found.value("wp:post_password")):
            status = "protected"
        if post_type and (kind := unpublished_kind(post_type, status)):
            named = _line(found.value("title")) if post_type in ("post", "page") else ""
            parts.leave_out(one_line(kind), named)
        else:
            number += 1
            yield _draft(found, parts, number)


def _draft(entry: Entry, parts: FileParts, number: int) -> Draft | Unread:
    url = _url(entry)
    about = entry.element.get(_ABOUT, "")
    stated = one_line(entry.value("guid", "id")) or url or one_line(restored(about))
    part = parts.unique(stated or f"entry {number}")
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
        tags=tuple(_tags(entry)),
        warnings=() if entry.whole else ("the file breaks off in it; save the feed again",),
    )


def _line(value: str) -> str:
    return one_line(text_of(value))


def _longest_text(entry: Entry) -> str:
    """Return the content of an entry; its summary where that is all, or is the longer one."""
    shown = text_as_shown if entry.value("wp:post_type") else str
    texts = (text_of(shown(entry.value(name))) for name in _TEXTS)
    # The first of equally long ones.
    return max(texts, key=len)


def _dates(entry: Entry) -> Iterator[str]:
    for name in _DATES:
        written = one_line(entry.value(name))
        day = mail_day(written) or written
        if day and not _NO_DATE.match(day):
            yield day


def _tags(entry: Entry) -> Iterator[str]:
    for child in entry.children.get("category", ()):
        # Atom has them in attributes, those of Blogger's own as addresses.
        stated = restored(child.get("label") or child.get("term") or "")
        tag = _line(element_text(child) or stated)
        if tag.casefold() not in _NO_TAG and "://" not in tag:
            yield tag


def _author(entry: Entry) -> str:
    found = []
    for name in ("dc:creator", "author"):
        for child in entry.children.get(name, ()):
            named = next((element_text(each) for each in child.iterchildren("{*}name")), "")
            written = _line(named or element_text(child))
            # RSS has the address first: "desk@example.org (Ana Ruiz)".
            in_brackets = re.fullmatch(r"\S+@\S+\s+\((.+)\)", written)
            written = in_brackets.group(1) if in_brackets else written
            found.append(entry.channel.authors.get(written) or written)
        if any(found):
            break
    return ", ".join(dict.fromkeys(name for name in found if name))


def _source(entry: Entry) -> str:
    """Return the feed that an entry was taken over from, or this one."""
    for child in entry.children.get("source", ()):
        titles = [element_text(each) for each in child.iterchildren("{*}title")]
        if written := (titles or [element_text(child)])[0].strip():
            return written
    return entry.channel.title


def _url(entry: Entry) -> str:
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


def _language(entry: Entry) -> str:
    stated = entry.element.xpath("ancestor-or-self::*/@xml:lang")
    return one_line(
        entry.value("dc:language") or (stated[-1] if stated else entry.channel.language)
    )


def unpublished_kind(post_type: str, status: str) -> str | None:
    """Return what an entry is that is no published post or page; None for one that is.

    >>> unpublished_kind("post", "draft"), unpublished_kind("page", "publish")
    ('drafts', None)
    """
    if post_type not in _ARTICLES:
        return _KINDS.get(post_type, post_type)
    return None if status in ("", "publish") else _STATES.get(status, status)


def text_as_shown(content: str) -> str:
    r"""Return the content of a post without its codes, and with its paragraphs marked as such.

    What its editor takes for codes stays if it could be the author's, as "[sic]".

    >>> text_as_shown("[vc_row width='1/2'][vc_column]One [sic].[/vc_column][/vc_row]\n\nTwo.")
    'One [sic].<p>Two.'
    """
    content = _SHORTCODE.sub("", content.replace("\r\n", "\n"))
    closed = {code[1] for code in _CODE.finditer(content) if code[0].startswith("[/")}
    content = _CODE.sub(lambda code: "" if code[1] in closed else code[0], content)
    return content.replace("\n\n", "<p>")
