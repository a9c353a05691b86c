"""Parts texts that hold many articles: downloads of Nexis and Factiva, and clippings of a Kindle.

What is looked for is the frame that these programs write around each article: its length in words,
its day on a line alone, a last line. A text without it stays whole. Knows nothing of the file that
the text came from: these downloads are Word and RTF as often as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from index.reading.contained import FileParts, one_line, tidy
from index.reading.draft import Draft
from index.reading.metadata.header_line import date_line, is_count
from index.text.storable import has_words

__all__ = ["parted"]

_MOST_HEAD = 80
"""Lines of a head."""
_MOST_COVER = 2_000
"""Lines in which a download lists what is in it, above the first head."""
_NEXIS_END = re.compile(r"^[ \t]*End of Document[ \t]*$", re.MULTILINE)
_NEXIS_START = re.compile(r"^[ \t]*\d{1,5} of \d{1,5} DOCUMENTS?[ \t]*$", re.MULTILINE)
_NEXIS_KEY = re.compile(
    r"(section|length|byline|headline|highlight|dateline|body)(?::[ \t]*(.*)|$)", re.IGNORECASE
)
_NEXIS_TAIL = re.compile(
    r"^[ \t]*(?:(?:Graphic|Classification)[ \t]*$"
    r"|(?:Load-Date|Publication-Type|Graphic):|Language:[ \t]*\w+[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_FACTIVA_END = re.compile(
    r"^[ \t]*(?:AN[ \t]+)?Document [A-Z0-9]{2,12}00(?:19|20)\d{6}\w{4,12}[ \t]*$", re.MULTILINE
)
_FACTIVA_KEY = re.compile(
    r"^(SE|HD|CR|BY|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY)(?:[ \t]+|$)", re.MULTILINE
)
_FACTIVA_TEXT = re.compile(r"^(?:LP|TD)(?:[ \t]+|$)", re.MULTILINE)
_FACTIVA_TAIL = re.compile(
    r"^(?:(?:CO|IN|NS|RE)\s+\w{1,12} : |(?:RF|IPC|IPD|PUB)(?:[ \t]|$))", re.MULTILINE
)
"""The fields below a text, some of whose paragraphs may begin with such a word, too."""
_RIGHTS = re.compile(r"(?:\(c\)|©|copyright\b)", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?:\s?[ap]m)?(?:\s[a-z]{2,4})?", re.IGNORECASE)
_BY = re.compile(r"by\s+", re.IGNORECASE)
_KINDLE_END = re.compile(r"^={10}[ \t]*$", re.MULTILINE)
_KINDLE_PLACE = re.compile(r"[-–] (?=[^\n]*\d)[^\n|]{1,200}\|[^\n]{1,400}")
_NO_CLIPPING = re.compile(r"<[^<>]{1,200}>")
"""What stands where the publisher allows no more of them."""
_BOOK = re.compile(r"(.{1,400}?)\s*\(([^()]{1,200})\)")


def parted(draft: Draft) -> Iterator[Draft]:
    """Yield the articles that the text of a draft is a collection of; else the draft itself."""
    text = draft.clues or draft.text
    found = _nexis(text) or _factiva(text) or _kindle(text)
    if not found:
        yield draft
        return
    parts = FileParts()
    for each in found:
        yield replace(
            each,
            clues=f"{' '.join(each.dates)}\n{each.text}",
            part=parts.unique(each.title or "article"),
            language=draft.language,
            warnings=draft.warnings,
        )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _all_of(pieces: list[str], read: Callable[[str], Draft | None]) -> list[Draft]:
    """Return the drafts of pieces; none where most have no head.

    One whose head is of another form is kept as it is.
    """
    drafts = [read(piece) for piece in pieces]
    if 2 * sum(draft is not None for draft in drafts) < len(drafts):
        return []
    return [draft or Draft(text=tidy(piece)) for piece, draft in zip(pieces, drafts)]


def _nexis(text: str) -> list[Draft]:
    """Return the articles of a download of Nexis, of the older form or of today's."""
    is_old = len(pieces := _NEXIS_START.split(text)) > 1
    pieces = pieces[1:] if is_old else _NEXIS_END.split(text)
    pieces = [each for each in pieces if has_words(each)]
    return _all_of(pieces, lambda each: _of_nexis(_NEXIS_END.sub("", each), is_old))


def _of_nexis(piece: str, is_old: bool) -> Draft | None:
    """Return an article whose head has its outlet, its day, and fields such as `Length:`.

    The title stands above these, or in the older form below them.
    """
    keyed: dict[str, str] = {}
    above: list[str] = []
    paragraph: list[str] = []  # the last one above the fields
    dates: tuple[str, ...] = ()
    outlet = title = ""
    position = 0
    for number, line in enumerate(piece.splitlines(keepends=True)):
        words = line.strip()
        key = _NEXIS_KEY.fullmatch(words) if dates else None
        if "length" in keyed and words and not key:
            break
        position += len(line)
        if key:
            keyed[key[1].casefold()] = one_line(key[2] or "")
            if key[1].casefold() == "body":
                break
        elif not dates and words and (dates := date_line(words)):
            outlet = above[-1] if above else ""
            title = above[-2] if len(above) > 1 else ""
            above = []
        elif not words:
            paragraph = []
        elif not keyed and not _RIGHTS.match(words):
            above.append(words)
            paragraph.append(words)
            title = " ".join(paragraph) if dates and is_old else title
        if number > _MOST_COVER:
            return None
    if not dates or not is_count(f"length {keyed.get('length', '')}"):
        return None
    tail = _NEXIS_TAIL.search(piece, position)
    text = piece[position : tail.start() if tail else None]
    return _article(text, keyed.get("headline") or title, keyed.get("byline", ""), dates, outlet)


def _factiva(text: str) -> list[Draft]:
    """Return the articles of a download of Factiva, with and without names of its fields."""
    pieces = _FACTIVA_END.split(text)[:-1]
    return _all_of(pieces, lambda each: _of_factiva_fields(each) or _of_factiva(each))


def _of_factiva_fields(piece: str) -> Draft | None:
    head, *texts = _FACTIVA_TEXT.split(piece, 2)
    _, *parts = _FACTIVA_KEY.split(head)
    fields = {key: value.strip() for key, value in zip(parts[::2], parts[1::2])}
    if not {"HD", "WC", "PD"} <= fields.keys():
        return None
    text = _FACTIVA_TAIL.split("\n\n".join(texts), 1)[0]
    dates = (one_line(fields["PD"]),)
    return _article(text, fields["HD"], fields.get("BY", ""), dates, fields.get("SN", ""))


def _of_factiva(piece: str) -> Draft | None:
    """Return an article below lines of its length, its day, its outlet, and their codes."""
    head = _lines(piece[: 200 * _MOST_HEAD])[:_MOST_HEAD]
    length = next((n for n, line in enumerate(head) if is_count(line)), 0)
    if not length or len(head) < length + 3 or not date_line(head[length + 1]):
        return None
    # Above the length stands who wrote it, if anyone did, above that the title, and its section.
    above = head[max(0, length - 3) : length]
    at = len(above) - 2 if _BY.match(above[-1]) else above.index(max(above, key=len))
    title, author = above[max(0, at)], "".join(above[max(0, at) + 1 :])
    below = head[length + 2 :]
    outlet = next(line for line in (*below[:2], "") if not _CLOCK.fullmatch(line))
    rights = next((line for line in below[1:12] if _RIGHTS.match(line)), "")
    day = head[length + 1]
    start = piece.find(rights or outlet, piece.find(day)) + len(rights or outlet)
    return _article(piece[start:], title, author, (one_line(day),), outlet)


def _article(text: str, title: str, author: str, dates: tuple[str, ...], outlet: str) -> Draft:
    return Draft(
        text=tidy(text),
        title=one_line(title),
        source=one_line(outlet) or None,
        author=one_line(_BY.sub("", author, 1)) or None,
        dates=dates,
    )


def _kindle(text: str) -> list[Draft]:
    """Return an article a book: what was marked in it and noted, in the order of the file."""
    entries = [each.strip("\ufeff\n \t").split("\n", 2) for each in _KINDLE_END.split(text)]
    entries = [each for each in entries if any(each)]
    if "==========" not in text or not all(
        len(each) > 1 and _KINDLE_PLACE.fullmatch(each[1].strip()) for each in entries
    ):
        return []
    marked: dict[str, list[str]] = {}
    for book, _, *rest in entries:
        words = tidy("".join(rest))
        texts = marked.setdefault(one_line(book), [])
        if texts and (texts[-1] in words or words in texts[-1]):
            # One that was drawn out later stands there twice.
            texts[-1] = max(texts[-1], words, key=len)
        elif has_words(words) and not _NO_CLIPPING.fullmatch(words):
            texts.append(words)
    drafts: list[Draft] = []
    for book, texts in marked.items():
        named = _BOOK.fullmatch(book)
        title, author = named.groups() if named else (book, "")
        if texts:
            drafts.append(Draft("\n\n".join(texts), title=title, author=author or None))
    return drafts
