"""Serves the browser chat for a person at a terminal: who may come in, and where it is.

Knows no page (`ui.py`) and no routes (`rag.serve.server`).
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import BylineError, QuestionError
from rag.cli.terminal import remark, show_log
from rag.serve.guard import Login, is_loopback
from rag.serve.server import BuildPage, address_of, listen, make_app, run

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.cli.call import Call
    from rag.serve.workers import Serve

__all__ = ["serve"]

_PASSWORD = "BYLINE_PASSWORD"  # noqa: S105 - the name of the variable.
_SHORTEST = 8
_MOST_PROCESSES = 64


def serve(call: Call, build_page: BuildPage) -> int:
    """Serve the page until Ctrl-C, and return the exit status.

    Raises:
        QuestionError: the host needs a login, or the port cannot be used.
        LibraryError: the library cannot be used.
    """
    call.refuse_words()
    host = call.options.host or "127.0.0.1"
    processes = call.options.processes
    if not 1 <= processes <= _MOST_PROCESSES:
        raise QuestionError(f"--processes {processes} is none; take 1 to {_MOST_PROCESSES}")
    login = _login(host, call.options.auth)
    with listen(host, call.options.port) as listening:

        def announce() -> None:
            if login and not is_loopback(host):
                remark(
                    "what passes between browser and server is not encrypted; in a network that "
                    "others use, put a server with TLS before it"
                )
            sys.stderr.write(f"Byline is at {address_of(listening, host)}\n")
            sys.stderr.flush()

        page = partial(_serve_page, call, build_page, host, login)
        if processes == 1:
            page(listening, announce)
        else:
            _serve_several(page, processes, listening, announce)
    return 0


def _serve_several(
    page: Serve, processes: int, listening: socket.socket, announce: Callable[[], None]
) -> None:
    """Serve at one address what so many processes answer."""
    from rag.serve.spread import Spread
    from rag.serve.workers import working

    with (
        tempfile.TemporaryDirectory(prefix="byline-sockets-") as folder,
        working(page, processes, Path(folder)) as workers,
    ):
        announce()
        run(Spread(workers), listening, quiet=True)


def _serve_page(
    call: Call,
    build_page: BuildPage,
    host: str,
    login: Login | None,
    listening: socket.socket,
    ready: Callable[[], None],
) -> None:
    """Serve the page until this process is told to end."""
    from rag.serve.conversations import open_conversations

    show_log()  # Of a process of its own nobody else does.
    with contextlib.ExitStack() as stack:
        # Uploads lie here until they are read, where no other user can look.
        uploads = stack.enter_context(tempfile.TemporaryDirectory(prefix="byline-uploads-"))
        os.environ["GRADIO_TEMP_DIR"] = uploads
        assistant = stack.enter_context(call.open())
        conversations = stack.enter_context(contextlib.closing(open_conversations(call.settings)))
        conversations.of("")  # What is wrong with them is said here, and not on a blank page.
        app = make_app(
            assistant,
            conversations,
            build_page,
            filter=call.filter,
            hosts=(host,),
            login=login,
        )
        threading.Thread(target=_warm, args=(assistant,), name="byline-warm", daemon=True).start()
        ready()
        run(app, listening)


def _warm(assistant: Assistant) -> None:
    """Load the models, so that the first question need not wait for all of it."""
    # What is wrong with them is said to whoever asks.
    with contextlib.suppress(BylineError):
        assistant.load()
    # While a page is open, what was removed on it may be brought back.
    with contextlib.suppress(BylineError):
        assistant.let_go_of_uploads()


def _login(host: str, user: str | None) -> Login | None:
    """Return the login that a host needs, its password asked for."""
    if user is None:
        if is_loopback(host):
            return None
        raise QuestionError(
            f"--host {host} lets other machines in, who could read and remove your articles; "
            f"add --auth USER to have a password asked for, from you or from {_PASSWORD}"
        )
    if not user or ":" in user:
        raise QuestionError("--auth takes a name without a colon; the password is asked for")
    password = os.environ.get(_PASSWORD)
    if password is None:
        if not (sys.stdin and sys.stdin.isatty()):
            raise QuestionError(f"there is nobody to ask for a password; set {_PASSWORD}")
        password = getpass("password: ")
    if len(password) < _SHORTEST:
        raise QuestionError(f"the password is too short; take {_SHORTEST} characters or more")
    return Login(user, password)
