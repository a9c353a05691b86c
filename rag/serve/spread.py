"""Passes requests on to several servers, those of one person always to the same one.

A page's process knows what is open on it, and what it uploaded. When it dies, its people are
passed to another, where they find what is kept. Requests and answers pass unread, as they come:
whom to let in each server decides for itself (`rag.serve.guard`).
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import anyio
import httpcore
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from rag.serve.guard import visitor_of
from rag.serve.workers import Worker

__all__ = ["Spread"]

_MOST_PEOPLE = 10_000
"""People of whom is remembered who serves them."""
_FORGOTTEN_S = 600.0
"""Silence after which another may serve a person; an open page asks every few seconds."""
_WAIT_S = 60.0
"""How long a request waits for a server, where all have died."""
_LOOK_S = 0.1
_OF_ONE_CONNECTION = {
    *(b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"expect"),
    *(b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"),
}
"""Headers that say nothing to who is behind; see RFC 9110, 7.6.1."""


class Spread:
    """An ASGI application before workers."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        """Begin with nobody served.

        Args:
            workers: who serve.
        """
        # No connection is used twice: one that a server just closes would lose a request.
        self._pools = {
            worker: httpcore.AsyncConnectionPool(
                uds=str(worker.path), max_connections=None, max_keepalive_connections=0
            )
            for worker in workers
        }
        self._served: OrderedDict[str, _Served] = OrderedDict()
        self._open: Counter[Worker] = Counter()
        """Requests that are being answered; every open page holds one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return
        person = _person(scope)
        request = _Request(scope, receive)
        until = time.monotonic() + _WAIT_S
        while time.monotonic() < until:
            worker = self._choose(person)
            if worker is None:
                await anyio.sleep(_LOOK_S)
                continue
            self._open[worker] += 1
            try:
                if await request.passed(self._pools[worker], send):
                    return
            finally:
                self._open[worker] -= 1
            # It has died, which its keeper is about to notice.
            await anyio.sleep(_LOOK_S)
        lost = PlainTextResponse("the server is starting; try again in a moment\n", 503)
        await lost(scope, receive, send)

    def _choose(self, person: str) -> Worker | None:
        """Return who serves a person, the least busy where nobody does; None if none can."""
        now = time.monotonic()
        served = self._served.get(person)
        if served and served.lasts(now):
            worker = served.by
        else:
            ready = [worker for worker in self._pools if worker.ready]
            if not ready:
                return None
            people = Counter(each.by for each in self._served.values() if each.lasts(now))
            worker = min(ready, key=lambda each: (self._open[each], people[each]))
        if person:
            self._served[person] = _Served(worker, worker.lives, now)
            self._served.move_to_end(person)
            while len(self._served) > _MOST_PEOPLE:
                self._served.popitem(last=False)
        return worker


@dataclass(frozen=True, slots=True)
class _Served:
    """Who served a person last."""

    by: Worker
    life: int
    at: float
    """When, by the monotonic clock."""

    def lasts(self, now: float) -> bool:
        """Say whether that goes on."""
        alive = self.by.ready and self.by.lives == self.life
        return alive and now - self.at < _FORGOTTEN_S


def _person(scope: Scope) -> str:
    """Return what tells people apart; empty where it does not matter who serves.

    A program has no cookie, but may ask in two steps, as clients of Gradio do.
    """
    if visitor := visitor_of(Headers(scope=scope)):
        return visitor
    if scope["path"].startswith("/gradio_api/") and scope.get("client"):
        return str(scope["client"][0])
    return ""


class _Request:
    """One request, which is passed on once its server is found."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope, self._receive = scope, receive
        query = scope["query_string"]
        self._target = scope["raw_path"] + (b"?" + query if query else b"")
        self._headers = [(k, v) for k, v in scope["headers"] if k not in _OF_ONE_CONNECTION]
        names = {name for name, _ in self._headers}
        self._has_body = bool(names & {b"content-length", b"transfer-encoding"})
        self._taken = anyio.Event()
        """Set when the whole body was received: what comes then is that the client leaves."""

    async def passed(self, pool: httpcore.AsyncConnectionPool, send: Send) -> bool:
        """Have it answered; return whether that is done, else it can be passed on to another."""
        done = True
        async with anyio.create_task_group() as group:
            group.start_soon(self._end_when_left, group.cancel_scope)
            done = await self._answered(pool, send)
            group.cancel_scope.cancel()
        return done

    async def _answered(self, pool: httpcore.AsyncConnectionPool, send: Send) -> bool:
        begun = False
        url = httpcore.URL(scheme=b"http", host=b"byline", port=None, target=self._target)
        request = httpcore.Request(
            self._scope["method"], url, headers=self._headers, content=self._body()
        )
        try:
            response = await pool.handle_async_request(request)
            try:
                head = {"type": "http.response.start", "status": response.status}
                await send(head | {"headers": _passed_back(response.headers)})
                begun = True
                async for part in response.aiter_stream():
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body"})
            finally:
                await response.aclose()
        except httpcore.ConnectError:
            return False
        except (httpcore.NetworkError, httpcore.ProtocolError):
            # What was begun is broken off, as by the server itself.
            if not begun and not self._has_body:
                return False
            if not begun:
                failed = PlainTextResponse("the server failed; try again\n", 502)
                await failed(self._scope, self._receive, send)
        return True

    async def _body(self) -> AsyncIterator[bytes]:
        more = self._has_body
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise httpcore.ReadError("the client has left")
            yield message.get("body", b"")
            more = message.get("more_body", False)
        self._taken.set()

    async def _end_when_left(self, scope: anyio.CancelScope) -> None:
        await self._taken.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        scope.cancel()


def _passed_back(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer without those that this server writes itself."""
    ours = _OF_ONE_CONNECTION | {b"transfer-encoding", b"date"}
    return [(name.lower(), value) for name, value in headers if name.lower() not in ours]
