"""What has to be in sight: menus, filters, answers to long questions; what must not cover it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from scripted import LIMA, MIGRATION, WHO_URGED
from visiting import DEATHS, FIRST, LATER, StartServer, Visitor

Visit = Callable[..., Visitor]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
IN_SIGHT = """node => {
  const box = node.getBoundingClientRect();
  return node === document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
}"""


def test_nothing_cuts_off_the_menu_of_a_conversation(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    menu = page.locator(".bl-talks .bl-menu")
    menu.locator("summary").click()
    choices = menu.get_by_role("button")
    expect(choices).to_have_count(6)
    for choice in choices.all():
        expect(choice).to_be_visible()
        assert choice.evaluate(IN_SIGHT), choice.inner_text()
    page.keyboard.press("Escape")
    expect(choices.first).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_a_menu_keeps_to_what_opens_it_and_closes_it(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(), viewport={"width": 1280, "height": 420})).page
    visitor.ask(WHO_URGED)
    summary = page.locator(".bl-kind summary").first
    choices = page.locator(".bl-kind > div").first

    def gap() -> float:
        above, below = choices.bounding_box(), summary.bounding_box()
        assert above
        assert below
        return round(below["y"] - above["y"] - above["height"])

    for _ in range(2):
        summary.click()
        expect(choices).to_be_visible()
        assert gap() == 0  # There is no room below.
        before = summary.bounding_box()
        page.locator("#bl-desk").evaluate("desk => desk.scrollBy(0, desk.scrollTop ? -40 : 40)")
        page.wait_for_timeout(200)
        assert summary.bounding_box() != before
        assert gap() == 0
        summary.click()
        expect(choices).to_be_hidden()


def test_what_is_closed_by_a_tap_leaves_nothing_above_the_answer(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve(), has_touch=True, is_mobile=True, **PHONE)).page
    visitor.ask(WHO_URGED)
    chip = page.locator(".bl-text .bl-chip").first
    chip.tap()
    page.get_by_label("Close the article").tap()
    expect(chip).to_be_focused()
    expect(page.locator(".bl-tip")).to_be_hidden()


def test_what_has_the_focus_is_seen(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    page.keyboard.press("Tab")
    for _ in range(40):
        seen = page.evaluate(
            "() => { const style = getComputedStyle(document.activeElement);"
            " return document.activeElement === document.body || style.boxShadow !== 'none'"
            " || style.outlineStyle !== 'none' && style.outlineWidth !== '0px'; }"
        )
        assert seen, page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")


@pytest.mark.parametrize("chosen", [".bl-open-talk", ".bl-new"])
def test_on_a_phone_the_sidebar_leaves_what_was_chosen_in_it(
    serve: StartServer, visit: Visit, chosen: str
) -> None:
    page = (visitor := visit(serve(), **PHONE)).page
    visitor.ask(WHO_URGED)
    page.get_by_label("Library and conversations").click()
    expect(page.locator("#bl-side.open")).to_have_count(1)
    page.locator(chosen).click()
    expect(page.locator("#bl-side.open")).to_have_count(0)


def test_after_new_conversation_one_can_type_at_once(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".bl-welcome")).to_be_visible()
    expect(page.locator("#bl-box textarea")).to_be_focused()


def test_a_filter_is_seen_from_everywhere_in_a_conversation(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve(), viewport={"width": 1280, "height": 420})).page
    visitor.ask(WHO_URGED)
    visitor.ask("Who took part in the meeting but did not sign?")
    page.locator(".bl-choose summary").click()
    page.get_by_role("checkbox", name="Harbour Wire").check()
    page.locator("#bl-desk").evaluate("desk => desk.scrollTo(0, 0)")
    expect(page.locator(".bl-filters")).to_be_in_viewport()
    expect(page.locator(".bl-question").first).to_be_in_viewport()


@pytest.mark.parametrize("width", [360, 1280])
def test_what_opens_the_next_quote_stands_on_one_line(
    serve: StartServer, visit: Visit, width: int
) -> None:
    articles = (FIRST, LATER)
    page = (visitor := visit(serve(articles), viewport={"width": width, "height": 800})).page
    visitor.ask(DEATHS)
    page.locator(".bl-chip").first.click()
    head = page.locator(".bl-panel-head")
    expect(head).to_contain_text("quote 1 of 2")
    assert head.evaluate("node => node.offsetHeight") < 60
    assert head.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_the_answer_to_a_long_question_is_seen(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(f"{'Bearing in mind what was said before, ' * 40}{WHO_URGED}")
    expect(page.locator(".bl-answer")).to_be_in_viewport()
    page.locator(".bl-question").focus()  # Whoever has only keys can read it to its end.
    expect(page.locator(".bl-question")).to_be_focused()


def test_no_example_is_offered_twice(serve: StartServer, visit: Visit) -> None:
    answer = replace(MIGRATION, title=LIMA.title, text="They met in Lima. Nobody signed.")
    page = visit(serve((LIMA, answer, MIGRATION))).page
    offered = page.locator(".bl-suggestion").all_text_contents()
    assert offered == [f"Summarise: {LIMA.title}", f"Summarise: {MIGRATION.title}"]
