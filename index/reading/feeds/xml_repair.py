"""Repairs a stream of XML text, so that one bad character does not cost what follows it.

libxml2 drops every entity after the first error, and with it the `<` of all
escaped HTML. So none reaches it: the five of XML are given as stand-ins, which
`restored` undoes in the text that was parsed. Knows nothing of elements.
"""

from __future__ import annotations

import functools
import html
import re

__all__ = ["XmlRepair", "declares_entities", "restored"]

_STAND_INS = {"<": "\ufdd0", ">": "\ufdd1", "&": "\ufdd2"}
"""Characters that Unicode keeps free of meaning (its chapter 23.7)."""
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdd2\ufffe\uffff]")
_TOKEN = re.compile(
    r"<!\[CDATA\[|\]\]>"
    r"|<(?:br|hr|img|wbr)(?:\s[^<>]{0,2000})?>"
    r"|<(?![^\W\d]|[/?]|!--|![A-Z]{2})"
    r"|&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?"
)
_LONGEST_TOKEN = 40
_DECLARED = re.compile(r"<!ENTITY\s+(?!%)")


def declares_entities(text: str) -> bool:
    """Say whether the beginning of a file declares entities, as those do that are to explode.

    Parameter entities are let through: old feeds name the table of HTML's letters so.
    """
    return _DECLARED.search(text) is not None


def restored(text: str, *, markup: bool = False) -> str:
    """Return a parsed text with the characters that were escaped in the file.

    Args:
        text: From an element of a repaired file.
        markup: Whether the text is markup, so that they stay escaped in it.
    """
    for written, stand_in in _STAND_INS.items():
        text = text.replace(stand_in, html.escape(written) if markup else written)
    return text


@functools.lru_cache(maxsize=1_000)
def _meant(reference: str) -> str:
    meant = _INVALID.sub("", html.unescape(reference))
    return "".join(_STAND_INS.get(character, character) for character in meant)


class XmlRepair:
    """Repairs XML that comes in pieces; `repaired("", last=True)` gives the end of it."""

    def __init__(self) -> None:
        self._held = ""
        self._literal = False
        """Whether the text is within a CDATA section, where nothing is escaped."""

    def repaired(self, piece: str, *, last: bool = False) -> str:
        """Return the next piece, without an end that the piece after it may go on with."""
        text = self._held + piece
        cut = len(text) if last else self._cut(text)
        self._held = text[cut:]
        return _TOKEN.sub(self._token, _INVALID.sub("", text[:cut]))

    def _cut(self, text: str) -> int:
        start = max(0, len(text) - _LONGEST_TOKEN)
        places = [place for mark in "<&]" if (place := text.find(mark, start)) >= 0]
        return min(places, default=len(text))

    def _token(self, match: re.Match[str]) -> str:
        written = match.group()
        if written == "<![CDATA[":
            self._literal = True
        elif written == "]]>" and self._literal:
            self._literal = False
        elif not self._literal and written.startswith("&"):
            # An unknown name stays as it is written, and a lone `&` is one.
            return _meant(written)
        elif not self._literal and written == "]]>":
            return "]]" + _STAND_INS[">"]
        elif not self._literal and written == "<":
            return _STAND_INS["<"]
        elif not self._literal and not written.endswith("/>"):  # of HTML, which leaves them open
            return written[:-1] + "/>"
        return written
