"""What can be done with an answer: read its days, unfold it, ask again, take a receipt along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.types import Document
from rag.cli import main
from rag.receipts import read_receipt
from scripted import LONG, WHO_URGED
from visiting import StartServer, Visitor

Visit = Callable[..., Visitor]

SUBJECTS = (
    "harbour library market museum orchard railway school theatre tower bridge garden windmill "
    "lighthouse bakery brewery chapel fountain gallery hospital stadium"
).split()
ROUND = Document(
    "\n\n".join(
        f"The {subject} of Calder was opened by {number} people of {2000 + number} villages."
        for number, subject in enumerate(SUBJECTS, start=3)
    ),
    title="A walk through Calder",
    source="Harbour Wire",
    published=date(2019, 1, 4),
)


def test_a_day_that_is_explained_is_no_part_of_what_is_copied(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    expect(page.locator(".bl-text .bl-day")).to_have_text(" [4 January 2019]")
    assert "on Friday [4 January 2019] not to be" in (page.locator(".bl-text").text_content() or "")
    copied = page.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('.bl-text'));"
        " return getSelection().toString(); }"
    )
    assert LONG in copied


def test_a_receipt_of_an_answer_is_one_that_is_verified(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    server = serve()
    page = (visitor := visit(server)).page
    page.get_by_label("never").check()
    visitor.ask(WHO_URGED)
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="Receipt").click()
    assert download.value.suggested_filename == "receipt-who-urged-maduro-not-to-be-sworn-in.json"
    path = tmp_path / "receipt.json"
    download.value.save_as(path)
    receipt = read_receipt(path)
    assert (receipt.question, receipt.write) == (WHO_URGED, "never")
    assert [quote.text for quote in receipt.quotes] == [LONG]
    assert main(["verify", str(path), "--no-ask", "--home", str(server.home)]) == 0
    # That of a follow-up is for the question as it stands alone, which is what is verified.
    visitor.ask("And in which capital were the talks?")
    with page.expect_download() as download:
        page.get_by_role("button", name="Receipt").last.click()
    download.value.save_as(path)
    assert read_receipt(path).question != "And in which capital were the talks?"
    assert main(["verify", str(path), "--no-ask", "--home", str(server.home)]) == 0
    page.get_by_label("Remove Lima Group speaks up").click()
    expect(page.get_by_role("button", name="Undo the removal")).to_be_visible()
    page.get_by_role("button", name="Receipt").first.click()
    expect(page.locator(".bl-foot [role=alert]")).to_contain_text("The receipt cannot be made")


def test_a_question_is_asked_again_as_another_kind_by_key(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(articles=(ROUND,)))).page
    visitor.ask("What do my articles say about Calder?")
    chip = page.locator(".bl-tags .bl-kind summary")
    expect(chip).to_have_text("summary")
    chip.focus()
    page.keyboard.press("Enter")
    menu = page.locator(".bl-tags .bl-kind").get_by_role("button")
    expect(menu).to_have_text(["a fact", "a timeline", "a comparison", "a list", "a count"])
    page.keyboard.press("Escape")
    expect(menu.first).to_be_hidden()
    expect(chip).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu.first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    again = page.locator(".bl-turn").nth(1)
    expect(again.locator(".bl-tools")).to_be_visible()
    expect(again.locator(".bl-tags .bl-kind")).to_have_count(0)
    # A plain answer may be asked for as another kind too.
    again.locator(".bl-tools .bl-kind summary").click()
    again.get_by_role("button", name="a summary").click()
    expect(page.locator(".bl-turn").nth(2).locator(".bl-kind summary")).to_have_text("summary")


def test_the_row_of_a_table_stands_below_the_heads_of_its_columns(
    serve: StartServer, visit: Visit
) -> None:
    storms = "Storm | Year | Deaths\n\nIdai | 2019 | 1303\n\nHaiyan | 2013 | 6352"
    page = (visitor := visit(serve((Document(storms, "Storms"),)))).page
    visitor.ask("How strong was Idai?")
    expect(page.locator(".bl-answer")).to_contain_text("Storm | Year | DeathsIdai | 2019 | 1303 1")


def test_a_long_summary_unfolds_and_is_whole_on_paper(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(articles=(ROUND,)))).page
    visitor.ask("Summarise: A walk through Calder")
    points = page.locator(".bl-points .bl-text")
    count = points.count()
    assert count > 5
    expect(page.locator(".bl-more summary")).to_have_text(
        f"{count - 5} more point{'s' if count > 6 else ''}"
    )
    shown = lambda: sum(point.is_visible() for point in points.all())  # noqa: E731
    assert shown() == 5
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown() == count
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown() == 5
    page.locator(".bl-more summary").press("Enter")
    page.get_by_label("This answer: right").click()
    expect(page.get_by_label("This answer: right")).to_have_attribute("aria-pressed", "true")
    assert shown() == count


@pytest.mark.parametrize(
    ("question", "text"),
    [(WHO_URGED, ".bl-text"), ("Which opening did the grandmaster prefer?", ".bl-quoted")],
)
def test_a_citation_stands_on_the_line_of_the_last_word(
    serve: StartServer, visit: Visit, question: str, text: str
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(question)
    apart = page.locator(text).first.evaluate(
        """(text) => {
          const chip = text.querySelector(".bl-chip"), range = document.createRange();
          const words = document.createTreeWalker(text, NodeFilter.SHOW_TEXT), found = [];
          let last;
          for (let node; (node = words.nextNode());) {
            if (node.data.trim() && !chip.contains(node)) last = node;
          }
          range.setStart(last, last.data.trimEnd().length - 1);
          range.setEnd(last, last.data.trimEnd().length);
          text.style.display = "block";
          for (let width = 200; width < 700; width += 4) {
            text.style.width = `${width}px`;
            const [below, above] = [chip, range].map((each) => each.getBoundingClientRect());
            if (below.top > above.bottom) found.push(width);
          }
          return found;
        }"""
    )
    assert apart == []


def test_the_place_for_files_says_what_to_do(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    expect(page.locator("#bl-files")).to_contain_text("Drop files or a folder")
    expect(page.locator("#bl-files")).to_contain_text("choose files")
