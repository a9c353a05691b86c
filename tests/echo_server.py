"""A small server for the tests of those that stand before servers."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from index.errors import LibraryError
from rag.serve.server import run


def serve_echo(folder: Path, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until told to end; `folder/left` tells that somebody left a stream, `folder/begun` that
    the first part of a body has come.
    """
    if (folder / "broken").exists():
        raise LibraryError("the library is damaged; repair it")

    async def echo(request: Request) -> Response:
        parts = []
        async for part in request.stream():
            (folder / "begun").touch()
            parts.append(part)
        return Response(b"".join(parts))

    async def refuse(_request: Request) -> Response:
        return PlainTextResponse("too much", 413)

    async def who(request: Request) -> Response:
        told = {"pid": os.getpid(), "target": request.url.path, "query": request.url.query}
        response = JSONResponse(told | {"headers": dict(request.headers)})
        response.set_cookie("byline_visitor", "f" * 32)
        response.set_cookie("another", "x")
        return response

    async def ticks(_request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"tick\n"
                    await asyncio.sleep(0.05)
            finally:
                (folder / "left").touch()

        return StreamingResponse(pieces())

    async def die(request: Request) -> Response:
        await request.body()
        if not (folder / "died").exists():
            (folder / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return PlainTextResponse("alive")

    routes = [
        Route("/echo", echo, methods=["POST"]),
        Route("/refuse", refuse, methods=["POST"]),
        Route("/ticks", ticks),
        Route("/die", die, methods=["GET", "POST"]),
        Route("/{path:path}", who),
    ]
    ready()
    run(Starlette(routes=routes), listening)
