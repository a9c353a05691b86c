"""Writes answers and conversations as one web page that needs nothing else.

No script, no other file; every text is escaped, and the page's own policy forbids it to load
anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

from rag.export.layout import layout

__all__ = ["conversation_html"]


def conversation_html(title: str, answers: Sequence[dict[str, Any]]) -> str:
    """Return a conversation as a page: each question a heading, its answer and notes below it.

    Args:
        title: empty for a single answer.
        answers: oldest first, each as `rag.types.Answer.to_json` returns it.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = resources.files("rag.export").joinpath("page.html").read_text(encoding="utf-8")
    answered = [layout(answer) for answer in answers]
    named = title or (answered[0].question if answered else "")
    return environment.from_string(page).render(title=title, named=named, answers=answered)
