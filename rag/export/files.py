"""Writes answers and conversations in the form that the ending of a file's name asks for.

A web page needs nothing else, and its own policy forbids it to load anything. In a Word document
citations are real footnotes; its parts, ECMA-376 part 1, are templates in `word/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError
from rag.export.layout import AnswerLayout, Note, layout

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["ENDINGS", "check_ending", "exported"]

ENDINGS = (".md", ".html", ".docx")
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_relations.xml",
    "docProps/core.xml": "core.xml",
    "word/document.xml": "document.xml",
    "word/_rels/document.xml.rels": "document_relations.xml",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/footnotes.xml": "footnotes.xml",
}
"""The name of each part of a Word document, and of its template."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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

    The same conversation gives the same bytes.

    Args:
        name: of the file; its ending says the form.
        title: of the conversation; empty for a single answer, whose question is title enough.
        answers: oldest first, each as `rag.types.Answer.to_json` returns it.

    Raises:
        QuestionError: as `check_ending`.
    """
    ending = check_ending(name)
    if ending == ".md":
        from rag.export.markdown import conversation_markdown

        text = conversation_markdown(title, answers)
    else:
        answered = [layout(answer) for answer in answers]
        named = title or (answered[0].question if answered else "")
        known = {"title": title, "named": named, "answers": answered}
        if ending == ".docx":
            return _docx(known | {"notes": [n for answer in answered for n in _cited(answer)]})
        text = _environment().from_string(_template("page.html")).render(known)
    # A lone surrogate has no UTF-8.
    return text.encode("utf-8", "replace")


def _docx(known: dict[str, Any]) -> bytes:
    """Return a Word document: each question a heading, its answer below it."""
    import io
    import zipfile

    environment = _environment()
    # What is markup already, as from a macro, is no plain str.
    environment.finalize = lambda value: _NO_XML.sub("", value) if type(value) is str else value
    environment.filters["address"] = _address
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, file in _PARTS.items():
            part = environment.from_string(_template(f"word/{file}")).render(known)
            entry = zipfile.ZipInfo(name)  # Of 1980: no two documents differ by their time.
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, part)
    return content.getvalue()


def _environment() -> Environment:
    """Return what renders templates; every text is escaped in them."""
    from jinja2 import Environment, StrictUndefined

    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _template(file: str) -> str:
    return resources.files("rag.export").joinpath(file).read_text(encoding="utf-8")


def _cited(answer: AnswerLayout) -> Iterator[Note]:
    """Yield the notes of an answer in the order in which its text refers to them."""
    for paragraph in answer.paragraphs:
        for point in paragraph.points:
            yield from point.notes
    yield from answer.nearest


def _address(url: str) -> str:
    """Return an address as it can stand in quotation marks in a field of Word."""
    return url.replace("\\", "%5C").replace('"', "%22").replace(" ", "%20")
