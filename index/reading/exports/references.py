"""Makes drafts of the references in BibTeX, RIS, and CSL JSON: by its abstract, one is an article.

Reference managers export all three. bibtexparser and rispy parse the first two.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from index.reading.contained import FileParts, one_line, text_of
from index.reading.draft import Draft, Unread
from index.reading.encoding.decoding import decode
from index.reading.encoding.opening import opened_as_text
from index.reading.tables.json_values import JsonValues
from index.text.storable import has_words

if TYPE_CHECKING:
    from bibtexparser.model import Entry

__all__ = [
    "BIBTEX",
    "RIS",
    "drafts_from_bibtex",
    "drafts_from_csl",
    "drafts_from_ris",
    "in_order",
    "looks_like_csl",
]

Record = Mapping[str, Any]
"""A reference, its fields under the names that its format or the parser of that has for them."""
_NAMES = {
    "key": "citation-key id label title primary_title",
    "title": "title primary_title short_title",
    "source": "container-title journaltitle journal journal_name secondary_title alternate_title3 "
    "alternate_title1 booktitle publisher institution school",
    "date": "date publication_year year",
    "url": "URL url urls",
    "doi": "DOI doi",
    "language": "langid language",
}
"""Names of each field; of several, the first that is filled in counts."""
_TEXTS = ("abstract notes_abstract", "annote annotation", "note notes")
"""Of the abstract, and of the notes that the person took; all three may hold HTML."""
_TAGS = "keywords keyword"
_DAY = re.compile(r"\d{4}\D\d{1,2}\D\d{1,2}(?:/?T.*)?|\d{1,2}\.? [^\W\d]+\.? \d{4}")
"""A date of which more than the year or the month is known."""
_JATS = re.compile(r"(</?)jats:")
"""How the abstracts of Crossref, which many programs take over, name what HTML names too."""
_NO_TEXT = re.compile(r"(?:\s*(?:https?://|doi:\s*|10\.\d{4})\S+(?!\S))+\s*", re.IGNORECASE)
"""Addresses alone, as publishers note that of the article itself."""
_HEAD = re.compile(r"\A\s*(?i:abstract)(?:[.:]\s*|\s+(?=[^\W_a-z]))")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)

BIBTEX = re.compile(
    r"\ufeff?\s*(?:%[^\n]{0,1000}\n\s*)*@(?:article|book|booklet|collection|comment|conference|dataset"
    r"|in(?:book|collection|proceedings)|manual|(?:masters|phd)?thesis|misc|online|preamble"
    r"|proceedings|report|software|string|techreport|unpublished)\s*[{(]",
    re.IGNORECASE,
)
_FURTHER = ("", "others")
"""What BibTeX writes where more people belong to a list."""
_LATEX = re.compile(r"[\\{}$~]|--|``|''")
_PIECE = re.compile(r'"[^"]*"|[\w-]+')
_JOINED = re.compile(r'(?=.*")(?:"[^"]*"|[\w-]+)(?:\s*#\s*(?:"[^"]*"|[\w-]+))+', re.DOTALL)
"""What `#` puts together, of texts and of names of texts."""
_CITED = re.compile(r"\s*<(?:cit\.|ref)>")
"""What stands for a citation when LaTeX is decoded."""
_USED = frozenset(
    " ".join((*_NAMES.values(), *_TEXTS, _TAGS, "author editor day month year")).split()
)
RIS = re.compile(r"\ufeff?\s*TY  - [A-Z]")
_LONGEST_RECORD = 1_000_000
_CSL = re.compile(r"[\s\ufeff]*\[\s*\{")
_CSL_TYPE = re.compile(
    r'"type"\s*:\s*"(?:article(?:-\w+)?|book|chapter|document|entry(?:-\w+)?|interview|legislation'
    r"|legal_case|manuscript|pamphlet|paper-conference|personal_communication|post(?:-weblog)?"
    r'|report|review(?:-book)?|speech|thesis|webpage)"'
)
_CSL_FIELD = re.compile(
    r'"(?:issued|container-title|citation-key|accessed)"\s*:|"(?:family|literal)"\s*:'
)


def looks_like_csl(head: bytes) -> bool:
    """Say whether a file begins as CSL JSON does (docs.citationstyles.org)."""
    text = head.decode("utf-8", "replace")
    return bool(_CSL.match(text) and _CSL_TYPE.search(text) and _CSL_FIELD.search(text))


def drafts_from_bibtex(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a reference that has an abstract or a note; a broken entry is `Unread`.

    Raises:
        ReadError: If it is no text, or none has.
    """
    yield from _drafts(_from_bibtex(decode(file.read()).text))


def drafts_from_ris(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a reference that has an abstract or a note.

    Raises:
        ReadError: If none has.
    """
    with opened_as_text(file) as text:
        yield from _drafts(_from_ris(text))


def drafts_from_csl(file: BinaryIO) -> Iterator[Draft | Unread]:
    """Yield one draft a reference that has an abstract or a note.

    Raises:
        ReadError: If none has.
    """
    with opened_as_text(file) as text:
        yield from _drafts(_from_csl(JsonValues(text)))


def in_order(name: str) -> str:
    """Return a name as it is spoken.

    >>> in_order("Winge, Nora"), in_order("Nora Winge"), in_order("Falk, Jr., Ola")
    ('Nora Winge', 'Nora Winge', 'Ola Falk, Jr.')
    """
    family, comma, given = one_line(name).rpartition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma else one_line(name)


def _drafts(found: Iterable[Record | Unread | str]) -> Iterator[Draft | Unread]:
    """Yield one draft a reference with an abstract or a note; with the last, tell of the others."""
    parts = FileParts()
    empty = "a file of references without articles"
    return parts.told(_with_text(found, parts), "reference", empty, whole=False)


def _with_text(
    found: Iterable[Record | Unread | str], parts: FileParts
) -> Iterator[Draft | Unread | str]:
    for number, record in enumerate(found, 1):
        if isinstance(record, Unread | str):
            yield record
            continue
        field = {name: _first(record, written) for name, written in _NAMES.items()}
        texts = [text for written in _TEXTS for text in _all(record, written)]
        texts = [text_of(_JATS.sub(r"\1", text)) for text in texts if not _NO_TEXT.fullmatch(text)]
        text = "\n\n".join(filter(has_words, texts))
        if "abstract" not in field["title"].casefold():  # as of "Abstract Expressionism"
            text = _HEAD.sub("", text)
        if not text:
            parts.leave_out(
                "references without an abstract or notes", field["title"] or field["key"]
            )
            continue
        doi, date = _DOI.sub("", one_line(field["doi"])), one_line(field["date"]).strip("/-")
        yield Draft(
            text=text,
            title=one_line(text_of(field["title"])),
            source=one_line(text_of(field["source"])) or None,
            author=", ".join(filter(None, map(in_order, record["people"]))) or None,
            url=one_line(field["url"]) or (f"https://doi.org/{doi}" if doi else None),
            dates=(date,) if _DAY.fullmatch(date) else (),
            language=one_line(field["language"]) or None,
            clues=f"{date}\n{text}",
            part=parts.unique(one_line(field["key"]) or f"reference {number}"),
            tags=tuple(tag for each in _all(record, _TAGS) for tag in re.split("[,;]", each)),
        )


def _all(record: Record, names: str) -> list[str]:
    """Return the texts of the first of these fields that has any."""
    for name in names.split():
        value = record.get(name)
        values = value if isinstance(value, list) else [value]
        if texts := [str(v) for v in values if isinstance(v, (str, int)) and str(v).strip()]:
            return texts
    return []


def _first(record: Record, names: str) -> str:
    return next(iter(_all(record, names)), "")


def _from_bibtex(text: str) -> Iterator[Record | Unread]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

    # It logs each entry that it cannot read, which is told here.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(text)
    stated = {
        entry.key: {each.key.lower(): each.value for each in entry.fields}
        for entry in library.entries
    }
    strings = {name.lower(): str(each.value) for name, each in library.strings_dict.items()}
    for block in library.blocks:
        if isinstance(block, Entry):
            _take_over(block, stated)
            for each in block.fields:
                # The parser has taken away the braces of what is to be taken as it stands.
                braced = f"{{{each.value}}}" in (block.raw or "")
                if not braced and _JOINED.fullmatch(str(each.value)):
                    pieces = _PIECE.findall(each.value)
                    each.value = "".join(strings.get(p.lower(), p.strip('"')) for p in pieces)
            yield _bibtex_entry(block)
        elif isinstance(block, DuplicateBlockKeyBlock):
            # Two entries of the same key are two references all the same.
            yield from map(_bibtex_entry, parse_string(block.raw or "").entries)
        elif isinstance(block, ParsingFailedBlock):
            line = (block.start_line or 0) + 1
            yield Unread(f"line {line}", "its BibTeX is broken; mend this entry")


def _take_over(entry: Entry, stated: Mapping[str, Mapping[str, Any]]) -> None:
    """Give an entry the fields of the one that it refers to as what it appeared in."""
    from bibtexparser.model import Field

    own = {each.key.lower(): str(each.value) for each in entry.fields}
    for name, value in stated.get(own.get("crossref", ""), {}).items():
        name = "booktitle" if name == "title" else name
        if name not in own and name not in " ".join(("crossref", _TAGS, *_TEXTS)).split():
            entry.set_field(Field(name, value))


def _bibtex_entry(entry: Entry) -> Record:
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexDecodingMiddleware

    # Only where it is needed: the decoder takes a thousandth of a second for a field.
    entry.fields = [each for each in entry.fields if each.key.lower() in _USED]
    fields = {each.key.lower(): str(each.value) for each in entry.fields}
    entry.fields = [each for each in entry.fields if _LATEX.search(str(each.value))]
    LatexDecodingMiddleware().transform_entry(entry, Library())
    fields |= {each.key.lower(): _CITED.sub("", str(each.value)) for each in entry.fields}
    parts = (fields.get(name) for name in ("day", "month", "year"))
    people = _first(fields, "author editor")
    return {
        **fields,
        "citation-key": entry.key,
        "date": fields.get("date") or " ".join(filter(None, parts)),
        "people": [each for each in re.split(r"\s+and\s+", people) if each not in _FURTHER],
    }


def _from_ris(text: io.TextIOWrapper) -> Iterator[Record | Unread]:
    """Yield the records; one without its end, as the last of a file that breaks off, is whole."""
    lines: list[str] = []
    length = number = 0
    while True:
        line = text.readline(_LONGEST_RECORD)
        if line.startswith("TY  - ") or not line:
            number += bool(lines)
            # Alone, as one that is not closed would take in the next.
            yield from _ris_record("".join([*lines, "\nER  - \n"]), number) if lines else ()
            lines, length = [], 0
        if not line:
            return
        length += len(line)
        if length <= _LONGEST_RECORD:
            lines.append(line)


def _ris_record(written: str, number: int) -> Iterator[Record | Unread]:
    import rispy

    try:
        for record in rispy.loads(written):
            yield {**record, "people": _all(record, "authors first_authors secondary_authors")}
    except (rispy.parser.ParseError, LookupError, ValueError):
        yield Unread(f"reference {number}", "its lines are damaged; export the references again")


def _from_csl(values: JsonValues) -> Iterator[Record | str]:
    try:
        for value in values.elements():
            if isinstance(value, dict):
                people = next(
                    (p for n in ("author", "editor") if isinstance(p := value.get(n), list)), []
                )
                yield {
                    **value,
                    "date": _csl_date(value.get("issued")),
                    "people": map(_csl_name, people),
                }
    except ValueError as error:
        yield f"from here on {error}; export the references again"


def _csl_name(person: object) -> str:
    if not isinstance(person, dict):
        return ""
    parts = (person.get(key) for key in ("given", "non-dropping-particle", "family", "literal"))
    # A comma within a name would turn it around.
    return " ".join(part.replace(",", " ") for part in parts if isinstance(part, str))


def _csl_date(issued: object) -> str:
    if not isinstance(issued, dict):
        return ""
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        return "-".join(str(part).zfill(2) for part in first[:3])
    written = issued.get("raw") or issued.get("literal")
    return written if isinstance(written, str) else ""
