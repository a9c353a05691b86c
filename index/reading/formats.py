"""The table of what can be read: each format by its suffixes, how its content looks, its reader.

A file is taken for what its content says, and only where that says nothing for
what its suffix says. To add a format, add its line; nothing else knows them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from pathlib import PurePath
from typing import BinaryIO

from index.errors import QuestionError, ReadError
from index.reading.draft import Draft, Unread
from index.reading.exports.chats import (
    drafts_from_slack,
    drafts_from_whatsapp,
    looks_like_slack,
    looks_like_whatsapp,
)
from index.reading.exports.collected import parted
from index.reading.exports.enex import ENEX, drafts_from_enex
from index.reading.exports.packed import drafts_from_packed, looks_like_packed
from index.reading.exports.references import (
    BIBTEX,
    RIS,
    drafts_from_bibtex,
    drafts_from_csl,
    drafts_from_ris,
    looks_like_csl,
)
from index.reading.exports.telegram import drafts_from_telegram, looks_like_telegram
from index.reading.exports.tweets import TWEETS, drafts_from_tweets
from index.reading.feeds.feed import drafts_from_feed, looks_like_feed
from index.reading.mail.attachments import ReadAttached
from index.reading.mail.mailbox import (
    drafts_from_mail,
    drafts_from_mailbox,
    looks_like_mail,
    looks_like_mailbox,
)
from index.reading.mail.msg import drafts_from_msg
from index.reading.mail.pst import drafts_from_pst, looks_like_pst
from index.reading.metadata.dates import DateOrder
from index.reading.office.docx import drafts_from_docx
from index.reading.office.epub import drafts_from_epub
from index.reading.office.kinds import OLD, ZIP, office_kind, refusal_of
from index.reading.office.opendocument import drafts_from_odp, drafts_from_odt
from index.reading.office.pptx import drafts_from_pptx
from index.reading.office.rtf import drafts_from_rtf
from index.reading.pdf.document import drafts_from_pdf, looks_like_pdf
from index.reading.plain.subtitles import SUBTITLES, drafts_from_subtitles
from index.reading.plain.text import (
    ASCIIDOC,
    RST,
    drafts_from_markdown,
    drafts_from_org,
    drafts_from_text,
    looks_like_prose,
)
from index.reading.scans.pictures import drafts_from_picture, looks_like_picture
from index.reading.scans.recognition import PageLog
from index.reading.tables.delimited import drafts_from_delimited
from index.reading.tables.json_rows import JSON, drafts_from_json
from index.reading.tables.rows import FIELDS
from index.reading.tables.sheets import drafts_from_workbook
from index.reading.web.page import drafts_from_html, looks_like_page
from index.reading.web.saved import (
    drafts_from_mhtml,
    drafts_from_warc,
    drafts_from_webarchive,
    looks_like_mhtml,
    looks_like_warc,
)

__all__ = [
    "FORMATS",
    "PLAIN_TEXT",
    "Format",
    "ReadOptions",
    "drafts_in",
    "format_of",
    "head_of",
    "is_readable",
    "suffixes_of",
    "type_of",
]

_VERSION = 6
"""Raised when readers find more in files than before, so that a sync reads them again."""
_HEAD = 8192
"""Bytes of a file's beginning that show what it is."""
_OLE = b"\xd0\xcf\x11\xe0"
_WHOLE = 50_000_000


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person says of the files that are to be read; a QuestionError if it cannot be."""

    date_order: DateOrder | None = None
    """What comes first in dates like 11/01/2019; None to find out."""
    columns: tuple[tuple[str, str], ...] = ()
    """For tables: fields of an article and the names of the columns that hold them."""

    keep_stubs: bool = False
    """Whether to read what is only the beginning of an article, or a list of others."""

    log: PageLog = field(default=PageLog(), compare=False, repr=False)
    """What is told of the pages that are read from pictures."""

    def __post_init__(self) -> None:
        for name, _ in self.columns:
            if name not in FIELDS:
                raise QuestionError(f"--column {name}=… is not one of: {', '.join(FIELDS)}")

    @property
    def way(self) -> str:
        """What changes whenever the same bytes may be read into something else."""
        return json.dumps([_VERSION, self.date_order, sorted(self.columns), self.keep_stubs])


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that can be read."""

    name: str
    suffixes: tuple[str, ...]
    """In lower case, with the dot; a whole name where the type alone says nothing."""
    read: Callable[[BinaryIO, str, ReadOptions], Iterator[Draft | Unread]]
    """Told the file, its name, and what the person says of it."""
    looks_like: Callable[[bytes], bool] | None = None
    """Whether a file with this head (see `head_of`) is one; None where only the suffix tells."""
    max_bytes: int | None = 20_000_000
    """Size up to which a file is read; None for a reader that holds only a part of it."""


def _format(
    name: str,
    suffixes: str,
    read: Callable[..., Iterator[Draft | Unread]],
    looks_like: Callable[[bytes], bool] | None = None,
    *,
    megabytes: int | None = 20,
    given: Callable[[ReadOptions], object] | None = None,
) -> Format:
    """Return a format; `given` is what of the options its reader takes beside the file."""

    def read_with(file: BinaryIO, _name: str, options: ReadOptions) -> Iterator[Draft | Unread]:
        return read(file, given(options)) if given else read(file)

    most = megabytes and megabytes * 1_000_000
    return Format(name, tuple(suffixes.split()), read_with, looks_like, most)


def _named(
    read: Callable[[BinaryIO, str], Iterator[Draft | Unread]],
) -> Callable[[BinaryIO, str, ReadOptions], Iterator[Draft | Unread]]:
    """Return how a reader that is told the file's name is called."""
    return lambda file, name, _options: read(file, name)


def _office(*kinds: str) -> Callable[[bytes], bool]:
    return lambda head: office_kind(head) in kinds


def _begins(pattern: re.Pattern[str]) -> Callable[[bytes], bool]:
    return lambda head: pattern.match(head[:_HEAD].decode("utf-8", "replace")) is not None


def _columns(options: ReadOptions) -> dict[str, str]:
    return dict(options.columns)


def _attached(options: ReadOptions) -> ReadAttached:
    return partial(_drafts_in_attached, options)


_FURTHER_TWEETS = " ".join(f"tweets-part{number}.js" for number in range(1, 10))
"""Into which X parts an archive that is large."""

PLAIN_TEXT = _format("plain text", ".txt .text", drafts_from_text)

_PICTURE = _format(
    "picture", ".png .jpg .jpeg .tif .tiff .webp",
    drafts_from_picture, looks_like_picture, megabytes=100, given=attrgetter("log"),
)  # fmt: skip

# A line a format: what has its own first bytes stands before what is known by its structure.
# fmt: off
_DOCUMENTS: tuple[Format, ...] = (
    _format("PDF", ".pdf", drafts_from_pdf, looks_like_pdf, megabytes=200, given=attrgetter("log")),
    _PICTURE,
    _format("Word", ".docx .docm .dotx", drafts_from_docx, _office("docx"), megabytes=100),
    _format("OpenDocument text", ".odt .ott", drafts_from_odt, _office("odt"), megabytes=100),
    _format("PowerPoint", ".pptx .pptm .ppsx .potx", drafts_from_pptx, _office("pptx"),
            megabytes=200),
    _format("OpenDocument presentation", ".odp .otp", drafts_from_odp, _office("odp"),
            megabytes=200),
    _format("workbook", ".xlsx .xlsm .xltx .xlsb .xls .xlt .ods .ots", drafts_from_workbook,
            _office("xlsx", "xls", "ods"), megabytes=100, given=_columns),
    _format("EPUB", ".epub", drafts_from_epub, _office("epub"), megabytes=100),
    _format("RTF", ".rtf", drafts_from_rtf, lambda head: head.startswith(b"{\\rtf")),
    _format("WARC", ".warc .warc.gz", drafts_from_warc, looks_like_warc, megabytes=None),
    _format("archive of Safari", ".webarchive", drafts_from_webarchive, megabytes=100),
    # A saved page is a message too.
    _format("MHTML", ".mhtml .mht", drafts_from_mhtml, looks_like_mhtml, megabytes=100),
    _format("mailbox", ".mbox .mbx", drafts_from_mailbox, looks_like_mailbox,
            megabytes=None, given=_attached),
    _format("mail", ".eml .emlx", drafts_from_mail, looks_like_mail,
            megabytes=100, given=_attached),
    _format("Outlook message", ".msg", drafts_from_msg, _office("msg"),
            megabytes=100, given=_attached),
    _format("Outlook mailbox", ".pst .ost", drafts_from_pst, looks_like_pst,
            megabytes=None, given=_attached),
    _format("feed", ".rss .atom .xml", drafts_from_feed, looks_like_feed, megabytes=None),
    _format("HTML", ".html .htm .xhtml", drafts_from_html, looks_like_page),
    _format("subtitles", ".srt .vtt", drafts_from_subtitles, _begins(SUBTITLES)),
    _format("Telegram", "", drafts_from_telegram, looks_like_telegram, megabytes=None),
    Format("WhatsApp", (), _named(drafts_from_whatsapp), looks_like_whatsapp),
    Format("Slack", (), _named(drafts_from_slack), looks_like_slack),
    _format("archive of X", f"tweets.js tweet.js {_FURTHER_TWEETS}", drafts_from_tweets,
            _begins(TWEETS), megabytes=500),
    _format("Evernote", ".enex", drafts_from_enex, _begins(ENEX), megabytes=None),
    _format("CSL JSON", ".csljson", drafts_from_csl, looks_like_csl, megabytes=None),
    _format("RIS", ".ris", drafts_from_ris, _begins(RIS), megabytes=None),
    _format("BibTeX", ".bib", drafts_from_bibtex, _begins(BIBTEX)),
    _format("JSON", ".json .jsonl .ndjson", drafts_from_json, _begins(JSON),
            megabytes=None, given=_columns),
    _format("CSV", ".csv .tsv", drafts_from_delimited, megabytes=None, given=_columns),
    _format("Markdown", ".md .markdown", drafts_from_markdown),
    _format("Org", ".org", drafts_from_org),
    _format("reStructuredText", ".rst", partial(drafts_from_text, marks=RST)),
    _format("AsciiDoc", ".adoc .asciidoc", partial(drafts_from_text, marks=ASCIIDOC)),
    PLAIN_TEXT,
)
# fmt: on

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".jex")

FORMATS: tuple[Format, ...] = (
    *_DOCUMENTS,
    Format(
        "archive",
        _ARCHIVES,
        lambda file, name, options: drafts_from_packed(
            file, is_readable, lambda inner, path: _drafts_in_packed(inner, path, options), name
        ),
        looks_like_packed,
        max_bytes=None,
    ),
)

_REFUSED_ARCHIVES = (".rar", ".7z")
_REFUSED = (
    *".doc .dot .ppt .pages .numbers .mobi .azw .azw3 .djvu .ps .wpd .vsd .vsdx".split(),
    *_REFUSED_ARCHIVES,
)
"""Types of documents that are not read, and are named where they lie among articles."""
_OF_PROGRAMS = frozenset(
    "package.json package-lock.json tsconfig.json composer.json manifest.json "
    "requirements.txt robots.txt cmakelists.txt "
    # Beside the channels in an export of Slack.
    "users.json channels.json groups.json dms.json mpims.json integration_logs.json "
    "canvases.json".split()
)
"""Names of files that programs keep for themselves, of types that articles have."""
_INSTEAD = {
    **dict.fromkeys((".url", ".webloc", ".desktop"), "add the page it leads to: ask add --url"),
    ".opml": "it lists feeds; add their pages, each with ask add --url",
    ".one": "export its pages from OneNote as .docx or PDF",
    ".tex": "convert it, as with pandoc to .docx, or add the PDF made of it",
}
"""What to do with files whose program saves no text, or that hold none."""


def is_readable(path: str) -> bool:
    """Say whether a file among others is to be read, or named as one that cannot be, by its path.

    Others are passed over: hidden ones, what programs leave there while a file is open, and
    types that hold no articles. One without a type has to be looked into.
    """
    steps = PurePath(path).parts
    if any(step.startswith((".", "~$")) or step == "__MACOSX" for step in steps):
        return False
    name = steps[-1].lower() if steps else ""
    if name.endswith(".gz") and type_of(name[:-3]):  # As the file that is packed in it.
        name = name[:-3]
    if name.endswith(".excalidraw.md") or name in _OF_PROGRAMS:  # A drawing of Obsidian.
        return False
    return not type_of(name) or name.endswith((*suffixes_of(), *_REFUSED))


def type_of(name: str) -> str:
    """Return the type that a file's name ends with, in lower case with its dot; empty for none.

    >>> type_of("Report.PDF"), type_of("notes"), type_of("notes 12.03.2024"), type_of("Mr. Ruud")
    ('.pdf', '', '', '')
    """
    suffix = PurePath(name).suffix.lower()
    return "" if suffix[1:].isdigit() or " " in suffix else suffix


def suffixes_of() -> tuple[str, ...]:
    """Return the file types that can be read, in lower case, sorted."""
    return tuple(sorted(suffix for each in FORMATS for suffix in each.suffixes))


def format_of(head: bytes, name: str, formats: Sequence[Format] = FORMATS) -> Format | None:
    """Return the format of a file; None where neither its content nor its suffix tells.

    One of another type, or of none, that holds prose is plain text.

    Raises:
        ReadError: Its content is of a format that is not read; the message says which.

    >>> format_of(b"<!DOCTYPE html><title>A page</title>", "page.txt").name
    'HTML'
    """
    for each in formats:
        if each.looks_like is not None and each.looks_like(head):
            return each
    lower = name.lower()
    found = next((each for each in formats if lower.endswith(each.suffixes)), None)
    refusal = refusal_of(head)
    # The reader of what it is called says what to do with one that is broken.
    if refusal and not (refusal == OLD and found and found.looks_like):
        raise ReadError(refusal)
    return found or (PLAIN_TEXT if looks_like_prose(head) else None)


def drafts_in(
    file: BinaryIO,
    name: str,
    options: ReadOptions,
    formats: Sequence[Format] = FORMATS,
) -> Iterator[Draft | Unread]:
    """Yield what is in an open file, which is read from its beginning.

    Args:
        file: Seekable; it is left open.
        name: The file's name, whose suffix helps to tell what it is.
        options: What the person says of it.
        formats: What can be read.

    Raises:
        ReadError: If it cannot be read as a whole.
    """
    head = head_of(file)
    if not head:
        raise ReadError("empty; there is nothing to read in it")
    kind = type_of(name)
    # Whoever names a file without a type means it, whatever is in it.
    found = format_of(head, name, formats) or (None if kind else PLAIN_TEXT)
    if found is None or (kind in _INSTEAD and found is PLAIN_TEXT):
        instead = _INSTEAD.get(kind, "save it as text or PDF")
        raise ReadError(f"{kind} is not supported; {instead}")
    if found.max_bytes is not None and file.seek(0, os.SEEK_END) > found.max_bytes:
        raise ReadError(
            f"larger than {found.max_bytes / 1e6:g} MB; split it, or keep only the article"
        )
    file.seek(0)
    for each in found.read(file, name, options):
        if isinstance(each, Unread) or each.part or each.pages:
            yield each
        else:
            yield from parted(each)


def _drafts_in_packed(file: BinaryIO, path: str, options: ReadOptions) -> Iterator[Draft | Unread]:
    """Yield what is in a file of an archive; nothing for one without a type that is no article."""
    if format_of(head_of(file), path) is None and not type_of(path):
        return iter(())
    return drafts_in(file, path, options, _DOCUMENTS)


def _drafts_in_attached(
    options: ReadOptions, file: BinaryIO, name: str
) -> Iterator[Draft | Unread] | None:
    """Return what is in a file that came with a message; None for one that is left out.

    These are types without articles, archives, and pictures: nearly all of these in mail are logos,
    and to look for a text takes seconds.
    """
    if not is_readable(name) or name.lower().endswith((*_ARCHIVES, ".gz", *_REFUSED_ARCHIVES)):
        return None
    found = format_of(head_of(file), name)
    if found is _PICTURE or ("." not in name and found not in _DOCUMENTS):
        return None
    return _drafts_in_packed(file, name, options)


def head_of(file: BinaryIO) -> bytes:
    """Return the first 8 KB of a file; of a ZIP archive its last 8 KB too, and old Office whole.

    The table of an archive's entries, which tells what it holds, stands at its end; that of an
    old Office file may be anywhere. The file is left at its beginning.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(ZIP):
        size = file.seek(0, os.SEEK_END)
        file.seek(max(len(head), size - _HEAD))
        head += file.read(_HEAD)
    elif head.startswith(_OLE):
        head += file.read(_WHOLE)
    file.seek(0)
    return head
