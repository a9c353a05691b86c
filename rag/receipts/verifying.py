"""Compares a receipt with the library, the files, and the answer of today.

Whatever is not as the receipt says is named, however little it may matter; nothing is mended.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from index.errors import NotFoundError
from index.types import Document
from rag.receipts.receipt import (
    CitedArticle,
    ModelUsed,
    Quote,
    Receipt,
    is_web,
    models_used,
    text_hash,
)
from rag.types import Answer, document_json

if TYPE_CHECKING:
    from rag.assistant import Assistant

__all__ = ["Difference", "QuoteCheck", "Verification", "verify_receipt"]

InLibrary = Literal["unchanged", "changed", "described anew", "removed", "receipt altered"]
InFile = Literal["", "unchanged", "changed", "missing", "unreadable", "unknown"]

_DESCRIBED = ("title", "source", "author", "published", "url", "language")


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What became of a quote."""

    quote: Quote
    library: InLibrary
    """Of its article: `changed` if its text is another now, `described anew` if only its title,
    author, date, … are; `receipt altered` if the article is as it was, but the receipt says
    something else of it."""
    library_id: str | None
    """The id that the article has now; None where it is gone."""
    found_at: int | None
    """Where the quote begins in the article's text now; None where it is not in it."""
    described: tuple[str, ...]
    """What is said of the article now that differs from the receipt: `title`, `published`, … Of an
    article that is unchanged, a person has corrected it since, or does no longer."""
    file: InFile
    """Of the bytes of its file: `unknown` where the receipt has no hash of them, empty where the
    article came from no file."""
    path: str | None
    """Of the file: where it is now, if the library knows that it has moved."""
    in_file: bool | None
    """Whether the quote is in the file's text; None where there is none to look at."""

    @property
    def stands(self) -> bool:
        """Whether all of it is as the receipt says."""
        intact = self.file in ("", "unchanged") or (self.file == "unknown" and self.in_file is True)
        return self.library == "unchanged" and intact

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "number": self.quote.number,
            "quote": self.quote.text,
            "start": self.quote.start,
            "end": self.quote.end,
            "document": {name: self.quote.document.get(name) for name in ("id", "title")},
            "stands": self.stands,
            "library": self.library,
            "library_id": self.library_id,
            "found_at": self.found_at,
            "described": list(self.described),
            "file": self.file,
            "path": self.path,
            "in_file": self.in_file,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """What Byline is run with today that the answer was not given with."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a receipt is worth today."""

    quotes: tuple[QuoteCheck, ...]
    same_answer: bool | None
    """Whether the question gives the same claims with the same citations; None if not asked."""
    answer: Answer | None
    """What it gives today; None if not asked."""
    differences: tuple[Difference, ...]
    """Named, but of no weight for `stands`: what counts is what comes of them."""

    @property
    def stands(self) -> bool:
        """Whether every quote stands, and the answer, if asked for, is the same."""
        return all(check.stands for check in self.quotes) and self.same_answer is not False

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types; the format is described in docs/json.md."""
        return {
            "stands": self.stands,
            "quotes": [check.to_json() for check in self.quotes],
            "same_answer": self.same_answer,
            "answer": self.answer.to_json() if self.answer else None,
            "differences": [asdict(each) for each in self.differences],
        }


def verify_receipt(assistant: Assistant, receipt: Receipt, *, ask: bool = True) -> Verification:
    """Say what of a receipt still stands.

    Args:
        assistant: over the library that it is compared with.
        receipt: as `make_receipt` or `read_receipt` returned it.
        ask: whether to ask the question again.

    Raises:
        LibraryError: the library, or an article of it, cannot be read.
        ModelError: it is to be asked again, and a model is missing.
    """
    articles = {article.id: _Article(assistant, article) for article in receipt.articles}
    quotes = tuple(articles[quote.document["id"]].check(quote) for quote in receipt.quotes)
    answer = None
    if ask:
        answer = assistant.ask(
            receipt.question,
            filter=receipt.filter,
            read_dates=receipt.read_dates,
            today=receipt.today,
            kind=receipt.kind,
            write=receipt.write,
        )
    return Verification(
        quotes=quotes,
        same_answer=_told(answer.to_json()) == _told(receipt.answer) if answer else None,
        answer=answer,
        differences=tuple(_differences(assistant, receipt)),
    )


class _Article:
    """A cited article as it is today; looked up, and its file read, once for all its quotes."""

    def __init__(self, assistant: Assistant, then: CitedArticle) -> None:
        self._assistant = assistant
        self._then = then

    def check(self, quote: Quote) -> QuoteCheck:
        now = self._now
        described = _described_otherwise(quote, now) if now else ()
        found = -1
        if now:
            there = now.text[quote.start : quote.end] == quote.text
            found = quote.start if there else now.text.find(quote.text)
        library = self._library(quote)
        file, path = self._file
        in_file = None
        if file in ("unchanged", "changed", "unknown"):
            # Bytes that are the same were read into the text that the library has.
            same = file == "unchanged" and library == "unchanged"
            in_file = same or quote.text in self._file_text
        return QuoteCheck(
            quote=quote,
            library=library,
            library_id=now.id if now else None,
            found_at=found if found >= 0 else None,
            described=described,
            file=file,
            path=path,
            in_file=in_file,
        )

    def _library(self, quote: Quote) -> InLibrary:
        now = self._now
        if now is None:
            return "removed"
        if text_hash(now) != self._then.text_sha256:
            return "changed" if now.id != self._then.id else "receipt altered"
        if now.text[quote.start : quote.end] != quote.text:
            return "receipt altered"
        if now.id != self._then.id:
            return "described anew"
        # What a person corrected, or no longer does, alters neither article nor receipt.
        altered = _said(quote.document) != _said(document_json(now))
        return "receipt altered" if altered else "unchanged"

    @cached_property
    def _now(self) -> Document | None:
        """The article, or what stands in its place: of its text, from its file, at its address."""
        try:
            found = self._assistant.document(self._then.id)
            if found.id == self._then.id:
                return found
        except NotFoundError:
            pass
        samples = self._assistant.using_samples
        store = self._assistant.searched if samples else self._assistant.store
        then, successor = self._then, None
        for document in store.documents():
            if text_hash(document) == then.text_sha256:
                return document
            if then.path and (document.path, document.part) == (then.path, then.part):
                successor = document
        return successor

    @cached_property
    def _file(self) -> tuple[InFile, str | None]:
        """What became of the bytes of the file, and where it is."""
        from index.folder import look_at

        then = self._then
        if not then.path or is_web(then.path):
            return "", then.path
        path, moved = then.path, self._now.path if self._now else None
        if moved and not is_web(moved) and not os.path.lexists(path):
            path = moved
        try:
            sha256 = look_at(Path(path), "").sha256
        except (FileNotFoundError, NotADirectoryError):
            return "missing", path
        except (OSError, ValueError):  # A zero byte in its name.
            return "unreadable", path
        if then.file_sha256 is None:
            return "unknown", path
        return ("unchanged" if sha256 == then.file_sha256 else "changed"), path

    @cached_property
    def _file_text(self) -> str:
        """The text of the article in the file today; empty where there is none."""
        from rag.adding import AddResult, read_files

        _, path = self._file
        found = {
            result.part: result.document.text
            for result in read_files([path or ""])
            if isinstance(result, AddResult) and result.document
        }
        return found.get(self._then.part, "")


def _described_otherwise(quote: Quote, now: Document) -> tuple[str, ...]:
    known = document_json(now)
    return tuple(name for name in _DESCRIBED if quote.document.get(name) != known[name])


def _said(described: Mapping[str, Any]) -> list[Any]:
    """Return what the file of an article says of it, by what is said of the article."""
    corrected = described.get("corrected")
    said = {**described, **corrected} if isinstance(corrected, dict) else described
    return [said.get(name) for name in _DESCRIBED]


def _told(answer: dict[str, Any]) -> object:
    """Return what makes two answers the same: their claims' texts with the spans they cite.

    What is said of a refusal may tell of the library, which may have grown.
    """
    spans = {
        citation["number"]: (citation["document"]["id"], citation["start"], citation["end"])
        for citation in answer["citations"]
    }
    claims = [
        (claim["text"], [spans[number] for number in claim["citations"]])
        for claim in answer["claims"]
    ]
    return answer["refused"], answer["reason"], claims


def _differences(assistant: Assistant, receipt: Receipt) -> list[Difference]:
    from importlib.metadata import version

    settings = assistant.settings
    compared = [("byline", receipt.byline, version("byline"))]
    then = {model.role: _named(model) for model in receipt.models}
    now = {model.role: _named(model) for model in models_used(settings)}
    for role in dict.fromkeys((*then, *now)):
        compared.append((role, then.get(role, "none"), now.get(role, "none")))
    compared.append(("refusal", receipt.refusal, settings.refusal))
    compared.append(("passages", str(receipt.passages), str(settings.passages)))
    return [Difference(*each) for each in compared if each[1] != each[2]]


def _named(model: ModelUsed) -> str:
    return f"{model.name}, SHA-256 {model.sha256 or 'unknown'}"
