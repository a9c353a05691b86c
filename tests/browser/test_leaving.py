"""A question is kept when it is asked, and its answer when it comes, whoever looks on."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from scripted import WHO_URGED
from visiting import URGING, StartServer, Visitor

Visit = Callable[..., Visitor]

HOW_MANY = "How many people have left Venezuela?"


def begin(page: Page, question: str) -> None:
    """Ask, and wait until the answer is being made."""
    page.fill("#bl-box textarea", question)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-draft")).to_be_visible()


def test_an_answer_comes_though_its_page_is_left(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(says="word " * 60, pause=0.1))).page
    begin(page, WHO_URGED)
    page.reload()
    expect(page.locator(".bl-progress, .bl-draft")).to_have_count(2)
    expect(page.locator("#bl-stop")).to_be_visible()
    expect(page.locator(".bl-text .bl-words")).to_have_text(URGING)
    expect(page.locator(".bl-turn")).to_have_count(1)
    # Gone on with in another conversation, and looked for in another tab.
    other = visitor.open()
    begin(page, HOW_MANY)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".bl-welcome")).to_be_visible()
    other.locator(".bl-open-talk").click()
    expect(other.locator(".bl-draft")).to_be_visible()
    expect(other.locator(".bl-text").nth(1)).to_contain_text("2,300,000")
    page.locator(".bl-open-talk").click()
    expect(page.locator(".bl-text").nth(1)).to_contain_text("2,300,000")
    # What is asked in one tab is seen in the other.
    other.fill("#bl-box textarea", "Which chess opening did the grandmaster prefer?")
    other.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-refusal")).to_be_visible()


def test_a_question_that_the_server_did_not_live_to_answer_is_asked_again(
    serve: StartServer, visit: Visit
) -> None:
    server = serve(says="word " * 100, pause=0.5)
    page = (visitor := visit(server)).page
    begin(page, WHO_URGED)
    server.kill()
    serve(articles=(), port=server.port)
    page.reload()
    expect(page.locator(".bl-open-talk")).to_have_text([WHO_URGED])
    expect(page.locator(".bl-answer")).to_contain_text("Not answered")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".bl-text .bl-words")).to_have_text(URGING)
    visitor.ask("Thanks!")
    page.reload()
    expect(page.locator(".bl-question")).to_have_text([WHO_URGED, "Thanks!"])
