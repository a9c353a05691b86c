"""The page that a citation stands on, beside the text of its article."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from documents import column, pdf
from index.reading import read_file
from visiting import StartServer, Visitor

FIRST = ["The flood at Calder came in the night, and the", "school was closed for a week."]
SECOND = ["The mayor, Ines Holt, said that 19 people had", "died in the flood at Calder."]


def test_the_page_of_a_quote_is_shown_and_can_be_leafed(
    serve: StartServer, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    path = tmp_path / "flood.pdf"
    path.write_bytes(pdf([column(FIRST), column(SECOND)]).read())
    visitor = visit(serve(articles=(read_file(path).document,)))
    page = visitor.page
    visitor.ask("How many people died in the flood at Calder?")
    expect(page.locator(".bl-sources .bl-about")).to_contain_text("page 2")
    page.locator(".bl-chip").first.click()
    sheet = page.locator(".bl-page")
    expect(sheet).to_contain_text("page 2 of 2")
    expect(sheet.locator("polygon")).to_have_count(2)
    assert sheet.locator("img").evaluate("picture => picture.naturalHeight") > 1000
    expect(page.get_by_role("link", name="Open the file")).to_have_attribute(
        "href", f"/file/{read_file(path).document.id}"
    )
    sheet.get_by_role("button", name="Previous page").click()
    expect(sheet).to_contain_text("page 1 of 2")
    expect(sheet.locator("polygon")).to_have_count(0)
    narrow = sheet.locator(".bl-paper").evaluate("paper => paper.offsetWidth")
    sheet.get_by_role("button", name="Larger").click()
    assert sheet.locator(".bl-paper").evaluate("paper => paper.offsetWidth") > 1.4 * narrow
    path.unlink()
    sheet.get_by_role("button", name="Next page").click()
    expect(sheet.get_by_role("alert")).to_contain_text("its file is not here any more")
    assert visitor.complaints == []
