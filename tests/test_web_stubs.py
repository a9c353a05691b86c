"""Pages that hold no article: paywalls, and lists of links; and those that only look like one."""

import json
from pathlib import Path

import pytest

from index.errors import ReadError
from index.reading import ReadOptions, read_articles
from index.reading.web.page import draft_of_page

LEAD = "The board of the mill at Arden knew of the hole in its books for a year before the fire."
STORY = [
    f"{LEAD} Its treasurer had told them so in a letter, in a meeting, and at a christening."
    f" That was in the spring of year {year}, when the mill still paid its people on time."
    for year in range(1, 8)
]
ASK = "Subscribe to read the rest of this story. Already a subscriber? Log in here."
PAYWALL = "only the beginning of an article behind a paywall"
INDEX = "a page of links to articles, and none itself"
FREE = "Thanks for reading! Subscribe for free to receive new posts and support my work."
FREE_TO_CONTINUE = "Sign up for free to continue reading this story and get unlimited access."
FREE_AT_FIRST = (
    "Subscribe for free to receive new posts for 30 days, then 9.99 a month. Already a subscriber?"
)


def page(paragraphs: list[str], head: str = "", below: str = "") -> str:
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    return (
        f"<html><head><title>Fire at a mill</title>{head}</head><body><nav><a href='/'>Home</a>"
        f"</nav><article><h1>Fire at a mill</h1>{text}</article>{below}</body></html>"
    )


def stated(**fields: object) -> str:
    return (
        "<script type='application/ld+json'>"
        + json.dumps({"@type": "NewsArticle", "headline": "Fire at a mill"} | fields)
        + "</script>"
    )


@pytest.mark.parametrize(
    "markup",
    [
        page([LEAD], below=f"<div class='paywall'><p>{ASK}</p></div>"),
        page([LEAD, ASK]),
        page([LEAD], stated(isAccessibleForFree=False)),
        page([LEAD], stated(isAccessibleForFree="False")),
        page(STORY[:2], stated(isAccessibleForFree=False, wordCount=900)),
        page([LEAD], "<meta property='article:content_tier' content='locked'>"),
        page([LEAD], below=f"<section id='subscribe-gate'>{ASK}</section>"),
        page([LEAD], below=f"<div class='regwall'>{FREE_TO_CONTINUE}</div>"),
        page([LEAD], below=f"<div class='paywall'>{FREE_AT_FIRST}</div>"),
        page([LEAD], below="<div class='regwall'>Abonnieren Sie, um den Rest zu lesen.</div>"),
    ],
)
def test_the_beginning_of_what_is_paid_for_is_no_article(markup: str) -> None:
    draft = draft_of_page(markup)
    assert draft.stub == PAYWALL
    assert ASK not in draft.text


@pytest.mark.parametrize(
    "markup",
    [
        page(STORY, stated(isAccessibleForFree=False)),  # as saved by a subscriber
        page(STORY, stated(isAccessibleForFree=False, wordCount=250)),
        page(STORY, below=f"<div class='paywall'>{ASK}</div>"),
        page([LEAD], "", "<div class='paywall'>Log in</div>"),
        page([LEAD], "", f"<div class='subscription-widget'>{FREE}</div>"),
        page([LEAD], "", "<aside class='subscribe'>Subscribe to our letter on gardens.</aside>"),
        page([LEAD]),
        page([f"{LEAD} He asked all members to log in to the register and to subscribe to it."]),
    ],
)
def test_an_article_is_none_of_these(markup: str) -> None:
    draft = draft_of_page(markup)
    assert draft.stub == ""
    assert LEAD in draft.text


LINKS = [f"Headline number {number} of a day in Arden" for number in range(9)]


def listed(teaser: str, element: str = "h2") -> str:
    return "".join(
        f"<div><{element}><a href='/{n}'>{link}</a></{element}>{teaser}</div>"
        for n, link in enumerate(LINKS)
    )


def front(body: str, head: str = "") -> str:
    return f"<html><head><title>News</title>{head}</head><body><h1>News</h1>{body}</body></html>"


@pytest.mark.parametrize(
    "markup",
    [
        front(listed("")),
        front(listed("<p>The mill burned down in the night, and nobody was hurt.</p>")),
        front(listed("", "h3"), "<meta property='og:type' content='website'>"),
        front("<ul>" + "".join(f"<li><a href='/x'>{link}</a></li>" for link in LINKS) + "</ul>"),
    ],
)
def test_a_page_of_links_is_no_article(markup: str) -> None:
    assert draft_of_page(markup).stub == INDEX


@pytest.mark.parametrize(
    "markup",
    [
        page(STORY, below=listed("")),
        page(STORY[:2], below=listed("<p>The mill burned down, and nobody was hurt.</p>")),
        page([LEAD], stated(), listed("")),
        page([LEAD], "<meta property='og:type' content='article'>", listed("")),
        page([LEAD], below=f"<aside>{listed('')}</aside>"),
        front(
            "".join(
                f"<p>{each} <a href='/x'>a link to the letter itself</a>.</p>" for each in STORY
            )
        ),
    ],
)
def test_an_article_with_many_links_is_one(markup: str) -> None:
    assert draft_of_page(markup).stub == ""


@pytest.mark.parametrize(
    "line",
    [
        "We use cookies to make this page better. Accept all",
        "Sign up for our morning letter",
        "Subscribe now for one euro a week",
    ],
)
def test_lines_that_ask_for_something_are_no_text(line: str) -> None:
    for paragraphs in ([line, *STORY], [*STORY, line]):
        assert draft_of_page(page(paragraphs)).text == "\n\n".join(STORY)
    block = f"<div class='cookie-banner'><p>{line}</p></div>"
    assert draft_of_page(page(STORY, below=block)).text == "\n\n".join(STORY)


def test_a_stub_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(page([LEAD, ASK]))
    with pytest.raises(ReadError) as error:
        list(read_articles(path))
    assert str(error.value) == f"{PAYWALL}; save the whole article, or add it with --keep-stubs"
    (kept,) = read_articles(path, ReadOptions(keep_stubs=True))
    assert (kept.document.text, kept.warnings) == (LEAD, (PAYWALL,))


@pytest.mark.parametrize(
    "title",
    [
        "Just a moment...",
        "404 - Page not found",
        "Error 404: Page not found",
        "Access Denied | Post",
    ],
)
def test_what_a_site_answers_with_is_no_article(title: str) -> None:
    markup = page(["Sorry, this page has moved. Try our search."]).replace("Fire at a mill", title)
    assert draft_of_page(markup).stub == "what a site answers with instead of an article"


@pytest.mark.parametrize(
    "title",
    [
        "Access denied: how a mill shut out its people",
        "Forbidden City reopens",
        "Just a moment with Ana Ruiz",
        "Are you human, asks a play in Lund",
        "Not found: the ship that sank in 1790",
    ],
)
def test_an_article_may_be_called_so(title: str) -> None:
    for story in (STORY, STORY[:2]):
        assert draft_of_page(page(story).replace("Fire at a mill", title)).stub == ""
