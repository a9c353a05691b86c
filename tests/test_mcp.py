"""The library over MCP, through the protocol's own client."""

from __future__ import annotations

import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp import Client, StdioServerParameters

from index.types import Filter
from rag.assistant import Assistant
from rag.cli import main
from rag.serve.mcp import make_server
from rag.settings import Settings

Done = TypeVar("Done")
QUESTION = "Who urged Maduro not to be sworn in?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("mcp")
    settings = Settings(home=folder / "home", models=Settings.from_environment().models)
    with Assistant.open(settings=settings) as opened:
        opened.add_samples()
        yield opened


def run(work: Callable[[], Awaitable[Done]]) -> Done:
    """Run in a thread of its own: the browser that other tests drive holds the loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, work).result()


def called(server: Any, name: str, arguments: dict[str, Any]) -> Any:
    async def call() -> Any:
        async with Client(server) as client:
            return await client.call_tool(name, arguments)

    return run(call)


def tools(server: Any) -> set[str]:
    async def listed() -> set[str]:
        async with Client(server) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    return run(listed)


@pytest.mark.models
def test_a_question_is_answered_with_its_quote_and_one_beside_the_articles_refused(
    assistant: Assistant,
) -> None:
    server = make_server(assistant)
    answered = called(server, "ask", {"question": QUESTION})
    assert not answered.is_error
    told = answered.structured_content
    assert not told["refused"]
    assert "urged Venezuelan President" in told["citations"][0]["quote"]
    assert "urged Venezuelan President" in answered.content[0].text
    refused = called(server, "ask", {"question": "How many moons does Neptune have?"})
    assert refused.structured_content["refused"]


def test_the_server_says_which_byline_it_is(assistant: Assistant) -> None:
    async def asked() -> tuple[str, str]:
        async with Client(make_server(assistant)) as client:
            return client.server_info.name, client.server_info.version

    assert run(asked) == ("byline", version("byline"))


@pytest.mark.models
def test_articles_are_listed_found_and_read_by_pages(assistant: Assistant) -> None:
    server = make_server(assistant)
    listed = called(server, "list_articles", {"limit": 3}).structured_content
    assert len(listed["articles"]) == 3 < listed["total"]
    named = {"words": listed["articles"][0]["title"]}
    assert called(server, "list_articles", named).structured_content["total"] == 1
    found = called(server, "search", {"words": QUESTION, "limit": 2}).structured_content
    assert len(found["passages"]) == 2
    first = found["passages"][0]
    whole = called(server, "read", {"article": first["article"]["id"][:8]}).structured_content
    assert whole["text"][first["start"] :].startswith(first["text"])
    rest = called(server, "read", {"article": whole["id"], "start": 100}).structured_content
    assert rest["text"] == whole["text"][100:]
    assert rest["next_start"] is None


@pytest.mark.models
def test_bad_input_is_one_line(assistant: Assistant) -> None:
    server = make_server(assistant)
    for name, arguments, said in (
        ("ask", {"question": " "}, "question"),
        ("search", {"words": "Maduro", "limit": 0}, "takes|take 1 to"),
        ("read", {"article": "zzzz"}, "zzzz"),
        ("search", {"words": 5, "limit": "many"}, "words: Input should be a valid string; limit: "),
        ("ask", {"question": QUESTION, "source": "BBC"}, "ask takes no source; it takes question,"),
    ):
        result = called(server, name, arguments)
        assert result.is_error
        text = result.content[0].text
        assert "\n" not in text.strip()
        assert any(part in text for part in said.split("|")), text


@pytest.mark.models
def test_the_filter_holds_and_adding_must_be_allowed(assistant: Assistant, tmp_path: Path) -> None:
    listed = called(make_server(assistant), "list_articles", {"limit": 50}).structured_content
    one, other = listed["articles"][0], listed["articles"][-1]
    narrow = make_server(assistant, filter=Filter(sources=(one["source"],)))
    assert one["source"] != other["source"]
    assert called(narrow, "read", {"article": other["id"]}).is_error
    assert not called(narrow, "read", {"article": one["id"]}).is_error
    assert "add" not in tools(narrow)
    assert called(narrow, "ask", {"question": QUESTION, "sources": [other["source"]]}).is_error
    all_of_them = make_server(assistant)
    day = {"after": one["published"], "before": one["published"], "sources": [one["source"]]}
    there = called(all_of_them, "list_articles", day).structured_content["articles"]
    assert one["id"] in [article["id"] for article in there]
    assert {(a["published"], a["source"]) for a in there} == {(one["published"], one["source"])}
    found = called(all_of_them, "search", {"words": QUESTION, **day}).structured_content
    assert {passage["article"]["id"] for passage in found["passages"]} <= {a["id"] for a in there}
    never = {"question": QUESTION, "after": "2019-02-01", "before": "2019-01-01"}
    assert called(narrow, "ask", never).is_error
    server = make_server(assistant, may_add=True)
    assert "add" in tools(server)
    article = tmp_path / "mill.txt"
    article.write_text("The mill at Orrin Bridge closed on Tuesday after the wheel broke.")
    assert called(server, "add", {"path": "mill.txt"}).is_error
    added = called(server, "add", {"path": str(article)}).structured_content
    assert [result["outcome"] for result in added["results"]] == ["added"]


@pytest.mark.models
def test_a_question_that_is_cancelled_is_let_go_of(assistant: Assistant) -> None:
    """The next one is answered, and needs not wait for it."""
    server = make_server(assistant)

    async def cancel() -> bool:
        async with Client(server) as client:
            with anyio.move_on_after(0.05) as scope:
                await client.call_tool("ask", {"question": "Summarise all articles."})
            again = await client.call_tool("ask", {"question": QUESTION})
            return scope.cancelled_caught and not again.is_error

    assert run(cancel)


@pytest.mark.usefixtures("home")
def test_a_port_that_cannot_be_used_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp", "--http", "--port", "99999"]) == 2
    assert "--port 99999 is not a port" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["mcp", "--http", "--port", str(port)]) == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err


@pytest.mark.models
def test_the_command_serves_on_its_standard_streams(home: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "rag", "mcp", "--home", str(home)],
        env={"PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    listed = called(command, "list_articles", {"limit": 1})
    assert listed.structured_content["total"] > 0
