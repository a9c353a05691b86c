"""The page that a citation stands on, beside the text of its article."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from documents import column, pdf
from fakes import HashEmbedder
from index.reading import read_file
from rag.assistant import Assistant
from scripted import settings
from visiting import StartServer, Visitor

FIRST = ["The flood at Calder came in the night, and the", "school was closed for a week."]
SECOND = ["The mayor, Ines Holt, said that 19 people had", "died in the flood at Calder."]


def test_what_was_uploaded_is_shown_until_its_article_is_removed(
    serve: StartServer, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    path, none = tmp_path / "flood.pdf", tmp_path / "empty.pdf"
    path.write_bytes(pdf([column(FIRST), column(SECOND)]).read())
    none.write_bytes(b"%PDF-1.7 no more")
    server = serve(articles=())
    uploads = server.home / "uploads"
    page = (visitor := visit(server)).page
    page.locator("#bl-files input[type=file]").set_input_files([path, none])
    expect(page.locator(".bl-results .bl-failure")).to_contain_text("empty.pdf: failed")
    expect(page.locator(".bl-results")).to_contain_text("flood.pdf: added")
    (kept,) = uploads.glob("*/*")
    assert (kept.name, kept.read_bytes()) == ("flood.pdf", path.read_bytes())
    assert (kept.stat().st_mode & 0o777, uploads.stat().st_mode & 0o777) == (0o600, 0o700)
    path.unlink()
    visitor.ask("How many people died in the flood at Calder?")
    page.locator(".bl-chip").first.click()
    expect(page.locator(".bl-page polygon")).to_have_count(2)
    expect(page.get_by_role("link", name="Open the file")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".bl-danger", has_text="×").click()
    page.get_by_role("button", name="Undo the removal").click()
    expect(page.locator(".bl-shelf li")).to_have_count(1)
    page.locator(".bl-chip").first.click()
    expect(page.locator(".bl-page polygon")).to_have_count(2)
    server.kill()
    with Assistant(settings(server.folder), embedder=HashEmbedder()) as assistant:
        assistant.let_go_of_uploads()
        assert kept.exists()
        (article,) = assistant.store.documents()
        assert assistant.remove(article.id[:6]) == {article.id: article}
        assert list(uploads.iterdir()) == []
        assert assistant.store.files() == {}


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
