"""Archives of web pages."""

import gzip
import io

import pytest

from index.errors import ReadError
from index.reading.draft import Draft, Unread
from index.reading.web.saved import drafts_from_warc, looks_like_warc

HARBOUR = "The harbour of Port Vell reopened on Tuesday, and the first ships came in before noon."


def page(text: str) -> bytes:
    return f"<html><head><title>Port</title></head><body><p>{text}</p></body></html>".encode()


def record(
    body: bytes, *, address: str = "https://post.example/7", kind: str = "response"
) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\n"
        "WARC-Date: 2020-08-09T10:00:00Z\r\nContent-Type: application/http;msgtype=response\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def response(content: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers or ("Content-Type: text/html",))
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + content


def drafts(content: bytes) -> list[Draft | Unread]:
    return list(drafts_from_warc(io.BytesIO(content)))


GOOD = record(response(page(HARBOUR)))


def test_pages_are_named_by_their_address_and_when_they_were_fetched():
    info = record(b"software: x\r\n", kind="warcinfo")
    dated = record(response(page(HARBOUR)), address="<https://post.example/2019/01/04/port>")
    one, again, two = drafts(info + GOOD + GOOD + dated)
    assert one.part == "https://post.example/7 2020-08-09T10:00:00Z"
    assert again.part == "https://post.example/7 2020-08-09T10:00:00Z (2)"
    assert (one.title, one.text, one.url) == ("Port", HARBOUR, "https://post.example/7")
    # The day on which it was fetched is no date of publication.
    assert (one.dates, two.dates) == ((), ("2019-01-04",))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_contents_may_be_compressed_in_pieces_and_in_an_old_encoding(pack):
    kind = "Content-Type: text/html; charset=windows-1252"
    old = page(f"Café. {HARBOUR}").decode().encode("cp1252")
    packed = gzip.compress(old)
    pieces = f"{len(old):x}\r\n".encode() + old + b"\r\n0\r\n\r\n"
    records = (
        record(response(old, kind)),
        record(response(packed, kind, "Content-Encoding: gzip")),
        record(response(pieces, kind, "Transfer-Encoding: chunked")),
    )
    whole = pack(b"".join(records))
    one_by_one = b"".join(pack(each) for each in records)
    for archive in (whole, one_by_one):
        assert [draft.text for draft in drafts(archive)] == [f"Café. {HARBOUR}"] * 3


def test_only_pages_that_were_found_count():
    others = (
        record(response(b"{}", "Content-Type: application/json")),
        record(response(page("Not here."), status="404 Not Found")),
        record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
    )
    assert [draft.text for draft in drafts(b"".join(others) + GOOD)] == [HARBOUR]
    with pytest.raises(ReadError) as error:
        drafts(b"".join(others))
    assert str(error.value) == "no web page in the archive; there is nothing to read in it"


def test_a_page_without_an_article_and_an_archive_that_is_damaged_or_cut():
    empty = record(response(page("")))
    none, one, rest = drafts(empty + GOOD + b"XXXX" + GOOD)
    assert none.reason == "no article text was found in the page; save the article as text"
    assert one.text == HARBOUR
    assert rest == Unread("after page 2", "damaged from here on; get the archive again")
    cut = Unread("end", "the archive is cut off in its last record; get it again")
    assert drafts(GOOD + GOOD[:-30])[-1] == cut
    packed = gzip.compress(GOOD)
    assert [draft.text for draft in drafts(packed * 3)] == [HARBOUR] * 3
    assert drafts(packed * 2 + packed[: len(packed) // 2])[2:] == [cut]


@pytest.mark.parametrize("content", [b"", b"hello\n", gzip.compress(b"\0" * 5_000_000)])
def test_what_is_no_archive(content):
    with pytest.raises(ReadError):
        drafts(content)


def test_a_page_that_explodes_is_left_out():
    bomb = gzip.compress(b"a" * 30_000_000)
    one, two = drafts(
        record(response(bomb, "Content-Type: text/html", "Content-Encoding: gzip")) + GOOD
    )
    assert one.reason == "a page of more than 20 MB; save the article as text"
    assert two.text == HARBOUR


def test_what_begins_as_an_archive():
    assert looks_like_warc(GOOD)
    assert looks_like_warc(gzip.compress(GOOD)[:200])
    assert not looks_like_warc(gzip.compress(b"text"))
    assert not looks_like_warc(b"\x1f\x8bnot gzip")
    assert not looks_like_warc(b"WARCRAFT")
