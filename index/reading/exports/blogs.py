"""Knows the archives that Substack and Medium export: which files are published posts, and whose.

What is said of a post stands beside it: in a table, in its file's name, below it. Knows nothing of
how archives and pages are read.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from index.errors import ReadError
from index.reading.contained import decode_declared, one_line
from index.reading.draft import Draft

__all__ = ["BlogExport", "blog_export"]

_MEDIUM_POST = re.compile(r"(?:(\d{4}-\d\d-\d\d)_|draft_).*")
_MEDIUM_PAGE = b'class="p-name"'
_AUTHOR = re.compile(r'class="p-author h-card">([^<>]{1,200})</a>')
_CANONICAL = re.compile(r'<a href="(https?://[^"<>]{1,2000})" class="p-canonical">')
_LONGEST_TABLE = 20_000_000


@dataclass(frozen=True, slots=True)
class BlogExport:
    """What an archive says of its posts."""

    folder: str
    """In which the posts lie."""
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of Substack: the rows of its table, by the names of the posts' files without suffix."""

    def left_out(self, path: str) -> str:
        """Return what a file is that is no published post; empty for one that is."""
        place = PurePosixPath(path)
        if str(place.parent) != self.folder or place.suffix != ".html":
            return "lists of readers and reading"
        if self.rows:
            is_published = self.rows.get(place.stem, {}).get("is_published", "")
            return "" if is_published.casefold() == "true" else "drafts"
        return "drafts" if place.name.startswith("draft_") else ""

    def described(self, path: str, content: bytes, draft: Draft) -> Draft:
        """Return the draft of a post with what the archive says of it, which holds the whole."""
        draft = replace(draft, stub="")
        place = PurePosixPath(path)
        if row := self.rows.get(place.stem):
            title, day = one_line(row.get("title") or ""), one_line(row.get("post_date") or "")
            text = "\n\n".join(filter(None, (one_line(row.get("subtitle") or ""), draft.text)))
            dates = (day,) if day else draft.dates
            return replace(draft, text=text, title=title or draft.title, dates=dates)
        page = decode_declared(content, None)
        author, canonical = _AUTHOR.search(page), _CANONICAL.search(page)
        dated = _MEDIUM_POST.match(place.name)
        return replace(
            draft,
            author=html.unescape(author.group(1)).strip() if author else draft.author,
            url=html.unescape(canonical.group(1)) if canonical else draft.url,
            dates=(dated.group(1),) if dated and dated.group(1) else draft.dates,
        )


def blog_export(names: Iterable[str], unpack: Callable[[str], bytes]) -> BlogExport | None:
    """Return what an archive says of its posts, where it is one of Substack or Medium.

    Args:
        names: The paths of all files in it.
        unpack: Returns the content of one; raises `ReadError` where it is damaged.
    """
    paths = {PurePosixPath(name) for name in names}
    pages = [path for path in paths if path.suffix == ".html" and path.parent.name == "posts"]
    for folder in sorted({page.parent for page in pages}):
        table = folder.parent / "posts.csv"
        if table in paths and (rows := _rows(str(table), unpack)):
            return BlogExport(str(folder), rows)
        posts = [path for path in paths if path.parent == folder]
        if all(_MEDIUM_POST.match(path.name) for path in posts):
            with suppress(ReadError):
                if _MEDIUM_PAGE in unpack(str(min(posts))):
                    return BlogExport(str(folder))
    return None


def _rows(table: str, unpack: Callable[[str], bytes]) -> dict[str, dict[str, str]]:
    """Return the rows of Substack's table by the names of the posts; none of another table."""
    try:
        text = decode_declared(unpack(table)[:_LONGEST_TABLE], None)
        rows = list(csv.DictReader(text.splitlines(keepends=True)))
    except (ReadError, csv.Error):
        return {}
    return {
        row["post_id"]: {name: value for name, value in row.items() if isinstance(value, str)}
        for row in rows
        if row.get("post_id") and "is_published" in row
    }
