"""Serves the library to other programs over the Model Context Protocol."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from index.errors import LibraryError, QuestionError
from rag.cli.terminal import remark

if TYPE_CHECKING:
    from rag.cli.call import Call

__all__ = ["run_mcp"]

_PORT = 7870
_HOST = "127.0.0.1"


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
    from rag.serve.server import listen

    port = call.options.port or _PORT
    if call.options.http:
        listen(_HOST, port).close()  # What is wrong with it is said before anything is loaded.
    with call.open() as assistant:
        server = make_server(assistant, filter=call.filter, may_add=call.options.allow_add)
        if call.options.http:
            if not call.quiet:
                remark(f"the library is at http://{_HOST}:{port}/mcp; stop with Ctrl-C")
            # Only for programs of this machine: there is no login.
            server.run("streamable-http", host=_HOST, port=port)
        else:
            server.run("stdio")
    return 0
