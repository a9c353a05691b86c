"""Reads the name that a file gives to its language; knows nothing of the words in it."""

from __future__ import annotations

import re

__all__ = ["language_tag"]

_TAG = re.compile(
    r"\s*(?P<language>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?"
    r"(?:[-_](?P<region>[A-Za-z]{2}|\d{3}))?(?:[-_.@][\w.@-]*)?\s*"
)
_NONE = frozenset(("mis", "mul", "und", "xx", "xxx", "zxx"))
"""Codes for no language or an unknown one (ISO 639), and what templates have in its place."""


def language_tag(stated: str | None) -> str | None:
    """Return a stated language as a tag like `en` or `en-GB` (BCP 47); None for no such thing.

    >>> [language_tag(stated) for stated in ("en_gb", "PT-br", "zh-hant-tw", "{{ lang }}")]
    ['en-GB', 'pt-BR', 'zh-Hant-TW', None]
    """
    match = _TAG.fullmatch(stated or "")
    if match is None or match["language"].lower() in _NONE:
        return None
    parts = (match["language"].lower(), (match["script"] or "").title(), match["region"] or "")
    return "-".join(filter(None, (*parts[:2], parts[2].upper())))
