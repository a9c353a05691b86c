"""Renders the HTML of a message as text in which what is quoted is marked, as in plain text.

Knows the elements that mail programs put around a quotation, above it, and around a signature;
whose words it quotes is read from the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.reading.contained import tidy
from index.reading.mail.quoting import QUOTED_BELOW
from index.reading.web.tree import body_paragraphs, parse
from index.text.storable import has_words

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["marked_text"]

_OPEN, _CLOSE = "\ue0f1", "\ue0f2"
"""For private use, and not in the text of any message."""
_MARKS = re.compile(f"[{QUOTED_BELOW}{_OPEN}{_CLOSE}]")
_DEEPEST = 20
_ABOVE = re.compile(
    r"divRplyFwdMsg|appendonsend|yahoo_quoted|ydp\w*yahoo_quoted|OutlookMessageHeader"
    r"|mail-editor-reference-message-container|zmail_extra"
)
"""Identifiers and classes of what stands where a quotation begins that goes on to the end."""
_RULE_ABOVE = re.compile(
    r"border-top:\s*solid\s+#[0-9a-f]{6}\s+1(?:\.0)?pt.*padding:\s*3(?:\.0)?pt"
)
"""The style of what Outlook puts around the headers of the message below."""
_SIGNATURE = re.compile(r"gmail_signature.*|moz-signature|Signature|ms-outlook-\w+-sig.*")
_INDENTED = re.compile(r"border(?:-left)?:\s*(?:none|0)")
"""The style of a `blockquote` that only moves a paragraph to the right."""


def marked_text(markup: str) -> str:
    """Return the words of a message, those that are quoted behind `>` or below `QUOTED_BELOW`."""
    tree = parse(_MARKS.sub("", tidy(markup)))
    if tree is None:
        return ""
    for element in list(tree.iter()):
        names = {element.get("id") or "", *(element.get("class") or "").split()}
        style = (element.get("style") or "").casefold()
        if any(map(_SIGNATURE.fullmatch, names)):
            element.drop_tree()
        elif any(map(_ABOVE.fullmatch, names)) or _RULE_ABOVE.search(style):
            element.addprevious(_paragraph(element, QUOTED_BELOW))
        elif element.tag == "blockquote" and not _INDENTED.search(style):
            first = _paragraph(element, _OPEN)
            first.tail, element.text = element.text, None
            element.insert(0, first)
            element.append(_paragraph(element, _CLOSE))
    lines: list[str] = []
    depth = 0
    for paragraph in body_paragraphs(tree):
        if paragraph in (_OPEN, _CLOSE):
            depth += 1 if paragraph == _OPEN else -1
        elif has_words(paragraph):  # Some mails have paragraphs of invisible space.
            mark = "> " * min(depth, _DEEPEST)
            lines += [f"{mark}{line}" for line in (*paragraph.split("\n"), "")]
    return "\n".join(lines)


def _paragraph(beside: HtmlElement, text: str) -> HtmlElement:
    made = beside.makeelement("p")
    made.text = text
    return made
