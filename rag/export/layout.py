"""Lays out an answer for every form in which it is taken along: leads, paragraphs, notes.

Works on what `rag.types.Answer.to_json` returns, also of before some of its fields were known.
Knows no form, and escapes nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from rag.types import day_in_words

__all__ = ["AnswerLayout", "ClaimLayout", "Note", "ParagraphLayout", "Piece", "layout", "marked"]

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Note:
    """A quote, and what is known of its article; each field is empty where it is not known."""

    number: int
    quote: str
    title: str
    source: str
    author: str
    day: str
    """When it was published, in words that no reader takes for another day: 4 January 2019."""
    place: str
    """The page, or the time in a recording, at which it begins."""
    url: str

    @property
    def origin(self) -> str:
        """Where the quote is from, without the address: "Lima Group, BBC, 4 January 2019"."""
        known = [self.title, self.source, self.author, self.day, self.place]
        return ", ".join(part for part in known if part) or "an article without a title"

    @property
    def link(self) -> str:
        """The address, if it is one that a click may safely open."""
        return self.url if self.url.lower().startswith(("http://", "https://")) else ""


class Piece(NamedTuple):
    """Words of a claim, those that answer apart; or the day that "on Thursday" before it means.

    That, as " [10 January 2019]", is none of the article's words.
    """

    text: str
    kind: Literal["", "answer", "day"] = ""


@dataclass(frozen=True, slots=True)
class ClaimLayout:
    """A claim: who says it, its text in pieces, and its notes."""

    said: str
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ParagraphLayout:
    """Points that stand together, perhaps below a heading."""

    heading: str
    points: tuple[ClaimLayout, ...]


@dataclass(frozen=True, slots=True)
class AnswerLayout:
    """An answer, or a refusal with what came nearest."""

    question: str
    searched: str
    """As it was searched for, where that is not the question."""
    leads: tuple[str, ...]
    """Lines of their own: what stands before the points; all that a refusal or a courtesy says."""
    paragraphs: tuple[ParagraphLayout, ...]
    notes: tuple[Note, ...]
    """The quotes of the points, each once, by number."""
    nearest: tuple[Note, ...]
    """Of a refusal: passages that do not answer the question."""
    looked_at: str
    """Of a refusal: what was searched and read, in words."""


def layout(answer: dict[str, Any]) -> AnswerLayout:
    """Return how an answer is laid out.

    Args:
        answer: as `rag.types.Answer.to_json` returns it.
    """
    notes = tuple(_note(citation) for citation in answer["citations"])
    points = not answer["refused"] and bool(answer["claims"])
    leads = [answer.get("lead") or "", "" if points else answer["text"]]
    return AnswerLayout(
        question=answer["question"],
        searched=answer["searched"] if answer["searched"] != answer["question"] else "",
        leads=tuple(dict.fromkeys(_line(lead) for lead in leads if lead)),
        paragraphs=tuple(_paragraphs(answer, notes)) if points else (),
        notes=notes if points else (),
        nearest=tuple(_note(citation) for citation in answer["nearest"]),
        # Conversations of before it was told lack it.
        looked_at=_line((answer.get("coverage") or {}).get("told") or "") * answer["refused"],
    )


def marked(claim: dict[str, Any]) -> tuple[Piece, ...]:
    """Return the text of a claim in pieces, with the days that are explained in it.

    Args:
        claim: as `rag.types.Claim.to_json` returns it; those of before answers were marked, or
            days explained, lack these.
    """
    text: str = claim["text"]
    answer = claim.get("answer")
    begin, end = _place(text, answer["at"], _line(answer["text"])) if answer else (0, 0)
    days = {}
    for told in claim.get("days", ()):
        _, close = _place(text, told["at"], told["text"])
        days[close] = Piece(f" [{_day(told['day'])}]", "day")
    pieces = []
    for start, stop in itertools.pairwise(sorted({0, begin, end, *days, len(text)})):
        pieces.append(Piece(text[start:stop], "answer" if begin <= start < end else ""))
        if stop in days:
            pieces.append(days[stop])
    return tuple(pieces)


def _place(text: str, start: int, words: str) -> tuple[int, int]:
    """Return where words begin and end in a text; the beginning twice if they are not there."""
    end = start + len(words)
    return (start, end) if text[start:end] == words else (0, 0)


def _paragraphs(answer: dict[str, Any], notes: Sequence[Note]) -> list[ParagraphLayout]:
    """Return the claims as one paragraph; sides and points each as one, below their heading."""
    by_number = {note.number: note for note in notes}
    found = []
    headed = itertools.groupby(answer["claims"], lambda claim: _line(claim.get("heading") or ""))
    for heading, claims in headed:
        points = [_point(claim, by_number) for claim in claims]
        listed = answer["disagreement"] or answer.get("lead")
        apart = [[point] for point in points] if listed else [points]
        for first, together in enumerate(apart):
            found.append(ParagraphLayout("" if first else heading, tuple(together)))
    return found


def _point(claim: dict[str, Any], notes: Mapping[int, Note]) -> ClaimLayout:
    pieces = tuple(Piece(_SPACES.sub(" ", piece.text), piece.kind) for piece in marked(claim))
    cited = tuple(notes[number] for number in dict.fromkeys(claim["citations"]))
    return ClaimLayout(_line(claim["attribution"]), pieces, cited)


def _note(citation: dict[str, Any]) -> Note:
    document = citation["document"]
    # Conversations of before they were known have neither.
    page, time = citation.get("page"), citation.get("time")
    return Note(
        number=citation["number"],
        quote=_line(citation["quote"]),
        title=_line(document["title"]),
        source=_line(document["source"] or ""),
        author=_line(document.get("author") or ""),
        day=_day(document["published"]),
        place=f"page {page}" if page else f"at {time}" if time else "",
        url=_line(document["url"] or ""),
    )


def _day(published: str | None) -> str:
    return day_in_words(date.fromisoformat(published)) if published else ""


def _line(text: str) -> str:
    return " ".join(text.split())
