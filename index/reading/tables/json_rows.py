r"""Reads the rows of JSON: one object a line, an array of objects, or an object that holds one.

The array may be any size: one object of it is held at a time. An object without
an array of others is one article. Knows nothing of what the fields mean.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any, BinaryIO

from index.errors import ReadError
from index.reading.contained import LARGEST
from index.reading.draft import Draft, Unread
from index.reading.encoding.opening import opened_as_text
from index.reading.tables.json_values import JsonValues, invalid_json
from index.reading.tables.rows import SHORTEST_TEXT, Row, drafts_from_rows

__all__ = ["JSON", "drafts_from_json"]

_PIECE = 1 << 16
_COLLECTIONS = frozenset(
    "articles items docs documents data results posts entries rows records stories news "
    "children ordereditems messages notes bookmarks".split()
)
"""Names under which services and exports keep their articles (JSON Feed: `items`)."""
_AROUND = frozenset(("response", "data", "result", "feed"))
"""Names of objects that stand around such a collection."""
_THROWN_AWAY = ("isTrashed", "trashed", "deleted", "is_deleted")
_DEEPEST = 3
JSON = re.compile(r"[\s\ufeff]*(?:\{\s*(?:\"|$)|\[\s*(?:\{|$))")


def drafts_from_json(
    file: BinaryIO, columns: Mapping[str, str] | None = None
) -> Iterator[Draft | Unread]:
    """Yield one draft an object of a JSON or JSON Lines file.

    Fields of objects within an object are named with a dot, as in `fields.body`.

    Args:
        file: Read as it is needed; no object may be longer than 20 million characters.
        columns: The field of the objects, by its name, for each field that the person states.

    Raises:
        ReadError: If it is no JSON, or no field holds articles.
    """
    with opened_as_text(file) as text:
        first = text.readline(LARGEST)
        while first and not first.strip():
            first = text.readline(LARGEST)
        text.seek(0)
        rows = _from_lines(text) if _is_line(first) else _from_values(JsonValues(text))
        yield from drafts_from_rows(rows, columns)


def _is_line(line: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not any(_is_collection(*item) for item in value.items())


def _is_collection(name: str, value: object) -> bool:
    if isinstance(value, dict):
        return name in _AROUND and any(isinstance(each, (dict, list)) for each in value.values())
    return (
        name.lower() in _COLLECTIONS
        and isinstance(value, list)
        and isinstance((value or [0])[0], dict)
    )


def _is_article(value: dict[str, Any]) -> bool:
    """Say whether an object has a text beside what it collects, as an article with notes has."""
    texts = (value.get(name) for name in ("text", "body", "content"))
    return any(isinstance(text, str) and len(text) >= SHORTEST_TEXT for text in texts)


def _from_lines(text: io.TextIOWrapper) -> Iterator[Row]:
    number = 0
    while line := text.readline(LARGEST):
        number += 1
        if len(line) == LARGEST and not line.endswith("\n"):
            while (rest := text.readline(_PIECE)) and not rest.endswith("\n"):
                pass
            yield Row(number, reason="longer than 20 million characters; split it")
        elif line.strip():
            yield _row_of_line(number, line)


def _row_of_line(number: int, line: str) -> Row:
    try:
        value = json.loads(line.replace("\0", ""), strict=False)
    except (ValueError, RecursionError):
        return Row(number, reason="not valid JSON; mend or remove this line")
    return _row(number, value)


def _row(number: int, value: object) -> Row:
    if not isinstance(value, dict):
        return Row(number, reason="not an object with fields; write it as {...}")
    if any(value.get(name) is True for name in _THROWN_AWAY):
        return Row(number, reason="was thrown away in its program; restore it there to add it")
    return Row(number, _cells(value))


def _cells(value: dict[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, held in value.items():
        if isinstance(held, dict):
            cells |= {f"{name}.{inner}": _cell(each) for inner, each in held.items()}
        else:
            cells[name] = _cell(held)
    return cells


def _cell(value: object) -> str:
    """Return a value as text: paragraphs of a long list, names of the persons in a short one."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        named = (value.get(name) for name in ("name", "text"))
        return next((each for each in named if isinstance(each, str)), "")
    if isinstance(value, list):
        cells = [cell for each in value if not isinstance(each, list) and (cell := _cell(each))]
        long = any(len(cell) > 100 for cell in cells)
        return ("\n\n" if long else ", ").join(cells)
    return "" if value is None or isinstance(value, bool) else str(value)


def _from_values(values: JsonValues) -> Iterator[Row]:
    """Yield the rows of an array, of an object with one, or of several objects in a row."""
    if values.next_character() not in ("[", "{"):
        raise ReadError("not JSON; save it as an array of objects, or one object a line")
    numbers = itertools.count(1)
    try:
        while values.next_character() in ("[", "{"):
            yield from (_elements if values.next_character() == "[" else _members)(values, numbers)
        if values.next_character():
            raise invalid_json()
    except ValueError as error:
        yield Row(next(numbers), reason=f"from here on {error}; get or save the file again")


def _elements(values: JsonValues, numbers: Iterator[int]) -> Iterator[Row]:
    for value in values.elements():
        yield _row(next(numbers), value)


def _members(
    values: JsonValues, numbers: Iterator[int], depth: int = 0
) -> Generator[Row, None, dict[str, Any] | None]:
    """Yield the rows of the collections in an object; the object as one where it has none.

    Returns:
        What else is in it, where nothing was yielded: it belongs to the object around it.
    """
    collected = False
    others: dict[str, Any] = {}
    for name in values.members():
        if name.lower() in _COLLECTIONS and values.holds_objects():
            yield from _elements(values, numbers)
            collected = True
        elif name in _AROUND and depth < _DEEPEST and values.next_character() == "{":
            others[name] = yield from _members(values, numbers, depth + 1)
            collected = collected or others[name] is None
        else:
            others[name] = values.value()
    if depth == 0 and (not collected or _is_article(others)):
        yield _row(next(numbers), others)
    return None if collected else others
