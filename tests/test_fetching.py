"""Fetching a page, from a real server on this machine: what is sent, and where it ends."""

from __future__ import annotations

import gzip
import socket
import ssl
import zlib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme

from index.errors import ReadError
from rag.fetching.addresses import Address, look_up
from rag.fetching.connection import proxy_of_environment
from rag.fetching.page import FetchedPage, Limits, fetch_page
from web_host import Answer, html, moved, on_this_machine, reply, serve, tunnels

HERE = ip_address("127.0.0.1")
LIMITS = Limits(bytes=100_000, seconds=20)
IN_A_MOMENT = Limits(seconds=1)
STARTED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def here(*_: object) -> Sequence[Address]:
    """Look up any name as this machine: none of the tests' names exists."""
    return [HERE]


def fetch(url: str, **options: Any) -> FetchedPage:
    options = {"limits": LIMITS, "allowed": on_this_machine, "look_up": here, **options}
    options.setdefault("proxy_of", lambda _: None)
    return fetch_page(url, **options)


def fetched(answer: Answer, **options: Any) -> FetchedPage:
    """Fetch a page that is answered so."""
    with serve({"/page": answer}) as host:
        return fetch(f"http://paper.example:{host.port}/page", **options)


def refusal(answer: Answer, **options: Any) -> str:
    with pytest.raises(ReadError) as caught:
        fetched(answer, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_page_is_what_the_server_sent() -> None:
    with serve({"/a/b?c=d": html("<p>Hello.", "Set-Cookie: a=b")}) as host:
        url = f"http://paper.example:{host.port}/a/b?c=d"
        assert fetch(url + "#part") == FetchedPage(b"<p>Hello.", url, "text/html")
        assert fetch(url).name == "b.html"
    request = (
        f"GET /a/b?c=d HTTP/1.1\r\nHost: paper.example:{host.port}\r\n"
        f"User-Agent: Byline/{version('byline')}\r\n"
        "Accept: text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5\r\n"
        "Accept-Encoding: gzip, deflate\r\n\r\n"
    ).encode()
    assert host.requests == [request, request]


def test_passwords_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine paper.example login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with serve({"/": html("<p>Hello.")}) as host:
        assert fetch(f"http://paper.example:{host.port}").content == b"<p>Hello."
    assert b"secret" not in host.requests[0]
    assert b"uthorization" not in host.requests[0]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names no proxy."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize("secured", [False, True])
def test_a_proxy_is_asked_for_the_checked_address_and_told_nothing_else(
    environment: pytest.MonkeyPatch, authority: trustme.CA, *, secured: bool
) -> None:
    tls = proving(authority, "paper.example") if secured else None
    scheme = "https" if secured else "http"
    with serve({"/": html("<p>Hello.")}, tls=tls) as host, tunnels(host.port) as proxy:
        environment.setenv(f"{scheme}_proxy", f"http://me:se%40cret@127.0.0.1:{proxy.port}")
        options = {"proxy_of": proxy_of_environment, "tls": trusting(authority)}
        page = fetch(f"{scheme}://paper.example:{host.port}/", **options)
        assert page.content == b"<p>Hello."
        target = f"127.0.0.1:{host.port}"
        assert proxy.requests == [
            f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"
            "Proxy-Authorization: Basic bWU6c2VAY3JldA==\r\n\r\n".encode()
        ]
        assert b"uthorization" not in host.requests[0]
        environment.setenv("no_proxy", "other.example,.paper.example,paper.example")
        fetch(f"{scheme}://paper.example:{host.port}/", **options)
        assert len(proxy.requests) == 1


def test_a_proxy_leads_to_nothing_that_is_not_public(environment: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> Sequence[Address]:
        raise OSError

    with serve({}) as proxy:
        environment.setenv("all_proxy", f"127.0.0.1:{proxy.port}")
        for host, options, said in (
            ("10.0.0.1", {"look_up": look_up}, "is not on the public internet"),
            ("paper.example", {"allowed": lambda _: False}, r"not on the public internet \(127"),
            ("inside.example", {"look_up": nowhere}, "is not asked to find it, as nobody could"),
        ):
            with pytest.raises(ReadError, match=said):
                fetch(f"http://{host}/", proxy_of=proxy_of_environment, **options)
        assert proxy.requests == []


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("socks5://127.0.0.1:1", "none that begins with http://, the only kind that is used"),
        ("http://[", "none that begins with http://"),
        ("http://127.0.0.1:1", "the proxy 127.0.0.1:1 of the environment cannot be reached"),
        ("407", r"asked for 127.0.0.1:80, answered 407 Proxy Authentication Required; name the"),
        ("hello", "answered as no proxy does"),
    ],
)
def test_a_proxy_that_refuses_is_one_line(
    proxy: str, said: str, environment: pytest.MonkeyPatch
) -> None:
    answers = {"407": reply(b"", status="407 x"), "hello": b"SSH-2.0-Server\r\n"}
    with serve({"127.0.0.1:80": answers.get(proxy, b"")}) as host:
        environment.setenv("http_proxy", proxy if ":" in proxy else f"http://127.0.0.1:{host.port}")
        with pytest.raises(ReadError, match=said):
            fetch("http://paper.example/", proxy_of=proxy_of_environment)


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("https://x.example/", "text/html", "x.example.html"),
        ("https://x.example/a/story", "text/html", "story.html"),
        ("https://x.example/v1.2-is-out", "text/html", "v1.2-is-out.html"),
        ("https://x.example/story.HTM?a=b.pdf", "text/html", "story.HTM"),
        ("https://x.example/gr%C3%B6%C3%9Fe.php", "text/html", "größe.php.html"),
        ("https://x.example/report.pdf", "application/octet-stream", "report.pdf"),
        ("https://x.example/report", "application/pdf", "report.pdf"),
        ("https://x.example/notes.md", "text/plain", "notes.md"),
        ("https://x.example/a%00b%0Ac%1B%2Fd%5Ce%3Af", "text/html", "d_e_f.html"),
        ("https://x.example/a%00b%0Ac.html", "text/html", "a_b_c.html"),
        ("https://x.example/%2E%2E", "text/html", "...html"),
        ("https://x.example/a/%2E%2E%2F", "text/html", "...html"),
        ("https://x.example/.html", "text/html", ".html.html"),
        (f"https://x.example/{'%C3%B6' * 300}.pdf", "application/pdf", "ö" * 50 + ".pdf"),
        (f"https://x.example/a.{'b' * 300}", "application/pdf", "a." + "b" * 48 + ".pdf"),
    ],
)
def test_a_page_is_named_by_its_address_and_its_type(url: str, kind: str, name: str) -> None:
    assert FetchedPage(b"", url, kind).name == name


def test_nothing_is_connected_to_that_is_not_public() -> None:
    with serve({"/": html("<p>Secret.")}) as host:
        for url in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
            with pytest.raises(ReadError, match="not on the public internet"):
                fetch_page(f"http://{url}:{host.port}/")
        with pytest.raises(ReadError, match=r"paper\.example is not on .* \(127\.0\.0\.1\)"):
            fetch_page(f"http://paper.example:{host.port}/", look_up=here)
    assert host.requests == []


def test_a_name_that_changes_its_address_is_looked_up_once_a_request() -> None:
    """The second look-up, which the connection would make, is not made."""
    answers = iter([[HERE], [ip_address("127.0.0.2")]])
    with serve({"/": html("<p>Hello."), "/again": moved("/")}) as host:
        url = f"http://paper.example:{host.port}"
        assert fetch(url, look_up=lambda *_: next(answers)).content == b"<p>Hello."
        answers = iter([[HERE], [ip_address("127.0.0.2")]])
        with pytest.raises(ReadError, match=r"not on the public internet \(127\.0\.0\.2\)"):
            fetch(f"{url}/again", look_up=lambda *_: next(answers))
    assert host.targets == ["/", "/again"]


def test_the_next_address_of_a_host_is_tried() -> None:
    with serve({"/": html("<p>Hello.")}) as host:
        found = [ip_address("127.0.0.2"), HERE]
        page = fetch(
            f"http://paper.example:{host.port}", allowed=lambda _: True, look_up=lambda *_: found
        )
    assert page.content == b"<p>Hello."


def test_a_host_that_does_not_listen_is_one_line() -> None:
    with serve({}) as host:
        pass
    with pytest.raises(ReadError, match=r"paper\.example cannot be reached \(Connection refused\)"):
        fetch(f"http://paper.example:{host.port}")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
def test_redirects_are_followed_and_the_last_address_counts(status: str) -> None:
    answers = {"/a/b": moved("c?d", status), "/a/c?d": moved("/e"), "/e": html("<p>Hello.")}
    with serve(answers) as host:
        page = fetch(f"http://paper.example:{host.port}/a/b")
        assert page.url == f"http://paper.example:{host.port}/e"
    assert host.targets == ["/a/b", "/a/c?d", "/e"]


def test_a_redirect_may_lead_to_another_host_on_the_web() -> None:
    with serve({"/": html("<p>There.")}) as host:
        host.answers["/go"] = moved(f"http://other.example:{host.port}/")
        page = fetch(f"http://paper.example:{host.port}/go")
    assert page.url == f"http://other.example:{host.port}/"
    assert b"Host: other.example" in host.requests[1]
    assert b"eferer" not in host.requests[1]


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://127.0.0.2:{port}/", "127.0.0.2 is not on the public internet"),
        ("http://[::ffff:127.0.0.2]:{port}/", "not on the public internet"),
        ("http://169.254.169.254/latest/", "not on the public internet"),
        ("//private.example/", r"private.example is not on the public internet \(10.0.0.1\)"),
        ("http://paper.example:6379/", "another port, paper.example:6379"),
        ("http://paper.example:22/", "port 22"),
        ("file:///etc/passwd", "begins with https://"),
        ("http://me:secret@paper.example/", "name or password"),
        ("http://[", "begins with https://"),
    ],
)
def test_a_redirect_is_checked_like_an_address(location: str, why: str) -> None:
    def find(host: str, _: int) -> Sequence[Address]:
        names = {"paper.example": "127.0.0.1", "private.example": "10.0.0.1"}
        return [ip_address(names.get(host, host))]

    with serve({"/": html("<p>Secret.")}) as host:
        host.answers["/go"] = moved(location.format(port=host.port))
        with pytest.raises(ReadError, match=why):
            fetch(f"http://paper.example:{host.port}/go", look_up=find)
    assert host.targets == ["/go"]


def test_redirects_end() -> None:
    answers: dict[str, Answer] = {"/a": moved("/b"), "/b": moved("/a")}
    with serve(answers) as host, pytest.raises(ReadError, match="leads on more than 5 times"):
        fetch(f"http://paper.example:{host.port}/a")
    assert host.targets == ["/a", "/b"] * 3


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("404 Gone Fishing", "the server answered 404 Not Found; check the address"),
        ("403 No", "the server answered 403 Forbidden; save the page from a browser and add"),
        ("503 Wait", "the server answered 503 Service Unavailable; try again later"),
        ("204 No Content", "the server answered 204 No Content; save"),
        ("302 Found", "the server answered 302 Found; save"),
        ("799 Odd", "the server answered 799; try again later"),
    ],
)
def test_other_answers_are_one_line(status: str, said: str) -> None:
    assert refusal(reply(b"<p>Sorry.", status=status)).startswith(said)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Content-Type: image/png", "its content is of type image/png and not an article"),
        ("Content-Type: video/<b>", "its content is of type unknown and not an article"),
        ("Content-Type: application/octet-stream", "type application/octet-stream and not"),
        ("X-Nothing: stated", "its content is of type unknown and not an article"),
    ],
)
def test_what_no_reader_reads_is_refused(header: str, said: str) -> None:
    assert said in refusal(reply(b"x", header))


def test_the_stated_type_and_encoding_are_kept() -> None:
    page = fetched(reply(b"x", 'CONTENT-TYPE: Text/HTML ; Charset="ISO-8859-1"'))
    assert (page.type, page.charset) == ("text/html", "ISO-8859-1")


def test_a_page_may_be_packed() -> None:
    text = b"<p>Hello." * 1000
    for coding, packed in {
        "gzip": gzip.compress(text),
        "x-gzip": gzip.compress(text[:900]) + gzip.compress(text[900:]),
        "Deflate": zlib.compress(text),
        "identity": text,
    }.items():
        answer = reply(packed, "Content-Type: text/html", f"Content-Encoding: {coding}")
        assert fetched(answer).content == text


@pytest.mark.parametrize(
    ("coding", "body", "said"),
    [
        ("gzip", gzip.compress(b"x" * 100, mtime=0)[:-9], "broke off before its end"),
        ("gzip", b"<p>not packed", "compression is damaged"),
        ("gzip", gzip.compress(b"\0" * 10_000_000), "larger than 0.1 MB"),
        ("deflate", zlib.compress(b"\0" * 100_001), "larger than 0.1 MB"),
        ("gzip", gzip.compress(b"") * 6_000, "larger than 0.1 MB"),
        ("br", b"x", "compression that was not asked for"),
        ("gzip, gzip", b"x", "compression that was not asked for"),
    ],
)
def test_a_bomb_or_a_damaged_body_is_one_line(coding: str, body: bytes, said: str) -> None:
    answer = reply(body, "Content-Type: text/html", f"Content-Encoding: {coding}")
    assert said in refusal(answer)


def test_an_endless_body_ends_at_the_limit() -> None:
    def pieces() -> Iterator[bytes]:
        yield STARTED + b"\r\n"
        while True:
            yield b"x" * 10_000

    assert refusal(pieces).startswith("larger than 0.1 MB")


def test_a_body_that_is_announced_too_large_is_not_read() -> None:
    answer = STARTED + b"Content-Length: 100001\r\n\r\n"
    assert refusal(answer).startswith("larger than 0.1 MB")
    assert len(fetched(STARTED + b"Content-Length: 100000\r\n\r\n" + b"x" * 100_000).content) == (
        100_000
    )


def test_endless_headers_end_at_a_limit() -> None:
    def one_header() -> Iterator[bytes]:
        yield STARTED + b"X: "
        while True:
            yield b"x" * 10_000

    def many_answers() -> Iterator[bytes]:
        while True:
            yield b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 100

    assert "broke off or did not answer" in refusal(one_header)
    assert "took longer than 1 s" in refusal(many_answers, limits=IN_A_MOMENT)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (STARTED + b"\r\n", b"x"),
        (STARTED + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["silent", "header", "body", "chunks"],
)
def test_a_slow_drip_ends_with_the_time(first: bytes, again: bytes) -> None:
    """Each piece comes soon after the one before: only the whole is too slow."""
    with serve({}) as host:
        host.answers["/"] = host.drip(first, again)
        with pytest.raises(ReadError, match=r"paper\.example took longer than 1 s"):
            fetch(f"http://paper.example:{host.port}/", limits=IN_A_MOMENT)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        STARTED + b"Content-Length: 9\r\n\r\nshort",
        STARTED + b"Transfer-Encoding: chunked\r\n\r\n5\r\nshor",
        STARTED + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nshort!",
        STARTED + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nshort",
    ],
    ids=["closed", "no http", "short", "short chunk", "two lengths", "no length"],
)
def test_an_answer_that_breaks_off_is_no_article(answer: bytes) -> None:
    assert "broke off or did not answer as the web does" in refusal(answer)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def proving(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def test_a_secured_page_is_asked_for_by_name_at_the_checked_address(authority: trustme.CA) -> None:
    tls = proving(authority, "paper.example", "www.paper.example")
    with serve({"/": html("<p>Hello.")}, tls=tls) as host:
        host.answers["/go"] = moved(f"https://www.paper.example:{host.port}/")
        page = fetch(f"https://paper.example:{host.port}/go", tls=trusting(authority))
    assert page.content == b"<p>Hello."
    assert host.names == ["paper.example", "www.paper.example"]
    assert f"Host: www.paper.example:{host.port}".encode() in host.requests[1]


@pytest.mark.parametrize(
    ("name", "trusted", "said"),
    [
        ("other.example", True, "Hostname mismatch"),
        ("paper.example", False, "unable to get local issuer certificate|self-signed"),
    ],
)
def test_a_wrong_certificate_ends_it_before_anything_is_asked(
    authority: trustme.CA, name: str, trusted: bool, said: str
) -> None:
    with serve({"/": html("<p>Hello.")}, tls=proving(authority, name)) as host:
        tls = trusting(authority) if trusted else None
        with pytest.raises(ReadError, match=rf"paper\.example does not prove who it is \(.*{said}"):
            fetch(f"https://paper.example:{host.port}/", tls=tls)
    assert host.requests == []


def test_an_address_as_host_needs_a_certificate_for_it(authority: trustme.CA) -> None:
    for name, right in (("127.0.0.1", True), ("paper.example", False)):
        with serve({"/": html("<p>Hello.")}, tls=proving(authority, name)) as host:
            url = f"https://127.0.0.1:{host.port}/"
            if right:
                assert fetch(url, tls=trusting(authority)).content == b"<p>Hello."
            else:
                with pytest.raises(ReadError, match="does not prove who it is"):
                    fetch(url, tls=trusting(authority))


def test_a_secured_page_leads_to_no_unsecured_one(authority: trustme.CA) -> None:
    with serve({}, tls=proving(authority, "paper.example")) as host:
        host.answers["/"] = moved(f"http://paper.example:{host.port}/")
        with pytest.raises(ReadError, match=r"leads from https to http://paper\.example, where"):
            fetch(f"https://paper.example:{host.port}/", tls=trusting(authority))
    assert host.targets == ["/"]


def test_a_server_that_never_ends_its_greeting_is_one_line(authority: trustme.CA) -> None:
    tls = trusting(authority)
    # It waits for a request, while the client waits for its certificate.
    with serve({}) as host, pytest.raises(ReadError, match=r"paper\.example cannot be reached"):
        fetch(f"https://paper.example:{host.port}/", limits=IN_A_MOMENT, tls=tls)


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_an_ipv6_address_as_host() -> None:
    with serve({"/": html("<p>Hello.")}, address="::1") as host:
        page = fetch(f"http://[0:0::1]:{host.port}/", look_up=look_up)
    assert page.url == f"http://[::1]:{host.port}/"
    assert f"Host: [::1]:{host.port}\r\n".encode() in host.requests[0]


def test_a_name_in_another_script_is_asked_for_in_ascii() -> None:
    asked: list[str] = []

    def find(host: str, _: int) -> Sequence[Address]:
        asked.append(host)
        return [HERE]

    with serve({"/gr%C3%B6%C3%9Fe": html("<p>Hallo.")}) as host:
        page = fetch(f"http://Bücher.example:{host.port}/größe", look_up=find)
    assert page.url == f"http://xn--bcher-kva.example:{host.port}/gr%C3%B6%C3%9Fe"
    assert asked == ["xn--bcher-kva.example"]
    assert b"Host: xn--bcher-kva.example:" in host.requests[0]
