"""Many at once: each gets an answer of their own in turn, and sees how many are before them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from visiting import StartServer, Visitor

Visit = Callable[..., Visitor]

HOW = "really truly surely openly".split()


def test_visitors_are_answered_in_turn(serve: StartServer, visit: Visit) -> None:
    server = serve(says="word " * 20, pause=0.15)
    visitors = [visit(server) for _ in HOW]
    for visitor, how in zip(visitors, HOW):
        visitor.page.fill("#bl-box textarea", f"How many people have {how} left Venezuela?")
        visitor.page.press("#bl-box textarea", "Enter")
        expect(visitor.page.locator(".bl-progress")).to_be_visible()
    expect(visitors[-1].page.locator(".bl-progress")).to_contain_text("answered first")
    for visitor, how in zip(visitors, HOW):
        expect(visitor.page.locator(".bl-tools")).to_be_visible(timeout=60_000)
        expect(visitor.page.locator(".bl-question")).to_contain_text(how)
        expect(visitor.page.locator(".bl-failure")).to_have_count(0)


def test_who_stops_lets_the_next_one_on(serve: StartServer, visit: Visit) -> None:
    server = serve(says="Canada and a dozen others. " * 100, pause=0.3)
    stopping, staying = visit(server), visit(server)
    for visitor in (stopping, staying):
        visitor.page.fill("#bl-box textarea", "Who urged Maduro not to be sworn in?")
        visitor.page.press("#bl-box textarea", "Enter")
        expect(visitor.page.locator(".bl-progress")).to_be_visible()
    expect(staying.page.locator(".bl-progress")).to_contain_text("one other question")
    stopping.page.keyboard.press("Escape")
    expect(stopping.page.locator(".bl-answer")).to_contain_text("Stopped.")
    expect(staying.page.locator(".bl-draft")).to_be_visible()
