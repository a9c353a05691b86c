"""Reads the fields that a file states of its article: front matter, or `Key: value` lines.

Knows the names that other tools give to these fields; values stay as written, but for the tag of
a language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from urllib.parse import urlsplit

from index.reading.encoding.decoding import join_surrogates

__all__ = [
    "NAMES",
    "Fields",
    "fields_of",
    "front_matter",
    "header_block",
    "language_tag",
    "stated_field",
]

NAMES = {
    "title": "title headline titel titre titulo título titolo",
    "source": "source site sitename site_name publication publisher outlet newspaper website "
    "quelle fuente fonte bron",
    "author": "author authors byline by creator writer reporter reporters journalist autor auteur "
    "autore autoren",
    "url": "url link canonical canonical_url permalink source_url",
    "date": "published publication_date published_at date_published pubdate pub_date publish_date "
    "published_on published_date published_time datepublished publishedat date issued posted "
    "created created_at created_time date_created created_on clipped clipped_at date_clipped "
    "clip_date captured saved_at date_saved saved datum fecha",
    "updated": "updated updated_at modified lastmod last_updated last_modified date_modified",
    "language": "lang language locale",
    "tags": "tags tag",
}
"""The names that other tools give to each field, in lower case, parted by spaces; best first."""
_FIELD = {
    name.replace("_", ""): (field, rank)
    for field, names in NAMES.items()
    for rank, name in enumerate(names.split())
}
# Also as Org (`#+TITLE:`) and reStructuredText (`:Author:`) have it.
_KEY_LINE = re.compile(
    r"(?:[*_]{0,2}|#\+|:)([A-Za-z][A-Za-z _-]{0,24}?)[*_]{0,2}\s*:[*_]{0,2}\s*(.*)"
)
_BY = re.compile(r"\Aby\s+", re.IGNORECASE)
_BOUNDARY = re.compile(r"\s*---[ \t]*\n(.*?)\n?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_TOML = re.compile(r"\s*\+\+\+[ \t]*\n(.*?)\n?^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PANDOC = re.compile(
    r"% (?![a-z])(.+)\n%[ \t]*((?:(?![a-z])[^\W\d_]\S*[ \t].+)?)\n(?:%[ \t]*(.*\d.*)\n)?(?=\s*\n)"
)
"""The title block of Pandoc: title, authors, and day; other lines begin with % where a table tells
of shares."""
_TOML_PAIR = re.compile(
    r"^([\w-]+)[ \t]*=[ \t]*(\[[^\]]{0,2000}\](?=[ \t]*(?:#|$))|.+)", re.MULTILINE
)
_TOML_TEXT = re.compile(r"\"((?:[^\"\\\n]|\\.)+)\"|'([^'\n]+)'")
_TAG = re.compile(
    r"\s*(?P<language>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?"
    r"(?:[-_](?P<region>[A-Za-z]{2}|\d{3}))?(?:[-_.@][\w.@-]*)?\s*"
)
_MOST_LINES = 12
"""Lines that are looked at for fields."""
_NONE = frozenset(("mis", "mul", "und", "xx", "xxx", "zxx"))
"""Codes for no language or an unknown one (ISO 639), and what templates have in its place."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a file states of its article; empty where it states nothing."""

    title: str = ""
    source: str = ""
    author: str = ""
    url: str = ""
    date: str = ""
    updated: str = ""
    language: str = ""
    tags: str = ""
    """Parted by commas."""


def fields_of(pairs: Iterable[tuple[str, str]]) -> Fields:
    """Return the known fields among name and value pairs; of several names the best counts."""
    ranked: dict[str, tuple[int, str]] = {}
    for name, value in pairs:
        key = re.sub(r"[\s_-]+", "", name).casefold()
        field, rank = _FIELD.get(key, ("", 0))
        value = " ".join(value.split())
        # "published: true" says of no day.
        if value and field and (field not in ("date", "updated") or re.search(r"\d", value)):
            ranked[field] = min(ranked.get(field, (rank, value)), (rank, value), key=itemgetter(0))
    found = {field: value for field, (_, value) in ranked.items()}
    if "author" in found:
        found["author"] = _BY.sub("", found["author"])
    source = found.get("source", "")
    if re.match(r"https?://", source):
        # Web clippers write the page's address as its source.
        found.setdefault("url", source)
        host = urlsplit(source).netloc if _is_url(source) else ""
        found["source"] = host.removeprefix("www.")
    return Fields(**found)


def front_matter(text: str) -> tuple[Fields, int] | None:
    """Return the fields of the YAML between `---` lines, and where the text goes on after it.

    Of the TOML between `+++` lines, those that are written on a line each.

    None where the text begins otherwise, or with a pair of rules that is no
    front matter: some articles have their title between two. Names that no
    tool here gives, as `aliases`, are those of a program where they are in lower case.
    """
    if toml := _TOML.match(text):
        written = _TOML_PAIR.findall(toml.group(1).partition("\n[")[0])
        found = fields_of((name, _toml_value(value)) for name, value in written)
        return (found, toml.end()) if written else None
    if pandoc := _PANDOC.match(text):
        return fields_of(zip(("title", "author", "date"), pandoc.groups(""))), pandoc.end()
    match = _BOUNDARY.match(text)
    if match is None:
        return None
    block = match.group(1)
    pairs = _yaml_pairs(block)
    fields = fields_of(pairs or _line_pairs(block.split("\n")))
    by_program = bool(pairs) and all(re.fullmatch(r"[a-z][a-z_-]*", name) for name, _ in pairs)
    return (fields, match.end()) if by_program or fields != Fields() else None


def header_block(text: str) -> tuple[Fields, int] | None:
    """Return the fields of the `Key: value` lines that a text begins with, and how many they are.

    A single one counts only where an empty line follows: "Source: a witness"
    may begin an article.
    """
    pairs: list[tuple[str, str]] = []
    lines = text.split("\n", _MOST_LINES)[:_MOST_LINES]
    for line in lines:
        match = _KEY_LINE.fullmatch(line.strip())
        if match is None or fields_of([(match.group(1), "1")]) == Fields():
            break
        pairs.append((match.group(1), match.group(2)))
    count = len(pairs)
    followed = lines[count].strip() if count < len(lines) else ""
    if count == 0 or (count == 1 and followed):
        return None
    return fields_of(pairs), count


def stated_field(words: str) -> tuple[str, str] | None:
    """Return the field that `Key: value` states, and its value; None for an unknown key.

    >>> stated_field("Outlet: Quay Post"), stated_field("Ships: nine")
    (('source', 'Quay Post'), None)
    """
    match = _KEY_LINE.fullmatch(words)
    field, _ = (
        _FIELD.get(re.sub(r"[\s_-]+", "", match[1]).casefold(), ("", 0)) if match else ("", 0)
    )
    return (field, match[2]) if match and field else None


def _line_pairs(lines: list[str]) -> list[tuple[str, str]]:
    matches = (_KEY_LINE.fullmatch(line.strip()) for line in lines)
    return [(m.group(1), m.group(2).strip("\"'")) for m in matches if m]


def _toml_value(written: str) -> str:
    """Return a value of TOML without its quotes or its comment; of a list all, parted by commas."""
    found = _TOML_TEXT.findall(written)
    texts = [literal or re.sub(r"\\([\"\\])", r"\1", basic) for basic, literal in found]
    if written.startswith("["):
        return ", ".join(texts) or written.strip("[]")
    if written.startswith(("'", '"')) and texts:
        return texts[0]
    return written.partition("#")[0].strip()


def _yaml_pairs(block: str) -> list[tuple[str, str]]:
    """Return the scalars of a YAML mapping as written; empty where it is not valid YAML."""
    from yaml import BaseLoader, YAMLError, load  # type: ignore[import-untyped]

    try:
        # BaseLoader makes nothing but strings, so that 2019-01-04 stays as it is written.
        loaded = load(block, Loader=BaseLoader)  # noqa: S506 - safer than the safe one
    except (YAMLError, ValueError, RecursionError):
        return []
    if not isinstance(loaded, dict):
        return []
    pairs: list[tuple[str, str]] = []
    for name, value in loaded.items():
        values = value if isinstance(value, list) else [value]
        values = [each.get("name") if isinstance(each, dict) else each for each in values]
        # [[Ida Moe]] is a link of Obsidian, and to YAML a list in a list.
        values = [each[0] if isinstance(each, list) and each else each for each in values]
        written = [item.strip("[]") for item in values if isinstance(item, str)]
        pairs.append((str(name), join_surrogates(", ".join(written))))
    return pairs


def _is_url(text: str) -> bool:
    try:
        return bool(urlsplit(text).netloc)
    except ValueError:
        return False


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
