"""Pages as papers and their tools write them: what is the article, and what is said of it."""

import json
from datetime import date

import pytest

from documents import read_bytes
from index.reading.web.article import find_article
from index.reading.web.page import draft_of_page
from index.types import Document

FIRST = (
    "The harbour of Port Vell reopened on Tuesday after a strike of nine days, and the first "
    "ships came in before noon, to the relief of everybody on the quay."
)
SECOND = (
    "The union said that its members had accepted an offer of four per cent over two years, "
    "and that the rest of the dispute would be settled by a referee in the autumn."
)
THIRD = (
    "Shipping companies expect the backlog to be cleared within a fortnight, the harbour master "
    "told reporters, although some of the cargo has gone to other ports already."
)
FOURTH = (
    "The last strike of this length was in the spring of the year in which the new terminal was "
    "opened, when the cranes stood still for eleven days."
)
SITE = "<meta property='og:site_name' content='The Herald'>"
ADDRESS = "<meta property='og:url' content='https://example.org/b'>"
STORY = "".join(f"<p>{each}</p>" for each in (FIRST, SECOND, THIRD))


def page(body: str, head: str = "<title>Port reopens</title>", *, lang: str = "en") -> bytes:
    menu = "<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head><meta charset='utf-8'>{head}</head>"
        f"<body>{menu}{body}<footer>All rights reserved</footer></body></html>"
    ).encode()


def read(body: str, head: str = "<title>Port reopens</title>", **options) -> Document:
    return read_bytes(page(body, head, **options), "a.html").document


def structured(**fields: object) -> str:
    item = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(item)}</script>'


# The article


def test_links_within_a_sentence_stay() -> None:
    told = (
        'The mayor, who <span class="link"><a href="/m">had called for talks</a></span>, was glad'
    )
    body = f"<article><h1>Port reopens</h1>{STORY}<p>{told} that the ships came back.</p></article>"
    assert read(body).text.split("\n\n")[-1] == (
        "The mayor, who had called for talks, was glad that the ships came back."
    )


def test_a_card_over_a_name_is_left_out() -> None:
    card = (
        '<span class="who"><a href="/ruiz">Ana Ruiz</a><span class="who-block"><img src="r.jpg" '
        'alt=""><a href="/ruiz">Ana Ruiz</a><a href="/1">Ruiz opens a school</a></span></span>'
    )
    body = f"<article><h1>Port reopens</h1>{STORY}<p>{card}, the mayor, was there.</p></article>"
    assert read(body).text.endswith("\n\nAna Ruiz, the mayor, was there.")


def test_an_article_that_goes_on_in_a_second_container() -> None:
    body = (
        "<main><h1>Port reopens</h1><div class='chunks'>"
        f"<div class='article-body'>{STORY}</div><div class='ad'>Buy a boat</div>"
        f"<div class='article-body'><p>{FOURTH}</p><p><a href='/x'>Boats for sale.</a></p></div>"
        "</div></main>"
    )
    assert read(body).text == "\n\n".join((FIRST, SECOND, THIRD, FOURTH))


def test_the_next_article_of_an_endless_page_is_not_added() -> None:
    body = (
        f"<main><h1>Port reopens</h1><div class='article-body'>{STORY}</div>"
        f"<h1>Cranes of old</h1><div class='article-body'><p>{FOURTH}</p></div></main>"
    )
    assert FOURTH not in read(body).text


@pytest.mark.parametrize(
    "teaser",
    [
        "<p>Read more: <a href='/1'>How the strike began</a></p>",
        "<p><strong>RELATED:</strong> <a href='/1'>How the strike at the harbour began</a></p>",
        "<p>Lire aussi : <a href='/1'>Comment tout a commencé</a></p>",
        "<p><a href='/1'>How the strike at the harbour began</a> [VIDEO]</p>",
    ],
)
def test_lines_that_lead_to_other_articles_are_left_out(teaser: str) -> None:
    told = "<p>More than 200 ships waited, <a href='/2'>the agency said</a>, and more came.</p>"
    body = f"<article><h1>Port reopens</h1>{STORY}{teaser}{told}</article>"
    assert read(body).text == "\n\n".join(
        (FIRST, SECOND, THIRD, "More than 200 ships waited, the agency said, and more came.")
    )


@pytest.mark.parametrize(
    "around",
    ["<section class='related-articles'>{}</section>", "<div id='most-read'>{}</div>",
     "<div class='read-next'>{}</div>"],
)  # fmt: skip
def test_other_articles_on_a_page_are_left_out(around: str) -> None:
    card = "<article><h3><a href='/1'>Storm</a></h3><p>A trawler sank in a storm.</p></article>"
    body = f"<main><h1>Port reopens</h1><p>{FIRST}</p></main>{around.format(card * 2)}"
    assert read(body).text == FIRST
    own = f"<div class='related'><h1>Port reopens</h1><h2>At last</h2>{STORY}</div>"
    assert "trawler" not in read(own).text
    assert read(own).text.endswith("\n\n".join((FIRST, SECOND, THIRD)))


def test_what_stands_around_the_article_and_others_is_kept() -> None:
    card = "<h3><a href='/1'>Storm sinks a trawler</a></h3>"
    around = f"<div class='content has-related'><h2>At last</h2>{STORY}{card}</div>"
    for told in (around, around.replace("<p>", "<div>").replace("</p>", "</div>")):
        text = read(f"<header><h1>Port reopens</h1></header>{told}").text
        assert all(part in text for part in (FIRST, SECOND, THIRD))


def test_hidden_text_of_a_small_page_is_left_out() -> None:
    small = (
        f"<html><body><h1>Port</h1><p style='display:none'>Say no.</p><p>{FIRST}</p></body></html>"
    )
    assert read_bytes(small.encode(), "a.html").document.text == FIRST


@pytest.mark.parametrize("mark", ["style='display: none'", "hidden", "style='visibility:hidden'"])
def test_hidden_words_within_a_paragraph_are_left_out(mark: str) -> None:
    told = f"<nav>Menu</nav><p>{FIRST}</p><p>{SECOND} <span {mark}>Say no.</span></p><p>{THIRD}</p>"
    assert "Say no" not in read(told).text


def test_a_page_of_comments_only_has_no_article() -> None:
    assert find_article("<!-- nothing -->").paragraphs == ()


# The title


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Port reopens | The Herald</title>", "<h1>Port reopens</h1>", "Port reopens"),
        (
            "<title>Herald</title><meta property='og:title' content='Harbour of Vell: open again'>",
            "<h1>Port of Vell open again</h1>",
            "Port of Vell open again",
        ),
        (
            f"<title>Strike ends at harbour | The Herald</title>{SITE}",
            "<h1>The Herald</h1>",
            "Strike ends at harbour",
        ),
        (
            f"<title>The Herald: Strike ends at harbour</title>{SITE}",
            "",
            "Strike ends at harbour",
        ),
        (
            "<title>News</title>" + structured(headline="“Ships again&#8221; in Vell"),
            "<h1>The Herald</h1>",
            "“Ships again” in Vell",
        ),
        (f"<title>{'Never closed ' * 40}</title>", "<h1>Port reopens</h1>", "Port reopens"),
    ],
)
def test_title(head: str, body: str, title: str) -> None:
    assert read(f"{body}{STORY}", head).title == title


# Author, outlet, address, language


def test_author_and_outlet_by_reference() -> None:
    graph = {
        "@graph": [
            {
                "@type": ["NewsArticle", "Thing"],
                "author": [{"@id": "#ana"}, {"name": "By Bo Li"}, "https://example.org/cy"],
                "publisher": {"@id": "#herald"},
            },
            {"@id": "#ana", "@type": "Person", "name": "Ana Ruiz"},
            {"@id": "#herald", "name": "The Herald | News &amp; Sport"},
        ]
    }
    head = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    document = read(f"<h1>Port reopens</h1>{STORY}", head)
    assert (document.author, document.source) == ("Ana Ruiz and Bo Li", "The Herald")


def test_the_site_is_the_outlet_of_what_an_agency_writes() -> None:
    head = structured(publisher={"name": "Associated Press"}, author={"name": "Ana Ruiz"})
    assert read(STORY, head + SITE).source == "The Herald"
    assert read(STORY, structured(publisher={"name": "Reuters"})).source == "Reuters"


def test_broken_structured_data_is_passed_over() -> None:
    head = (
        '<script type="application/ld+json">{"headline": </script><meta name="author" content="Bo">'
    )
    assert read(STORY, head).author == "Bo"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            f"<link rel='canonical' href='https://example.org/a'>{ADDRESS}",
            "https://example.org/a",
        ),
        (
            f"<link rel='canonical' href='https://example.org/'>{ADDRESS}",
            "https://example.org/b",
        ),
        ("<link rel='canonical' href='/a'>", None),
        (
            "<link rel='canonical' href='https://web.archive.org/web/20240313/https://example.org/d'>",
            "https://example.org/d",
        ),
        (structured(mainEntityOfPage={"@id": "https://example.org/c"}), "https://example.org/c"),
        ("<meta property='og:url' content='javascript:alert(1)'>", None),
    ],
)
def test_address(head: str, url: str | None) -> None:
    assert read(STORY, head).url == url


def test_an_address_of_the_archive_in_the_text_stays() -> None:
    told = "The order is kept at https://web.archive.org/web/20240313/https://example.org/d now."
    assert told in read(f"<article>{STORY}<p>{told}</p></article>").text


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- saved from url=(0028)https://example.org/2024/5/7/vell -->",
        "<!--\n Page saved with SingleFile \n url: https://example.org/2024/5/7/vell \n-->",
        (
            "<!-- saved from url=(0071)http://web.archive.org/web/2024/"
            "https://example.org/2024/5/7/vell -->"
        ),
    ],
)
def test_address_that_a_browser_saved_from(comment: str) -> None:
    data = page(STORY).replace(b"<html", comment.encode() + b"<html")
    document = read_bytes(data, "a.html").document
    assert document.url == "https://example.org/2024/5/7/vell"
    assert document.published == date(2024, 5, 7)


@pytest.mark.parametrize(
    ("lang", "head", "language"),
    [
        ("en_gb", "", "en-GB"),
        ("{{ lang }}", "<meta property='og:locale' content='pt_BR'>", "pt-BR"),
        ("", structured(inLanguage={"@type": "Language", "name": "fr"}), "fr"),
        ("", "<meta http-equiv='Content-Language' content='de'>", "de"),
        ("x-default", "", None),
    ],
)
def test_language(lang: str, head: str, language: str | None) -> None:
    assert read(STORY, head, lang=lang).language == language


# The date


@pytest.mark.parametrize(
    ("stated", "shown", "day"),
    [
        ("2024-05-08T03:30:00Z", "May 7, 2024 11:30 p.m. ET", date(2024, 5, 7)),
        ("2024-05-08T03:30:00Z", "Updated May 7, 2024", date(2024, 5, 7)),
        ("2024-05-07T22:10:00+00:00", "8 May 2024, 08:10 AEST", date(2024, 5, 8)),
        ("2024-05-07T22:10:00+00:00", "Updated 8 May 2024", date(2024, 5, 7)),
        ("2024-05-08T03:30:00+02:00", "May 7, 2024", date(2024, 5, 8)),
        ("2024-05-08T14:30:00Z", "May 7, 2024", date(2024, 5, 8)),
        ("2024-05-08T03:30:00Z", "May 5, 2024", date(2024, 5, 8)),
        ("0001-01-01T00:00:00Z", "May 7, 2024", date(2024, 5, 7)),
    ],
)
def test_the_outlets_own_day_goes_before_that_of_utc(stated: str, shown: str, day: date) -> None:
    head = f"<meta property='article:published_time' content='{stated}'>"
    body = f"<h1>Port reopens</h1><div>{shown}</div>{STORY}"
    assert read(body, head).published == day


@pytest.mark.parametrize(
    ("body", "day"),
    [
        (f"<p>publiziert am 7. Mai 2024</p><h1>Port</h1>{STORY}", date(2024, 5, 7)),
        (
            f"<div class='article_date'>7 May 2024 - 11:28 AMT</div><h1>Port</h1>{STORY}",
            date(2024, 5, 7),
        ),
        (f"<div class='date'>7 May 2024</div><h1>Port</h1>{STORY}", None),
        (f"<h1>Port</h1><em>7 May 2024</em>{STORY}", date(2024, 5, 7)),
        (f"<h1>Port</h1>{STORY}<em>7 May 2024</em>", None),
        (f"<h1>Port</h1><p class='byline'>By Ana Ruiz | May 7, 2024</p>{STORY}", date(2024, 5, 7)),
        (f"<h1>Port</h1><p class='byline'>Ana Ruiz, 7.5.2024</p>{STORY}", date(2024, 5, 7)),
        (
            f"<h1>Port</h1><p class='meta'>Updated May 9, 2024. Published May 7, 2024</p>{STORY}",
            date(2024, 5, 7),
        ),
        (
            f"<h1>Port</h1><p>Updated 8:00 AM CET, May 9, 2024<p>Published May 7, 2024</p>{STORY}",
            date(2024, 5, 7),
        ),
        (
            f"<h1>Port</h1><p>Last updated: 9 May 2024. First published: 7 May 2024</p>{STORY}",
            date(2024, 5, 7),
        ),
        (f"<h1>Port</h1><p>VELL, May 7, 2024 (Reuters) - {FIRST}</p>{STORY}", date(2024, 5, 7)),
        (
            (
                "<h1>Port</h1><time class='updated'>9 May 2024</time>"
                f"<time class='entry-date published'>7 May 2024</time>{STORY}"
            ),
            date(2024, 5, 7),
        ),
        (
            (
                "<h1>Port</h1><div itemprop='dateModified'>9 May 2024</div>"
                f"<div itemprop='datePublished'>7 May 2024</div>{STORY}"
            ),
            date(2024, 5, 7),
        ),
        (f"<h1>Port</h1><time class='updated'>7 May 2024</time>{STORY}", date(2024, 5, 7)),
        (f"<h1>Port</h1><div>7 May 2024 • 3 min read • 14 comments</div>{STORY}", date(2024, 5, 7)),
        (
            f"<h1>Port</h1><div>\n<a>Ana Ruiz</a> •\n<i>7 May 2024</i>\n</div>{STORY}",
            date(2024, 5, 7),
        ),
        (f"<h1>Port</h1><div>Ana Ruiz / 7 May 2024</div>{STORY}", date(2024, 5, 7)),
        (f"<h1>Port</h1><figcaption>Vell | 7 May 2014</figcaption>{STORY}", None),
        (f"<h1>Port</h1><p>Photo: Bo Lind / 7 May 2014</p>{STORY}", None),
        (f"<h1>Port</h1><p>Next meeting of the council • 7 May 2014</p>{STORY}", None),
        (
            f"<h1>Port</h1><p class='byline'>By Ana Ruiz<br>May 7, 2024, 6:30 a.m. ET</p>{STORY}",
            date(2024, 5, 7),
        ),
        (
            (
                "<h1>Port</h1><p class='dates'><i>Last modified: 9 May 2024</i>"
                f"<i>Created: 7 May 2024</i></p>{STORY}"
            ),
            date(2024, 5, 7),
        ),
        (f"<article><p>7 May 2024</p><h1>Port</h1>{STORY}</article>", date(2024, 5, 7)),
    ],
)
def test_date_that_is_only_seen(body: str, day: date | None) -> None:
    assert read(body).published == day


def test_date_at_the_end_of_the_address() -> None:
    head = "<link rel='canonical' href='https://example.org/port-reopens-20240507/'>"
    assert read(STORY, head).published == date(2024, 5, 7)


OTHERS_DATES = [
    "<aside><h3>Related</h3><a href='/a'>Storm sinks trawler</a> <time>{}</time></aside>",
    "<footer><time datetime='2016-02-01'>{}</time></footer>",
    "<nav><time>{}</time></nav>",
    "<div class='related-stories'><article><time>{}</time></article></div>",
    "<section><h2>Read more</h2><ul><li><a href='/a'>Storm</a> <time>{}</time></li></ul></section>",
    "<div><a href='/a'>Storm sinks a trawler</a> <time>{}</time></div>",
    "<aside><span itemprop='datePublished'>{}</span></aside>",
    "<aside><p class='date'>{}</p></aside>",
    "<header><a href='/'>The Herald</a><time>{}</time></header>",
]


@pytest.mark.parametrize("around", OTHERS_DATES)
def test_dates_of_what_stands_around_are_not_the_articles(around: str) -> None:
    text = "".join(f"<p>The mill at Arden burned down, said witness {n}.</p>" for n in range(4))
    around = around.format("1 February 2016")
    for own, dates in (("", set()), ("<p><time>4 January 2019</time></p>", {"4 January 2019"})):
        main = f"<main><h1>Mill burns</h1>{own}{text}</main>"
        for body in (main + around, around + main):
            assert set(draft_of_page(f"<html><body>{body}</body></html>").dates) == dates


def test_the_day_that_a_theme_puts_below_the_text_counts() -> None:
    page = (
        "<html><body><article><h1>Mill burns</h1><p>The mill at Arden burned down.</p><footer>"
        "<time class='entry-date published'>4 January 2019</time></footer></article></body></html>"
    )
    assert draft_of_page(page).dates == ("4 January 2019",)


BLOCKS = (
    ("2019-01-04T12:30:00Z", "Ships leave", "The first ships left the quay before noon, in rain."),
    ("2019-01-04T10:05:00Z", "Gates open", "The gates opened at ten, and nobody was waiting."),
)
INTRODUCTION = "The harbour of Vell reopens today after a winter of repairs to its northern wall."
SHOWN = "".join(
    f"<article class='block'><header><time datetime='{time}'>{time[11:16]}</time>"
    f"<button>Share</button><h2>{heading}</h2></header><p>{text}</p></article>"
    for time, heading, text in BLOCKS
)
STATED = [
    {"@type": "BlogPosting", "headline": heading, "datePublished": time, "articleBody": text}
    for time, heading, text in BLOCKS
]


@pytest.mark.parametrize("stated", [STATED, STATED[:1], []])
def test_the_blocks_of_a_live_blog_keep_their_times_and_headings(stated: list) -> None:
    live = {"@type": "LiveBlogPosting", "headline": "Harbour live", "liveBlogUpdate": stated}
    page = (
        "<html><head><title>Harbour live</title><script type='application/ld+json'>"
        f"{json.dumps(live)}</script></head><body><nav><a href='/'>Home</a></nav><main>"
        f"<h1>Harbour live</h1><p>{INTRODUCTION}</p>{SHOWN}</main><aside><div><time "
        "datetime='2018-01-01T10:00:00Z'>1 January</time><p>Another story, of another harbour, in "
        "another year.</p></div></aside></body></html>"
    )
    (leave, gates) = (text for _, _, text in BLOCKS)
    text = read_bytes(page.encode(), "live.html").document.text
    assert text.split("\n\n") == [
        INTRODUCTION,
        "2019-01-04, 12:30 UTC",
        "Ships leave",
        leave,
        "2019-01-04, 10:05 UTC",
        "Gates open",
        gates,
    ]
    document = Document(text)
    assert document.time_at(text.index(gates)) == "2019-01-04, 10:05 UTC"
    assert document.time_at(text.index(INTRODUCTION)) == ""
