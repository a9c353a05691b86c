"""What is particular to the exports of WordPress (WXR): what is published, and how it is written.

They are feeds whose entries are everything in the database: drafts, pictures, menus. Knows
nothing of how they are parsed.
"""

from __future__ import annotations

import re

__all__ = ["text_as_shown", "unpublished_kind"]

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
    "trash": "posts in the bin",
}
_WITH_CONTENT = "caption|wp_caption|gallery|embed|audio|video|playlist"
"""Codes of WordPress itself between which stands no text of the article."""
_ATTRIBUTES = r"(?:\s+[\w-]{1,40}=(?:\"[^\"\]]{0,1000}\"|'[^'\]]{0,1000}'|[^\s\]\"']{1,1000}))"
_SHORTCODE = re.compile(
    rf"\[(?P<name>{_WITH_CONTENT})\b[^\]]{{0,2000}}\](?:(?:(?!\[/?(?P=name)\b).){{0,4000}}"
    rf"\[/(?P=name)\])?"
    rf"|\[[a-z][\w-]{{1,40}}{_ATTRIBUTES}{{1,20}}\s{{0,9}}/?\]|\[/[a-z][\w-]{{1,40}}\]",
    re.DOTALL,
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

    >>> text_as_shown("[vc_row width='1/2']One [sic].[/vc_row]\n\nTwo.")
    'One [sic].<p>Two.'
    """
    return _SHORTCODE.sub("", content.replace("\r\n", "\n")).replace("\n\n", "<p>")
