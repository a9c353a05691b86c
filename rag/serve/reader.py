"""Serves a reader to processes that load none, over HTTP: `ask reader`.

`GET /v1/reader` says which it is. `POST /v1/read` takes a question and passages, and returns the
spans of each. Whoever asks is served in turn, a few passages at a time, so that a long account
does not keep a short question waiting. `rag.reader.served` is the other end.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from index.errors import ModelError
from rag.reader import Passage, Reader
from rag.reader.served import MOST_PASSAGES, PROTOCOL, Identity
from rag.serve.guard import Guard, Login

__all__ = ["make_reader_app"]

_ROUTES = re.compile(r"/v1/(?:reader|read)\Z")
_AT_A_TIME = 8
"""Passages that are read for one before the next one's turn."""
_LONGEST_QUESTION = 20_000


class _Asked(BaseModel):
    question: str = Field(max_length=_LONGEST_QUESTION)
    passages: list[tuple[str, str]] = Field(max_length=MOST_PASSAGES)
    """Each with its title."""


def make_reader_app(
    reader: Reader, identity: Identity, *, hosts: tuple[str, ...] = (), key: str | None = None
) -> ASGIApp:
    """Return the application, guarded.

    Args:
        reader: what reads.
        identity: what it is.
        hosts: as for `Guard`.
        key: what every request must bring as a bearer token.
    """
    # One thread, whose queue holds at most one part of each request: they take turns.
    turns = ThreadPoolExecutor(1, "byline-reader")

    async def tell(_request: Request) -> Response:
        return JSONResponse({"protocol": PROTOCOL, "reader": asdict(identity)})

    async def read(request: Request) -> Response:
        try:
            asked = _Asked.model_validate_json(await request.body())
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            return PlainTextResponse(f"{where}: {first['msg']}\n", 400)
        passages = [Passage(text, title) for text, title in asked.passages]
        readings = []
        for at in range(0, len(passages), _AT_A_TIME):
            if await request.is_disconnected():
                return Response(status_code=499)  # Nobody gets it.
            part = passages[at : at + _AT_A_TIME]
            try:
                readings += await asyncio.get_running_loop().run_in_executor(
                    turns, reader.read, asked.question, part
                )
            except ModelError as error:
                return PlainTextResponse(f"{error}\n", 500)
        rows = [[[span.start, span.end, span.score] for span in r.spans] for r in readings]
        return JSONResponse({"name": identity.name, "sha256": identity.sha256, "readings": rows})

    app = Starlette(routes=[Route("/v1/reader", tell), Route("/v1/read", read, methods=["POST"])])
    return Guard(app, hosts=hosts, login=Login("reader", key) if key else None, routes=_ROUTES)
