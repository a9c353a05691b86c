"""Small real stand-ins for the assistant and its store, for tests of what stands above them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.corrections import Correction, as_stated, corrected
from index.errors import NotFoundError
from index.reading import ReadOptions
from index.store import Counts, FileRecord, Listed, Listing
from index.types import Document, Filter
from rag.assistant import AddResult
from rag.settings import Settings, Write
from rag.syncing import SyncReport
from rag.types import Answer, Citation, Claim, Delta, Kind, Stage, Timing

LIMA = Document(
    text="Canada and a dozen Latin American governments urged Maduro not to be sworn in. "
    "Mexico took part in the meeting but did not sign.",
    title="Lima Group urges Maduro to stand down",
    source="BBC",
    published=date(2019, 1, 4),
    url="https://news.example/lima",
)
UNDATED = Document(text="Peru has mountains.", title="Peru", source="Herald", path="/news/peru.txt")
QUOTE_END = LIMA.text.index(". ") + 1


def answered(question: str = "Who urged Maduro?", filter: Filter = Filter()) -> Answer:
    """One claim with one citation."""
    citation = Citation(1, LIMA, 0, QUOTE_END)
    claim = Claim("Canada and a dozen Latin American governments urged it.", (citation,))
    timing = Timing(0.1, 2.0, 2.1, 250, 20)
    return Answer(question, question, claim.text, (claim,), filter=filter, model="f", timing=timing)


def marked(question: str = "Who urged Maduro?") -> Answer:
    """One claim in the words of its quote, with those that answer marked."""
    citation = Citation(1, LIMA, 0, QUOTE_END)
    answer = replace(citation, end=LIMA.text.index(" urged"))
    claim = Claim(citation.quote, (citation,), verbatim=True, answer=answer)
    return Answer(question, question, claim.text, (claim,), model="f")


def refused(question: str = "What is the population of Peru?", reason: str = "") -> Answer:
    """A refusal with one nearest passage."""
    return Answer(
        question,
        question,
        "The articles do not say.",
        refused=True,
        reason=reason or "not in the articles",  # type: ignore[arg-type]
        nearest=(Citation(1, UNDATED, 0, len(UNDATED.text)),),
    )


@dataclass
class FakeStore:
    """Articles in a list."""

    articles: list[Document]

    def documents(self, filter: Filter = Filter()) -> Iterator[Document]:
        return (document for document in self.articles if filter.admits(document))

    def list_documents(self, listing: Listing, limit: int | None = None, offset: int = 0) -> Listed:
        """List without an order of its own."""
        found = [d for d in self.documents(listing.filter) if listing.search in d.title.lower()]
        end = None if limit is None else offset + limit
        return Listed(iter(found[offset:end]), len(found))

    def document(self, id_prefix: str) -> Document:
        found = [document for document in self.articles if document.id.startswith(id_prefix)]
        if len(found) != 1:
            raise NotFoundError(f"no article has the id {id_prefix}; see `ask list`")
        return found[0]

    def files(self, _folder: str | None = None) -> dict[str, FileRecord]:
        return {}

    def counts(self) -> Counts:
        return Counts(len(self.articles), len(self.articles))

    def sources(self) -> dict[str, int]:
        return Counter(article.source or "" for article in self.articles)

    def tags(self) -> dict[str, int]:
        return Counter(tag for article in self.articles for tag in article.tags)

    def state(self) -> str:
        return str(self.articles)

    def full_id(self, id_prefix: str) -> str:
        return self.document(id_prefix).id

    def count_undated(self, filter: Filter = Filter()) -> int:
        of_sources = self.documents(Filter(filter.sources))
        return sum(document.published is None for document in of_sources)

    def delete_documents(self, ids: Sequence[str]) -> int:
        before = len(self.articles)
        self.articles[:] = [document for document in self.articles if document.id not in ids]
        return before - len(self.articles)


@dataclass
class FakeAssistant:
    """Gives the answer it was made with, or raises the error, and remembers what it was asked."""

    result: Answer | BaseException = field(default_factory=answered)
    store: FakeStore = field(default_factory=lambda: FakeStore([LIMA, UNDATED]))
    using_samples: bool = False
    settings: Settings | None = None
    asked: list[tuple[str, Filter, tuple[Answer, ...]]] = field(default_factory=list)
    read_dates: list[bool] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)
    writes: list[Write | None] = field(default_factory=list)
    days: list[date | None] = field(default_factory=list)
    """What was taken for today, of each question."""
    added: list[str] = field(default_factory=list)
    options: list[ReadOptions] = field(default_factory=list)
    outcomes: dict[str, AddResult | BaseException] = field(default_factory=dict)
    """By file name, what becomes of a file that is not simply added."""
    answers: dict[str, Answer | BaseException] = field(default_factory=dict)
    """By question, what is said (or raised) instead of the result."""

    alike: list[Document] = field(default_factory=list)
    """What is nearly the same as every article."""

    def kin(self, _document_id: str) -> list[Document]:
        return self.alike

    def edit(self, *ids: str, undo: bool = False, **fields: Any) -> list[Document]:
        """Correct articles in the list, without keeping it."""
        correction = Correction(**fields)
        found = map(self.store.document, ids)
        return [corrected(as_stated(each) if undo else each, correction) for each in found]

    def remove(self, *ids: str) -> dict[str, Document]:
        found = {id_: self.store.document(id_) for id_ in map(self.store.full_id, ids)}
        self.store.delete_documents(list(found))
        return found

    def open(self, settings: Settings) -> FakeAssistant:
        """Stand in for `Assistant.open`: pass this method as `open_assistant`."""
        self.settings = settings
        return self

    def stream(
        self,
        question: str,
        *,
        filter: Filter = Filter(),
        history: Sequence[Answer] = (),
        read_dates: bool = True,
        kind: Kind | None = None,
        today: date | None = None,
        write: Write | None = None,
    ) -> Iterator[Stage | Delta | Answer]:
        self.writes.append(write)
        self.days.append(today)
        self.asked.append((question, filter, tuple(history)))
        self.read_dates.append(read_dates)
        self.kinds.append(kind)
        yield Stage("searching", "searching 2 passages")
        yield Delta("an unchecked DRAFT")
        result = self.answers.get(question, self.result)
        if isinstance(result, BaseException):
            raise result
        yield result

    @property
    def searched(self) -> FakeStore:
        return self.store

    def document(self, id_prefix: str) -> Document:
        return self.store.document(id_prefix)

    def ask(self, question: str, **options: Any) -> Answer:
        *_, answer = self.stream(question, **options)
        assert isinstance(answer, Answer)
        return answer

    def add(
        self,
        *paths: str | Path,
        options: ReadOptions | None = None,
        on_file: Callable[[AddResult], None] | None = None,
        on: str | None = None,
    ) -> list[AddResult]:
        assert on is None
        results = []
        for path in map(str, paths):
            self.added.append(path)
            self.options.append(options or ReadOptions())
            result = self.outcomes.get(Path(path).name, AddResult.of(path, "added", LIMA))
            if isinstance(result, BaseException):
                raise result
            results.append(result)
            if on_file:
                on_file(result)
        return results

    def add_pages(
        self,
        *urls: str,
        options: ReadOptions | None = None,
        on_file: Callable[[AddResult], None] | None = None,
    ) -> list[AddResult]:
        return self.add(*urls, options=options, on_file=on_file)

    def sync(self, folder: str, *, report: SyncReport, **_: object) -> SyncReport:
        report.results.extend(self.add(folder))
        return report

    def export_to(self, _path: Path) -> Counts:
        return Counts(len(self.store.articles), len(self.store.articles))

    def import_from(self, _path: Path, *, embed: bool) -> dict[str, int]:
        return {"added": 0 if embed else len(self.store.articles)}

    def add_samples(self) -> list[AddResult]:
        return [AddResult.of("samples/lima.md", "added", LIMA)]

    def __enter__(self) -> FakeAssistant:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class HashEmbedder:
    """Counts words in 64 hashed places: texts that share words are near, nothing else is known."""

    fingerprint = "hashed words, 64"
    dimension = 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts):
            for word in re.findall(r"\w+", text.casefold()):
                place = hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[0]
                vector[place % self.dimension] += 1
            if not vector.any():
                vector[0] = 1
            vector /= np.linalg.norm(vector)
        return vectors
