"""Makes a draft of a text file or a Markdown file.

Plain text stays exactly as it is but for its header; Markdown is rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import BinaryIO

from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.encoding.decoding import decode, decode_file
from index.reading.metadata.dates import dateline_dates
from index.reading.metadata.fields import stated_field
from index.reading.metadata.header import read_header
from index.reading.plain.markdown import (
    inline_text,
    looks_like_markdown,
    markdown_to_text,
    without_wiki,
)
from index.text.storable import has_words

__all__ = [
    "ASCIIDOC",
    "RST",
    "draft_from_text",
    "drafts_from_markdown",
    "drafts_from_org",
    "drafts_from_text",
    "looks_like_prose",
    "title_from_name",
    "title_from_text",
]

_TITLE_LENGTH = 80
_MOST_MARKDOWN = 2_000_000
"""Characters up to which Markdown is rendered: an unclosed mark is looked for to their end."""
_CODE = re.compile(
    r"^[ \t]*(?P<fence>```|~~~).*?^[ \t]*(?P=fence)|`[^`\n]+`", re.DOTALL | re.MULTILINE
)
_JOPLIN = re.compile(
    r"(?:\A|\n\n)(?P<fields>id: [0-9a-f]{32}\n(?:\w+:.*\n)*?type_: (?P<type>\d+))\s*\Z"
)
"""What Joplin writes below a note of its own exports."""
_TAG = re.compile(r"(?<!\S)#(?=[\w/-]*[^\W\d_])([\w/-]{1,100})")
_TAG_LINE = r"^[ \t]*(?:[-*+][ \t]+)?(?:#(?=[\w/-]*[^\W\d_])[\w/-]{1,100}(?:[ \t,;]+|$))+$"
_TAG_LINES = re.compile(rf"(?P<code>{_CODE.pattern})|{_TAG_LINE}\n?", re.DOTALL | re.MULTILINE)
_LAST_TAGS = re.compile(rf"\n(?=.*#.*#){_TAG_LINE}\s*\Z", re.MULTILINE)
"""A last line of tags in a text that is no Markdown for certain, where another may be a heading,
and one alone a cry ("#MeToo")."""
_LONGEST_TAGS = 500
"""Characters of such a line."""
_LONG_TAG = re.compile(r"(?<!\S)#\[\[([^\[\]\n]{1,100})\]\]")
_ITEM = re.compile(r"[-*+•]\s+(?:\[[ xX]\]\s+)?")
_FIRST_SENTENCE = re.compile(r".{20,}?[^\W\d_A-Z]{2}[.!?][\"'”’»)]*(?=\s+\W?[^\W\d_a-z])")
_SENTENCE_END = re.compile(r"[^\W\d_][)\"'”’»]*(?:[.!?।؟][)\"'”’»]*(?:\s|$)|[。！？])")
# Of 319 and 4,884 news articles all and .995 have them; of 5,500 files without a type of a
# machine, lists, settings, and scripts have not.
_LETTERS = 0.85
"""Share of letters among what is printed from which a text is prose."""
_SENTENCES = 0.002
"""Sentence ends a letter from which it is."""


def looks_like_prose(head: bytes) -> bool:
    """Say whether a file that begins so holds sentences: no list, no settings, and no program."""
    try:
        text = decode(head).text
    except ReadError:
        return False
    letters = sum(map(str.isalpha, text))
    printed = len("".join(text.split()))
    ends = len(_SENTENCE_END.findall(text))
    likely = letters > _LETTERS * printed and ends > _SENTENCES * letters
    return likely and not text.startswith("#!")


RST = re.compile(
    r"^\.\.[ \t]+(?:toctree|raw|meta|index)::.*\n(?:[ \t]*\n|[ \t]+.*(?:\n|\Z))*"
    r"|^\.\.[ \t]+(?!(?:image|figure|include|literalinclude|code|code-block|sourcecode|highlight"
    r"|contents|math|role)::)[\w:-]+::[ \t]*(?P<words>.*(?:\n|\Z))(?:[ \t]+:[\w-]+:.*(?:\n|\Z))*"
    r"|^\.\.[ \t]+(?!\[).*(?:\n|\Z)(?:[ \t]+\S.*(?:\n|\Z))*",
    re.MULTILINE,
)
"""Directives, but for the words of notes and the like, targets, and comments; footnotes stay."""
ASCIIDOC = re.compile(
    r"^:!?[\w-]+!?:(?:[ \t].*)?(?:\n|\Z)"
    r"|^\[(?!quote|verse)[^\]\n]+\]\]?[ \t]*(?:\n|\Z)"
    r"|^(?:-{4}|={4}|\.{4}|_{4}|\*{4}|\+{4}|/{4}|\|={3}|--)[ \t]*(?:\n|\Z)"
    r"|^(?:image|video|audio|include|toc|ifn?def|endif)::.*(?:\n|\Z)"
    r"|^//(?!/).*(?:\n|\Z)",
    re.MULTILINE,
)
"""Attributes, where blocks begin and end, what is put in, and comments."""


def _said_by_mark(found: re.Match[str]) -> str:
    """Return what stays of a mark: what tells of the article, and the words of a note."""
    said = found.group()
    return said if stated_field(said.strip()) else found.groupdict().get("words") or ""


def drafts_from_text(
    file: BinaryIO, *, markdown: bool = False, marks: re.Pattern[str] | None = None
) -> Iterator[Draft]:
    """Yield the article of a text file, which may hold Markdown all the same.

    Nothing for what Joplin keeps as one beside its notes: notebooks, tags, and what joins them.
    `marks` are those of its language that are no words of the article.

    Raises:
        ReadError: If it is no text, or there is none below its header.
    """
    decoded = decode_file(file)
    if marks:
        decoded = replace(decoded, text=marks.sub(_said_by_mark, decoded.text).lstrip())
    own = _JOPLIN.search(decoded.text) if markdown else None
    if own and own["type"] != "1":
        return
    draft = draft_from_text(decoded.text, markdown=markdown)
    if not has_words(draft.text):
        raise ReadError("a header and no text; add the article below it")
    yield replace(draft, warnings=decoded.warnings)


_ORG_OWN = re.compile(
    r"^[ \t]*:(?:PROPERTIES|LOGBOOK):[ \t]*\n(?:(?!\*|[ \t]*:(?:PROPERTIES|LOGBOOK|END):).*\n)*"
    r"[ \t]*:END:[ \t]*(?:\n|\Z)"
    r"|^[ \t]*#\+(?!TITLE:|AUTHOR:|DATE:|LANGUAGE:|FILETAGS:)\w{1,40}:.*(?:\n|\Z)"
    r"|^[ \t]*#\+(?P<block>BEGIN|END)_.*(?:\n|\Z)"
    r"|^# .*(?:\n|\Z)",
    re.MULTILINE | re.IGNORECASE,
)
"""Properties, settings, and comments of Org, and where its blocks begin and end."""
_ORG_HEADING = re.compile(r"^(\*{1,6})(?= )(.*)$", re.MULTILINE)
_ORG_TAG = re.compile(r"[\w@]+")
_ORG_TAGS = re.compile(r"(?<![ \t])[ \t]+:[\w@:]+:[ \t]*\Z")
_ORG_FILETAGS = re.compile(r"^#\+FILETAGS:(.*)$", re.MULTILINE | re.IGNORECASE)
_ORG_LINK = re.compile(r"\[\[(?:[^\[\]\n]{1,2000}\]\[)?([^\[\]\n]{1,500})\]\]")


def drafts_from_org(file: BinaryIO) -> Iterator[Draft]:
    """Yield the article of a file of Org mode; see `drafts_from_text`."""
    decoded = decode_file(file)
    text = _ORG_OWN.sub(lambda found: "\n" if found["block"] else "", decoded.text)
    text = _ORG_FILETAGS.sub(lambda found: f"Tags: {', '.join(_ORG_TAG.findall(found[1]))}", text)
    text = _ORG_HEADING.sub(
        lambda found: "#" * len(found[1]) + _ORG_TAGS.sub("", found[2]),
        text,
    )
    draft = draft_from_text(_ORG_LINK.sub(r"\1", text).lstrip(), markdown=True)
    yield replace(draft, warnings=decoded.warnings)


def drafts_from_markdown(file: BinaryIO) -> Iterator[Draft]:
    """Yield the article of a Markdown file; see `drafts_from_text`."""
    return drafts_from_text(file, markdown=True)


def draft_from_text(text: str, *, markdown: bool = False) -> Draft:
    r"""Return the draft of a text whose line ends are `\n`.

    Args:
        text: The content of the file.
        markdown: Whether it is Markdown for certain, where #word is a tag as in note programs;
            otherwise it is where it looks so.
    """
    tags: list[str] = []
    if markdown and (own := _JOPLIN.search(text)):
        # Its source is the program.
        fields = re.sub(r"^source:.*\n", "", own["fields"], flags=re.MULTILINE)
        text = f"---\n{fields}\n---\n# {text[: own.start()].lstrip()}"
    if markdown and len(text) <= _MOST_MARKDOWN:
        tags = _LONG_TAG.findall(_CODE.sub(" ", text))
        text = without_wiki(text)
        tags += _TAG.findall(_CODE.sub(" ", text))
        text = _TAG_LINES.sub(lambda found: found["code"] or "", text)
    elif last := _LAST_TAGS.search(text[-_LONGEST_TAGS:]):
        tags = _TAG.findall(last.group())
        text = text[: len(text) - len(last.group())]
    markdown = (markdown or looks_like_markdown(text)) and len(text) <= _MOST_MARKDOWN
    header = read_header(text)
    body = text[header.start :]
    title = header.title
    if markdown:
        body = markdown_to_text(body)
        title = inline_text(title) if title else ""
    return Draft(
        text=body,
        title=title,
        source=header.fields.source or None,
        author=header.fields.author or header.author or None,
        url=header.fields.url or None,
        dates=(*header.dates, *dateline_dates(body)),
        language=header.fields.language or None,
        clues=text,
        tags=(*re.split("[,;]", header.fields.tags), *tags),
    )


def title_from_name(name: str) -> str:
    """Return what a file is called, without its type and without the number that Notion adds.

    >>> title_from_name("Newsroom/Stories 0123456789abcdef0123456789abcdef_all.csv")
    'Stories'
    """
    return re.sub(r"\s[0-9a-f]{32}(?:_all)?$", "", PurePath(name).stem)


def title_from_text(text: str) -> str:
    """Return the first sentence, cut to 80 characters at a word; empty where there is none.

    A row of a table is no sentence, and of a list the first item counts.

    >>> title_from_text("The port of Oran reopened. Ships came at once.")
    'The port of Oran reopened.'
    """
    for paragraph in text.split("\n\n"):
        if item := _ITEM.match(paragraph):
            paragraph = paragraph[item.end() :].partition("\n")[0]
        words = " ".join(paragraph[:1000].split())
        if re.search(r"[^\W_]", words) and " | " not in words:
            break
    else:
        return ""
    sentence = _FIRST_SENTENCE.match(words)
    words = sentence.group() if sentence else words
    if len(words) <= _TITLE_LENGTH:
        return words
    cut = words[:_TITLE_LENGTH].rpartition(" ")[0] or words[: _TITLE_LENGTH - 1]
    return cut.rstrip(" ,;:-–—") + "…"
