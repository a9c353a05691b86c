"""Every view, in light and dark, wide and on a phone: no violation that axe-core finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from scripted import LIMA, MIGRATION, WHO_URGED
from visiting import DEATHS, FIRST, LATER, StartServer, Visitor

Visit = Callable[..., Visitor]


def check(page: Page, view: str) -> None:
    """Fail where axe finds a violation, or where the page is wider than the screen."""
    page.mouse.move(0, 0)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    told = [
        f"{v['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for v in found.response["violations"]
        for node in v["nodes"]
    ]
    assert told == [], view
    wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wider, f"{view} scrolls sideways"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "phone"])
def test_no_view_has_a_violation(
    serve: StartServer, visit: Visit, scheme: str, size: tuple[int, int]
) -> None:
    width, height = size
    server = serve(
        articles=(LIMA, MIGRATION, FIRST, LATER), says="It was read out. " * 5, pause=0.1
    )
    visitor = visit(server, color_scheme=scheme, viewport={"width": width, "height": height})
    page = visitor.page
    # Half way through a transition, a contrast would be another.
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")
    check(page, "nothing asked yet")
    page.fill("#bl-box textarea", WHO_URGED)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-draft")).to_be_visible()
    check(page, "a draft")
    expect(page.locator(".bl-tools")).to_be_visible()
    expect(page.locator(".bl-text .bl-words")).to_be_visible()
    check(page, "an answer")
    page.locator(".bl-tools .bl-kind summary").click()
    check(page, "the kinds of answers")
    page.keyboard.press("Escape")
    chip = page.locator(".bl-text .bl-chip").first
    chip.focus()
    check(page, "a citation in focus")
    chip.click()
    expect(page.locator(".bl-current .bl-words")).to_be_visible()
    check(page, "an article beside the answer")
    page.keyboard.press("Escape")
    visitor.ask("Which chess opening did the grandmaster prefer?")
    check(page, "a refusal")
    visitor.ask(DEATHS)
    expect(page.locator(".bl-side")).to_have_count(2)
    check(page, "a disagreement")
    visitor.ask("Thanks!")
    check(page, "a courtesy")
    visitor.ask("And who counted them?")
    page.locator("#bl-box textarea").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, "the keys")
    page.keyboard.press("Escape")
    if width < 900:
        page.get_by_label("Library and conversations").click()
    expect(page.locator(".bl-new")).to_be_in_viewport()
    page.locator(".bl-choose summary").click()
    page.get_by_role("checkbox", name="Harbour Wire").check()
    page.get_by_role("button", name="Paste a text").click()
    page.get_by_label(f"Remove {LIMA.title}").click()
    expect(page.get_by_role("button", name="Undo the removal")).to_be_visible()
    page.locator(".bl-menu summary").first.click()
    check(page, "the library")
