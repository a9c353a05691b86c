"""From a page on the web to an article of the library: its address, its encoding, its next time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest

from fakes import HashEmbedder
from index.errors import ReadError
from index.reading.sandbox.pool import ReaderPool
from index.reading.web.page import draft_of_page
from index.sqlite import SqliteStore
from index.types import Document
from rag.adding import AddResult
from rag.assistant import Assistant
from rag.fetching.addresses import Address
from rag.fetching.articles import read_page, read_pages
from rag.fetching.page import FetchedPage, fetch_page
from rag.settings import Settings
from web_host import html, moved, on_this_machine, serve

URL = "https://paper.example/news/bridge"
STORY = """<html lang="en"><head><title>Bridge closed</title>
<meta property="article:published_time" content="2024-03-05">{head}</head>
<body><h1>Bridge closed</h1><p>{text}</p></body></html>"""


def story(head: str = "", text: str = "The old bridge was closed on Tuesday.") -> str:
    return STORY.format(head=head, text=text)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool() as made:
        yield made


def read(content: bytes, pool: ReaderPool, kind: str = "text/html", charset: str = "") -> Document:
    (result,) = read_page(URL, FetchedPage(content, URL, kind, charset), pool)
    assert result.document is not None
    return result.document


def test_an_article_from_the_web_says_where_it_is_from(pool: ReaderPool) -> None:
    page = FetchedPage(story().encode(), URL, "text/html")
    (result,) = read_page("https://paper.example/short", page, pool)
    assert (result.path, result.outcome) == ("https://paper.example/short", "read")
    document = result.document
    assert document is not None
    assert (document.title, document.published) == ("Bridge closed", date(2024, 3, 5))
    assert (document.url, document.path) == (URL, URL)
    assert document.text.endswith("The old bridge was closed on Tuesday.")


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("https://paper.example/2024/bridge", "https://paper.example/2024/bridge"),
        ("https://www.paper.example/bridge?a=b#c", "https://www.paper.example/bridge?a=b"),
        ("https://other.example/bridge", URL),
        ("https://paper.example.evil.example/bridge", URL),
        ("https://paper.example/", URL),
        ("https://me:secret@paper.example/bridge", URL),
        ("javascript:alert(1)", URL),
    ],
)
def test_the_address_that_a_page_states_counts_on_its_own_host(
    stated: str, kept: str, pool: ReaderPool
) -> None:
    head = f'<link rel="canonical" href="{stated}">'
    assert read(story(head).encode(), pool).url == kept


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("cafés".encode("cp1252"), "iso-8859-1"),
        ("cafés".encode("cp1252"), "Windows-1252"),
        ("cafés".encode(), "iso-8859-1"),
        ("cafés".encode(), "nonsense"),
        ("cafés".encode(), ""),
    ],
)
def test_the_encoding_that_the_server_states_counts_unless_it_is_utf_8(
    content: bytes, charset: str, pool: ReaderPool
) -> None:
    text = b"The " + content + b" were closed."
    assert read(text, pool, kind="text/plain", charset=charset).text == "The cafés were closed."
    before, after = story(text="The @ were closed.").encode().split(b"@")
    page = read(before + content + after, pool, charset=charset)
    assert page.text.endswith("The cafés were closed.")


def test_what_the_server_states_goes_before_what_the_page_states(pool: ReaderPool) -> None:
    russian = "Мост закрыт."
    page = story('<meta charset="iso-8859-1">', russian).encode("cp1251")
    assert read(page, pool, charset="windows-1251").text.endswith(russian)


def test_a_page_without_an_article_is_one_line() -> None:
    (result,) = read_pages(
        [URL], fetch=lambda url: FetchedPage(b"<html><body></body></html>", url, "")
    )
    assert result.outcome == "failed"
    assert result.path == URL
    assert "\n" not in result.message


def test_a_fault_leaves_the_other_pages_standing() -> None:
    def fetch(url: str) -> FetchedPage:
        if url == "refused":
            raise ReadError("the server answered 404 Not Found; check the address")
        return FetchedPage(story().encode(), URL, "text/html")

    refused, good = read_pages(["refused", URL], fetch=fetch)
    assert refused.message == "the server answered 404 Not Found; check the address"
    assert good.document is not None


def here(*_: object) -> Sequence[Address]:
    return [ip_address("127.0.0.1")]


def test_an_address_that_is_added_again_brings_its_article_up_to_date(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, fingerprint=HashEmbedder.fingerprint, dimension=64)
    assistant = Assistant(
        Settings(home=tmp_path, models=tmp_path), store=store, embedder=HashEmbedder()
    )
    fetch = partial(fetch_page, allowed=on_this_machine, look_up=here)
    with store, serve({"/short": moved("/bridge"), "/bridge": html(story())}) as host:
        base = f"http://paper.example:{host.port}"

        def add(path: str) -> AddResult:
            (reading,) = read_pages([base + path], fetch=fetch)
            assert reading.document is not None
            return assistant.add_document(reading.document)

        assert add("/bridge").outcome == "added"
        assert add("/short").outcome == "unchanged"
        host.answers["/bridge"] = html(story(text="The old bridge is open again."))
        assert add("/bridge").outcome == "updated"
        (kept,) = store.documents()
        assert kept.text.endswith("The old bridge is open again.")
        assert (kept.path, kept.url) == (f"{base}/bridge", f"{base}/bridge")


def test_comments_below_a_small_page_are_no_article() -> None:
    told = "".join(
        f"<p>The mill at Arden shut in year {n}, its owner told us.</p>" for n in (1, 2, 3)
    )
    below = "<div id='comments'><h3>Comments</h3><p>It cost 44 million, I heard.</p></div>"
    markup = f"<html><body><article><h1>Mill shut</h1>{told}</article>{below}</body></html>"
    text = draft_of_page(markup).text
    assert "year 3" in text
    assert "44 million" not in text
