"""Finds the sentences that may answer a question: passages of the search, read by the reader.

The best passages are read first, and the others only where these do not settle it. A sentence's
score is that of the best span in it. Knows nothing of what is refused or shown.
"""

from __future__ import annotations

import bisect
import contextlib
import copy
import re
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.embed.embedder import Embedder
from index.errors import NotFoundError
from index.search.retriever import search
from index.store import Store
from index.types import Document, Filter, Hit, Span
from rag.english.sentences import is_planted, is_question, is_statement
from rag.reader import NOTHING, Passage, Reader, Reading, SpanScore
from rag.types import Coverage, Evidence, Question, Stage, counted

__all__ = ["CELLS", "Sources", "find_evidence", "seek_evidence"]

CELLS = " | "
"""What parts the cells of a table in an article's text."""

_FIRST = 4
"""Passages that are read first."""
_SURE = 6.0
"""Score of the reader from which the others are not read, but for what may contradict: of 170
questions of three sets, none was answered better by reading all twelve (bench/answers.py)."""
_RIVAL = 0.5
"""Share of the best passage's score from which one of another article is read all the same."""
_LONGEST_READ = 1500
"""Characters of passages that are read as one: they fit in a window of the reader."""
_LONGEST_CONTEXT = 500
"""Characters of the sentence before that may be brought along."""
_NEEDS_CONTEXT = re.compile(
    r"\W*(?:(?:and|but|so|yet|also|then|later|however)\W+)*"
    r"(?:he|she|it|they|his|her|its|their|this|that|these|those|both|"
    r"the (?:group|two|latter|former|company|statement|decision|move|figure))\b",
    re.IGNORECASE,
)
"""How a sentence begins that leans on the one before; after a question every sentence does."""
_BREAK = re.compile(r"\n\n|\n(?=.*\s\|\s)")
"""Where a paragraph ends, or a line before a row of a table."""
_REPLY = re.compile(r"(?:(?:re|aw|antw|sv|vs|rép|res|rif|odp)\s?[:：]\s*)+", re.IGNORECASE)
"""How the subject of a reply begins."""


@dataclass(frozen=True, slots=True)
class _Article:
    """An article with its sentences, read once however many of its passages were found."""

    document: Document
    sentences: tuple[Span, ...]

    def around(self, start: int, end: int) -> tuple[int, int, int]:
        """Return where the sentences begin and end that a span lies in, and the context's start."""
        last = len(self.sentences) - 1
        first = max(bisect.bisect_right(self.sentences, start, key=lambda s: s.start) - 1, 0)
        closing = min(bisect.bisect_left(self.sentences, end, key=lambda s: s.end), last)
        sentence = self.sentences[first]
        begin, stop = sentence.start, max(self.sentences[closing].end, end)
        before, text = self.sentences[max(first - 1, 0)], self.document.text
        asked = is_question(text[before.start : before.end])
        leans = first and (asked or _NEEDS_CONTEXT.match(text, begin, stop))
        near = before.end - before.start <= _LONGEST_CONTEXT
        return begin, stop, before.start if leans and near else begin

    def told(self, span: Span) -> Evidence:
        """Return a sentence as it stands, none of its words marked, and without a score."""
        begin, stop, context = self.around(span.start, span.end)
        # No account tells what somebody asks.
        context = begin if is_question(self.document.text[context:begin]) else context
        return Evidence(self.document, begin, stop, context, begin, begin, 0.0)


class Sources:
    """The articles of a library as one question sees them: found, read, each looked up once."""

    def __init__(self, store: Store, embedder: Embedder, reader: Reader, filter: Filter) -> None:
        """Look nothing up yet.

        Args:
            store: where to look.
            embedder: the one whose vectors the store holds.
            reader: what reads.
            filter: which articles to look at.
        """
        self.store, self.embedder, self.reader, self.filter = store, embedder, reader, filter
        self._articles: dict[str, _Article] = {}
        self._sentences: dict[str, tuple[Evidence, ...]] = {}
        self._read: set[tuple[str, int, int]] = set()
        self._readings: dict[tuple[str, tuple[tuple[str, int, int], str]], Reading] = {}

    @property
    def passages_read(self) -> int:
        """How many passages were read."""
        return len(self._read)

    @property
    def coverage(self) -> Coverage:
        """How many articles there are to find something in, and how many passages were read."""
        if self.filter:
            articles = sum(self.store.languages(self.filter).values())
        else:
            articles = self.store.counts().documents
        return Coverage(articles, self.passages_read)

    def within(self, filter: Filter) -> Sources:
        """Return the same library as seen through another filter; what was read is shared."""
        other = copy.copy(self)
        other.filter = filter
        return other

    def find(self, text: str, limit: int) -> list[Hit]:
        """Search for passages, best first, without those of an article that is gone by now."""
        vector = self.embedder.embed([text])[0]
        hits = search(self.store, text, vector, limit, self.filter)
        return [hit for hit in hits if self._article(hit.document)]

    def read(self, asked: str, hits: Sequence[Hit], whole: bool = False) -> list[Evidence]:
        """Read passages and return each sentence once, with its best span, likeliest first.

        A span ends with its paragraph or its row of a table, but where it is wanted whole: of a
        list, it may go over several.

        Raises:
            ModelError: the reader failed.
        """
        self._read.update(map(_place, hits))
        hits = _joined(hits)
        leads = [_replied_to(hit, hits) for hit in hits]
        places = [(_place(hit), lead) for hit, lead in zip(hits, leads)]
        # Reading is what takes the time, and a question may come to a passage in several ways.
        unread = [n for n, place in enumerate(places) if (asked, place) not in self._readings]
        told = [Passage(leads[n] + hits[n].chunk.text, hits[n].document.title) for n in unread]
        for n, reading in zip(unread, self.reader.read(asked, told)):
            self._readings[asked, places[n]] = reading
        found: dict[tuple[str, int], Evidence] = {}
        for hit, lead, read_at in zip(hits, leads, places):
            article = self._articles[hit.document.id]
            shift = hit.chunk.start - len(lead)
            for span in self._readings[asked, read_at].spans:
                start, end = shift + span.start, shift + span.end
                if start < hit.chunk.start:
                    continue  # Of the message that is replied to, which is read by itself, too.
                if not whole:
                    end = start + len(_BREAK.split(hit.document.text[start:end])[0].rstrip())
                begin, stop, context = article.around(start, end)
                sentence = hit.document.text[begin:stop]
                if is_question(sentence) or is_planted(sentence):
                    continue  # What somebody asks in an article is no answer.
                place = (hit.document.id, begin)
                if place not in found or found[place].score < span.score:
                    found[place] = Evidence(
                        hit.document, begin, stop, context, start, end, span.score
                    )
        return _likeliest_first(found.values())

    def spans(self, asked: str, texts: Sequence[str]) -> list[SpanScore | None]:
        """Return what of each of a few texts, read alone, answers a question best, if anything.

        Raises:
            ModelError: the reader failed.
        """
        readings = self.reader.read(asked, [Passage(text, "") for text in texts])
        return [read.spans[0] if read.spans else None for read in readings]

    def sentences(self, document: Document) -> tuple[Evidence, ...]:
        """Return all sentences of an article, none if it is gone, without a span and a score."""
        if document.id not in self._sentences:
            article = self._article(document)
            told = map(article.told, article.sentences) if article else ()
            kept = tuple(sentence for sentence in told if not is_planted(sentence.text))
            self._sentences[document.id] = kept
        return self._sentences[document.id]

    def passage(self, hit: Hit) -> list[Evidence]:
        """Return the sentences of an article that begin in a passage, which counts as read."""
        self._read.add(_place(hit))
        _, start, end = _place(hit)
        return [one for one in self.sentences(hit.document) if start <= one.start < end]

    def article(self, document: Document) -> tuple[Evidence, ...]:
        """Return all sentences of an article, each of which counts as read."""
        found = self.sentences(document)
        self._read.update((document.id, one.start, one.end) for one in found)
        return found

    def after(self, evidence: Evidence) -> Evidence | None:
        """Return the sentence that follows one in its article, if it is one and no heading."""
        later = (one for one in self.sentences(evidence.document) if one.start >= evidence.end)
        following = next(later, None)
        return following if following and is_statement(following.text) else None

    def _article(self, document: Document) -> _Article | None:
        if document.id not in self._articles:
            # One that another process has just removed is left out.
            with contextlib.suppress(NotFoundError):
                spans = _rows_apart(document.text, self.store.sentences(document.id))
                self._articles[document.id] = _Article(document, spans)
        return self._articles.get(document.id)


def _rows_apart(text: str, sentences: Iterable[Span]) -> tuple[Span, ...]:
    """Return sentences, each row of a table by itself: lines that wrap may be rows too."""
    found: list[Span] = []
    for sentence in sentences:
        told = text[sentence.start : sentence.end]
        if CELLS not in told:
            found.append(sentence)
            continue
        start = sentence.start
        for line in told.splitlines(keepends=True):
            if row := line.strip():
                begin = start + line.index(row[0])
                found.append(Span(begin, begin + len(row)))
            start += len(line)
    return tuple(found)


def _joined(hits: Sequence[Hit]) -> list[Hit]:
    """Return passages that follow each other in an article as one, in the place of the better.

    What a sentence leans on, and what it is not the answer beside, often stands in the next.
    """
    found: list[Hit] = []
    for hit in hits:
        for place, other in enumerate(found):
            if hit.chunk.document_id != other.chunk.document_id:
                continue
            text = hit.document.text
            first, last = sorted((other.chunk, hit.chunk), key=lambda chunk: chunk.start)
            follows = first.end <= last.start and not text[first.end : last.start].strip()
            if follows and last.end - first.start <= _LONGEST_READ:
                whole = replace(first, end=last.end, text=text[first.start : last.end])
                found[place] = replace(other, chunk=whole)
                break
        else:
            found.append(hit)
    return found


def _replied_to(reply: Hit, hits: Sequence[Hit]) -> str:
    """Return what a reply answers, if the search found that, too: an earlier text on its subject.

    "No, it keeps it" answers only beside what was asked (bench/RESULTS.md).
    """
    document = reply.document
    if not (mark := _REPLY.match(document.title)):
        return ""
    subject = document.title[mark.end() :].casefold()
    for hit in hits:
        title = hit.document.title
        mark = _REPLY.match(title)
        if title[mark.end() if mark else 0 :].casefold() != subject or hit.document == document:
            continue
        is_earlier = (hit.document.published or date.max) <= (document.published or date.max)
        if is_earlier and len(hit.chunk.text) + len(reply.chunk.text) <= _LONGEST_READ:
            return f"{hit.chunk.text}\n\n"
    return ""


def _place(hit: Hit) -> tuple[str, int, int]:
    return hit.chunk.document_id, hit.chunk.start, hit.chunk.end


def seek_evidence(
    question: Question, sources: Sources, passages: int
) -> Generator[Stage, None, tuple[Evidence, ...]]:
    """Search the library, read what is found, and return its sentences, likeliest first.

    Yields a stage before each step that takes its time.

    Args:
        question: what is searched for, and what is asked of each passage.
        sources: where to look, and what reads.
        passages: how many the search finds.

    Raises:
        ModelError: a model failed.
    """
    yield Stage("searching", f"searching {sources.store.counts().chunks:,} passages")
    hits = sources.find(question.text, passages)
    if question.near and question.before:
        both = sources.find(f"{question.before} {question.text}", passages)
        first = [hit for hit in both if hit.document.id in question.near][:_FIRST]
        places = {_place(hit) for hit in first}
        hits = first + [hit for hit in hits if _place(hit) not in places]
    if hits:
        yield Stage("reading", f"reading {counted(len(hits[:_FIRST]), 'passage')}")
    found = sources.read(question.asked, hits[:_FIRST])
    if (found[0].score if found else NOTHING) < _SURE:
        others = hits[_FIRST:]
    else:
        seen = {hit.document.id for hit in hits[:_FIRST]}
        others = []
        for hit in hits[_FIRST:]:
            if hit.document.id not in seen and hit.score >= _RIVAL * hits[0].score:
                seen.add(hit.document.id)
                others.append(hit)
    if others:
        yield Stage("reading", f"reading {counted(len(others), 'more passage')}")
    best: dict[tuple[str, int], Evidence] = {}
    # Equal ones keep the order of the passages, so that the same question finds the same.
    for evidence in _likeliest_first([*found, *sources.read(question.asked, others)]):
        best.setdefault((evidence.document.id, evidence.start), evidence)
    return tuple(best.values())


def find_evidence(question: Question, sources: Sources, passages: int) -> tuple[Evidence, ...]:
    """Return what the reader makes of what a search finds, likeliest first; see `seek_evidence`."""
    seeking = seek_evidence(question, sources, passages)
    while True:
        try:
            next(seeking)
        except StopIteration as end:
            found: tuple[Evidence, ...] = end.value
            return found


def _likeliest_first(found: Iterable[Evidence]) -> list[Evidence]:
    return sorted(found, key=lambda evidence: -evidence.score)
