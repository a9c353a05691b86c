"""Serves the reader to several processes of this machine or of others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from index.errors import QuestionError
from rag.cli.terminal import remark

if TYPE_CHECKING:
    from rag.cli.call import Call

__all__ = ["run_reader"]

_PORT = 7880
_SHORTEST = 8
_MOST_AT_ONCE = 200
"""Requests that may wait; of more, each is told so."""


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
    from rag.serve.guard import is_loopback
    from rag.serve.reader import make_reader_app
    from rag.serve.server import address_of, listen, run

    settings = call.settings
    host = call.options.host or "127.0.0.1"
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
    with listen(host, call.options.port, _PORT) as listening:
        reader = load_reader(settings.reader)
        info = identify_reader(settings)
        identity = Identity(**{n: getattr(info, n) for n in Identity.__dataclass_fields__})
        app = make_reader_app(reader, identity, hosts=(host,), key=key)
        if not is_loopback(host):
            remark(
                "questions and passages are not encrypted on their way; in a network that others "
                "use, put a server with TLS before it"
            )
        address = address_of(listening, host)
        sys.stderr.write(f"The reader is at {address}; use it with --reader {address}\n")
        sys.stderr.flush()
        run(app, listening, _MOST_AT_ONCE)
    return 0
