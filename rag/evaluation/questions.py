"""Reads a person's questions, with the answers they expect, from JSON Lines or CSV.

Knows nothing of libraries or models. What is wrong with a row is said in one
line that names it, and the other rows are read all the same.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import QuestionError, ReadError
from rag.answer.question import clean_question
from rag.settings import expanded

__all__ = ["Example", "ReadExamples", "read_examples", "sample"]

# What people call the columns; of several in one row the first that is filled counts.
_COLUMNS = {
    "question": ("question", "query"),
    "answers": ("answers", "answer", "gold", "golds", "expected", "expected_answer", "reference"),
    "documents": (
        *("document", "documents", "document_id", "doc", "doc_id", "source_document"),
        *("article", "file", "path", "url", "title"),
    ),
    "answerable": ("answerable", "is_answerable"),
    "starts": ("start", "starts", "answer_start", "answer_starts"),
}
_FIELDS = {name: field for field, names in _COLUMNS.items() for name in names}
_YES, _NO = frozenset({"true", "yes", "y", "1"}), frozenset({"false", "no", "n", "0"})
_JSON_SUFFIXES, _CSV_SUFFIXES = {".jsonl", ".ndjson", ".json"}, {".csv", ".tsv"}
_DELIMITERS = ",;\t"

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A question, and what a person holds to be true of its answer."""

    question: str
    answers: tuple[str, ...] = ()
    """Each of them is right; empty where none is given."""
    documents: tuple[str, ...] = ()
    """Articles that hold the answer, each named by id, URL, path, file name, or title."""
    answerable: bool | None = None
    """Whether the articles answer it; None where nobody says."""
    starts: tuple[int, ...] = ()
    """Offsets in the text of those articles at which answers begin, in code points."""
    line: int = 0
    """Where it stands in its file, counted from 1; 0 for one that was made in code."""


@dataclass(frozen=True, slots=True)
class ReadExamples:
    """What a file holds, and one line for each row that cannot be used."""

    examples: tuple[Example, ...]
    problems: tuple[str, ...] = ()


def sample(examples: Sequence[Example], size: int, seed: int) -> tuple[Example, ...]:
    """Draw questions: the first ones of an order that follows from the seed alone."""
    order = list(examples)
    random.Random(seed).shuffle(order)  # noqa: S311
    return tuple(order[:size])


def read_examples(path: str | Path) -> ReadExamples:
    """Read a file of questions: JSON Lines (an object a line) or CSV (with a header).

    Several answers of one question are a list in JSON; in CSV they are parted
    by `|`, or by `;` where there is no `|`.

    Raises:
        ReadError: the file cannot be read, or holds no question that can be used.
    """
    file = expanded(path)
    in_json = _is_json(file, text := _text(file))
    rows, marks = (_json_rows(text), "") if in_json else (_csv_rows(text, file.name), "|;")
    examples: list[Example] = []
    problems: list[str] = []
    for line, row in rows:
        try:
            if isinstance(row, str):
                raise QuestionError(row)
            examples.append(_example(row, line, marks))
        except QuestionError as error:
            problems.append(f"line {line}: {error}")
    if not examples:
        first = f"; {problems[0]}" if problems else "; write one a line, see docs/usage.md"
        raise ReadError(f"{file.name} holds no question that can be used{first}")
    return ReadExamples(tuple(examples), tuple(problems))


def _text(file: Path) -> str:
    from index.reading.encoding.decoding import decode

    try:
        return decode(file.read_bytes()).text
    except ReadError:
        raise ReadError(f"{file.name} is not a text file; give JSON Lines or CSV") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path.
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{file} cannot be read ({reason}); check the path") from None


def _is_json(file: Path, text: str) -> bool:
    suffix = file.suffix.lower()
    if suffix in _JSON_SUFFIXES | _CSV_SUFFIXES:
        return suffix in _JSON_SUFFIXES
    return text.lstrip().startswith(("{", "["))


def _json_rows(text: str) -> Iterator[tuple[int, _Row | str]]:
    """Yield each line's number with its object, or with what is wrong with it."""
    # Not splitlines: JSON may hold U+2028 as it is.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            yield number, "not JSON; write one object a line, in double quotes"
            continue
        if not isinstance(row, dict):
            yield number, 'not an object; write {"question": "…", "answers": ["…"]}'
            continue
        yield number, {_column(key): value for key, value in row.items()}


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, _Row | str]]:
    """Yield the number of each row's first line with its cells, or with what is wrong with it."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    header: list[str] = []
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"not CSV ({error}); put text with commas or quotes in double quotes"
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [_column(cell) for cell in cells]
            if not set(header) & set(_COLUMNS["question"]):
                raise ReadError(
                    f"{name} has no column `question`; name its columns in the first line, "
                    "as in: question,answers"
                )
        elif len(cells) > len(header):
            yield line, f"{len(cells)} cells under {len(header)} columns; quote text with commas"
        else:
            yield line, {name: cell.strip() for name, cell in zip(header, cells)}


def _delimiter(text: str) -> str:
    """Return what parts the columns: whatever makes most known names of the first line."""
    first = text.lstrip().split("\n", 1)[0]
    return max(
        _DELIMITERS,
        key=lambda mark: sum(_column(cell.strip('"')) in _FIELDS for cell in first.split(mark)),
    )


def _column(name: str) -> str:
    return "_".join(name.strip().casefold().replace("-", " ").split())


def _example(row: _Row, line: int, marks: str) -> Example:
    """Make the example of one row.

    Args:
        row: values by the folded names of their columns.
        line: where it stands.
        marks: what may part several answers in one text; the first that occurs does.

    Raises:
        QuestionError: it cannot be used.
    """
    found = {field: _first(row, names) for field, names in _COLUMNS.items()}
    if not isinstance(found["question"], str):
        raise QuestionError("no question; fill the column `question` with a text")
    answers = _texts(found["answers"], "answers", marks)
    # Titles and addresses may hold those marks.
    documents = _texts(found["documents"], "document", "")
    answerable = _truth(found["answerable"])
    if answerable is None and (answers or documents):
        answerable = True
    return Example(
        clean_question(found["question"]),
        answers if answerable else (),
        documents if answerable else (),
        answerable,
        _offsets(found["starts"]),
        line,
    )


def _first(row: _Row, names: Sequence[str]) -> Any:
    """Return the first filled cell under one of the names."""
    return next((row[name] for name in names if row.get(name) not in (None, "", [])), None)


def _texts(value: Any, column: str, marks: str) -> tuple[str, ...]:
    if value is None:
        return ()
    values = value
    if isinstance(value, str):
        mark = next((mark for mark in marks if mark in value), None)
        values = value.split(mark) if mark else [value]
    elif not isinstance(value, list):
        values = [value]
    texts = []
    for each in values:
        if isinstance(each, bool) or not isinstance(each, str | int | float):
            raise QuestionError(f"`{column}` holds {json.dumps(each)[:40]}; give texts")
        texts.append(str(each).strip())
    return tuple(dict.fromkeys(text for text in texts if text))


def _truth(value: Any) -> bool | None:
    word = str(value).strip().casefold()
    if value is None or word in _YES | _NO:
        return None if value is None else word in _YES
    raise QuestionError(f"`answerable` is {word[:40]!r}; write true or false")


def _offsets(value: Any) -> tuple[int, ...]:
    if value is None:
        return ()
    values = value if isinstance(value, list) else str(value).replace(";", "|").split("|")
    try:
        return tuple(sorted({int(str(each)) for each in values}))
    except ValueError:
        raise QuestionError(
            f"`start` is {str(value)[:40]!r}; give an offset in characters, or leave it out"
        ) from None
