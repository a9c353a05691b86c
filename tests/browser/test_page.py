"""The page in a browser: asking, citations, and what is on the screen meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import expect

from index.types import Document
from scripted import BRIDGE, LIMA, LONG, MIGRATION, WHO_URGED
from visiting import DEATHS, FIRST, LATER, URGING, StartServer, Visitor

Visit = Callable[..., Visitor]

OFF_TOPIC = "Which chess opening did the grandmaster prefer?"


def test_what_is_being_done_is_said_while_it_is(serve: StartServer, visit: Visit) -> None:
    page = visit(serve(reading=2.0)).page
    page.fill("#bl-box textarea", WHO_URGED)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-progress")).to_contain_text("reading 3 passages")
    expect(page.locator(".bl-text .bl-words")).to_have_text(URGING)


def test_a_citation_opens_the_article_at_the_exact_quote(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    chip = page.locator(".bl-text .bl-chip").first
    chip.hover()
    expect(page.locator(".bl-tip")).to_contain_text("Lima Group speaks up")
    expect(page.locator(".bl-tip")).to_contain_text("4 January 2019")
    expect(page.locator(".bl-tip")).to_contain_text(LONG)
    chip.click()
    assert page.locator(".bl-current").text_content() == LONG
    expect(page.locator(".bl-current")).to_be_in_viewport()
    assert page.locator(".bl-article").text_content() == LIMA.text
    page.keyboard.press("Escape")
    expect(page.locator(".bl-article")).to_have_count(0)
    expect(chip).to_be_focused()


def test_the_words_that_answer_are_marked_in_the_answer_and_in_the_article(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    assert page.locator(".bl-text .bl-words").all_text_contents() == [URGING]
    page.locator(".bl-text .bl-chip").first.click()
    expect(page.locator(".bl-current")).to_be_visible()
    assert page.locator(".bl-article .bl-words").all_text_contents() == [URGING]


def test_each_side_has_its_own_words_marked(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(articles=(FIRST, LATER)))).page
    visitor.ask(DEATHS)
    assert page.locator(".bl-side .bl-words").all_text_contents() == ["43", "26"]
    page.locator(".bl-side .bl-chip").last.click()
    assert page.locator(".bl-current .bl-words").text_content() == "26"


def test_a_courtesy_is_answered_and_there_is_nothing_to_judge(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    visitor.ask("Thanks!")
    turn = page.locator(".bl-turn").last
    said = turn.locator(".bl-courtesy").text_content()
    assert said
    expect(turn.locator("button")).to_have_count(0)
    expect(page.locator("#bl-desk [role=status]").first).to_have_text(said)
    page.reload()
    expect(page.locator(".bl-courtesy")).to_have_text(said)


@pytest.mark.models
def test_the_real_models_answer_in_the_browser(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(articles=(), real=True))).page
    page.context.set_default_timeout(120_000)
    visitor.ask(WHO_URGED)
    expect(page.locator(".bl-text")).to_contain_text("Canada and a dozen Latin American")
    chip = page.locator(".bl-text .bl-chip").first
    chip.hover()
    quote = page.locator(".bl-tip q").text_content()
    chip.click()
    assert page.locator(".bl-current").text_content() == quote
    page.keyboard.press("Escape")
    visitor.ask("What did Mexico do at the meeting?")
    expect(page.locator(".bl-turn").last).to_contain_text("Mexico took part in the meeting")


def test_each_source_is_listed_once(serve: StartServer, visit: Visit) -> None:
    visitor = visit(serve())
    visitor.ask(WHO_URGED)
    titles = visitor.page.locator(".bl-sources li").all_text_contents()
    assert len(titles) == len(set(titles)) >= 1


def test_a_draft_is_shown_as_one_and_replaced_by_what_was_checked(
    serve: StartServer, visit: Visit
) -> None:
    invented = "Maduro was urged by 31 unheard-of governments and by Atlantis to leave at once."
    page = (visitor := visit(serve(says=invented, pause=0.15))).page
    page.fill("#bl-box textarea", WHO_URGED)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-draft")).to_contain_text("not checked")
    expect(page.locator(".bl-draft")).to_contain_text("31 unheard-of")
    expect(page.locator("#bl-stop")).to_be_visible()
    expect(page.locator(".bl-tools")).to_be_visible()
    assert "Atlantis" not in page.locator("#bl-desk").inner_text()
    expect(page.locator("#bl-ask")).to_be_visible()
    assert visitor.page.locator("#bl-box textarea").input_value() == ""


def test_what_the_model_writes_stands_above_its_quotes(serve: StartServer, visit: Visit) -> None:
    written = "43 people died when the Morandi bridge in Genoa collapsed."
    page = (visitor := visit(serve(writes=written))).page
    question = "How many people died when the Morandi bridge in Genoa collapsed?"
    quote = BRIDGE.text[: BRIDGE.text.index(" It carried")]
    visitor.ask(question)
    expect(page.locator(".bl-text")).to_contain_text(quote)
    expect(page.locator(".bl-sources q")).to_have_count(0)
    page.get_by_label("always").check()
    visitor.ask(question)
    turn = page.locator(".bl-turn").last
    expect(turn.locator(".bl-text")).to_contain_text(written)
    expect(turn.locator(".bl-text .bl-words")).to_have_text("43")
    expect(turn.locator(".bl-sources q")).to_have_text(quote)


def test_the_quotes_are_read_while_the_model_writes(serve: StartServer, visit: Visit) -> None:
    written = "43 people died when the Morandi bridge in Genoa collapsed."
    page = visit(serve(writes=written, says="slowly " * 20, pause=0.2)).page
    page.get_by_label("always").check()
    page.fill("#bl-box textarea", DEATHS)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-draft")).to_contain_text("slowly")
    expect(page.locator(".bl-found")).to_contain_text(BRIDGE.text[: BRIDGE.text.index(" It")])
    expect(page.locator(".bl-tools")).to_be_visible()
    expect(page.locator(".bl-found")).to_have_count(0)


def test_stopping_leaves_nothing_unchecked(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(says="Canada and a dozen others. " * 20, pause=0.3))).page
    page.fill("#bl-box textarea", WHO_URGED)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-draft")).to_contain_text("Canada")
    page.click("#bl-stop")
    expect(page.locator(".bl-turn")).to_contain_text("Stopped.")
    assert "Canada" not in page.locator(".bl-answer").inner_text()
    # The next question is answered: the model was let go.
    visitor.ask(OFF_TOPIC)
    expect(page.locator(".bl-refusal")).to_have_count(1)


def test_a_refusal_looks_like_one_and_shows_the_nearest(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(OFF_TOPIC)
    refusal = page.locator(".bl-refusal")
    expect(refusal).to_contain_text("The articles do not answer this question.")
    nearest = refusal.locator("li").first
    quote = nearest.locator(".bl-quoted").inner_text().partition("”")[0].removeprefix("“")
    nearest.locator(".bl-chip").click()
    assert page.locator(".bl-current").text_content() == quote


def test_articles_that_disagree_stand_side_by_side(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve(articles=(FIRST, LATER)))).page
    visitor.ask(DEATHS)
    sides = page.locator(".bl-side")
    expect(sides).to_have_count(2)
    expect(sides.first).to_contain_text("43 people")
    expect(sides.last).to_contain_text("26 people")
    expect(sides.last.locator("h3")).to_contain_text(FIRST.source or "")
    boxes = [side.bounding_box() for side in sides.all()]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]


def test_a_follow_up_shows_what_was_searched_for(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask("How many people have left Venezuela?")
    visitor.ask("And who counted them?")
    tag = page.locator(".bl-turn").last.locator(".bl-tag")
    expect(tag).to_contain_text("searched for:")
    tag.locator("button").click()
    expect(page.locator(".bl-turn")).to_have_count(3)
    expect(page.locator(".bl-turn").last.locator(".bl-tools")).to_be_visible()
    assert "searched for:" not in page.locator(".bl-turn").last.inner_text()


def test_a_date_in_the_question_is_a_filter_that_can_be_removed(
    serve: StartServer, visit: Visit
) -> None:
    articles = (LIMA, MIGRATION, replace(BRIDGE, published=date(2022, 5, 1)))
    page = (visitor := visit(serve(articles=articles))).page
    visitor.ask("Who urged Maduro before 10 January 2019 not to be sworn in?")
    tag = page.locator(".bl-tag")
    expect(tag).to_contain_text("“before 10 January 2019”: up to 9 January 2019")
    tag.locator("button").click()
    expect(page.locator(".bl-turn")).to_have_count(2)
    expect(page.locator(".bl-turn").last.locator(".bl-tools")).to_be_visible()
    assert page.locator(".bl-turn").last.locator(".bl-tag").count() == 0


def test_a_filter_holds_for_the_next_question_until_it_is_removed(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve())).page
    page.locator(".bl-choose summary").click()
    page.get_by_role("checkbox", name="Andean Courier").check()
    expect(page.locator(".bl-filters")).to_contain_text("source: Andean Courier")
    visitor.ask(WHO_URGED)
    assert "Lima Group speaks up" not in page.locator(".bl-turn").last.inner_text()
    page.get_by_label("Remove the filter Andean Courier").click()
    expect(page.locator(".bl-filters")).to_have_count(0)
    visitor.ask("Who urged Nicolás Maduro not to be sworn in for a second term?")
    expect(page.locator(".bl-turn").last).to_contain_text("Lima Group speaks up")


def test_an_example_question_can_be_asked(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    suggestion = page.locator(".bl-suggestion").first
    question = suggestion.text_content()
    suggestion.click()
    expect(page.locator(".bl-question")).to_have_text(question or "")
    # By the hash embedder, a title may be nearest to nothing.
    expect(page.locator(".bl-tools")).to_be_visible()


def test_a_question_that_cannot_be_asked_stays_in_the_box(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    page.fill("#bl-box textarea", "   ")
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-foot [role=alert]")).to_be_visible()
    expect(page.locator(".bl-turn")).to_have_count(0)


def test_the_keyboard_alone_does_all_of_it(serve: StartServer, visit: Visit) -> None:
    page = visit(serve()).page
    page.locator("body").focus()
    page.keyboard.press("/")
    expect(page.locator("#bl-box textarea")).to_be_focused()
    page.keyboard.type(WHO_URGED)
    page.keyboard.press("Enter")
    expect(page.locator(".bl-tools")).to_be_visible()

    def tab_to(selector: str, back: bool = False) -> None:
        for _ in range(60):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Shift+Tab" if back else "Tab")
        pytest.fail(f"{selector} is not reached")

    tab_to(".bl-sources .bl-chip", back=True)
    tab_to(".bl-text .bl-chip", back=True)
    expect(page.locator(".bl-tip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".bl-title")).to_be_focused()
    expect(page.locator(".bl-tip")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".bl-text .bl-chip")).to_be_focused()
    tab_to("[aria-label='This answer: right']")
    page.keyboard.press("Space")
    expect(page.locator("[aria-label='This answer: right']")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("[aria-label='This answer: right']")).to_be_focused()


def test_previous_and_next_go_through_the_quotes(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(OFF_TOPIC)
    chips = page.locator(".bl-nearest .bl-chip")
    count = chips.count()
    assert count > 1
    chips.first.click()
    expect(page.locator("div.bl-steps")).to_contain_text(f"quote 1 of {count}")
    expect(page.get_by_label("Previous quote")).to_be_disabled()
    first = page.locator(".bl-current").text_content()
    page.get_by_label("Next quote").click()
    expect(page.locator("div.bl-steps")).to_contain_text(f"quote 2 of {count}")
    assert page.locator(".bl-current").text_content() != first


def test_a_new_answer_is_scrolled_to_its_question_and_seen_whole(
    serve: StartServer, visit: Visit
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = (visitor := visit(serve(), **phone)).page
    whole = """turn => {
        const box = turn.getBoundingClientRect(), desk = document.querySelector('#bl-desk');
        return box.top >= 0 && box.bottom <= desk.getBoundingClientRect().bottom; }"""
    begun = "turn => Math.abs(turn.getBoundingClientRect().top) < 60"
    # A refusal with its passages is longer than the screen.
    for question, seen in ((OFF_TOPIC, begun), (OFF_TOPIC, begun), (WHO_URGED, whole)):
        visitor.ask(question)
        page.wait_for_function(seen, arg=page.locator(".bl-turn").last.element_handle())
        expect(page.locator("#bl-box textarea")).not_to_be_focused()  # No keyboard covers it.
    page.reload()  # And a conversation opens with what was said last.
    expect(page.locator(".bl-question").last).to_be_in_viewport()


def test_what_reads_from_right_to_left_stands_so(serve: StartServer, visit: Visit) -> None:
    text = "قال الوزير إن Byline وصلت إلى بيروت. The harbour of Beirut was opened by 12 people."
    article = Document(text, title="ميناء بيروت", source="النهار", published=date(2021, 3, 2))
    page = (visitor := visit(serve(articles=(article,)))).page
    visitor.ask("ميناء Beirut opened harbour people?")
    direction = "nodes => nodes.map(node => getComputedStyle(node).direction)"
    for right in (".bl-question", ".bl-open-article > span:first-child", ".bl-open-talk"):
        assert page.locator(right).evaluate_all(direction) == ["rtl"], right
    page.locator(".bl-answer .bl-chip").first.click()
    expect(page.locator(".bl-current")).to_be_visible()
    for right in (".bl-title", ".bl-article"):
        assert page.locator(right).evaluate_all(direction) == ["rtl"], right
    about = page.locator(".bl-sources .bl-about").first
    expect(about).to_have_text("\u2068النهار\u2069, 2 March 2021")
    page.fill("#bl-box textarea", "من")
    assert page.locator("#bl-box textarea").evaluate_all(direction) == ["rtl"]
    assert (
        page.locator(".bl-lead, .bl-refused, .bl-brand").first.evaluate(
            "node => getComputedStyle(node).direction"
        )
        == "ltr"
    )


def test_the_keys_are_told_in_a_dialog_that_keeps_the_focus(
    serve: StartServer, visit: Visit
) -> None:
    page = (visitor := visit(serve(says="word " * 100, pause=0.3))).page
    page.fill("#bl-box textarea", "?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("#bl-box textarea").type("?")  # A question mark, where one is writing.
    expect(page.locator("#bl-box textarea")).to_have_value("??")
    page.locator(".bl-new").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    for _ in range(4):  # What is outside cannot be reached.
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || document.activeElement.closest('dialog')"
        )
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".bl-new")).to_be_focused()
    page.fill("#bl-box textarea", WHO_URGED)
    page.press("#bl-box textarea", "Enter")
    expect(page.locator(".bl-draft")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".bl-answer")).to_contain_text("Stopped.")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    assert visitor.complaints == []


def test_another_conversation_closes_the_article(serve: StartServer, visit: Visit) -> None:
    page = (visitor := visit(serve())).page
    visitor.ask(WHO_URGED)
    page.locator(".bl-text .bl-chip").first.click()
    expect(page.locator(".bl-article")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".bl-welcome")).to_be_visible()
    expect(page.locator(".bl-article")).to_have_count(0)


def test_an_article_without_a_title_or_a_date_opens_too(serve: StartServer, visit: Visit) -> None:
    bare = Document(text=MIGRATION.text)
    page = (visitor := visit(serve(articles=(bare, replace(LIMA, url="javascript:alert(1)"))))).page
    visitor.ask("How many people have left Venezuela?")
    page.locator(".bl-text .bl-chip").first.click()
    expect(page.locator(".bl-title")).to_have_text("Untitled")
    assert page.locator("#bl-panel a").count() == 0
