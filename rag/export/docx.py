"""Writes answers and conversations as a Word document, with their citations as real footnotes.

The parts of the document, ECMA-376 part 1, are templates in `word/`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

from rag.export.layout import AnswerLayout, Note, layout

__all__ = ["conversation_docx"]

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
"""The name of each part, and of its template."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def conversation_docx(title: str, answers: Sequence[dict[str, Any]]) -> bytes:
    """Return a conversation as .docx: each question a heading, its answer below it.

    The same conversation gives the same bytes.

    Args:
        title: empty for a single answer.
        answers: oldest first, each as `rag.types.Answer.to_json` returns it.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # What is markup already, as from a macro, is no plain str.
        finalize=lambda value: _NO_XML.sub("", value) if type(value) is str else value,
    )
    environment.filters["address"] = _address
    answered = [layout(answer) for answer in answers]
    known = {
        "title": title,
        "named": title or (answered[0].question if answered else ""),
        "answers": answered,
        "notes": [note for answer in answered for note in _cited(answer)],
    }
    folder = resources.files("rag.export").joinpath("word")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, file in _PARTS.items():
            template = folder.joinpath(file).read_text(encoding="utf-8")
            part = environment.from_string(template).render(known)
            entry = zipfile.ZipInfo(name)  # Of 1980: no two documents differ by their time.
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, part)
    return content.getvalue()


def _cited(answer: AnswerLayout) -> Iterator[Note]:
    """Yield the notes of an answer in the order in which its text refers to them."""
    for paragraph in answer.paragraphs:
        for point in paragraph.points:
            yield from point.notes
    yield from answer.nearest


def _address(url: str) -> str:
    """Return an address as it can stand in quotation marks in a field of Word."""
    return url.replace("\\", "%5C").replace('"', "%22").replace(" ", "%20")
