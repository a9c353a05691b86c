"""Writes answers and conversations in the form that the ending of a file's name asks for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import PurePath
from typing import Any

from index.errors import QuestionError
from rag.export.layout import layout

__all__ = ["ENDINGS", "check_ending", "exported"]

ENDINGS = (".md", ".html", ".docx")


def check_ending(name: str) -> str:
    """Return the ending of a file's name in lower case, which says what the file is to be.

    Raises:
        QuestionError: there is no such form; the message names those that there are.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in ENDINGS:
        known = f"{', '.join(ENDINGS[:-1])}, or {ENDINGS[-1]}"
        raise QuestionError(f"{name} says no form that is known; let it end in {known}")
    return ending


def exported(name: str, title: str, answers: Sequence[dict[str, Any]]) -> bytes:
    """Return the content of a file that holds a conversation.

    Args:
        name: of the file; its ending says the form.
        title: of the conversation; empty for a single answer, whose question is title enough.
        answers: oldest first, each as `rag.types.Answer.to_json` returns it.

    Raises:
        QuestionError: as `check_ending`.
    """
    ending = check_ending(name)
    if ending == ".docx":
        from rag.export.docx import conversation_docx

        return conversation_docx(title, answers)
    if ending == ".html":
        text = _page(title, answers)
    else:
        from rag.export.markdown import conversation_markdown

        text = conversation_markdown(title, answers)
    # A lone surrogate has no UTF-8.
    return text.encode("utf-8", "replace")


def _page(title: str, answers: Sequence[dict[str, Any]]) -> str:
    """Return a conversation as one web page that needs nothing else.

    No script, no other file; every text is escaped, and the page's own policy forbids it to
    load anything.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = resources.files("rag.export").joinpath("page.html").read_text(encoding="utf-8")
    answered = [layout(answer) for answer in answers]
    named = title or (answered[0].question if answered else "")
    return environment.from_string(page).render(title=title, named=named, answers=answered)
