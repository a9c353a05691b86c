"""The receipt of an answer: made of the answer, written as JSON, and read back.

It holds the answer with the offsets of its quotes (`index.types`), the SHA-256 of each cited
article and of the file that it came from, the models with theirs, and the settings. Checks
nothing against a library (`rag.receipts.verifying`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, NonNegativeInt, ValidationError

from index.errors import ReadError
from index.types import Document, Filter
from rag.models.info import identify_models
from rag.settings import Refusal, Settings, Write
from rag.types import Answer, Kind

if TYPE_CHECKING:
    from index.store import Store
    from rag.assistant import Assistant

__all__ = [
    "CitedArticle",
    "ModelUsed",
    "Quote",
    "Receipt",
    "is_web",
    "make_receipt",
    "models_used",
    "read_receipt",
    "text_hash",
]

NAME, VERSION = "byline receipt", 1

_MAKE_ONE = "make one with `ask --receipt FILE QUESTION`"
_MOST_BYTES = 20_000_000
_Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
_Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """A model by its name and the hash of its weights."""

    role: str
    name: str
    sha256: _Sha256 | None
    """None where it is not known, as of a server."""


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article that was cited, as it was then."""

    id: _Id
    title: str
    path: str | None
    """Where it was read from; see `index.types.Document`."""
    part: str
    text_sha256: _Sha256
    """Of its text as UTF-8."""
    file_sha256: _Sha256 | None
    """Of the bytes of the file at `path` when it was read; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation of the answer, or, of a refusal, a passage that came nearest."""

    number: int
    text: str
    start: int
    end: int
    document: Mapping[str, Any]
    """What the answer says of the article, its `id` among it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an answer rested on."""

    byline: str
    """The version of Byline."""
    written: str
    """When, in UTC, as in 2026-11-27T09:30:00+00:00."""
    question: str
    refusal: Refusal
    passages: int
    filter: Filter
    """What the person chose; which articles were searched in the end, the answer says."""
    read_dates: bool
    today: date
    kind: Kind
    """Of which kind the answer is; asked again, one of that kind is made."""
    write: Write
    """Which answers were put into the model's words."""
    models: tuple[ModelUsed, ...]
    articles: tuple[CitedArticle, ...]
    answer: dict[str, Any]
    """As `rag.types.Answer.to_json` returns it."""

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The citations of the answer; of a refusal, the nearest passages."""
        rows = (*self.answer["citations"], *self.answer["nearest"])
        names = ("number", "quote", "start", "end", "document")
        return tuple(Quote(*(row[name] for name in names)) for row in rows)

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as JSON types; the format is described in docs/json.md."""
        return {
            "name": NAME,
            "version": VERSION,
            "byline": self.byline,
            "written": self.written,
            "question": self.question,
            "settings": {
                "refusal": self.refusal,
                "passages": self.passages,
                "filter": self.filter.to_json(),
                "read_dates": self.read_dates,
                "today": self.today.isoformat(),
                "kind": self.kind,
                "write": self.write,
            },
            "models": [asdict(model) for model in self.models],
            "articles": [asdict(article) for article in self.articles],
            "answer": self.answer,
        }

    def to_bytes(self) -> bytes:
        """Return the content of its file."""
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=2)
        # Only a path may hold what is no UTF-8; Python escapes it then as JSON does.
        return f"{text}\n".encode("utf-8", "backslashreplace")


def make_receipt(
    assistant: Assistant,
    answer: Answer,
    *,
    filter: Filter = Filter(),
    read_dates: bool = True,
    today: date | None = None,
    write: Write | None = None,
) -> Receipt:
    """Return the receipt of an answer to a question that was asked without a history.

    Args:
        assistant: what gave the answer, just now.
        answer: an answer or a refusal.
        filter: as it was handed to `Assistant.ask`.
        read_dates: likewise.
        today: likewise.
        write: likewise.

    Raises:
        LibraryError: the library cannot be read.
    """
    if not isinstance(answer, Answer):
        raise TypeError("a receipt is of an answer, as in make_receipt(assistant, answer)")
    documents = {
        cited.document.id: cited.document for cited in (*answer.citations, *answer.nearest)
    }
    return Receipt(
        byline=version("byline"),
        written=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        question=answer.question,
        refusal=assistant.settings.refusal,
        passages=assistant.settings.passages,
        filter=filter,
        read_dates=read_dates,
        today=today or date.today(),
        kind=answer.kind,
        write=write or assistant.settings.write,
        models=models_used(assistant.settings),
        articles=tuple(_cited(documents.values(), assistant.searched)),
        answer=answer.to_json(),
    )


def models_used(settings: Settings) -> tuple[ModelUsed, ...]:
    """Return the models in the settings, the weights of those that are not pinned hashed."""
    return tuple(ModelUsed(m.role, m.name, m.sha256) for m in identify_models(settings))


def text_hash(document: Document) -> str:
    """Return the SHA-256 of an article's text as UTF-8, in hexadecimal."""
    return hashlib.sha256(document.text.encode()).hexdigest()


def read_receipt(path: str | Path) -> Receipt:
    """Read a receipt from its file.

    Raises:
        ReadError: there is none at the path, or it is damaged; one line says what.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ReadError(f"{path} cannot be read ({error.strerror}); check the path") from error
    if len(content) > _MOST_BYTES:
        raise ReadError(f"{path} is no receipt: it is far too large; {_MAKE_ONE}")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path} is no receipt: it is no JSON; {_MAKE_ONE}") from error
    if not isinstance(data, dict) or data.get("name") != NAME:
        raise ReadError(f"{path} is no receipt, but something else; {_MAKE_ONE}")
    if data.get("version") != VERSION:
        raise ReadError(f"{path} was written by another version of Byline; update Byline")
    try:
        # What is no UTF-8, as a path may be, is for Python alone.
        text = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
        return _receipt(_File.model_validate_json(text, strict=True), data)
    except ValueError as error:
        reason = str(error)
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise ReadError(f"{path} is damaged or was altered ({reason}); use a copy") from error


def _cited(documents: Iterable[Document], store: Store) -> Iterable[CitedArticle]:
    for document in documents:
        path, record = document.path, None
        if path and not is_web(path):
            record = store.files(path).get(path)
        # Where a part could not be read, the article may come from what was there before.
        known = record is not None and not record.problem
        yield CitedArticle(
            id=document.id,
            title=document.title,
            path=path,
            part=document.part,
            text_sha256=text_hash(document),
            file_sha256=(record.sha256 or None) if record and known else None,
        )


def is_web(path: str) -> bool:
    """Say whether the path of an article is the address of a web page."""
    return path.startswith(("http://", "https://"))


class _Settings(BaseModel):
    refusal: Refusal
    passages: NonNegativeInt
    filter: Filter
    read_dates: bool
    today: date
    kind: Kind
    write: Write = "never"
    """Receipts of before answers were written have none."""


class _About(BaseModel):
    id: str


class _Citation(BaseModel):
    number: NonNegativeInt
    quote: str
    start: NonNegativeInt
    end: NonNegativeInt
    document: _About


class _Claim(BaseModel):
    text: str
    citations: list[int]


class _Answer(BaseModel):
    """What is looked at of an answer."""

    text: str
    reason: str
    refused: bool
    claims: list[_Claim]
    citations: list[_Citation]
    nearest: list[_Citation]


class _File(BaseModel):
    """A receipt as its file has it."""

    byline: str
    written: str
    question: str
    settings: _Settings
    models: tuple[ModelUsed, ...]
    articles: tuple[CitedArticle, ...]
    answer: _Answer


def _receipt(file: _File, data: dict[str, Any]) -> Receipt:
    """Return the receipt in a file, with its answer and its paths as they stand there.

    Raises:
        ValueError: quotes and what they belong to do not fit.
    """
    known = {article.id for article in file.articles}
    for cited in (*file.answer.citations, *file.answer.nearest):
        if cited.document.id not in known:
            raise ValueError(f"no hash of the article of quote {cited.number}")
    numbers = {citation.number for citation in file.answer.citations}
    if not all(numbers.issuperset(claim.citations) for claim in file.answer.claims):
        raise ValueError("a claim without its quote")
    articles = tuple(
        replace(article, path=written["path"])
        for article, written in zip(file.articles, data["articles"])
    )
    fields = dict(file.settings) | dict(file) | {"articles": articles, "answer": data["answer"]}
    del fields["settings"]
    return Receipt(**fields)
