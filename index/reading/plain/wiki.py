"""Renders what note programs (Obsidian, Logseq) write beyond Markdown, as Markdown.

Links between notes become their words; comments, embedded files, and the marks of blocks go;
code stays. Knows nothing of Markdown itself, and nothing of other notes.
"""

from __future__ import annotations

import re

__all__ = ["without_wiki"]

_MARKS = re.compile(
    r"(?P<as_it_is>\A\s*---[ \t]*\n.*?^---[ \t]*$"
    r"|^[ \t]*(?P<fence>```|~~~).*?^[ \t]*(?P=fence)|`[^`\n]+`)"
    r"|%%(?:[^%]|%(?!%))*%%"
    r"|(?P<embed>!)?\[\[(?P<target>[^\[\]|#\n]{0,300})(?:\#(?P<heading>[^\[\]|\n]{0,300}))?"
    r"(?:\|(?P<words>[^\[\]\n]{0,300}))?\]\]"
    r"|==(?=\S)(?P<highlight>[^=\n]{1,1000})(?<=\S)=="
    r"|(?:^|[ \t]{1,9})\^(?=[\w-]*[A-Za-z])[A-Za-z0-9-]{1,80}[ \t]*$"
    r"|^(?P<quote>[ \t]*(?:>[ \t]?)+)\[!\w[\w-]{0,40}(?:\|[^\]\n]{0,80})?\][+-]?[ \t]*"
    r"(?P<callout>[^\n]*)$"
    # Logseq: what it keeps of a block for itself, what it embeds, and its properties.
    r"|^[ \t]*(?:id|collapsed)::[^\n]*(?:\n|\Z)"
    r"|\(\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)\)"
    r"|\{\{(?:embed|query|renderer|video)\b[^{}\n]{0,1000}\}\}"
    r"|^(?P<property>[ \t]*(?:[-*+][ \t]+)?\w[\w ./-]{0,40})::(?=[ \t])",
    re.DOTALL | re.MULTILINE,
)

_PAGE = re.compile(r"\s*(?:\w[\w /-]{0,40}::[ \t][^\n]*(?:\n|\Z))+")
"""The properties of a page of Logseq, which are what front matter is elsewhere."""


def without_wiki(markdown: str) -> str:
    r"""Return a note as Markdown that any program reads.

    >>> without_wiki("[[People/Runa Falk|Falk]] will ==close== [[Mill#History]]. %%Ask.%% ^b1")
    'Falk will close Mill. '
    >>> without_wiki("> [!quote] On work\n> \"Yes.\" `[[code]]`")
    '> On work\n> \n> "Yes." `[[code]]`'
    """
    if page := _PAGE.match(markdown):
        fields = "".join(f"{line.replace('::', ':', 1)}\n" for line in page.group().splitlines())
        markdown = f"---\n{fields}---\n{markdown[page.end() :]}"
    return _MARKS.sub(_rendered, markdown)


def _rendered(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found["as_it_is"]:
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
    return found["highlight"] or ""
