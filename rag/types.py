"""The values that flow from a question to a checked answer.

Frozen; offsets are as in `index.types`. The promise that all of it rests on:
for every citation, `citation.document.text[citation.start:citation.end] == citation.quote`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from index.corrections import corrected_fields
from index.scanned import UNSURE
from index.types import Document, Filter

__all__ = [
    "Answer",
    "Citation",
    "Claim",
    "Coverage",
    "DayMeant",
    "Delta",
    "Disagreement",
    "Evidence",
    "Kind",
    "Question",
    "Reason",
    "Stage",
    "Timing",
    "counted",
    "day_in_words",
    "document_json",
]

Reason = Literal["", "empty library", "nothing matches the filters", "not in the articles"]

Disagreement = Literal["", "conflict", "several answers"]
"""Whether articles contradict each other, or answer of different things that bear one name."""

Kind = Literal["fact", "summary", "timeline", "comparison", "list", "count"]
"""What a question asks for. All but a fact are accounts, which are told in several points."""


def day_in_words(day: date | None) -> str:
    """Return a day that no reader takes for another: 4 January 2019; "undated" for None."""
    return f"{day.day} {day:%B %Y}" if day else "undated"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, read once: what to search for, and what to ask of each passage."""

    text: str
    """What is searched for: a follow-up stands on its own, or has the question that it leans on
    before it."""
    asked: str
    """What the passages are asked: the last question alone."""
    several: bool = False
    """Whether it asks for more than one sentence: how, why, what happened."""
    kind: Kind = "fact"
    happened: tuple[date | None, date | None] = (None, None)
    """The first and the last of the days that it asks of; None where it is open."""
    told: tuple[Citation, ...] = ()
    """What was given for an answer just now: not to be given again where anything else answers."""
    near: frozenset[str] = frozenset()
    """Ids of the articles that the last answer cited, where the question may go on from it: they
    are preferred where they answer nearly as surely as others."""
    before: str = ""
    """The question before, where this one may go on from it and is searched for alone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of an article, `document.text[start:end]`, and the answer that it may hold."""

    document: Document
    start: int
    end: int
    context_start: int
    """Where to begin reading to understand it: its own start, or that of the sentence before."""
    answer_start: int
    answer_end: int
    """Where the words are that answer; the same twice where the sentence as a whole is told."""
    score: float
    """How surely it answers, by the reader: its z; higher is better. In an account, how much it
    is worth telling."""

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.document.text[self.start : self.end]

    @property
    def told(self) -> str:
        """The sentence after those that it needs."""
        return self.document.text[self.context_start : self.end]

    @property
    def answer(self) -> str:
        """The words of it that are the answer."""
        return self.document.text[self.answer_start : self.answer_end]


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact span of an article that supports a claim."""

    number: int
    """Counted from 1 within one answer; the same span has the same number."""
    document: Document
    start: int
    end: int
    lacking: tuple[str, ...] = ()
    """Of what came nearest to an answer: words of the question that neither it nor the title of
    its article has, as a hint why it does not answer."""

    @property
    def quote(self) -> str:
        """The words of the article, to the letter."""
        return self.document.text[self.start : self.end]

    @property
    def page(self) -> int | None:
        """The page on which the quote begins, from 1; None where the article has no pages."""
        return self.document.page_at(self.start)

    @property
    def time(self) -> str:
        """The time code above the quote, as in `1:02:05`; empty where the article has none."""
        return self.document.time_at(self.start)

    @property
    def certainty(self) -> float | None:
        """How surely OCR read the least sure of its lines, 0 to 1; None where it read none."""
        lines = self.document.lines_at(self.start, self.end)
        return min((line.certainty for line in lines), default=None)

    @property
    def unsure(self) -> bool:
        """Whether it is to be compared with the page before it is believed."""
        return self.certainty is not None and self.certainty < UNSURE

    def to_json(self) -> dict[str, Any]:
        """Return the citation as JSON types; the article without its text."""
        return {
            "number": self.number,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "page": self.page,
            "time": self.time or None,
            "certainty": None if self.certainty is None else round(self.certainty, 3),
            "unsure": self.unsure,
            "lacking": list(self.lacking),
            "document": document_json(self.document),
        }


def document_json(document: Document) -> dict[str, Any]:
    """Return what is said of an article as JSON types, without its text."""
    return {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "author": document.author,
        "published": document.published.isoformat() if document.published else None,
        "url": document.url,
        "path": document.path,
        "part": document.part,
        "language": document.language,
        "tags": list(document.tags),
        "corrected": {name: _json_of(value) for name, value in corrected_fields(document).items()},
    }


def _json_of(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class DayMeant:
    """Words of a claim that mean a day only beside the date of their article: "on Thursday"."""

    at: int
    """Where they begin in the claim's text."""
    text: str
    day: date


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with the spans that support it. It passed every check."""

    text: str
    citations: tuple[Citation, ...]
    verbatim: bool = False
    """Whether the claim is an article's own words, with white space folded."""
    attribution: str = ""
    """Who says it, to be read before it: "Harbour Wire, 4 January 2019". Empty where the claim
    says so itself or all articles agree."""
    heading: str = ""
    """What stands above it, once for all that follow one another under the same: the day in a
    timeline, the side of a comparison."""
    when: date | None = None
    """The day of what it tells, in a timeline."""
    reasons: tuple[str, ...] = ()
    """What was checked and found, each in a few words."""
    answer: Citation | None = None
    """The very words that answer, within the last citation of its own sentence and under its
    number, before those of other articles that say the same; None where it is not told by one
    span."""
    answer_at: int = 0
    """Where those words begin in `text`, white space folded in both."""
    days: tuple[DayMeant, ...] = ()
    """What "on Thursday" in it means; nothing that is not certain, see `rag.english.days_told`."""

    @property
    def pieces(self) -> tuple[str, str, str]:
        """The text before the words that answer, these words, and the text after them."""
        if self.answer is None:
            return self.text, "", ""
        words = " ".join(self.answer.quote.split())
        end = self.answer_at + len(words)
        return self.text[: self.answer_at], self.text[self.answer_at : end], self.text[end:]

    def to_json(self) -> dict[str, Any]:
        """Return the claim as JSON types, its citations by their numbers."""
        answer = self.answer
        return {
            "text": self.text,
            "reasons": list(self.reasons),
            "answer": answer
            and {
                "text": answer.quote,
                "start": answer.start,
                "end": answer.end,
                "citation": answer.number,
                "at": self.answer_at,
            },
            "days": [
                {"at": told.at, "text": told.text, "day": told.day.isoformat()}
                for told in self.days
            ],
            "verbatim": self.verbatim,
            "attribution": self.attribution,
            "heading": self.heading,
            "when": self.when.isoformat() if self.when else None,
            "citations": [citation.number for citation in self.citations],
        }

    @property
    def told(self) -> str:
        """The text after its attribution, if it has one."""
        return f"{self.attribution}: {self.text}" if self.attribution else self.text


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time of one answer went, in seconds, and what the model read and wrote.

    `retrieval` is searching and reading.
    """

    retrieval: float = 0.0
    generation: float = 0.0
    total: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at for an answer, so that a reader knows what it can have missed."""

    articles: int = 0
    """Articles that the filter admits."""
    passages: int = 0
    """Passages, or sentences, that were read."""
    complete: bool = False
    """Whether all that could belong to the answer was read, as a count must say."""
    filter: Filter = Filter()
    """Of a refusal: which articles were looked at."""
    unread_files: int = 0
    """Of a refusal: files of the library that could not be read, or only in part."""
    languages: tuple[tuple[str, int], ...] = ()
    """Of a refusal: of these articles, how many are in which language that is not understood, by
    its tag, most first."""

    @property
    def told(self) -> str:
        """A few sentences that say so; empty where there is nothing to say."""
        read = f" and read {counted(self.passages, 'passage')}" if self.passages else ""
        within = _filter_in_words(self.filter)
        told = []
        if read or within:
            told.append(f"Searched {counted(self.articles, 'article')}{within}{read}.")
        if self.unread_files:
            files = counted(self.unread_files, "file")
            told.append(f"{files} could not be read, or not all of it: see ask doctor.")
        if self.languages:
            number = sum(count for _, count in self.languages)
            names = [_language_in_words(tag) for tag, _ in self.languages]
            among = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
            told.append(
                f"{number:,} of {counted(self.articles, 'article')} "
                f"{'is' if number == 1 else 'are'} in {among}, "
                f"which {'is' if len(names) == 1 else 'are'} not understood."
            )
        return " ".join(told)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "told": self.told,
            "articles": self.articles,
            "passages": self.passages,
            "complete": self.complete,
            "unread_files": self.unread_files,
            "languages": dict(self.languages),
        }


def _language_in_words(tag: str) -> str:
    from babel import Locale  # Late: few answers name a language.

    return str(Locale("en").languages.get(tag, f"“{tag}”"))


def counted(number: int, what: str) -> str:
    """Return a number of things: 1 article, 1,204 articles."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _filter_in_words(filter: Filter) -> str:
    """Return a filter as in " of BBC or Reuters, from 4 January 2019"; empty for none."""
    days = [
        f"{word} {day_in_words(day)}"
        for word, day in (("from", filter.after), ("up to", filter.before))
        if day
    ]
    of = f" of {' or '.join(filter.sources)}" if filter.sources else ""
    of += f" by {' or '.join(filter.authors)}" if filter.authors else ""
    of += f" tagged {' or '.join(filter.tags)}" if filter.tags else ""
    return f"{of}{',' if of and days else ''}{' ' if days else ''}{' '.join(days)}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a question: claims with citations, or a refusal with the nearest passages."""

    question: str
    """As it was asked."""
    searched: str
    """As it was searched for; differs from `question` for a follow-up."""
    text: str
    """The claims, joined, without citation marks; for a refusal a sentence that says so."""
    claims: tuple[Claim, ...] = ()
    kind: Kind = "fact"
    lead: str = ""
    """A line of code's own to be read before the claims, which then stand one below the other:
    "The articles disagree.", "3 of 20 articles mention Unasur."."""
    disagreement: Disagreement = ""
    """If not empty, each claim is a side of its own, newest first, with its attribution."""
    refused: bool = False
    reason: Reason = ""
    """Why it was refused; empty for an answer."""
    nearest: tuple[Citation, ...] = ()
    """For a refusal, the passages that came nearest; they do not answer the question."""
    certainty: float | None = None
    """Probability that the best sentence answers the question, see `rag.answer.refuse`; None where
    nothing was found to judge."""
    filter: Filter = Filter()
    """Which articles were searched, in the end."""
    filter_read: str = ""
    """The words of the question that were read as bounds on the date of publication, or as the
    source or the author whose articles are meant."""
    filter_dropped: bool = False
    """Whether the articles that those words mean did not answer, so that all were searched."""
    coverage: Coverage = Coverage()
    model: str = ""
    timing: Timing = Timing()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by number."""
        return tuple({c.number: c for claim in self.claims for c in claim.citations}.values())

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON types; the format is described in docs/json.md."""
        return {
            "question": self.question,
            "searched": self.searched,
            "refused": self.refused,
            "reason": self.reason,
            "text": self.text,
            "kind": self.kind,
            "lead": self.lead,
            "disagreement": self.disagreement,
            "claims": [claim.to_json() for claim in self.claims],
            "citations": [citation.to_json() for citation in self.citations],
            "nearest": [citation.to_json() for citation in self.nearest],
            "certainty": None if self.certainty is None else round(self.certainty, 3),
            "filter": self.filter.to_json(),
            "filter_read": self.filter_read,
            "filter_dropped": self.filter_dropped,
            "coverage": self.coverage.to_json(),
            "model": self.model,
            "timing": {name: round(taken, 3) for name, taken in asdict(self.timing).items()},
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the work has begun; `detail` is for people, as in "searching 1,204 passages"."""

    name: Literal["searching", "reading", "writing", "checking"]
    detail: str
    found: str = ""
    """Before a model writes: the quotes that answer, which stand if its words do not."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the model's own text, unchecked; an interface may show it as a draft only."""

    text: str
