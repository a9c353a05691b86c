"""Small real parts for tests of the whole path: readers, articles, and what is promised."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from fakes import HashEmbedder
from index.embed.embedder import Embedder
from index.ingest import index_document
from index.sqlite import SqliteStore
from index.store import Store
from index.text.sentences import split_sentences
from index.types import Document, Filter
from rag.answer.evidence import Sources
from rag.answer.turn import answer_turn
from rag.english.names import missing_names
from rag.english.numbers import numbers
from rag.english.vocabulary import content_stems, words
from rag.language_model import Generation, LanguageModel, Prompt
from rag.parts import Parts
from rag.reader import Passage, Reader, Reading, SpanScore
from rag.settings import Settings
from rag.types import Answer, Evidence, Kind

LONG = (
    "Canada and a dozen Latin American governments urged Nicolás Maduro on Friday not to be "
    "sworn in for a second term, after two days of talks behind closed doors in the capital of "
    "Peru, where their foreign ministers found that the vote held in May of the year before had "
    "been neither free nor fair, and where those who spoke to reporters on the way out said that "
    "embassies would be reduced to a handful of people, that loans and sales of arms would be held "
    "back, that officers and ministers would be turned away at airports, and that all of this had "
    "been weighed for months in one capital after another before the text was read aloud."
)
"""A sentence of the usual length of a wire story's first, and half as long again."""
LIMA = Document(
    text=f"{LONG} They asked him to hand his powers to the National Assembly.\n\n"
    "Mexico took part in the meeting but did not sign. "
    "Peru's foreign minister, Néstor Popolizio, read the text to reporters.",
    title="Lima Group speaks up",
    source="Harbour Wire",
    published=date(2019, 1, 4),
)
MIGRATION = Document(
    text="About 2,300,000 people have left Venezuela since 2015, the United Nations said. "
    "Colombia has taken in more than any other country.",
    title="Millions leave",
    source="Andean Courier",
    published=date(2018, 11, 8),
)
BRIDGE = Document(
    text="The Morandi bridge in Genoa collapsed during a storm and 43 people died. "
    "It carried a motorway over a river, a railway, and houses.",
    title="Bridge falls in Genoa",
    source="Harbour Wire",
)
ARTICLES = (LIMA, MIGRATION, BRIDGE)
URGED = "Canada and a dozen Latin American governments urged Maduro not to be sworn in."
WHO_URGED = "Who urged Maduro not to be sworn in?"


class ScriptedModel:
    """Says what it was told to: the replies in turn, the last one again and again.

    An exception among them is raised after half a sentence.
    """

    name = "scripted"

    def __init__(self, *replies: str | Exception, truncated: bool = False) -> None:
        self.replies = list(replies)
        self.truncated = truncated
        self.prompts: list[Prompt] = []
        self.closed = False
        self._turn = threading.Lock()

    def reply(self, prompt: Prompt) -> str | Exception:
        with self._turn:
            self.prompts.append(prompt)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        reply = self.reply(prompt)
        if isinstance(reply, Exception):
            yield "Canada and"
            raise reply
        pieces = [reply[start : start + 7] for start in range(0, len(reply), 7)]
        yield from pieces
        tokens = len((prompt.fixed + prompt.variable).split())
        yield Generation(tokens, min(len(pieces), max_tokens), self.truncated)

    def close(self) -> None:
        self.closed = True


class WordReader:
    """Marks in each sentence the longest run of words that the question does not have.

    The score is -20 where a sentence has no content word of the question and +20 where it has
    all: far from every threshold at both ends. What is read is kept, call by call.
    """

    name = "words"

    def __init__(self, shift: float = 0.0) -> None:
        self.shift = shift
        """Added to every score: a large one answers everything, or nothing."""
        self.calls: list[tuple[str, list[Passage]]] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.calls.append((question, list(passages)))
        return [self._reading(question, passage.text) for passage in passages]

    def _reading(self, question: str, text: str) -> Reading:
        asked, stems = set(words(question)), content_stems(question).keys()
        spans = []
        for sentence in split_sentences(text):
            told = text[sentence.start : sentence.end]
            share = len(stems & content_stems(told).keys()) / max(len(stems), 1)
            start, end = _longest_run(told, asked)
            at = sentence.start
            spans.append(SpanScore(at + start, at + end, 40 * share - 20 + self.shift))
        return Reading(tuple(sorted(spans, key=lambda span: -span.score)[:8]))


def _longest_run(sentence: str, without: set[str]) -> tuple[int, int]:
    runs: list[list[re.Match[str]]] = [[]]
    for token in re.finditer(r"\S+", sentence):
        spoken = words(token.group())
        if not spoken or not without.isdisjoint(spoken):
            runs.append([])
        else:
            runs[-1].append(token)
    longest = max(runs, key=len)
    return (longest[0].start(), longest[-1].end()) if longest else (0, len(sentence))


class MarkingReader:
    """Marks the phrases that it was told, each with its score, wherever they occur.

    It calls none of them a correction of what was published before.
    """

    name = "marks"

    def __init__(self, **scores: float) -> None:
        self.scores = {phrase.replace("_", " "): score for phrase, score in scores.items()}
        self.calls: list[list[str]] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.calls.append([passage.text for passage in passages])
        if "earlier version" in question:
            return [Reading(()) for _ in passages]
        return [self._reading(passage.text) for passage in passages]

    def _reading(self, text: str) -> Reading:
        spans = [
            SpanScore(found.start(), found.end(), score)
            for phrase, score in self.scores.items()
            if (found := re.search(re.escape(phrase).replace("\\ ", r"\s+"), text))
        ]
        return Reading(tuple(sorted(spans, key=lambda span: -span.score)))


def settings(folder: Path, **changes: object) -> Settings:
    """Settings with everything in a folder."""
    made = Settings(home=folder / "home", models=folder / "models")
    return replace(made, **changes)  # type: ignore[arg-type]


def parts_of(store: Store, embedder: Embedder) -> Parts:
    """A library and its embedder, as they are handed to what adds to it."""
    return Parts(settings(Path("unused")), store=store, embedder=embedder)


def filled_store(home: Path, *articles: Document) -> SqliteStore:
    """A real library that holds the articles."""
    embedder = HashEmbedder()
    store = SqliteStore(home, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
    for article in articles:
        store.replace_documents([index_document(article, embedder)])
    return store


def no_model() -> LanguageModel:
    """Stand for the language model where none may be asked."""
    raise AssertionError("a model was asked for")


def answer_to(
    store: Store,
    question: str,
    reader: Reader | None = None,
    filter: Filter = Filter(),
    *,
    kind: Kind | None = None,
    today: date | None = None,
) -> Answer:
    """The answer to a question, without a language model; the promises are kept."""
    *_, answer = answer_turn(
        question,
        [],
        Sources(store, HashEmbedder(), reader or WordReader(), filter),
        no_model,
        settings(Path("/none")),
        today=today,
        kind=kind,
    )
    assert isinstance(answer, Answer)
    check_promises(answer)
    return answer


def found(
    document: Document,
    sentence: str,
    answer: str,
    *,
    score: float = 10.0,
    context: str = "",
) -> Evidence:
    """The evidence that a sentence of an article is, perhaps with the one before it."""
    start = document.text.index(sentence)
    before = document.text.index(context) if context else start
    at = document.text.index(answer, start)
    end, close = start + len(sentence), at + len(answer)
    return Evidence(document, start, end, before, at, close, score)


def check_promises(answer: Answer) -> None:
    """Assert what every answer promises, whatever the model wrote: exact, cited, checked."""
    for citation in (*answer.citations, *answer.nearest):
        assert 0 <= citation.start < citation.end <= len(citation.document.text)
        assert citation.document.text[citation.start : citation.end] == citation.quote
    assert sorted(c.number for c in answer.citations) == list(range(1, 1 + len(answer.citations)))
    spans = {(c.document.id, c.start, c.end) for c in answer.citations}
    assert len(spans) == len(answer.citations)
    assert answer.refused == (not answer.claims and not answer.lead)
    assert bool(answer.reason) == answer.refused
    for claim in answer.claims:
        assert claim.citations
        assert claim.text in answer.text
        quotes = " ".join(citation.quote for citation in claim.citations)
        assert numbers(claim.text) <= numbers(quotes)
        # The first word has a capital whether it is a name or not.
        lowered = claim.text[0].lower() + claim.text[1:]
        assert not (missing_names(claim.text, quotes) and missing_names(lowered, quotes))
        if claim.verbatim:
            # Those of other articles say the same in their own words.
            first = claim.citations[0].document
            own = " ".join(c.quote for c in claim.citations if c.document == first)
            assert claim.text == " ".join(own.split())
        assert "".join(claim.pieces) == claim.text
        if claim.answer is not None:
            first = claim.citations[0].document
            held, last = claim.answer, [c for c in claim.citations if c.document == first][-1]
            assert (held.number, held.document) == (last.number, last.document)
            assert last.start <= held.start < held.end <= last.end
            assert claim.pieces[1] == " ".join(held.quote.split())
