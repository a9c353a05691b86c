"""Renders Markdown as plain text: links, emphasis, and pictures go, the words stay.

So do links between notes, comments, queries, and the marks of blocks and of footnotes that note
programs (Obsidian, Logseq) write beyond it. Knows nothing of metadata; the header of an article is
taken off before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token


__all__ = ["inline_text", "looks_like_markdown", "markdown_to_text", "without_wiki"]

_LINK = re.compile(r"(?<!\\)\[[^\]\n]{1,300}\]\([^)\s]{0,2000}(?:\s{1,9}\"[^\"\n]{0,300}\")?\)")
_STRONG = re.compile(r"(?<![\w*\\])\*\*(?=[^\s*])[^*\n]{0,500}(?<=[^\s*])\*\*(?![\w*])")
_HEADING = re.compile(r"\A\s*#{1,3} \S")
_LABEL = re.compile(r"[^\W\d_][\w ,'’&/-]{1,40}:")
_ORDINARY_LABELS = re.compile(r"(?:read|see|related|watch|more|also|analysis|opinion)\b", re.I)
_MARKS = re.compile(
    r"^[ \t]*(?P<asks>```|~~~)[ \t]*(?:dataview|query|tasks).*?^[ \t]*(?P=asks)"
    r"|(?P<as_it_is>\A\s*---[ \t]*\n.*?^---[ \t]*$"
    r"|^[ \t]*(?P<fence>```|~~~).*?^[ \t]*(?P=fence)|`[^`\n]+`)"
    r"|%%(?:[^%]|%(?!%))*%%"
    r"|(?:(?P<embed>!)|#)?\[\[(?P<target>[^\[\]|#\n]{0,300})(?:\#(?P<heading>[^\[\]|\n]{0,300}))?"
    r"(?:\|(?P<words>[^\[\]\n]{0,300}))?\]\]"
    r"|^(?P<before>[ \t>*+-]*)\[\^[^\]\s]{1,80}\]:[ \t]*"
    r"|\[\^(?P<note>[^\]\s]{1,80})\]"
    r"|(?P<mark>==|(?<!\w)\^\^)(?=\S)(?P<highlight>[^=\n]{1,1000}?)(?<=\S)(?P=mark)"
    r"|(?:^|[ \t]{1,9})\^(?=[\w-]*[A-Za-z])[A-Za-z0-9-]{1,80}[ \t]*$"
    r"|^(?P<quote>[ \t]*(?:>[ \t]?)+)\[!\w[\w-]{0,40}(?:\|[^\]\n]{0,80})?\][+-]?[ \t]*"
    r"(?P<callout>[^\n]*)$"
    # Logseq: what it keeps of a block for itself, what it embeds, and its properties.
    r"|^[ \t]*(?:(?:id|collapsed|background-color|heading(?=::[ \t]*(?:true|\d))|hl-\w+"
    r"|logseq\.[\w.-]+)::|:LOGBOOK:|CLOCK: \[|:END:|(?:SCHEDULED|DEADLINE): <)[^\n]*(?:\n|\Z)"
    r"|\#\+(?:BEGIN|END)_(?:QUOTE|NOTE|TIP|IMPORTANT|CAUTION|WARNING|PINNED|CENTER|VERSE)\b"
    r"|\(\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)\)"
    r"|\{\{(?:embed|query|renderer|video)\b[^{}\n]{0,1000}\}\}"
    r"|^(?P<property>[ \t]*(?:[-*+][ \t]+)?\w[\w ./-]{0,40})::(?=[ \t])",
    re.DOTALL | re.MULTILINE,
)
_NOTE = re.compile(r"^[ \t>*+-]*\[\^([^\]\s]{1,80})\]:", re.MULTILINE)
"""A footnote, by which marks of it are told from other words in brackets."""
_PAGE = re.compile(r"\s*(?:\w[\w /-]{0,40}::[ \t][^\n]*(?:\n|\Z))+")
"""The properties of a page of Logseq, which are what front matter is elsewhere."""


def looks_like_markdown(text: str) -> bool:
    """Say whether a plain text file holds Markdown: a link, words in bold, or a first heading."""
    return any(pattern.search(text) for pattern in (_LINK, _STRONG, _HEADING))


def markdown_to_text(markdown: str) -> str:
    """Return the words of a Markdown text, with an empty line between paragraphs.

    Link targets, emphasis marks, pictures, and HTML tags are dropped; list items
    stay on lines of their own, with their mark. A line that is only a label and a
    link ("**RELATED:** [...](...)") advertises another article and is dropped.

    >>> markdown_to_text("The *bill* [passed](https://example.org) on Friday.")
    'The bill passed on Friday.'
    """
    blocks = _blocks(_parse(markdown))
    parts: list[str] = []
    for block in blocks:
        if parts:
            parts.append("\n" if block.tight else "\n\n")
        parts.append(block.text)
    return "".join(parts)


def inline_text(markdown: str) -> str:
    """Return the words of one line of Markdown, as a title is."""
    words = (_inline(token.children or []) for token in _parse(markdown) if token.type == "inline")
    return " ".join(" ".join(words).split()) or markdown.strip()


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    tight: bool = False
    """Whether only a line end, not an empty line, stands before it."""


def _parse(markdown: str) -> list[Token]:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def _blocks(tokens: list[Token]) -> list[_Block]:
    from index.reading.web.page import html_paragraphs

    blocks: list[_Block] = []
    numbers: list[int | None] = []  # of the next item, one a list; None where bullets mark them
    mark = ""
    first_item = tight = False
    row: list[str] | None = None
    for token in tokens:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrGet("start") or 1) if kind == "ordered_list_open" else None
            first_item = not numbers
            numbers.append(start)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
        elif kind == "list_item_open":
            number = numbers[-1]
            mark = "- " if number is None else f"{number}. "
            numbers[-1] = None if number is None else number + 1
            tight, first_item = not first_item, False
        elif kind == "tr_open":
            row = []
        elif kind == "tr_close" and row is not None:
            blocks.append(_Block(" | ".join(row), tight=bool(blocks) and " | " in blocks[-1].text))
            row = None
        elif kind == "inline":
            children = token.children or []
            text = "" if _is_teaser(children) else _inline(children)
            if row is not None:
                row.append(" ".join(text.split()))
            elif text:
                blocks.append(_Block(mark + text, tight and bool(mark)))
            mark = ""
        elif kind in ("fence", "code_block"):
            if token.content.strip():
                blocks.append(_Block(mark + token.content.rstrip("\n"), tight and bool(mark)))
            mark = ""
        elif kind == "html_block":
            blocks.extend(_Block(text) for text in html_paragraphs(token.content))
    return blocks


def _inline(children: list[Token]) -> str:
    pieces: list[str] = []
    for token in children:
        if token.type in ("text", "code_inline", "text_special"):
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and token.content.lower().startswith("<br")
        ):
            pieces.append("\n")
    lines = "".join(pieces).split("\n")
    return "\n".join(stripped for line in lines if (stripped := line.strip()))


def _is_teaser(children: list[Token]) -> bool:
    """Say whether a paragraph is only a label, in bold, in capitals, or usual, and links."""
    label, linked, strong, depth = "", False, False, 0
    for token in children:
        depth += (token.type == "link_open") - (token.type == "link_close")
        strong = strong or token.type == "strong_open"
        if depth:
            linked = linked or bool(token.content.strip())
        elif token.type in ("text", "code_inline"):
            label += token.content
    label = label.strip()
    if not linked or not _LABEL.fullmatch(label):
        return False
    return strong or label.isupper() or _ORDINARY_LABELS.match(label) is not None


def without_wiki(markdown: str) -> str:
    r"""Return a note as Markdown that any program reads.

    >>> without_wiki("[[People/Runa Falk|Falk]] will ==close== [[Mill#History]]. %%Ask.%% ^b1")
    'Falk will close Mill. '
    >>> without_wiki("> [!quote] On work\n> \"Yes.\" `[[code]]`")
    '> On work\n> \n> "Yes." `[[code]]`'
    """
    if page := _PAGE.match(markdown):
        written = re.sub(r"\[\[|\]\]", "", page.group())
        fields = "".join(f"{line.replace('::', ':', 1)}\n" for line in written.splitlines())
        markdown = f"---\n{fields}---\n{markdown[page.end() :]}"
    return _MARKS.sub(partial(_rendered, notes=frozenset(_NOTE.findall(markdown))), markdown)


def _rendered(match: re.Match[str], notes: frozenset[str]) -> str:
    found = match.groupdict()
    if found["as_it_is"] or (found["note"] and found["note"] not in notes):
        return match.group()
    if found["quote"]:
        # The words beside the mark are the heading of what follows.
        return f"{found['quote']}{found['callout']}\n{found['quote']}" if found["callout"] else ""
    if found["property"]:
        return f"{found['property']}:"
    if found["target"] is not None and not found["embed"]:
        name = found["target"].rstrip("\\").rpartition("/")[2]  # in a table, \| parts the words
        heading = (found["heading"] or "").rpartition("#")[2]
        return found["words"] or name or heading.lstrip("^")
    return found["highlight"] or found["before"] or ""
