"""Lays a report out as one web page that needs nothing else: no script, no other file.

Every text of an article, a person, or a model is escaped; the page's own policy
forbids it to load anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from importlib import resources

from index.types import Document
from rag.evaluation.report import FAULTS, Report
from rag.types import Claim, day_in_words

__all__ = ["html_page"]


def html_page(report: Report, name: str, when: datetime, remarks: Sequence[str] = ()) -> str:
    """Return the page, with the answers that have faults first and open.

    Args:
        report: what was measured.
        name: what was asked, such as the name of the file.
        when: the time of the run.
        remarks: what a reader should know of it, a line each.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(
        resources.files("rag.evaluation").joinpath("page.html").read_text(encoding="utf-8")
    )
    ordered = report.worst_first
    sections = (
        ("To look at", [result for result in ordered if result.faults], True),
        ("Nothing found wrong", [result for result in ordered if not result.faults], False),
    )
    return template.render(
        report=report,
        name=name,
        when=f"{when.day} {when:%B %Y, %H:%M}",
        model=next((r.answer.model for r in report.results if r.answer.model), ""),
        remarks=remarks,
        sections=sections,
        faults=FAULTS,
        numbers=_numbers,
        marked=_marked,
        origin=_origin,
        link=_link,
    )


def _numbers(claim: Claim) -> list[int]:
    return list(dict.fromkeys(citation.number for citation in claim.citations))


def _marked(text: str, golds: Sequence[str]) -> list[tuple[str, bool]]:
    """Part a text at the gold answers in it.

    >>> _marked("It fell in 1989.", ["1989"])
    [('It fell in ', False), ('1989', True), ('.', False)]
    """
    if not golds:
        return [(text, False)]
    longest_first = sorted(golds, key=len, reverse=True)
    pattern = rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)"
    pieces = re.split(pattern, text, flags=re.IGNORECASE)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]


def _origin(document: Document) -> str:
    day = day_in_words(document.published)
    return ", ".join([document.title or "untitled", document.source or "unknown source", day])


def _link(document: Document) -> str:
    """Return the article's address, if it is one that a browser may follow."""
    url = document.url or ""
    return url if re.match(r"https?://", url, re.IGNORECASE) else ""
