"""What programs use: the endpoint `/ask` of Gradio, and the protocol of OpenAI's chat."""

from __future__ import annotations

import json
import re
import socket
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openai import BadRequestError, NotFoundError, OpenAI

from scripted import LIMA, LONG, WHO_URGED
from visiting import DEATHS, FIRST, LATER, URGING, Server, StartServer

COMPLETIONS = "v1/chat/completions"


def post(server: Server, path: str, row: object) -> Any:
    """Send JSON and return the text of the answer."""
    request = urllib.request.Request(
        server.url + path, json.dumps(row).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def chat(server: Server, *said: str, **more: object) -> Any:
    """Ask in the protocol of OpenAI: questions and answers in turn, the last a question."""
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)]
    return post(server, COMPLETIONS, {"model": "byline", "messages": messages, **more})


def asked_once(server: Server, question: str, sources: list[str]) -> Any:
    """Ask as a Gradio client does."""
    row = {"data": [question, sources, "", ""]}
    event = json.loads(post(server, "gradio_api/call/ask", row))["event_id"]
    address = f"{server.url}gradio_api/call/ask/{event}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    assert lines[0] == "event: complete"
    (row,) = json.loads(lines[1].removeprefix("data: "))
    return row


def test_a_program_asks_and_gets_the_citations_too(serve: StartServer) -> None:
    row = json.loads(chat(serve(), WHO_URGED))
    assert row["object"] == "chat.completion"
    message = row["choices"][0]["message"]
    assert message["role"] == "assistant"
    assert message["content"].endswith(
        " [1]\n\n1. Lima Group speaks up, Harbour Wire, 4 January 2019"
    )
    (citation,) = row["byline"]["citations"]
    assert LIMA.text[citation["start"] : citation["end"]] == citation["quote"] == LONG
    assert row["usage"]["total_tokens"] >= 0


def test_nothing_of_an_article_is_a_mark_in_a_program_that_shows_markdown(
    serve: StartServer,
) -> None:
    told = (
        "Canada urged Maduro not to start ![a](http://x.example.org) \\<img src=x> a second term."
    )
    title = "Lima *Group* [speaks](http://x.example.org)"
    planted = replace(LIMA, text=told, title=title)
    content = json.loads(chat(serve(articles=(planted,)), WHO_URGED))["choices"][0]["message"]
    assert "![a]\\(http" in content["content"]
    assert "\\\\\\<img" in content["content"]  # A backslash of the article undoes none of ours.
    assert "1. Lima \\*Group\\* \\[speaks\\](http" in content["content"]


def test_points_are_a_list(serve: StartServer) -> None:
    answer = json.loads(chat(serve(articles=(FIRST, LATER)), DEATHS))
    lead, *points = answer["choices"][0]["message"]["content"].partition("\n\n")[0].split("\n")
    assert lead == answer["byline"]["lead"]
    assert len(points) == 2
    assert all(point.startswith("- ") for point in points)


def test_a_program_may_have_the_model_write(serve: StartServer) -> None:
    written = "43 people died when the Morandi bridge in Genoa collapsed."
    server = serve(writes=written)
    row = json.loads(chat(server, DEATHS, write="always"))["byline"]
    assert (row["text"], row["model"]) == (written, "words, scripted")
    assert [claim["verbatim"] for claim in row["claims"]] == [False]
    quoted = json.loads(chat(server, DEATHS, write="never"))["byline"]
    assert quoted["claims"][0]["verbatim"]
    assert quoted["citations"] == row["citations"]


def test_a_program_chooses_among_the_articles(serve: StartServer) -> None:
    server = serve(articles=(FIRST, LATER))

    def deaths(**chosen: object) -> list[str]:
        row = json.loads(chat(server, DEATHS, **chosen))["byline"]
        return [citation["document"]["source"] for citation in row["citations"]]

    assert deaths() == ["Andean Courier", "Harbour Wire"]
    assert deaths(sources=["Harbour Wire"]) == ["Harbour Wire"]
    assert deaths(after="2018-08-15") == ["Andean Courier"]
    assert deaths(before="2018-08-15") == ["Harbour Wire"]
    assert deaths(tags=["genoa"]) == []
    tagged = serve(articles=(replace(FIRST, tags=("genoa",)), LATER))
    row = json.loads(chat(tagged, DEATHS, tags=["#Genoa"]))["byline"]
    assert [citation["document"]["source"] for citation in row["citations"]] == ["Harbour Wire"]
    # What it was asked of is not forgotten over a follow-up, nor mixed with what others ask.
    row = json.loads(chat(server, DEATHS, "26", "And who said so?", sources=["Harbour Wire"]))
    assert row["byline"]["filter"]["sources"] == ["Harbour Wire"]
    for wrong in (
        {"sources": "Harbour Wire"},
        {"after": "soon"},
        {"after": "2019-01-02", "before": "2019-01-01"},
    ):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            deaths(**wrong)


def test_programs_ask_the_articles_that_the_page_begins_with(serve: StartServer) -> None:
    server = serve(articles=(FIRST, LATER), sources=["Harbour Wire"])
    alone, named = (
        json.loads(chat(server, DEATHS, **chosen))["byline"]
        for chosen in ({}, {"sources": ["Andean Courier"]})
    )
    asked = asked_once(server, DEATHS, [])
    for answer, source in (
        (alone, "Harbour Wire"),
        (named, "Andean Courier"),
        (asked, "Harbour Wire"),
    ):
        assert answer["filter"]["sources"] == [source]
        (citation,) = answer["citations"]
        assert citation["document"]["source"] == source


def test_a_courtesy_gets_its_text(serve: StartServer) -> None:
    server = serve()
    row = json.loads(chat(server, "Thanks!"))
    said = row["choices"][0]["message"]["content"]
    assert said == row["byline"]["text"] != ""
    assert not row["byline"]["refused"]
    lines = chat(server, "Thanks!", stream=True).splitlines()
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    deltas = (event["choices"][0]["delta"].get("content", "") for event in events)
    assert "".join(deltas) == said
    assert asked_once(server, "Thanks!", [])["text"] == said


def test_a_stream_sends_only_what_was_checked(serve: StartServer) -> None:
    server = serve(articles=(FIRST, LATER), says="There were 9,999 of them, by Atlantis.")
    lines = [line for line in chat(server, DEATHS, stream=True).split("\n") if line]
    assert lines[-1] == "data: [DONE]"
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    text = "".join(event["choices"][0]["delta"].get("content", "") for event in events)
    assert text.startswith("The articles differ, newest first.\n- Andean Courier")
    assert "Atlantis" not in text
    assert events[-1]["choices"][0]["finish_reason"] == "stop"
    assert len(events[-1]["byline"]["claims"]) == 2
    assert json.loads(chat(server, DEATHS))["choices"][0]["message"]["content"] == text


def test_a_follow_up_refers_to_what_was_asked_before(serve: StartServer) -> None:
    # The server answered none of it: it was asked elsewhere, or before it was started again.
    server = serve()
    said = ("How many people have left Venezuela?", "Three million.", "", "?")
    row = json.loads(chat(server, *said, "And who counted them?"))
    assert row["byline"]["searched"] == "How many people have left Venezuela? And who counted them?"
    assert (
        json.loads(chat(server, *said, "And who counted them?"))["byline"]["searched"]
        == (row["byline"]["searched"])
    )


def test_openais_own_client_is_served(serve: StartServer) -> None:
    with OpenAI(base_url=serve().url + "v1", api_key="none", max_retries=0) as client:
        assert client.models.retrieve("byline") == client.models.list().data[0]
        with pytest.raises(NotFoundError, match="no model 'gpt-4'"):
            client.models.retrieve("gpt-4")
        question: Any = {"role": "user", "content": WHO_URGED}
        options: Any = {"include_usage": True}
        chunks = list(
            client.chat.completions.create(
                model="byline", messages=[question], stream=True, stream_options=options
            )
        )
        usage = chunks[-1].usage
        assert usage is not None
        assert (chunks[-1].choices, usage.prompt_tokens) == ([], usage.total_tokens)
        streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
        whole = client.chat.completions.create(model="byline", messages=[question])
        assert whole.choices[0].message.content == streamed
        assert whole.usage == usage
        with pytest.raises(BadRequestError, match="2,000"):
            client.chat.completions.create(
                model="byline", messages=[{"role": "user", "content": "x" * 3000}]
            )


def test_a_client_that_leaves_lets_the_next_one_on(serve: StartServer) -> None:
    server = serve(says="Canada and a dozen others. " * 200, pause=0.3)
    row = {"messages": [{"role": "user", "content": WHO_URGED}], "stream": True}
    body = json.dumps(row).encode()
    request = (
        f"POST /{COMPLETIONS} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(request)
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
    refused = json.loads(chat(server, "Which chess opening did the grandmaster prefer?"))
    assert refused["byline"]["refused"]


def test_the_documentation_shows_requests_that_work(serve: StartServer) -> None:
    shown = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
    server = serve()
    bodies = re.findall(r"^curl http://127.0.0.1:7860/(\S+) .* -d '(.*)'$", shown, re.MULTILINE)
    assert [path for path, _ in bodies] == [COMPLETIONS, "gradio_api/call/ask"]
    chatted, called = (json.loads(post(server, path, json.loads(row))) for path, row in bodies)
    assert chatted["byline"]["question"] == WHO_URGED
    assert called["event_id"]


def test_the_list_of_models_has_the_one(serve: StartServer) -> None:
    with urllib.request.urlopen(serve().url + "v1/models", timeout=30) as answer:
        assert [model["id"] for model in json.load(answer)["data"]] == ["byline"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "messages"),
        ({"messages": []}, "question of the user"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "question of the user"),
        ({"messages": [{"role": "user", "content": "x" * 3000}]}, "2,000"),
        ({"messages": "who?"}, "messages"),
        ({"messages": [{"role": "user", "content": "who is \ud800?"}]}, "UTF-8"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(
    serve: StartServer, row: object, said: str
) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        post(serve(), COMPLETIONS, row)
    assert raised.value.code == 400
    message = json.loads(raised.value.read())["error"]["message"]
    assert said in message
    assert "\n" not in message


def test_gradio_clients_can_ask(serve: StartServer) -> None:
    server = serve()
    row = asked_once(server, WHO_URGED, ["Harbour Wire"])
    assert row["claims"][0]["answer"]["text"] == URGING
    assert row["citations"][0]["quote"] == LONG
    with urllib.request.urlopen(server.url + "gradio_api/info", timeout=30) as answer:
        assert list(json.load(answer)["named_endpoints"]) == ["/ask"]
