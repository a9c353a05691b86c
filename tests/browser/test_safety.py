"""Who may come in, and that nothing that an article or a model says can act on the page."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.types import Document
from scripted import LIMA, WHO_URGED
from visiting import Server, StartServer, Visitor

Visit = Callable[..., Visitor]


def call(
    server: Server,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Send one request, its path exactly as given."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


# -- who may come in -------------------------------------------------------------------------------


def test_only_our_own_host_and_origin_are_served(serve: StartServer) -> None:
    server = serve()
    ours = f"127.0.0.1:{server.port}"
    assert call(server, "GET", "/", {"Host": ours})[0] == 200
    assert call(server, "GET", "/", {"Host": f"localhost:{server.port}"})[0] == 200
    for host in (
        "evil.example",
        f"evil.example:{server.port}",
        "127.0.0.1.evil.example",
        "",
        "a b",
    ):
        assert call(server, "GET", "/", {"Host": host})[0] == 403, host
    for origin in ("http://evil.example", "null", "https://127.0.0.1", f"http://127.0.0.1:{1}"):
        for method, path in (("POST", "/gradio_api/upload"), ("GET", "/config")):
            headers = {"Host": ours, "Origin": origin}
            assert call(server, method, path, headers, b"")[0] == 403, origin
    crossing = {"Host": ours, "Sec-Fetch-Site": "cross-site"}
    assert call(server, "POST", "/v1/chat/completions", crossing, b"{}")[0] == 403
    assert call(server, "GET", "/config", {"Host": ours, "Origin": f"http://{ours}"})[0] == 200


def test_what_the_page_does_not_need_is_closed(serve: StartServer) -> None:
    server = serve()
    for path in (
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/component_server",
        "/gradio_api/vibe-edit/",
        "/gradio_api/deep_link",
        "/gradio_api/call/upload",
        "/monitoring",
        "/login",
        "/docs",
        "/openapi.json",
    ):
        for method in ("GET", "POST"):
            assert call(server, method, path)[0] == 404, path


def test_the_browser_is_told_to_load_nothing_from_elsewhere(serve: StartServer) -> None:
    _, headers, _ = call(serve(), "GET", "/")
    policy = headers["content-security-policy"]
    for part in ("default-src 'self'", "connect-src 'self'", "img-src 'self' data:"):
        assert part in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "HttpOnly; SameSite=Lax" in headers["set-cookie"]


def traversals(secret: Path) -> list[str]:
    """Fifty ways to ask for a file that is not to be had."""
    ups = [
        "../" * 12,
        "..%2f" * 12,
        "%2e%2e/" * 12,
        "..%5c" * 12,
        "....//" * 12,
        "%252e%252e/" * 12,
    ]
    ups += ["..%c0%af" * 12, "/..;" * 12 + "/", "..%00/" * 12, ".%2e/" * 12]
    roots = ["/byline/", "/assets/", "/static/", "/gradio_api/file=", "/svelte/"]
    return [root + up + str(secret).lstrip("/") for root in roots for up in ups]


def test_no_path_reads_a_file(serve: StartServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not tell")
    server = serve()
    strings = traversals(secret)
    assert len(set(strings)) == 50
    for path in [*strings, f"/byline/{secret}", f"/gradio_api/file={secret}"]:
        status, _, body = call(server, "GET", path)
        assert status in (400, 404), path
        assert b"do not tell" not in body


def test_a_login_is_needed_for_everything_where_there_is_one(serve: StartServer) -> None:
    server = serve(login=("me", "correct horse"))
    right = base64.b64encode(b"me:correct horse").decode()
    wrong = base64.b64encode(b"me:wrong horse").decode()
    question = json.dumps({"messages": [{"role": "user", "content": WHO_URGED}]}).encode()
    for headers in ({}, {"Authorization": f"Basic {wrong}"}, {"Authorization": "Bearer wrong"}):
        for path in ("/", "/config", "/byline/page.js", "/gradio_api/info"):
            status, said, _ = call(server, "GET", path, headers)
            assert (status, said["www-authenticate"][:5]) == (401, "Basic")
        assert call(server, "POST", "/v1/chat/completions", headers, question)[0] == 401
    assert call(server, "GET", "/", {"Authorization": f"Basic {right}"})[0] == 200
    bearer = {"Authorization": "Bearer correct horse", "Content-Type": "application/json"}
    status, _, body = call(server, "POST", "/v1/chat/completions", bearer, question)
    assert status == 200, body


def test_a_file_that_was_not_uploaded_is_not_read(serve: StartServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The password of the safe is swordfish.")
    server = serve()
    config = json.loads(call(server, "GET", "/config")[2])
    uploads = [
        n
        for n, d in enumerate(config["dependencies"])
        if d["targets"] and d["targets"][0][1] == "upload"
    ]
    assert len(uploads) == 1
    headers = {"Content-Type": "application/json"}
    for path in (str(secret), secret.as_uri(), "http://192.0.2.7/x", "\\u0068ttp://192.0.2.7/x"):
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        row = {"data": [[file]], "fn_index": uploads[0], "session_hash": "abcdefghijk"}
        body = json.dumps(row).replace("\\\\u", "\\u").encode()
        status, _, _ = call(server, "POST", "/gradio_api/queue/join", headers, body)
        if status == 200:
            stream = call(server, "GET", "/gradio_api/queue/data?session_hash=abcdefghijk")[2]
            assert b'"success":false' in stream.replace(b" ", b"")
        else:
            assert status == 400
    question = {"messages": [{"role": "user", "content": "What is the password of the safe?"}]}
    body = json.dumps(question).encode()
    assert b"swordfish" not in call(server, "POST", "/v1/chat/completions", headers, body)[2]
    assert server.outside == []


def test_what_is_too_long_is_refused(serve: StartServer) -> None:
    server = serve()
    long = json.dumps({"messages": [{"role": "user", "content": "x" * 9_000_000}]}).encode()
    headers = {"Content-Type": "application/json"}
    assert call(server, "POST", "/v1/chat/completions", headers, long)[0] == 400
    assert call(server, "POST", "/gradio_api/upload")[0] == 411
    much = {"Content-Length": str(2**40)}
    assert call(server, "POST", "/gradio_api/upload", much)[0] == 413


def test_the_name_of_an_open_page_is_not_enough_to_use_it(serve: StartServer, visit: Visit) -> None:
    server = serve()
    visitor = visit(server)
    hashes: list[str] = []
    visitor.context.on(
        "request",
        lambda request: "heartbeat/" in request.url and hashes.append(request.url.split("/")[-1]),
    )
    visitor.page.reload()
    visitor.page.wait_for_selector(".bl-new")
    visitor.ask(WHO_URGED)
    config = json.loads(call(server, "GET", "/config")[2])
    (load,) = [
        n
        for n, d in enumerate(config["dependencies"])
        if d["targets"] and d["targets"][0][1] == "load"
    ]
    row = {"data": [""], "fn_index": load, "session_hash": hashes[-1]}
    headers = {"Content-Type": "application/json"}
    body = call(server, "POST", "/gradio_api/run/predict", headers, json.dumps(row).encode())[2]
    assert b"Ask your articles" not in body
    assert b"Lima Group" in body  # The library is everybody's,
    assert WHO_URGED.encode() not in body  # the conversation is not.


def test_a_link_from_elsewhere_does_not_make_somebody_new_of_a_visitor(serve: StartServer) -> None:
    server = serve()
    first = call(server, "GET", "/")[1]["set-cookie"].split(";")[0]
    again = call(server, "GET", "/", {"Cookie": first, "Sec-Fetch-Site": "cross-site"})
    assert again[1]["set-cookie"].split(";")[0] == first


# -- what articles and models say ------------------------------------------------------------------

RUN = "window.hit=(window.hit||0)+1"
OUT = "http://192.0.2.7/x"
HOSTILE = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src='{OUT}'>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<body onload={RUN}>",
    f"<iframe src='javascript:{RUN}'></iframe>",
    f"<iframe src='{OUT}'></iframe>",
    f"<a href='javascript:{RUN}'>x</a>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<video poster='{OUT}'></video>",
    f"<audio src='{OUT}' autoplay></audio>",
    f"<object data='{OUT}'></object>",
    f"<embed src='{OUT}'>",
    f"<link rel=stylesheet href='{OUT}'>",
    f"<style>@import '{OUT}';</style>",
    f"<div style=\"background:url('{OUT}')\">x</div>",
    f"<meta http-equiv=refresh content='0;url={OUT}'>",
    f"<base href='{OUT}/'>",
    f"<form action='{OUT}'><button autofocus>x</button></form>",
    f"<math><mi xlink:href='javascript:{RUN}'>x</mi></math>",
    f"![x]({OUT})",
    f"[x](javascript:{RUN})",
    f"[x]: {OUT} 'x'",
    f"`${{{RUN}}}`",
    f"${{{RUN}}}",
    f"{{{{{RUN}}}}}",
    f"{{{{#each value}}}}{RUN}{{{{/each}}}}",
    f"$$\\href{{javascript:{RUN}}}{{x}}$$",
    f"$$\\includegraphics{{{OUT}}}$$",
    f"```mermaid\ngraph TD; a[<img src={OUT}>]\n```",
    f'"><script>{RUN}</script>',
    f"'-{RUN}-'",
    f"</script><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"<template><img src=x onerror={RUN}></template>",
    f"\u202e<script>{RUN}</script>",
    f"javascript:{RUN}",
)


@pytest.mark.parametrize("place", ["article", "model", "question"])
def test_no_payload_acts(serve: StartServer, visit: Visit, place: str, tmp_path: Path) -> None:
    assert len(HOSTILE) >= 30
    listing = "\n\n".join(
        f"Payload {number} was sent to the Lima group on Friday: {text}"
        for number, text in enumerate(HOSTILE)
    )
    said = " ".join(HOSTILE)
    options: dict[str, object] = {}
    if place == "article":
        options["articles"] = (
            Document(listing, title=said, source=said, author=said, url=f"javascript:{RUN}"),
        )
    elif place == "model":
        options |= {"says": said, "pause": 0.02}
    page = (visitor := visit(serve(**options))).page
    if place == "article":
        for question in ("Which payload was sent to the Lima group?", "Summarise: the payload"):
            visitor.ask(question)
        for chip in page.locator(".bl-answer .bl-chip").all()[:4]:
            chip.hover()
            chip.click()
            expect(page.locator(".bl-article")).to_be_visible()
            assert page.locator(".bl-article").text_content() == listing
            assert page.locator("#bl-panel a").count() == 0
            page.keyboard.press("Escape")
        page.locator(".bl-open-article").first.click()
        page.get_by_label("Order of the articles").select_option("source")
    elif place == "model":
        page.fill("#bl-box textarea", WHO_URGED)
        page.press("#bl-box textarea", "Enter")
        expect(page.locator(".bl-draft")).to_contain_text("<script>")
        expect(page.locator(".bl-tools")).to_be_visible()
    else:
        for text in HOSTILE[::4]:
            visitor.ask(f"{text} who urged Maduro?")
        visitor.ask(said[:1900])
        page.locator(".bl-menu summary").first.click()
        bad = tmp_path / "<img src=x onerror=hit=1>.txt"
        bad.write_text("Nothing here.")
        page.locator("#bl-files input[type=file]").set_input_files(bad)
        expect(page.locator(".bl-results li")).to_have_count(1)
        page.reload()
        expect(page.locator(".bl-turn")).not_to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate("window.hit") is None
    assert (
        page.evaluate(
            "document.querySelectorAll('.bl-part :is(script,img,iframe,svg,form)').length"
        )
        == 0
    )
    # That no request left is asserted for every visitor, at the end.


def test_the_page_works_and_connects_to_nothing_beyond_loopback(
    serve: StartServer, visit: Visit
) -> None:
    server = serve(articles=(LIMA,))
    visitor = visit(server)
    visitor.ask(WHO_URGED)
    expect(visitor.page.locator(".bl-text .bl-chip").first).to_be_visible()
    assert server.outside == []
    assert visitor.beyond == []
