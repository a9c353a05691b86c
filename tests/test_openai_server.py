"""The OpenAI-compatible client against a small real server on loopback."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from index.errors import ModelError
from rag.language_model import Generation, Prompt
from rag.models.openai_server import OpenAIServerModel

PROMPT = Prompt("Be short.\n", "Who?")


class Handler(BaseHTTPRequestHandler):
    """Lists two models and streams what the test put into `server.events`."""

    def do_GET(self) -> None:
        self.reply(json.dumps({"data": [{"id": "first"}, {"id": "second"}]}).encode())

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        seen: Any = self.server
        seen.bodies.append(json.loads(self.rfile.read(length)))
        seen.headers.append(dict(self.headers))
        seen.paths.append(self.path)
        if seen.status != 200:
            self.reply(b'{"error": {"message": "no such\\nmodel"}}', seen.status)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for event in seen.events:
            try:
                if callable(event):
                    event()
                    continue
                self.wfile.write(event)
            except OSError:
                seen.hung_up.set()
                return

    def reply(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def piece(text: str | None, reason: str | None = None) -> bytes:
    choice = {"delta": {"content": text} if text else {}, "finish_reason": reason}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 2}}\n\n'
DONE = b"data: [DONE]\n\n"


class Server(ThreadingHTTPServer):
    """The server with what it is to say and what it heard."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.events: list[bytes | Callable[[], None]] = []
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.hung_up = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    # A proxy that nobody listens at: any test fails that would use it.
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_streams_pieces_and_ends_with_the_cost(server: Server) -> None:
    server.events = [b": ping\n\n", piece("Ma"), piece("duro ✓"), piece(None, "stop"), USAGE, DONE]
    model = OpenAIServerModel(server.url, api_key="secret")
    assert list(model.stream(PROMPT, 9)) == ["Ma", "duro ✓", Generation(21, 2, truncated=False)]
    assert model.name == "first"
    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["Authorization"] == "Bearer secret"
    assert server.bodies[0] == {
        "model": "first",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "Who?"},
        ],
        "max_tokens": 9,
        "temperature": 0,
        "seed": 7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    model.close()
    model.close()


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/", ""])
def test_the_url_may_end_in_v1_and_name_the_model(server: Server, path: str) -> None:
    server.events = [piece("a", "length"), DONE]
    model = OpenAIServerModel(f"{server.url}{path}#qwen2.5:7b")
    # Without a usage the tokens are counted: 13 bytes / 3, and one piece.
    assert list(model.stream(PROMPT, 1)) == ["a", Generation(5, 1, truncated=True)]
    assert (model.name, server.paths) == ("qwen2.5:7b", ["/v1/chat/completions"])


@pytest.mark.parametrize(
    "url",
    ["http://", "ftp://a/b", "http://a:port/v1", "http://my server:80/v1", "http://a/my path/v1"],
)
def test_an_unusable_url_is_refused(url: str) -> None:
    with pytest.raises(ModelError, match="is no URL of a server"):
        OpenAIServerModel(url)


def fault(url: str, **options: Any) -> str:
    with pytest.raises(ModelError) as caught:
        list(OpenAIServerModel(f"{url}/v1#m", **options).stream(PROMPT, 5))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert fault(url) == f"cannot talk to the server at {url} (Connection refused); is it running?"


def test_a_name_that_no_server_can_have_is_one_clear_line() -> None:
    assert fault("http://a..b").startswith("cannot talk to the server at http://a..b (")


def test_a_usage_of_another_form_is_left_aside(server: Server) -> None:
    server.events = [piece("a", "stop"), b'data: {"choices": [], "usage": ["?"]}\n\n', DONE]
    stream = OpenAIServerModel(f"{server.url}#m").stream(PROMPT, 9)
    assert list(stream) == ["a", Generation(5, 1, truncated=False)]


def test_a_server_that_ignores_the_limit_is_hung_up_on(server: Server) -> None:
    server.events = [piece("a"), lambda: time.sleep(0.01)] * 1000
    stream = OpenAIServerModel(f"{server.url}#m").stream(PROMPT, 3)
    assert list(stream) == ["a", "a", "a", Generation(5, 3, truncated=True)]
    assert server.hung_up.wait(5)


def test_a_server_that_says_nothing(server: Server) -> None:
    server.events = [piece("a"), lambda: time.sleep(0.6)]
    assert fault(server.url, timeout=0.2).endswith("did not answer in 0.2 s")


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([piece("a")], "broke off its answer; ask again"),
        ([b"data: {oops\n\n"], "sent something that is no JSON; is it OpenAI-compatible?"),
        ([b'data: {"error": {"message": "out of\\nmemory"}}\n\n'], "failed: out of memory"),
        ([b"<html>hello</html>"], "broke off its answer; ask again"),
        ([b'data: {"choices": ["a"]}\n\n'], "no answer; is it OpenAI-compatible?"),
        ([b'data: {"choices": 7}\n\n'], "no answer; is it OpenAI-compatible?"),
        ([b'data: {"choices": {"a": 1}}\n\n'], "no answer; is it OpenAI-compatible?"),
        ([b'data: {"choices": [{"delta": "a"}]}\n\n'], "no answer; is it OpenAI-compatible?"),
    ],
)
def test_a_broken_stream(server: Server, events: list[bytes], words: str) -> None:
    server.events = list(events)
    assert fault(server.url).endswith(words)


def test_a_refusal(server: Server) -> None:
    server.status = 401
    said = fault(server.url)
    assert "refused /chat/completions: 401 Unauthorized" in said
    assert said.endswith("set BYLINE_API_KEY")


def test_closing_the_stream_hangs_up(server: Server) -> None:
    server.events = [piece("a"), lambda: time.sleep(0.05)] * 100
    stream = OpenAIServerModel(server.url).stream(PROMPT, 5)
    assert next(stream) == "a"
    stream.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(5)
