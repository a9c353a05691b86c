"""Makes drafts of the rows of a table: which column holds the text, the title, the date.

The person may say so; otherwise the names of the columns do, and the text is
else the column with the longest one. The tables that services for reading later export are known by
their heads: most of their rows are links without a text, which are left out and counted. Knows
nothing of the files that rows come from.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from index.errors import ReadError
from index.reading.contained import LARGEST, FileParts, one_line, text_of
from index.reading.draft import Draft, Unread
from index.reading.metadata.fields import NAMES, fields_of
from index.text.storable import has_words

__all__ = [
    "FIELDS",
    "SAMPLE",
    "SHORTEST_TEXT",
    "Row",
    "SavedExport",
    "column_names",
    "drafts_from_rows",
    "export_with",
    "first_rows",
    "hold_articles",
    "hold_facts",
    "simple_name",
]

FIELDS = ("text", "title", "date", "author", "source", "url", "language", "id", "tags")
"""What a column may hold, as the person names it."""
_ONLY_COLUMNS = {
    "text": "text full_text fulltext article_text body_text bodytext content_text maintext "
    "main_text body article_body articlebody content article_content content_html body_html html "
    "article story story_text document raw_text selftext caption abstract abstract_note "
    "description summary highlight excerpt selection textcontent texte texto testo inhalt contenu "
    "contenido listcontent",
    "title": "article_title webtitle book_title überschrift ueberschrift schlagzeile kopfzeile",
    "source": "publication_title",
    "date": "publisheddate date_publish webpublicationdate created_utc timestamp datetime "
    "createdat createdtimestampusec creationdate erschienen erschienen_am erscheinungsdatum "
    "veröffentlicht "
    "veröffentlicht_am veroeffentlicht_am veröffentlichungsdatum publié publié_le publie_le "
    "date_de_publication date_de_parution fecha_de_publicación fecha_de_publicacion "
    "data_di_pubblicazione data_de_publicação publicatiedatum data_publikacji",
    "author": "author_name book_author user.name user.displayname account.display_name username "
    "screen_name",
    "url": "article_url web_url weburl uri href",
    "id": "id guid uuid article_id articleid doc_id docid document_id identifier _id key",
}
_KNOWN = {key: f"{NAMES.get(key, '')} {_ONLY_COLUMNS.get(key, '')}".split() for key in FIELDS}
"""Names of columns that hold each field; of several, the first of them does."""
_OF_TWEETS = frozenset(("full_text", "user.screen_name"))
"""Columns of a tweet as X's API gives it."""
SAMPLE = 50
"""Rows that are looked at to find the columns."""
SHORTEST_TEXT = 80
"""Characters that the cells of an unnamed text column have on average, or more."""
_SHORTEST_NAMED = 40
"""The same of a named one, in a sheet that may be a table of short remarks."""
_VALUES = frozenset("main name original rendered text value".split())
"""Members of an object that stand for it, as in the interfaces of WordPress and newspapers."""
_MOST_COLUMNS = 1_000
_SHOWN = 12
"""Columns that a message names."""
_HEADING = re.compile(r"#{1,3} ([^\n]{1,200}?)[ #]*\n+(?=\S)")
"""The title of a text that is Markdown, as journals keep it in JSON."""
_SECONDS = re.compile(r"(\d{10})(?:\d{3}){0,2}(?:\.\d*)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what its cells hold, by the name of their column; or why it could not be read."""

    number: int
    """As the person counts it, in a spreadsheet or by lines."""
    cells: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    """Why it cannot be read; then it has no cells."""


def drafts_from_rows(
    rows: Iterable[Row], columns: Mapping[str, str] | None = None
) -> Iterator[Draft | Unread]:
    """Yield one draft a row, in order.

    Args:
        rows: Read as they are needed; the first 50 before the first draft.
        columns: The column, by its name, of each field that the person states.

    Raises:
        ReadError: If a stated field or column does not exist, or no column holds text.
    """
    waiting = iter(rows)
    sample = first_rows(waiting)
    readable = [row for row in sample if not row.reason]
    if not readable and sample:
        raise ReadError(f"no row of it can be read; row {sample[0].number}: {sample[0].reason}")
    if not readable:
        raise ReadError("a table without rows; there is nothing to read in it")
    rows = itertools.chain(sample, waiting)
    parts = FileParts()
    export = None if columns else export_with(_present(readable))
    if export:
        empty = f"an export of {export.service} (`ask add --url` adds a page) without articles"
        simple = {simple_name(name): name for name in _present(readable)}
        own = {key: simple[name] for key, name in export.fields if name in simple}
        chosen = {**_named(_present(readable)), **own, "text": ""}
        yield from parts.told(_saved(rows, export, chosen, parts), "row", empty, whole=False)
        return
    chosen = _columns(readable, columns or {})
    for row in rows:
        yield _draft(row, chosen if columns else _of_row(row, chosen), parts)


def _of_row(row: Row, chosen: Mapping[str, str]) -> Mapping[str, str]:
    """Return the columns of a row that has its text in another one than the others have."""
    if has_words(row.cells.get(chosen["text"], "")):
        return chosen
    return {**chosen, **_named([name for name, cell in row.cells.items() if has_words(cell)])}


def _saved(
    rows: Iterable[Row], export: SavedExport, chosen: Mapping[str, str], parts: FileParts
) -> Iterator[Draft | Unread]:
    """Yield the drafts of an export of saved links, whose texts may be in several columns."""
    for row in rows:
        by_name = {simple_name(name): cell for name, cell in row.cells.items()}
        texts = (text_of(by_name.get(name, "")) for name in export.texts)
        text = "\n\n".join(filter(has_words, texts))
        if text or row.reason:
            yield _draft(replace(row, cells={**row.cells, "": text}), chosen, parts)
        else:
            parts.leave_out("links without a text", by_name.get("title", ""))


def _present(rows: Iterable[Row]) -> list[str]:
    """Return the names of the columns of rows, in their order."""
    return list(dict.fromkeys(name for row in rows for name in row.cells))


def first_rows(rows: Iterator[Row]) -> list[Row]:
    """Return the first 50 rows; fewer, where these are long."""
    sample: list[Row] = []
    length = 0
    for row in itertools.islice(rows, SAMPLE):
        sample.append(row)
        length += sum(len(cell) for cell in row.cells.values())
        if length > LARGEST:
            break
    return sample


def hold_articles(sample: list[Row]) -> bool:
    """Say whether rows hold an article each, and are not those of a table of facts.

    One column has texts: one that is named so, or else one with the longest cells.
    """
    present = _present(sample)
    named = _named(present).get("text")
    lengths = _lengths(sample, [named] if named else present)
    return max(lengths.values(), default=0) >= (_SHORTEST_NAMED if named else SHORTEST_TEXT)


def hold_facts(sample: list[Row]) -> bool:
    """Say whether rows are those of a table of facts.

    No column is named as one of texts is, or has cells as long, and no service exports these.
    """
    readable = [row for row in sample if not row.reason]
    present = _present(readable)
    unknown = "text" not in _named(present) and export_with(present) is None
    return bool(readable) and unknown and not hold_articles(readable)


def column_names(cells: list[str]) -> list[str]:
    """Return the names of the columns; an unnamed one, or one named twice, has its number."""
    if len(cells) > _MOST_COLUMNS:
        raise ReadError(f"more than {_MOST_COLUMNS:,} columns; export one article a row")
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())
        if not name or name in names:
            name = f"{name} ({number})".strip()
        names[name] = None
    unnamed_end = len(names)
    while unnamed_end > 1 and f"({unnamed_end})" in names:  # empty columns at the end
        unnamed_end -= 1
    return list(names)[:unnamed_end]


def _draft(row: Row, chosen: Mapping[str, str], parts: FileParts) -> Draft | Unread:
    cells = {key: row.cells.get(column, "") for key, column in chosen.items()}
    stated = one_line(cells.get("id", ""))
    part = parts.unique(stated or f"row {row.number}")
    if row.reason:
        return Unread(part, row.reason)
    text = text_of(cells["text"])
    if not has_words(text):
        return Unread(part, f"nothing in its column {chosen['text']!r}; add the text there")
    heading = _HEADING.match(text)
    pairs = ((key, one_line(text_of(cells[key]))) for key in cells if key != "text")
    fields = fields_of(pairs)
    return Draft(
        text=text[heading.end() :] if heading and not fields.title else text,
        title=fields.title or (heading[1] if heading else ""),
        source=fields.source or None,
        author=fields.author or None,
        url=fields.url or None,
        dates=tuple(_dates(fields.date)),
        language=fields.language or None,
        clues=f"{fields.date}\n{text}",
        part=part,
        tags=tuple(filter(None, re.split(r"[,;|]", fields.tags))),
    )


def _dates(written: str) -> Iterator[str]:
    """Yield the date as written, or the day in UTC of so many seconds since 1970, or parts of them.

    As milliseconds or microseconds a number has three or six figures more.
    """
    if match := _SECONDS.fullmatch(written):
        yield datetime.fromtimestamp(int(match.group(1)), timezone.utc).date().isoformat()
    elif written:
        yield written


def _columns(sample: list[Row], stated: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each field that has one; `text` always has."""
    present = _present(sample)
    for column in stated.values():
        if column not in present:
            raise ReadError(f"no column {column!r}; its columns are: {_shown(present)}")
    chosen = _named(present) | dict(stated)
    if "text" not in chosen:
        chosen["text"] = _longest(sample, present)
    return chosen


def _named(present: list[str]) -> dict[str, str]:
    """Return the columns whose names say what they hold.

    `Body Text` is `body_text`, and `fields.bodyText` is `bodytext` where no other column is, and
    `title.rendered` is `title`.
    """
    chosen: dict[str, str] = {}
    for level in range(3):
        simple: dict[str, str] = {}
        for name in present:
            outer, _, last = name.rpartition(".")
            if level == 2 and last in _VALUES:
                last = outer
            simple.setdefault(simple_name(last if level else name), name)
        for key, known in _KNOWN.items():
            found = next((simple[name] for name in known if name in simple), None)
            if found is not None:
                chosen.setdefault(key, found)
    if {simple_name(name) for name in present} >= _OF_TWEETS:
        chosen.pop("source", None)  # The program that it was written with.
    return chosen


def _longest(sample: list[Row], present: list[str]) -> str:
    lengths = _lengths(sample, present)
    name = max(lengths, key=lambda each: lengths[each], default="")
    if not name or lengths[name] < SHORTEST_TEXT:
        raise ReadError(
            f"no column holds articles; say which with --column text=NAME, one of: "
            f"{_shown(present)}"
        )
    return name


def _lengths(sample: list[Row], present: list[str]) -> dict[str, float]:
    """Return how many characters the cells of columns have on average."""
    return {
        name: sum(len(row.cells.get(name, "")) for row in sample) / len(sample) for name in present
    }


def _shown(names: list[str]) -> str:
    rest = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(one_line(name)[:40] for name in names[:_SHOWN]) + rest


@dataclass(frozen=True, slots=True)
class SavedExport:
    """What a service exports."""

    service: str
    head: frozenset[str]
    """Names of columns that all of its tables have, as `simple_name` returns them."""
    texts: tuple[str, ...]
    """The columns that hold texts; together they are that of an article."""
    fields: tuple[tuple[str, str], ...] = ()
    """Which columns hold other fields, where their names do not say so."""


_EXPORTS = tuple(
    SavedExport(service, frozenset(head.split()), tuple(texts.split()), tuple(fields))
    for service, head, texts, *fields in (
        ("Readwise", "highlight book_title book_author highlighted_at", "highlight note"),
        ("Raindrop", "title url folder excerpt created", "excerpt note highlights"),
        ("Instapaper", "url title selection folder timestamp", "selection"),
        ("Pocket", "title url time_added status", ""),
        ("Readwise Reader", "title url document_tags saved_date reading_progress", ""),
        (
            "Pinboard",
            "href description extended time",
            "extended",
            ("title", "description"),
            ("date", "time"),
        ),
        ("Goodreads", "book_id title my_review", "my_review private_notes", ("date", "date_read")),
        ("Zotero", "key item_type abstract_note title", "abstract_note notes"),
    )
)


def simple_name(name: str) -> str:
    """Return the name of a column as it is compared: `Book Title` is `book_title`."""
    return re.sub(r"[\s-]+", "_", name.strip()).casefold()


def export_with(columns: Iterable[str]) -> SavedExport | None:
    """Return whose export has these columns; None for a table of any other kind.

    >>> export_with(["title", "url", "time_added", "tags", "status"]).service
    'Pocket'
    """
    names = set(map(simple_name, columns))
    return next((each for each in _EXPORTS if each.head <= names), None)
