"""What is kept of conversations, for whom, and how it is taken along."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, expect

from index.reading import read_file
from rag.evaluation import read_examples
from scripted import LONG, WHO_URGED
from visiting import URGING, StartServer, Visitor

Visit = Callable[..., Visitor]

HOW_MANY = "How many people have left Venezuela?"


def choose(page: Page, action: str) -> None:
    """Open the menu of the first conversation and choose."""
    menu = page.locator(".bl-menu:not(.bl-kind)").first
    menu.locator("summary").click()
    menu.get_by_role("button", name=action).click()


def saved(page: Page, action: str, folder: Path) -> Path:
    """Save what an action offers."""
    with page.expect_download() as download:
        choose(page, action)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_reloaded_page_has_its_conversation_and_goes_on_with_it(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(HOW_MANY)
    page.reload()
    expect(page.locator(".bl-question")).to_have_text(HOW_MANY)
    page.locator(".bl-text .bl-chip").first.click()
    expect(page.locator(".bl-current")).to_contain_text("2,300,000 people")
    page.keyboard.press("Escape")
    visitor.ask("And who counted them?")
    expect(page.locator(".bl-turn").last).to_contain_text("searched for:")
    expect(page.locator(".bl-talks li")).to_have_count(1)


def test_conversations_are_listed_reopened_renamed_and_deleted(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(HOW_MANY)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".bl-welcome")).to_be_visible()
    visitor.ask(WHO_URGED)
    expect(page.locator(".bl-open-talk")).to_have_text([WHO_URGED, HOW_MANY])
    find = page.get_by_label("Find a conversation by its words")
    for words, found in (("capital of PERU", [WHO_URGED]), ("many left", [HOW_MANY]), ("xyz", [])):
        find.fill(words)
        expect(page.locator(".bl-open-talk")).to_have_text(found)
        expect(find).to_be_focused()
    expect(page.locator("#bl-talks")).to_contain_text("No conversation has these words")
    find.fill("")
    page.locator(".bl-open-talk").last.click()
    expect(page.locator(".bl-question")).to_have_text([HOW_MANY])
    choose(page, "Rename")
    page.get_by_label("Title of the conversation").fill("The Lima group")
    page.keyboard.press("Enter")
    expect(page.locator(".bl-open-talk").first).to_have_text("The Lima group")
    choose(page, "Delete")
    expect(page.locator(".bl-open-talk")).to_have_text([HOW_MANY])
    expect(page.locator(".bl-question")).to_have_text([HOW_MANY])
    choose(page, "Delete")
    expect(page.locator(".bl-welcome")).to_be_visible()


def test_a_conversation_is_saved_with_its_quotes(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    text = saved(page, "Save as Markdown", tmp_path).read_text(encoding="utf-8")
    assert f"## {WHO_URGED}" in text
    assert f"**{URGING}**" in text
    assert LONG in text
    assert "Harbour Wire" in text
    for action in ("Save as HTML", "Save as Word"):
        read = read_file(saved(page, action, tmp_path)).document.text
        assert WHO_URGED in read
        assert LONG in read
    kept = json.loads(saved(page, "Save as JSON", tmp_path).read_text(encoding="utf-8"))
    assert kept["turns"][0]["citations"][0]["quote"] == LONG


def test_a_kept_answer_that_is_damaged_hides_no_other(serve: StartServer, visit: Visit) -> None:
    server = serve()
    page = (visitor := visit(server)).page
    visitor.ask(HOW_MANY)
    visitor.ask(WHO_URGED)
    with closing(sqlite3.connect(server.home / "conversations.db")) as db, db:
        db.execute("UPDATE turn SET answer = '{}' WHERE id = (SELECT MIN(id) FROM turn)")
    page.reload()
    expect(page.locator(".bl-question")).to_have_text([HOW_MANY, WHO_URGED])
    expect(page.locator(".bl-answer").first).to_contain_text("Not answered.")
    expect(page.locator(".bl-answer").last).to_contain_text("Canada and a dozen")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".bl-answer").first.locator(".bl-claim")).to_be_visible()


def test_a_conversation_kept_before_answers_were_marked_opens_without_marks(
    serve: StartServer, visit: Visit
) -> None:
    server = serve()
    page = (visitor := visit(server)).page
    visitor.ask(WHO_URGED)
    expect(page.locator(".bl-text .bl-words")).to_have_count(1)
    with closing(sqlite3.connect(server.home / "conversations.db")) as db, db:
        answer = json.loads(db.execute("SELECT answer FROM turn").fetchone()[0])
        for claim in answer["claims"]:
            del claim["answer"], claim["days"]
        db.execute("UPDATE turn SET answer = ?", (json.dumps(answer),))
    page.reload()
    expect(page.locator(".bl-text")).to_contain_text(LONG)
    expect(page.locator(".bl-text .bl-words")).to_have_count(0)
    page.locator(".bl-text .bl-chip").first.click()
    assert page.locator(".bl-current").text_content() == LONG
    expect(page.locator(".bl-current .bl-words")).to_have_count(0)


def test_a_title_is_not_lost_while_an_answer_comes(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(says="word " * 20, pause=0.1))).page
    visitor.ask(HOW_MANY)
    page.fill("#bl-box textarea", WHO_URGED)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-turn")).to_have_count(2)
    choose(page, "Rename")
    page.get_by_label("Title of the conversation").fill("Half a ti")
    expect(page.locator(".bl-tools")).to_have_count(2)
    page.keyboard.type("tle")
    page.keyboard.press("Enter")
    expect(page.locator(".bl-open-talk")).to_have_text(["Half a title"])


def test_what_was_judged_is_a_file_for_ask_eval(
    serve: StartServer, visit: Visit, tmp_path: Path
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    page.get_by_label("This answer: right").click()
    expect(page.get_by_label("This answer: right")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_label("This answer: right")).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save judged questions").click()
    path = tmp_path / "judged.jsonl"
    download.value.save_as(path)
    (example,) = read_examples(path).examples
    assert example.question == WHO_URGED
    assert LONG in example.answers
    assert example.answerable


def test_an_answer_is_copied_with_its_citations(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(), permissions=["clipboard-read", "clipboard-write"])).page
    visitor.ask(WHO_URGED)
    page.get_by_label("Copy the answer with its citations").click()
    expect(page.locator(".bl-tools")).to_contain_text("copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert LONG in copied
    assert "[1]" in copied
    assert "Lima Group speaks up, Harbour Wire, 4 January 2019" in copied


def test_two_visitors_at_once_see_nothing_of_each_other(serve: StartServer, visit: Visit) -> None:
    server = serve(says="Canada and a dozen governments urged him.", pause=0.1)
    one, two = visit(server), visit(server)
    for visitor, question in ((one, WHO_URGED), (two, HOW_MANY)):
        visitor.page.fill("#bl-box textarea", question)
        visitor.page.press("#bl-box textarea", "Enter")
    for visitor, question in ((one, WHO_URGED), (two, HOW_MANY)):
        expect(visitor.page.locator(".bl-tools")).to_be_visible()
        expect(visitor.page.locator(".bl-question")).to_have_text([question])
        expect(visitor.page.locator(".bl-open-talk")).to_have_text([question])
        visitor.page.reload()
        expect(visitor.page.locator(".bl-open-talk")).to_have_text([question])
    assert "Lima" not in two.page.locator(".bl-answer").inner_text()
