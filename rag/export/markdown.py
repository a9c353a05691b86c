"""Writes answers and conversations as Markdown, in which nothing of theirs is a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rag.export.layout import AnswerLayout, ClaimLayout, Note, Piece, layout

__all__ = ["answer_markdown", "conversation_markdown", "escaped"]

_MARKED = "\\`*_{}[]<>#|~!&"
_LISTS = re.compile(r"^(\d*)([-+.)])(?=[\s-]|$)")


def answer_markdown(answer: dict[str, Any]) -> str:
    """Return an answer with its citations below it, without its question, as Markdown.

    Args:
        answer: as `rag.types.Answer.to_json` returns it.
    """
    return _markdown(layout(answer), "###")


def conversation_markdown(title: str, answers: Sequence[dict[str, Any]]) -> str:
    """Return a conversation as Markdown: each question a heading, its answer below it.

    Args:
        title: empty for a single answer.
        answers: oldest first, each as `rag.types.Answer.to_json` returns it.
    """
    parts = [f"# {escaped(title)}"] if title else []
    level = "##" if title else "#"
    for answer in map(layout, answers):
        parts.append(f"{level} {escaped(answer.question)}")
        if answer.searched:
            parts.append(f"Searched for: {escaped(answer.searched)}")
        parts.append(_markdown(answer, f"{level}#"))
    return "\n\n".join(parts) + "\n"


def _markdown(answer: AnswerLayout, level: str) -> str:
    parts = [_begun(escaped(lead)) for lead in answer.leads]
    for paragraph in answer.paragraphs:
        if paragraph.heading:
            parts.append(f"{level} {escaped(paragraph.heading)}")
        parts.append(_begun(" ".join(map(_point, paragraph.points))))
    if answer.nearest:
        parts.append("Nearest passages, which do not answer it:")
    notes = answer.notes or answer.nearest
    if notes:
        parts.append("\n".join(_reference(note) for note in notes))
    if answer.looked_at:
        parts.append(escaped(answer.looked_at))
    return "\n\n".join(parts)


def _begun(paragraph: str) -> str:
    """Return a paragraph that begins no list, as "1984. " and "- " would, and no line across."""
    return _LISTS.sub(r"\1\\\2", paragraph)


def _point(point: ClaimLayout) -> str:
    said = f"{escaped(point.said)}: " if point.said else ""
    marks = "".join(f"[{note.number}]" for note in point.notes)
    return f"{said}{''.join(_told(point.pieces)).strip()} {marks}".rstrip()


def _reference(note: Note) -> str:
    about = ", ".join(escaped(part) for part in (note.origin, note.url) if part)
    return f"{note.number}. “{escaped(note.quote)}” — {about}"


def _told(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield the pieces of one line of Markdown, the words that answer bold, where it lets them be.

    Two stars between a letter and a punctuation mark are stars; see
    https://spec.commonmark.org/0.31.2/#delimiter-run.
    """
    for place, (text, kind) in enumerate(pieces):
        before = pieces[place - 1].text[-1:] if place else ""
        after = pieces[place + 1].text[:1] if place + 1 < len(pieces) else ""
        glued = (before.isalnum() and not text.lstrip()[:1].isalnum()) or (
            after.isalnum() and not text[-1:].isalnum()
        )
        if kind == "answer" and not glued:
            space = " " if text.startswith(" ") else ""  # After a day that is explained.
            yield f"{space}**{_marked(text.strip())}**"
        else:
            yield _marked(text)


def escaped(text: str) -> str:
    """Return text on one line, with nothing in it that Markdown would take for a mark."""
    return _marked(" ".join(text.split()))


def _marked(line: str) -> str:
    return "".join("\\" + letter if letter in _MARKED else letter for letter in line)
