"""What the properties of a document say of it, and how far that can be believed.

Programs fill them in by themselves: a template's title, the name of whoever set
the machine up. The document's own first lines are believed before them. Knows
no format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.metadata.header import read_header
from index.scanned import ScannedLine

__all__ = ["Properties", "draft_of", "usable_author", "usable_title"]

_JUNK_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b.*|powerpoint[- ]pr(?:e|é|ä)sentation.*"
    r"|(?:untitled|unnamed|no title|title|titel|titre|document|dokument|documento|doc|layout|slide"
    r"|page|template|normal|report|letter|memo|print|scan|image|img|book|unknown|none|null)"
    r"[\s_-]*(?:document|page|slide)?[\s_-]*\(?\d*\)?"
    r"|\(?(?:anonymous|unspecified)\)?|[\W\d_]*"
    # Names of files, and the hexadecimal digits that some printer drivers leave of a name.
    r"|\S*[^\s.]\.(?:docx?|docm|dotx?|odt|rtf|pdf|txt|tex|dvi|p?html?|aspx?|php|indd|qx[dp]|pptx?"
    r"|xlsx?|eps|ps|wpd|pmd|fm|tiff?|jpe?g|png)|.*[\\/].*\.\w{2,4}|<[0-9a-f]{6,}>?.*",
    re.IGNORECASE,
)
_JUNK_AUTHOR = re.compile(
    r"(?:the )?(?:user|owner|author|admin|administrator|root|guest|default|unknown|anonymous|none"
    r"|null|test|nobody|me|pc|home|n/?a)[\s_-]?\d*|(?:microsoft|windows|ms) (?:office )?(?:user"
    r"|office|word)|.*(?:python-docx|openoffice|libreoffice|adobe|pdfcreator|acrobat)\b.*"
    r"|\(?(?:anonymous|unspecified)\)?|un-named|\W*|\d+",
    re.IGNORECASE,
)
_LONGEST_TITLE = 300
_LONGEST_AUTHOR = 200


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file's own fields say of the document; empty where they say nothing."""

    title: str = ""
    author: str = ""
    source: str = ""
    dates: tuple[str, ...] = ()
    """Of its publication, as ISO dates or as written; the most trusted first. When the file was
    made is none: it is often that of a template, or of a conversion."""
    language: str = ""
    """Tag of its language, as in `en-GB`."""


def usable_title(title: str) -> str:
    """Return a stated title on one line; empty where a program or a template wrote it.

    >>> usable_title("Microsoft Word - harbour_final.doc")
    ''
    >>> usable_title("The harbour reopens")
    'The harbour reopens'
    """
    title = " ".join(title.split())
    if len(title) > _LONGEST_TITLE or _JUNK_TITLE.fullmatch(title):
        return ""
    return title


def usable_author(author: str) -> str:
    """Return a stated author on one line; empty for the names that programs write."""
    author = " ".join(author.split())
    if len(author) > _LONGEST_AUTHOR or _JUNK_AUTHOR.fullmatch(author):
        return ""
    return author


def draft_of(
    text: str,
    properties: Properties,
    *,
    pages: tuple[int, ...] = (),
    lines: tuple[ScannedLine, ...] = (),
    url: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Draft:
    """Return the draft of a document's text, its first lines read as what they say of it.

    Args:
        text: The whole text, paragraphs parted by empty lines.
        properties: What its fields say; their title and author have to be usable ones.
        pages: Where each page begins in the text.
        lines: Those of the text that were read from pictures.
        url: Where it was published.
        warnings: What the person should know of how it was read.

    Raises:
        ReadError: If there are no words in it.
    """
    if not re.search(r"\w", text):
        raise ReadError("no text in it; if it shows pictures of text, run OCR on them first")
    header = read_header(text, guess_title=not properties.title, title=properties.title)
    title = properties.title or header.title
    if properties.title and not (header.dates or header.author):
        # It may be a template's, or of another text: a title above a byline or a date is not.
        own = read_header(text)
        if own.title and (own.dates or own.author):
            header, title = own, own.title
    # A title page alone is a text too.
    start = header.start if re.search(r"\w", text[header.start :]) else 0
    language = properties.language.replace("_", "-").strip()
    return Draft(
        text=text[start:],
        title=title,
        source=header.fields.source or properties.source or None,
        author=header.fields.author or header.author or properties.author or None,
        url=header.fields.url or url,
        dates=(*header.dates, *properties.dates),
        language=header.fields.language or language or None,
        clues=text,
        pages=tuple(max(page - start, 0) for page in pages),
        lines=tuple(
            replace(line, start=max(line.start - start, 0), end=line.end - start)
            for line in lines
            if line.end > start
        ),
        warnings=warnings,
    )
