"""The commands of `ask` that serve: the browser chat, the library over MCP, the reader.

They say who may come in, and where it is; they know no page (`ui.py`) and no routes
(`rag.serve`).
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
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import BylineError, LibraryError, QuestionError
from rag.cli.terminal import remark, show_log
from rag.serve.guard import Login, is_loopback

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.cli.call import Call
    from rag.serve.server import BuildPage
    from rag.serve.workers import Serve

__all__ = ["run_mcp", "run_reader", "serve"]

_PASSWORD = "BYLINE_PASSWORD"  # noqa: S105 - the name of the variable.
_SHORTEST = 8
_HERE = "127.0.0.1"
_MCP_PORT, _READER_PORT = 7870, 7880
_MOST_AT_ONCE = 200
"""Requests to the reader that may wait; of more, each is told so."""
_MOST_PROCESSES = 64


def serve(call: Call, build_page: BuildPage) -> int:
    """Serve the page until Ctrl-C, and return the exit status.

    Raises:
        QuestionError: the host needs a login, or the port cannot be used.
        LibraryError: the library cannot be used.
    """
    from rag.serve.server import address_of, listen

    call.refuse_words()
    host = call.options.host or _HERE
    processes = call.options.processes
    if not 1 <= processes <= _MOST_PROCESSES:
        raise QuestionError(f"--processes {processes} is none; take 1 to {_MOST_PROCESSES}")
    login = _login(host, call.options.auth)
    with listen(host, call.options.port) as listening:

        def announce() -> None:
            if login:
                _say_that_it_is_open(
                    host, "what passes between browser and server is not encrypted"
                )
            sys.stderr.write(f"Byline is at {address_of(listening, host)}\n")
            sys.stderr.flush()

        page = partial(_serve_page, call, build_page, host, login)
        if processes == 1:
            page(listening, announce)
        else:
            _serve_several(page, processes, listening, announce)
    return 0


def run_mcp(call: Call) -> int:
    """Serve on standard input and output, or with `--http` on a port, until it is ended.

    Raises:
        LibraryError: the extra is not installed, or the library cannot be used.
        QuestionError: an option cannot be used.
    """
    call.refuse_words()
    if find_spec("mcp") is None:
        raise LibraryError('this needs the extra `mcp`: pip install "byline[mcp]"')
    if call.options.port is not None and not call.options.http:
        raise QuestionError("--port is of --http; give both, or neither")
    if call.options.http and call.options.allow_add:
        raise QuestionError(
            "--http has no login, and with --allow-add every account of this machine could read "
            "your files; leave one of them out"
        )
    from rag.serve.mcp import make_server

    port = call.options.port or _MCP_PORT
    if call.options.http:
        from rag.serve.server import listen

        listen(_HERE, port).close()  # What is wrong with it is said before anything is loaded.
    with call.open() as assistant:
        server = make_server(assistant, filter=call.filter, may_add=call.options.allow_add)
        if call.options.http:
            if not call.quiet:
                remark(f"the library is at http://{_HERE}:{port}/mcp; stop with Ctrl-C")
            # Only for programs of this machine: there is no login.
            server.run("streamable-http", host=_HERE, port=port)
        else:
            server.run("stdio")
    return 0


def run_reader(call: Call) -> int:
    """Serve the reader until Ctrl-C; return the exit status.

    Raises:
        QuestionError: the host needs a key, the port cannot be used, or the reader is a server's.
        ModelError: the reader is missing or damaged.
    """
    call.refuse_words()
    from rag.models.info import identify_reader
    from rag.models.json_server import is_server
    from rag.reader import load_reader
    from rag.reader.served import READER_KEY, Identity
    from rag.serve.reader import make_reader_app
    from rag.serve.server import address_of, listen, run

    settings = call.settings
    host = call.options.host or _HERE
    if is_server(settings.reader):
        raise QuestionError(
            f"{settings.reader} serves a reader already; name the folder of one with --reader, "
            "or --reader default"
        )
    key = settings.reader_key
    if key is None and not is_loopback(host):
        raise QuestionError(
            f"--host {host} lets other machines in; set {READER_KEY}, here and where it is used"
        )
    if key is not None and len(key) < _SHORTEST:
        raise QuestionError(f"{READER_KEY} is too short; take {_SHORTEST} characters or more")
    with listen(host, call.options.port, _READER_PORT) as listening:
        reader = load_reader(settings.reader)
        info = identify_reader(settings)
        identity = Identity(**{n: getattr(info, n) for n in Identity.__dataclass_fields__})
        app = make_reader_app(reader, identity, hosts=(host,), key=key)
        _say_that_it_is_open(host, "questions and passages are not encrypted on their way")
        address = address_of(listening, host)
        sys.stderr.write(f"The reader is at {address}; use it with --reader {address}\n")
        sys.stderr.flush()
        run(app, listening, _MOST_AT_ONCE)
    return 0


def _serve_several(
    page: Serve, processes: int, listening: socket.socket, announce: Callable[[], None]
) -> None:
    """Serve at one address what so many processes answer."""
    from rag.serve.server import run
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
    from rag.serve.server import make_app, run

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
        if not sys.stdin.isatty():
            raise QuestionError(f"there is nobody to ask for a password; set {_PASSWORD}")
        password = getpass("password: ")
    if len(password) < _SHORTEST:
        raise QuestionError(f"the password is too short; take {_SHORTEST} characters or more")
    return Login(user, password)


def _say_that_it_is_open(host: str, what: str) -> None:
    """Warn of what others can read on its way to another machine."""
    if not is_loopback(host):
        remark(f"{what}; in a network that others use, put a server with TLS before it")
