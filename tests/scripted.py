"""Small real parts for tests of the whole path: language models, articles, and what is promised."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from fakes import HashEmbedder
from index.ingest import index_document
from index.sqlite import SqliteStore
from index.types import Document
from rag.english.names import missing_names
from rag.english.numbers import numbers
from rag.language_model import Generation, Prompt
from rag.settings import Settings
from rag.types import Answer, Evidence

LONG = (
    "Canada and a dozen Latin American governments urged Nicolás Maduro on Friday not to be "
    "sworn in for a second term, after two days of talks behind closed doors in the capital of "
    "Peru, where their foreign ministers found that the vote held in May of the year before had "
    "been neither free nor fair, and where those who spoke to reporters on the way out said that "
    "embassies would be reduced to a handful of people, that loans and sales of arms would be held "
    "back, that officers and ministers would be turned away at airports, and that all of this had "
    "been weighed for months in one capital after another before the text was read aloud."
)
"""A sentence far too long to be shown as it is, so that a model's own words may stand for it."""
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

    def count_tokens(self, text: str) -> int:
        return len(text.split())

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
        tokens = self.count_tokens(prompt.fixed + prompt.variable)
        yield Generation(tokens, min(len(pieces), max_tokens), self.truncated)

    def close(self) -> None:
        self.closed = True


class EchoModel(ScriptedModel):
    """Repeats the first note that it is shown."""

    def __init__(self) -> None:
        super().__init__("")

    def reply(self, prompt: Prompt) -> str:
        super().reply(prompt)
        notes = (line[2:] for line in prompt.variable.splitlines() if line.startswith("- "))
        return next(notes, "")  # A prompt without notes asks for something else.


class JudgeModel(ScriptedModel):
    """Says yes to the notes that hold one of its words, no to the others."""

    def __init__(self, *words: str, says: str = "", odds: float = 3.0) -> None:
        super().__init__(says)
        self.words = words
        self.odds = odds
        self.judged: list[tuple[Prompt, tuple[str, ...]]] = []

    def judge(self, prompt: Prompt, endings: Sequence[str]) -> list[float]:
        self.judged.append((prompt, tuple(endings)))
        return [self.odds if any(w in e for w in self.words) else -self.odds for e in endings]

    def read_ahead(self, fixed: str) -> None:
        self.ahead = fixed


def settings(folder: Path, **changes: object) -> Settings:
    """Settings whose least relevance fits the hash embedder, with everything in a folder."""
    made = Settings(home=folder / "home", models=folder / "models", least_relevance=1.0)
    return replace(made, **changes)  # type: ignore[arg-type]


def filled_store(home: Path, *articles: Document) -> SqliteStore:
    """A real library that holds the articles."""
    embedder = HashEmbedder()
    store = SqliteStore.open(home, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
    for article in articles:
        store.replace_documents([index_document(article, embedder)])
    return store


def note(document: Document, sentence: str, *, score: float = 1.0, context: str = "") -> Evidence:
    """The evidence that a sentence of an article is, perhaps with the one before it."""
    start = document.text.index(sentence)
    before = document.text.index(context) if context else start
    return Evidence(document, start, start + len(sentence), score, before)


def check_promises(answer: Answer) -> None:
    """Assert what every answer promises, whatever the model wrote: exact, cited, checked."""
    for citation in (*answer.citations, *answer.nearest):
        assert 0 <= citation.start < citation.end <= len(citation.document.text)
        assert citation.document.text[citation.start : citation.end] == citation.quote
    assert sorted(c.number for c in answer.citations) == list(range(1, 1 + len(answer.citations)))
    spans = {(c.document.id, c.start, c.end) for c in answer.citations}
    assert len(spans) == len(answer.citations)
    assert answer.refused == (not answer.claims)
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
            assert claim.text == " ".join(quotes.split())
