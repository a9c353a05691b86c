"""Presentations, made slide by slide."""

import io

import pytest

from documents import odt, pptx, shape
from index.errors import ReadError
from index.reading.draft import Draft
from index.reading.formats import format_of, head_of
from index.reading.office.opendocument import drafts_from_odp
from index.reading.office.pptx import drafts_from_pptx


def pages(draft: Draft) -> list[str]:
    """The text of each page."""
    ends = (*draft.pages[1:], len(draft.text))
    return [draft.text[start:end].strip() for start, end in zip(draft.pages, ends)]


def test_slides_of_powerpoint_in_order_with_title_and_notes() -> None:
    cells = "".join(
        f"<a:tc><a:p><a:r><a:t>{words}</a:t></a:r></a:p></a:tc>" for words in ("Crew", "14")
    )
    table = f"<p:graphicFrame><a:tbl><a:tr>{cells}</a:tr></a:tbl></p:graphicFrame>"
    file = pptx(
        [
            shape("12", "sldNum") + shape("Built at Moss.") + shape("The new ferry", "ctrTitle"),
            table,
            shape("Not shown."),
            shape("It sails in May."),
        ],
        notes={4: shape("x", "sldImg") + shape("Thank the yard.")},
        hidden=3,
    )
    assert format_of(head_of(file), "brief.zip").name == "PowerPoint"  # type: ignore[union-attr]
    [draft] = drafts_from_pptx(file)
    assert isinstance(draft, Draft)
    assert draft.title == "The new ferry"
    assert pages(draft) == [
        "Built at Moss.",
        "Crew | 14",
        "",
        "It sails in May.\n\nThank the yard.",
    ]


def test_slides_of_opendocument() -> None:
    def frame(text: str, kind: str) -> str:
        return (
            f'<drawing:frame presentation:class="{kind}"><drawing:text-box><text:p>{text}</text:p>'
            "</drawing:text-box></drawing:frame>"
        )

    body = (
        f"<drawing:page>{frame('The new ferry', 'title')}{frame('Built at Moss.', 'outline')}"
        f"{frame('7', 'page-number')}<presentation:notes>{frame('Thank the yard.', 'notes')}"
        "</presentation:notes></drawing:page>"
        f"<drawing:page>{frame('It sails in May.', 'outline')}</drawing:page>"
    )
    [draft] = drafts_from_odp(odt(body, kind="presentation"))
    assert isinstance(draft, Draft)
    assert draft.title == "The new ferry"
    assert pages(draft) == ["Built at Moss.\n\nThank the yard.", "It sails in May."]


@pytest.mark.parametrize("read", [drafts_from_pptx, drafts_from_odp])
def test_presentations_that_are_cut_off_or_empty(read) -> None:
    whole = pptx([shape("Words.")]).getvalue()
    with pytest.raises(ReadError, match=r"^damaged; open it in the program that made it"):
        list(read(io.BytesIO(whole[:-40])))
    empty = pptx([""]) if read is drafts_from_pptx else odt("", kind="presentation")
    with pytest.raises(ReadError, match=r"^no text in it"):
        list(read(empty))
