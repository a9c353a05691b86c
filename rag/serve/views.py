"""Turns articles and conversations into what the page draws and what can be taken along.

What the page gets is text and numbers only; it makes every element itself, so that nothing
in an article or a model's answer is ever read as HTML.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from index.types import Document

__all__ = [
    "answer_markdown",
    "answer_view",
    "article_view",
    "conversation_markdown",
    "document_view",
]

_MARKED = "\\`*_{}[]<>#|~!&"


def document_view(document: Document) -> dict[str, Any]:
    """Return what a list shows of an article."""
    return {
        "id": document.id,
        "title": document.title or "Untitled",
        "source": document.source or "",
        "author": document.author or "",
        "published": document.published.isoformat() if document.published else "",
        # Only what a click may safely open.
        "url": document.url if (document.url or "").startswith(("http://", "https://")) else "",
    }


def article_view(
    document: Document,
    spans: Iterable[tuple[int, int, int]] = (),
    current: int = 0,
    kin: Iterable[Document] = (),
    answer: tuple[int, int] = (0, 0),
) -> dict[str, Any]:
    """Return an article cut at its citations: `document_view`, `segments`, and `kin`.

    Joined, the texts of the segments are the text of the article, and the three pieces of a
    segment its text: what stands before the answer, the answer, and what stands after it.

    Args:
        document: the article.
        spans: number, start, and end of each citation of it; they may overlap.
        current: the number of the one that was opened; 0 for none.
        kin: articles that are nearly the same.
        answer: start and end of the words that answer, within the quote that was opened.
    """
    length = len(document.text)
    marks = [(n, s, e) for n, s, e in spans if 0 <= s < e <= length]
    # The one that was opened stays whole: what overlaps it is marked only where it stands out.
    opened = next(((s, e) for n, s, e in marks if n == current), (0, 0))
    cuts = {0, length, *opened}
    for number, start, end in marks:
        if number != current:
            cuts.update(cut for cut in (start, end) if not opened[0] < cut < opened[1])
    edges = sorted(cuts)
    segments = []
    for start, end in itertools.pairwise(edges):
        inside = (start, end) == opened
        number = current if inside else 0
        if not inside:
            number = next((n for n, s, e in marks if n != current and s <= start and end <= e), 0)
        words = answer if inside and start <= answer[0] < answer[1] <= end else (end, end)
        cut = (start, *words, end)
        pieces = [document.text[one:other] for one, other in itertools.pairwise(cut)]
        text = document.text[start:end]
        segments.append({"text": text, "pieces": pieces, "number": number, "current": inside})
    count = len(document.text.split())
    alike = [document_view(other) for other in kin]
    return document_view(document) | {"segments": segments, "words": count, "kin": alike}


def answer_view(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with the text of each claim cut, as `pieces`, at the words that answer.

    Args:
        answer: as `rag.types.Answer.to_json` returns it.
    """
    return answer | {"claims": [claim | {"pieces": _pieces(claim)} for claim in answer["claims"]]}


def answer_markdown(answer: dict[str, Any]) -> str:
    """Return an answer with its citations below it, as Markdown.

    Args:
        answer: as `rag.types.Answer.to_json` returns it.
    """
    if answer["refused"]:
        lines = [_escaped(answer["text"])]
        if answer["nearest"]:
            lines += ["", "Nearest passages, which do not answer it:", ""]
            lines += [_reference(citation) for citation in answer["nearest"]]
        return "\n".join(lines)
    if not answer["claims"]:  # A courtesy, or a count of none.
        return _escaped(answer["text"])
    lead = answer.get("lead", "")  # Conversations of before accounts have none.
    parts, above = [_escaped(lead)], ""
    for claim in answer["claims"]:
        if (heading := claim.get("heading", "")) and heading != above:
            parts.append(f"**{_escaped(heading)}**")
        above = heading
        said = f"{_escaped(claim['attribution'])}: " if claim["attribution"] else ""
        marks = "".join(f"[{number}]" for number in claim["citations"])
        parts.append(f"{said}{_bold(*_pieces(claim))} {marks}")
    text = ("\n\n" if lead else " ").join(part for part in parts if part)
    return "\n".join([text, "", *(_reference(citation) for citation in answer["citations"])])


def conversation_markdown(title: str, answers: Sequence[dict[str, Any]]) -> str:
    """Return a conversation as Markdown: each question a heading, its answer below it."""
    parts = [f"# {_escaped(title)}"]
    for answer in answers:
        parts.append(f"## {_escaped(answer['question'])}")
        if answer["searched"] != answer["question"]:
            parts.append(f"Searched for: {_escaped(answer['searched'])}")
        parts.append(answer_markdown(answer))
    return "\n\n".join(parts) + "\n"


def _reference(citation: dict[str, Any]) -> str:
    document = citation["document"]
    named = [document["title"], document["source"], document["published"], document["url"]]
    if citation.get("page"):  # Conversations of before pages were known have none.
        named.append(f"page {citation['page']}")
    about = ", ".join(_escaped(part) for part in named if part) or "an article without a title"
    return f"{citation['number']}. “{_escaped(citation['quote'])}” — {about}"


def _pieces(claim: dict[str, Any]) -> tuple[str, str, str]:
    """Return the text of a claim before the words that answer, these words, and what follows."""
    text: str = claim["text"]
    answer = claim.get("answer")  # Conversations of before answers were marked have none.
    words = " ".join(answer["text"].split()) if answer else ""
    start = answer["at"] if answer else len(text)
    end = start + len(words)
    return (text[:start], words, text[end:]) if text[start:end] == words else (text, "", "")


def _bold(before: str, words: str, after: str) -> str:
    """Return one line of Markdown with the words bold, where it lets them be.

    Two stars between a letter and a punctuation mark are stars; see
    https://spec.commonmark.org/0.31.2/#delimiter-run.
    """
    glued = (before[-1:].isalnum() and not words[:1].isalnum()) or (
        after[:1].isalnum() and not words[-1:].isalnum()
    )
    if not words or glued:
        return _escaped(before + words + after)
    return f"{_marked(before)}**{_marked(words)}**{_marked(after)}"


def _escaped(text: str) -> str:
    """Return text on one line, with nothing in it that Markdown would take for a mark."""
    return _marked(" ".join(text.split()))


def _marked(line: str) -> str:
    return "".join("\\" + letter if letter in _MARKED else letter for letter in line)
