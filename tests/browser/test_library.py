"""The library beside the chat: adding, finding, removing, and what others add meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.types import Document
from scripted import BRIDGE, LIMA, MIGRATION, WHO_URGED, filled_store
from visiting import StartServer, Visitor

Visit = Callable[..., Visitor]


def test_files_are_added_one_by_one_and_one_bad_one_stops_nobody(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    good, bad = tmp_path / "flood.md", tmp_path / "broken.html"
    good.write_text("# Flood at Calder\n\nThe flood at Calder killed 19 people.", encoding="utf-8")
    bad.write_bytes(b"\x00\x01\x02" * 400)
    server = serve(articles=())
    page = (visitor := visit(server)).page
    expect(page.locator("#bl-shelf")).to_contain_text("Your library is empty")
    page.locator("#bl-files input[type=file]").set_input_files([good, bad])
    expect(page.locator(".bl-results li")).to_have_count(2)
    expect(page.locator(".bl-results")).to_contain_text("flood.md: added")
    expect(page.locator(".bl-results .bl-failure")).to_contain_text("broken.html: failed")
    expect(page.locator(".bl-shelf")).to_contain_text("Flood at Calder")
    visitor.ask("How many people did the flood at Calder kill?")
    expect(page.locator(".bl-text")).to_contain_text("19 people")
    # Nothing of the upload stays behind.
    left = [path for path in server.folder.glob("tmp*/**/*") if path.is_file()]
    assert [path for path in left if path.stat().st_size] == []


def test_one_who_begins_is_led_to_the_files_also_on_a_phone(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    (tmp_path / "ship.txt").write_text("The ship came in before noon, the harbour master said.")
    page = visit(serve(articles=()), viewport={"width": 390, "height": 844}).page
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add your own").click()
    chooser.value.set_files(tmp_path / "ship.txt")
    expect(page.locator(".bl-notice")).to_contain_text("ship.txt: added")
    expect(page.locator(".bl-notice")).to_be_in_viewport()


def test_files_can_be_dropped(serve: StartServer, visit: Visit) -> None:
    page = visit(serve(articles=())).page
    data = page.evaluate_handle(
        """() => { const data = new DataTransfer();
        data.items.add(new File(['The flood at Calder killed 19 people.'], 'flood.txt'));
        return data; }"""
    )
    target = "#bl-files button"
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event(target, event, {"dataTransfer": data})
    expect(page.locator(".bl-results")).to_contain_text("flood.txt: added")


def test_a_whole_folder_can_be_dropped_anywhere(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    # Eight files are too much for one upload of so many bytes: each has headers of its own.
    page = visit(serve(articles=(), upload=1_100)).page
    folder = tmp_path / "floods"
    (folder / "older" / ".git").mkdir(parents=True)
    for number in range(6):
        file = folder / "older" / f"flood{number}.txt"
        file.write_text(f"The flood at Calder killed {number} people.")
    (folder / "flood.md").write_text("# Flood at Dunmore\n\nIt killed 19 people.")
    (folder / "map.psd").write_bytes(b"no article")
    (folder / "notes of May 2.5").write_text("The flood at Emmer killed two people. It rained.")
    (folder / "Makefile").write_text("all:\n\tcc -o flood flood.c\n")
    (folder / "older" / ".git" / "notes.txt").write_text("Hidden.")
    dropped = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    devtools = page.context.new_cdp_session(page)
    for event in ("dragEnter", "dragOver", "drop"):
        devtools.send(
            "Input.dispatchDragEvent", {"type": event, "x": 800, "y": 300, "data": dropped}
        )
    expect(page.locator(".bl-shelf li")).to_have_count(8)
    expect(page.locator(".bl-results .bl-failure")).to_have_count(0)
    page.get_by_text("8 articles read").click()
    expect(page.locator(".bl-results")).to_contain_text(["", "flood.md: added"])
    expect(page.locator("body")).not_to_have_class("bl-dropping")


def test_a_text_can_be_pasted_and_a_bad_date_loses_nothing(
    serve: StartServer, visit: Visit
) -> None:
    page = visit(serve(articles=())).page
    page.get_by_role("button", name="Paste a text").click()
    page.get_by_label("Title", exact=True).fill("Flood at Calder")
    page.get_by_label("Published").fill("last week")
    page.get_by_label("Text", exact=True).fill("The flood at Calder killed 19 people.")
    page.get_by_role("button", name="Add the text").click()
    expect(page.locator(".bl-notice")).to_contain_text("last week is not a date")
    assert page.get_by_label("Text", exact=True).input_value().startswith("The flood")
    page.get_by_label("Published").fill("2015-11-06")
    page.get_by_role("button", name="Add the text").click()
    expect(page.locator(".bl-shelf")).to_contain_text("6 November 2015")
    assert page.get_by_label("Text", exact=True).input_value() == ""


def test_what_is_removed_can_be_brought_back(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    page.get_by_label(f"Remove {BRIDGE.title}").click()
    expect(page.locator(".bl-notice")).to_contain_text(f"Removed “{BRIDGE.title}”.")
    expect(page.locator(".bl-shelf li")).to_have_count(2)
    page.get_by_role("button", name="Undo the removal").click()
    expect(page.locator(".bl-shelf li")).to_have_count(3)
    expect(page.locator(".bl-notice")).to_contain_text("is back")
    expect(page.get_by_role("button", name="Undo the removal")).to_have_count(0)


def test_articles_are_found_sorted_and_opened(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    page.get_by_label("Order of the articles").select_option("title")
    expect(page.locator(".bl-shelf li").first).to_contain_text("Bridge falls in Genoa")
    page.get_by_label("Find an article by title, source, or author").fill("harbour lima")
    expect(page.locator(".bl-shelf li")).to_have_count(1)
    expect(page.locator("#bl-shelf")).to_contain_text("1 found")
    opener = page.locator(".bl-open-article")
    opener.click()
    expect(page.locator(".bl-title")).to_have_text(LIMA.title)
    assert page.locator(".bl-article").text_content() == LIMA.text
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_what_another_process_adds_appears(serve: StartServer, visit: Visit) -> None:
    server = serve(articles=(LIMA,))
    page = visit(server).page
    expect(page.locator(".bl-shelf li")).to_have_count(1)
    filled_store(server.home, BRIDGE).close()
    expect(page.locator(".bl-shelf li")).to_have_count(2, timeout=15_000)


def test_an_answer_from_the_samples_can_be_checked_after_the_first_upload(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    page = (visitor := visit(serve(articles=()))).page
    visitor.ask("Who urged Maduro not to be sworn in?")
    own = tmp_path / "flood.txt"
    own.write_text("The flood at Calder killed 19 people.")
    page.locator("#bl-files input[type=file]").set_input_files(own)
    expect(page.locator(".bl-shelf li")).to_have_count(1)
    page.locator(".bl-answer .bl-chip").first.click()
    expect(page.locator(".bl-current")).to_be_visible()


def test_a_date_filter_can_be_typed(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    page.locator(".bl-choose summary").click()
    page.locator(".bl-choose [name=after]").focus()
    page.keyboard.type("01/04/2019")
    expect(page.locator(".bl-filters")).to_contain_text("from 4 January 2019")
    page.get_by_role("checkbox", name="Harbour Wire").check()
    expect(page.locator(".bl-filters")).to_contain_text("source: Harbour Wire")
    expect(page.get_by_role("checkbox", name="Harbour Wire")).to_be_focused()
    expect(page.locator(".bl-filters")).to_contain_text("from 4 January 2019")


def test_what_was_removed_can_be_brought_back_after_a_reload(
    serve: StartServer, visit: Visit
) -> None:
    page = visit(serve()).page
    page.get_by_label(f"Remove {BRIDGE.title}").click()
    expect(page.get_by_role("button", name="Undo the removal")).to_be_focused()
    page.reload()
    page.get_by_role("button", name="Undo the removal").click()
    expect(page.locator(".bl-shelf li")).to_have_count(3)


def test_the_samples_can_be_kept(serve: StartServer, visit: Visit) -> None:
    page = visit(serve(articles=())).page
    expect(page.locator(".bl-suggestion")).to_have_count(3)
    page.get_by_role("button", name="keep the samples").click()
    expect(page.locator("#bl-shelf")).to_contain_text("11 articles")
    assert "samples" not in page.locator(".bl-welcome").inner_text()


def test_an_article_is_corrected_and_given_back(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask("Who urged Maduro not to be sworn in?")
    page.locator(".bl-answer .bl-chip").first.click()
    page.get_by_label("Correct what is said of the article").click()
    form = page.get_by_role("form", name="What is said of the article")
    assert form.get_by_label("Title").input_value() == LIMA.title
    form.get_by_label("Title").fill("The Lima group on Maduro")
    form.get_by_label("Date").fill("2019-01-06")
    form.get_by_label("Tags").fill("Peru, diplomacy/lima")
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".bl-title")).to_have_text("The Lima group on Maduro")
    expect(page.locator(".bl-corrected")).to_contain_text(f"title (its file says “{LIMA.title}”)")
    expect(page.locator(".bl-current")).to_be_visible()
    expect(page.locator(".bl-shelf")).to_contain_text("6 January 2019 · corrected")
    page.locator(".bl-choose summary").click()
    page.get_by_role("checkbox", name="diplomacy 1").check()
    expect(page.locator(".bl-filters")).to_contain_text("tag: diplomacy")
    visitor.ask("Who urged Maduro not to be sworn in?")
    expect(page.locator(".bl-turn").nth(1)).to_contain_text("The Lima group on Maduro")
    expect(page.locator(".bl-turn").nth(1)).to_contain_text("tag: diplomacy")
    page.get_by_label("Correct what is said of the article").click()
    page.get_by_role("button", name="Undo corrections").click()
    expect(page.locator(".bl-title")).to_have_text(LIMA.title)
    expect(page.locator(".bl-corrected")).to_have_count(0)


def test_a_tag_with_a_comma_stays_whole_when_the_title_is_corrected(
    serve: StartServer, visit: Visit
) -> None:
    page = visit(serve(articles=(replace(LIMA, tags=("Peru", "Smith, John")),))).page
    page.locator(".bl-open-article").click()
    page.get_by_label("Correct what is said of the article").click()
    page.get_by_role("textbox", name="Title").fill("The Lima group on Maduro")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".bl-title")).to_have_text("The Lima group on Maduro")
    expect(page.locator(".bl-tag")).to_have_text(["Peru", "Smith, John"])


def test_what_cannot_be_corrected_so_is_said_and_stays_typed(
    serve: StartServer, visit: Visit
) -> None:
    page = visit(serve()).page
    page.get_by_role("button", name=LIMA.title).first.click()
    page.get_by_label("Correct what is said of the article").click()
    form = page.get_by_role("form", name="What is said of the article")
    form.get_by_label("Title").fill("Lima speaks")
    form.get_by_label("Date").fill("2999-01-04")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("Not corrected:")
    assert form.get_by_label("Title").input_value() == "Lima speaks"
    expect(page.locator(".bl-title")).to_have_text(LIMA.title)


def test_a_tag_among_many_is_found_and_what_nothing_matches_is_asked_of_all(
    serve: StartServer, visit: Visit
) -> None:
    tagged = replace(BRIDGE, tags=tuple(f"project {number}" for number in range(30)))
    page = (visitor := visit(serve(articles=(LIMA, tagged)))).page
    page.locator(".bl-choose summary").click()
    page.get_by_label("Find among the tags and folders").fill("JECT 27")
    expect(page.locator("[name=tags]:visible")).to_have_count(1)
    page.get_by_role("checkbox", name="project 27").check()
    page.locator(".bl-choose [name=after]").fill("2019-01-01")
    expect(page.locator(".bl-filters")).to_contain_text("tag: project 27")
    expect(page.locator(".bl-filters")).to_contain_text("from 1 January 2019")
    visitor.ask("Who urged Maduro not to be sworn in?")
    expect(page.locator(".bl-refusal")).to_contain_text("No article matches the filters.")
    page.get_by_role("button", name="Ask it of all articles").click()
    expect(page.locator(".bl-text")).to_contain_text("Canada and a dozen")
    expect(page.locator(".bl-filters")).to_have_count(0)


@pytest.mark.parametrize("question", [WHO_URGED, WHO_URGED.replace("?", " in 2018?")])
def test_what_chosen_articles_do_not_answer_is_asked_of_all(
    serve: StartServer, visit: Visit, question: str
) -> None:
    older = replace(MIGRATION, text="Few had left by then.", published=date(2015, 3, 2))
    page = (visitor := visit(serve((LIMA, MIGRATION, older), sources=[MIGRATION.source]))).page
    visitor.ask(question)
    page.get_by_role("button", name="Ask it of all articles").click()
    expect(page.locator(".bl-text")).to_contain_text("Canada and a dozen")
    expect(page.locator(".bl-filters")).to_have_count(0)


def test_a_long_list_is_turned_by_pages(serve: StartServer, visit: Visit) -> None:
    many = tuple(
        Document(f"Report {n} tells of harbour {n}.", title=f"Report {n:03}") for n in range(120)
    )
    page = visit(serve(articles=many)).page
    page.get_by_label("Order of the articles").select_option("title")
    rows, pages = page.locator(".bl-shelf li"), page.locator(".bl-steps[aria-label^=Pages]")
    expect(rows).to_have_count(50)
    expect(pages).to_contain_text("1–50 of 120")
    page.get_by_label("Next page of the list").click()
    expect(rows.first).to_contain_text("Report 050")
    page.get_by_label("Next page of the list").click()
    expect(rows).to_have_count(20)
    expect(pages).to_contain_text("101–120 of 120")
    expect(page.get_by_label("Previous page of the list")).to_be_focused()
    page.get_by_label("Find an article by title, source, or author").fill("report 07")
    expect(rows).to_have_count(12)
    expect(pages).to_be_empty()


def test_a_library_that_cannot_be_listed_says_why_until_it_can(
    serve: StartServer, visit: Visit
) -> None:
    server = serve()
    with closing(sqlite3.connect(server.home / "library.db")) as db:
        db.execute("ALTER TABLE documents RENAME TO lost")
        page = visit(server).page
        expect(page.locator("#bl-shelf")).to_contain_text("put a copy of it back")
        db.execute("ALTER TABLE lost RENAME TO documents")
    expect(page.locator(".bl-shelf")).to_contain_text(LIMA.title)
    expect(page.locator("#bl-shelf .bl-failure")).to_have_count(0)


def test_words_that_are_too_many_to_look_for_are_told_so(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    find = page.get_by_label("Find an article by title, source, or author")
    find.fill("harbour" * 9_000)
    expect(page.locator("#bl-shelf")).to_contain_text("use fewer words")
    find.fill("harbour lima")
    expect(page.locator(".bl-shelf")).to_contain_text(LIMA.title)
