"""Puts the page, the endpoints, and the guard together, and listens.

Knows no page: `ui.py` hands in the function that builds it.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import LibraryError, QuestionError
from index.types import Filter
from rag.serve.asking import WaitingLine
from rag.serve.guard import Guard, Login

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from rag.assistant import Assistant
    from rag.serve.conversations import Conversations

__all__ = ["BuildPage", "address_of", "listen", "make_app", "run"]

BuildPage = Callable[["Assistant", "Conversations", WaitingLine, Filter], "gr.Blocks"]

_PORT = 7860
_PORTS = 20
"""How many ports after the usual one are tried, where none was asked for."""
_STATIC = Path(__file__).parent / "static"
_LARGEST = "100mb"
_COLOURS = {
    "body_background_fill": "ground",
    "body_text_color": "text",
    "body_text_color_subdued": "soft",
    "background_fill_primary": "raised",
    "background_fill_secondary": "sunk",
    "border_color_primary": "line",
    "block_info_text_color": "soft",
    "block_label_text_color": "soft",
    "block_title_text_color": "text",
    "input_background_fill": "raised",
    "input_border_color": "line",
    "input_placeholder_color": "soft",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_text_color": "ground",
    "button_secondary_background_fill": "raised",
    "button_secondary_text_color": "text",
    "color_accent_soft": "accent-ground",
}
"""Of Gradio's own parts, each by the variable of `static/page.css` that it takes, which itself
changes with light and dark."""


def make_app(
    assistant: Assistant,
    conversations: Conversations,
    build_page: BuildPage,
    *,
    filter: Filter = Filter(),
    hosts: tuple[str, ...] = (),
    login: Login | None = None,
) -> ASGIApp:
    """Return the whole application, guarded.

    Args:
        assistant: what answers.
        conversations: where they are kept.
        build_page: returns the page.
        filter: the articles that every page begins with, and programs ask where they name none.
        hosts: as for `Guard`.
        login: as for `Guard`.
    """
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from fastapi.staticfiles import StaticFiles

    from rag.serve import completions, originals

    line = WaitingLine()
    app: FastAPI = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(completions.make_router(assistant, line, filter))
    app.include_router(originals.make_router(assistant))
    app.mount("/byline", StaticFiles(directory=_STATIC), name="byline")

    @app.exception_handler(RequestValidationError)
    async def explain(_request: Any, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        message = f"{where}: {first['msg']}" if where else first["msg"]
        row = {"message": message, "type": "invalid_request_error"}
        return JSONResponse({"error": row}, status_code=400)

    page = build_page(assistant, conversations, line, filter)
    # Gradio checks that a file which a listener is handed was uploaded, but only of a page that
    # was "launched"; one that is mounted hands over any file of this machine.
    page.has_launched = True
    app = gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=_LARGEST,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=_theme(),
        i18n=gr.I18n(
            en={
                "upload_text.drop_file": "Drop files or a folder",
                "upload_text.click_to_upload": "choose files",
            }
        ),
        # Not as `css`, which Gradio confines to its container: what is open is said on `body`.
        head=f'<link rel="stylesheet" href="/byline/page.css?v={version("byline")}">'
        f'<script src="/byline/page.js?v={version("byline")}"></script>',
    )
    return Guard(app, hosts=hosts, login=login)


def _theme() -> Any:
    """Return Gradio's own parts in the colours of the page; nothing is fetched from anywhere."""
    import gradio as gr

    taken = {
        name + suffix: f"var(--bl-{colour})"
        for name, colour in _COLOURS.items()
        for suffix in ("", "_dark")
    }
    taken["color_accent"] = "var(--bl-accent)"  # One for both.
    clear = {f"block_background_fill{suffix}": "transparent" for suffix in ("", "_dark")}
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "monospace"]
    theme = gr.themes.Base(font=sans, font_mono=mono)
    return theme.set(block_border_width="0px", **clear, **taken)


def run(
    app: ASGIApp, listening: socket.socket, most: int | None = None, *, quiet: bool = False
) -> None:
    """Serve until Ctrl-C.

    Args:
        app: what is served.
        listening: where.
        most: requests at once, of which each further one is refused with 503; None for any number.
        quiet: whether answers that are broken off on purpose are no news.
    """
    import uvicorn

    # uvicorn ends in good order and then sends itself the signal again, which must not end
    # the process before the temporary folders are removed.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    # Who is deaf to a terminal that closes, as by `nohup`, stays so. uvicorn does not know of it,
    # and what is raised meanwhile may be lost in whatever is awaited: it is told what it knows.
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up and signal.getsignal(hang_up) != signal.SIG_IGN:
        signal.signal(hang_up, lambda *_: signal.raise_signal(signal.SIGTERM))
    config = uvicorn.Config(
        app,
        log_level="critical" if quiet else "error",
        loop="asyncio",  # Others take no sockets of the file system so.
        access_log=False,
        # An open page holds a connection; it must not hold the process.
        timeout_graceful_shutdown=2,
        server_header=False,
        limit_concurrency=most,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int | None, usual: int = _PORT) -> socket.socket:
    """Return a socket that listens on the port, or on the first free one from the usual on.

    Raises:
        QuestionError: the host or the port is none.
        LibraryError: the port cannot be used.
    """
    if port is not None and not 0 <= port <= 65535:
        raise QuestionError(f"--port {port} is not a port; take one from 1024 to 65535")
    reason = ""
    for number in range(usual, usual + _PORTS) if port is None else (port,):
        try:
            return _bound(host, number)
        except (socket.gaierror, UnicodeError):  # The latter: of no form that a name has.
            raise QuestionError(f"--host {host} is not a name of this machine") from None
        except OSError as error:
            reason = error.strerror or str(error)
    raise LibraryError(
        f"port {number} of {host} cannot be used ({reason}); choose another with --port"
    )


def address_of(listening: socket.socket, host: str) -> str:
    """Return the address of what listens on a host, for a browser."""
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{listening.getsockname()[1]}/"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening
