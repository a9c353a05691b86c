"""Answers in the protocol of OpenAI's chat completions, for chat programs that exist already.

The last user message is the question; earlier ones say what a follow-up refers to, whoever
answered them. Below the answer stand the articles that it cites, for whoever sees nothing else;
the whole answer comes in a field of its own, `byline`, which other programs ignore.
See https://platform.openai.com/docs/api-reference/chat.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from index.errors import QuestionError
from index.types import Filter
from rag.assistant import Assistant
from rag.export.layout import layout
from rag.export.markdown import escaped
from rag.serve.asking import Event, NoAnswer, WaitingLine, ask_in_line
from rag.settings import Write
from rag.types import Answer, Delta, Stage

__all__ = ["make_router"]

_MODEL = "byline"
_REMEMBERED = 200
"""Answers kept in memory. Any other of a conversation is made anew for a follow-up: what this
process has not answered, or no longer knows, it would answer the same."""
_LOOKED_BACK = 4
"""Earlier questions of a conversation that a follow-up may refer to; each costs an answer."""
_BEAT = 10.0
"""Seconds between signs of life while a stream is worked on; proxies drop a silent one."""
_LOOK = 0.5
"""Seconds between two looks at whether the client is still there."""
_LINKS = re.compile(r"(?<=\])\(|(?<!\\)\\*<(?=[\w/!?])")
"""What makes words of an article a link, a picture, or a tag in Markdown, and what would undo a
backslash before it; a page that shows one would fetch it."""


class _Part(BaseModel):
    """One part of a message's content; only text is read."""

    type: str = "text"
    text: str = ""


class _Message(BaseModel):
    role: str
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class _StreamOptions(BaseModel):
    include_usage: bool = False


class _Asked(BaseModel):
    """What is read of a request; sampling options are ignored, as answers are repeatable."""

    messages: list[_Message]
    model: str = _MODEL
    stream: bool = False
    stream_options: _StreamOptions | None = None
    write: Write | None = None
    """Which answers are put into the model's words: auto, always, or never."""
    sources: tuple[str, ...] = ()
    """Only articles of these sources; so are tags, and days as 2019-01-04."""
    tags: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None

    def filter(self, usual: Filter) -> Filter:
        """Return which articles are asked; where it names none, those that are usual."""
        return Filter(
            self.sources or usual.sources,
            self.after or usual.after,
            self.before or usual.before,
            tags=self.tags or usual.tags,
        )


class _Memory:
    """The last answers, by the articles and all that was asked of them up to each."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[Filter, tuple[str, ...]], Answer] = OrderedDict()
        self._mutex = threading.Lock()

    def get(self, filter: Filter, questions: Sequence[str]) -> Answer | None:
        with self._mutex:
            return self._answers.get((filter, tuple(questions)))

    def keep(self, filter: Filter, questions: Sequence[str], answer: Answer) -> None:
        with self._mutex:
            self._answers[filter, tuple(questions)] = answer
            while len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)


def make_router(assistant: Assistant, line: WaitingLine, usual: Filter = Filter()) -> APIRouter:
    """Return the routes `/v1/models` and `/v1/chat/completions`.

    Args:
        assistant: what answers.
        line: where a request waits for its turn.
        usual: which articles are asked where a request does not say.
    """
    router = APIRouter(prefix="/v1")
    memory = _Memory()

    entry = {"id": _MODEL, "object": "model", "created": 0, "owned_by": "byline"}

    @router.get("/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [entry]}

    @router.get("/models/{name}")
    def model(name: str) -> Response:
        if name != _MODEL:
            return _fault(404, f"there is no model {name!r} here; the one there is is {_MODEL!r}")
        return JSONResponse(entry)

    @router.post("/chat/completions")
    async def completions(asked: _Asked, request: Request) -> Response:
        questions = [m.text.strip() for m in asked.messages if m.role == "user" and m.text.strip()]
        if not questions or asked.messages[-1].role != "user":
            return _fault(400, "the last message must be a question of the user")
        chosen = asked.filter(usual)
        if chosen.after and chosen.before and chosen.after > chosen.before:
            return _fault(400, f"{chosen.after} is later than {chosen.before}; exchange them")
        stop = threading.Event()
        begin = partial(_answered, assistant, memory, questions, chosen, asked.write)
        events = ask_in_line(begin, line, stop)
        if asked.stream:
            usage = asked.stream_options is not None and asked.stream_options.include_usage
            return StreamingResponse(_stream(events, usage=usage), media_type="text/event-stream")
        watching = asyncio.create_task(_watch(request, stop))
        try:
            async for event in events:
                if isinstance(event, Answer):
                    return JSONResponse(_whole(event))
                if isinstance(event, NoAnswer):
                    return _fault(400 if event.asker else 503, event.message)
        finally:
            watching.cancel()
        return _fault(503, "nobody waits for the answer any more")

    return router


def _answered(
    assistant: Assistant,
    memory: _Memory,
    questions: Sequence[str],
    filter: Filter,
    write: Write | None,
) -> Iterator[Stage | Delta | Answer]:
    """Answer the last question; those before it first, where their answers are not remembered."""
    history: list[Answer] = []
    asked = partial(assistant.stream, filter=filter, history=history)
    first = max(1, len(questions) - _LOOKED_BACK)
    for count in range(first, len(questions)):
        known = memory.get(filter, questions[:count])
        if known is None:
            # A question that could not be asked is nothing to refer to.
            with contextlib.suppress(QuestionError):
                for event in asked(questions[count - 1], write="never"):
                    if isinstance(event, Answer):
                        known = event
                    else:
                        yield event
            if known and first == 1:  # Else it was asked without all before it.
                memory.keep(filter, questions[:count], known)
        if known:
            history.append(known)
    for event in asked(questions[-1], write=write):
        if isinstance(event, Answer):
            memory.keep(filter, questions, event)
        yield event


async def _watch(request: Request, stop: threading.Event) -> None:
    """Stop the work when the client leaves."""
    while not await request.is_disconnected():
        await asyncio.sleep(_LOOK)
    stop.set()


async def _stream(events: AsyncIterator[Event], *, usage: bool) -> AsyncIterator[str]:
    """Yield server-sent events. Nothing is sent before it is checked: a claim comes whole.

    The server closes this when the client leaves, which ends the work.
    """
    id_ = _id()
    yield _event(id_, {"role": "assistant", "content": ""})
    async for event in _beating(events):
        if event is None:
            yield ": working\n\n"
        elif isinstance(event, Answer):
            for piece in _pieces(event):
                yield _event(id_, {"content": piece})
            yield _event(id_, {}, finish="stop", byline=event.to_json())
            if usage:
                yield _event(id_, None, usage=_usage(event))
        elif isinstance(event, NoAnswer):
            row = {"error": {"message": event.message, "type": "byline_error"}}
            yield f"data: {json.dumps(row)}\n\n"
    yield "data: [DONE]\n\n"


async def _beating(events: AsyncIterator[Event]) -> AsyncIterator[Event | None]:
    """Yield what comes, and None whenever a while has gone by since the last None."""
    due = time.monotonic() + _BEAT
    coming = asyncio.ensure_future(anext(events))
    try:
        while True:
            # Nothing may come for long: the model reads, or others are answered first.
            done, _ = await asyncio.wait([coming], timeout=max(0, due - time.monotonic()))
            if done:
                yield coming.result()
                coming = asyncio.ensure_future(anext(events))
            if time.monotonic() >= due:
                due = time.monotonic() + _BEAT
                yield None
    except StopAsyncIteration:
        return
    finally:
        coming.cancel()


def _pieces(answer: Answer) -> list[str]:
    """Return the text in parts: each claim with the marks of its citations, and what they mean."""
    if answer.refused or not answer.claims:  # The latter: a courtesy, a count of none.
        return [answer.text]
    told = [answer.lead] if answer.lead else []
    between = "\n- " if answer.lead else " "
    above = ""
    for claim in answer.claims:
        marks = "".join(f"[{citation.number}]" for citation in claim.citations)
        heading = f"{claim.heading}: " if claim.heading != above and claim.heading else ""
        above = claim.heading
        told.append(f"{heading}{claim.told} {marks}")
    # A list of Markdown, numbered as the marks are.
    notes = layout(answer.to_json()).notes
    cited = (", ".join(filter(None, (escaped(note.origin), note.link))) for note in notes)
    sources = "".join(f"\n{note.number}. {origin}" for note, origin in zip(notes, cited))
    told = [_LINKS.sub(lambda found: re.sub(".", r"\\\g<0>", found[0]), each) for each in told]
    return [told[0], *(f"{between}{each}" for each in told[1:]), f"\n{sources}"]


def _whole(answer: Answer) -> dict[str, Any]:
    return {
        "id": _id(),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": _MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "".join(_pieces(answer))},
                "finish_reason": "stop",
            }
        ],
        "usage": _usage(answer),
        "byline": answer.to_json(),
    }


def _usage(answer: Answer) -> dict[str, int]:
    """Return the tokens of the language model; none where it was not asked."""
    read, written = answer.timing.prompt_tokens, answer.timing.completion_tokens
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }


def _event(
    id_: str, delta: dict[str, str] | None, finish: Literal["stop"] | None = None, **more: Any
) -> str:
    """Return a chunk; without a delta, as the usage comes, it holds no choice."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    row = {
        "id": id_,
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": _MODEL,
        "choices": [] if delta is None else [choice],
    } | more
    return f"data: {json.dumps(row, ensure_ascii=False)}\n\n"


def _fault(status: int, message: str) -> JSONResponse:
    kind = "invalid_request_error" if status < 500 else "byline_error"
    return JSONResponse({"error": {"message": message, "type": kind}}, status)


def _id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"
