"""Lets in only who may come in: the ASGI layer before every route.

Against another site that is open in the same browser: a `Host` that is not ours (DNS
rebinding) and an `Origin` that is not ours get 403, and routes that the page does not use
are closed, among them those that would fetch an address for the caller. A policy in every
answer has the browser load and send nothing beyond this server. See
https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["VISITOR_COOKIE", "Guard", "Login", "is_loopback", "visitor_of"]

VISITOR_COOKIE = "byline_visitor"
_TOKEN = re.compile(r"[0-9a-f]{32}\Z")
_LONGEST_BODY = 8 * 1024 * 1024
"""Bytes of a request, uploads apart: room for a pasted book."""
LONGEST_UPLOAD = 1024 * 1024 * 1024
"""Bytes of one upload of several files; each has a limit of its own."""
_YEAR = 365 * 24 * 3600

# What the page and the documented endpoints use; tests/browser walks the page over it.
_OPEN = re.compile(
    r"/(?:"
    r"|config|theme\.css|favicon\.ico|robots\.txt|manifest\.json"
    r"|(?:assets|static|svelte|byline)/[\w./@+-]*"
    r"|v1/(?:models(?:/[\w.:-]+)?|chat/completions)"
    r"|file/[0-9a-f]{16}|page/[0-9a-f]{16}/\d{1,5}"
    r"|gradio_api/(?:info|openapi\.json|theme\.css|startup-events|app_id|reset|cancel|upload"
    r"|upload_progress|queue/(?:join|data)|heartbeat/\w+"
    r"|call/(?:v2/)?ask(?:/\w+)?|run/ask|api/ask|run/predict)"
    r")/?\Z"
)
_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio compiles its templates in the page and starts from an inline script.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "media-src 'none'",
        "object-src 'none'",
        "frame-src 'none'",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Login:
    """Who may come in from another machine."""

    user: str
    password: str


class Guard:
    """An ASGI application around another."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str] = (),
        login: Login | None = None,
        routes: re.Pattern[str] = _OPEN,
    ) -> None:
        """Guard an application.

        Args:
            app: what is guarded.
            hosts: names beside those of loopback that a request may be addressed to; a
                request to any other is refused, unless a login is asked for.
            login: what every request must bring, as HTTP Basic or as a Bearer token (the
                password alone); None on loopback.
            routes: the paths that are open.
        """
        self._app = app
        self._hosts = {"localhost", *(host.casefold() for host in hosts)}
        self._login = login
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal:
            await refusal(scope, receive, send)
            return
        added = dict(_HEADERS)
        if scope["path"].startswith("/byline/"):
            added["cache-control"] = "no-cache"
        if scope["path"] == "/":
            # Sent again each time, so that it lasts. Lax: a link on another site must not open
            # the page as somebody new, whose cookie would take the place of this one.
            token = visitor_of(headers) or secrets.token_hex(16)
            added["set-cookie"] = (
                f"{VISITOR_COOKIE}={token}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax"
            )
        sending = self._adding(send, added)
        if scope["method"] == "POST" and not scope["path"].startswith("/gradio_api/upload"):
            try:
                receive = await _checked(receive)
            except ValueError as error:
                await _say(400, str(error))(scope, receive, sending)
                return
        await self._app(scope, receive, sending)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return _say(403, "this server answers only to its own name")
        origin = headers.get("origin")
        if origin is not None and origin.casefold() not in (
            f"{scheme}://{host.casefold()}" for scheme in ("http", "https")
        ):
            return _say(403, "another site may not use this server")
        if headers.get("sec-fetch-site") == "cross-site" and scope["method"] not in ("GET", "HEAD"):
            return _say(403, "another site may not use this server")
        if self._login and not _proves(headers.get("authorization", ""), self._login):
            return PlainTextResponse(
                "sign in\n", 401, {"www-authenticate": 'Basic realm="Byline", charset="UTF-8"'}
            )
        length = headers.get("content-length", "0")
        if scope["path"].startswith("/gradio_api/upload") and scope["method"] == "POST":
            if not headers.get("content-length"):
                return _say(411, "say how long the upload is")
            if not length.isdecimal() or int(length) > LONGEST_UPLOAD:
                return _say(413, "too much at once; upload fewer files")
        # As it came and as it was decoded: neither may climb.
        raw = scope.get("raw_path", b"").decode("latin-1")
        if not self._routes.match(scope["path"]) or ".." in scope["path"] or "%" in raw:
            return _say(404, "nothing here")
        return None

    def _is_ours(self, host: str) -> bool:
        name = _name_of(host)
        if name is None:
            return False
        # With a login, the browser sends it only to the name that it was typed for.
        return is_loopback(name) or name in self._hosts or self._login is not None

    @staticmethod
    def _adding(send: Send, added: dict[str, str]) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    if name == "set-cookie":
                        headers.append(name, value)
                    else:
                        headers[name] = value
            await send(message)

        return wrapped


async def _checked(receive: Receive) -> Receive:
    """Read a body, and return how to receive it again.

    Raises:
        ValueError: it is too long, or has a file with an address, which Gradio would fetch.
    """
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return receive  # The client has left.
        body += message.get("body", b"")
        if len(body) > _LONGEST_BODY:
            raise ValueError("the request is too long; upload large texts as files")
        if not message.get("more_body", False):
            break
    if b"://" in body or b"\\" in body:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise ValueError("the request is not JSON") from None
        if _names_an_address(found):
            raise ValueError("a file is uploaded, not named by its address")
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _names_an_address(value: object) -> bool:
    """Say whether JSON holds a file, in Gradio's form, that lies somewhere else."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if "meta" in item and "://" in str(item.get("path")):
                return True
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return False


def is_loopback(name: str) -> bool:
    """Say whether a host name or address is this machine's own, beyond which nothing is sent."""
    if name.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def visitor_of(headers: Headers) -> str:
    """Return the visitor's token from the cookie, or an empty string."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(VISITOR_COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie is not None and _TOKEN.match(cookie.value) else ""


def _say(status: int, text: str) -> PlainTextResponse:
    return PlainTextResponse(text + "\n", status)


def _name_of(host: str) -> str | None:
    """Return the name in a `Host` header without the port, or None if it is not one."""
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::\d{1,5})?", host)
    return (match[1] or match[2]).casefold().rstrip(".") if match else None


def _proves(authorization: str, login: Login) -> bool:
    kind, _, value = authorization.partition(" ")

    def same(one: str, other: str) -> bool:
        return hmac.compare_digest(one.encode(), other.encode())

    if kind.casefold() == "bearer":
        return same(value.strip(), login.password)
    if kind.casefold() != "basic":
        return False
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return False
    # Both, whatever the first says: the time taken must not tell which was wrong.
    return same(user, login.user) & same(password, login.password)
