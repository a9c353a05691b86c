"""Kills a process that changes a library, at random moments, over and over in the same library.

The process is forked, so that it starts in a millisecond with everything imported.
It says each change that the store has acknowledged over a pipe, one byte each; the
parent, which knows the script, tells from their number what the library must hold.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from faults.changes import Change, script, within
from faults.library import State, differences, fill, held, open_store, scratch, seeded
from faults.library import article as write_article
from faults.outcome import Outcome

if TYPE_CHECKING:
    from servers import PostgresServer

__all__ = ["kill_at_random", "kill_server"]

_ROUNDS = 20
"""Kills that one library goes through."""
_LENGTH = 60
"""Changes of a script: more than come to pass before the kill."""
_MOST_DONE = 30
_LATEST_S = 0.02
"""After so many changes, and then so much later: by the clock alone, a busy machine would kill
before anything is done."""
_DERIVED = ("vectors-*.faiss", "words-*.idx")


def kill_at_random(
    count: int, seed: int, folder: Path | None, server: PostgresServer | None = None
) -> Outcome:
    """Kill `count` times, on the disk of `folder` or a server; check the library after each."""
    outcome = Outcome("kills of writers to a server" if server else "kills at random")
    acknowledged = cut = 0
    while outcome.tries < count:
        chance = seeded(f"{seed} {outcome.tries}")
        with scratch(folder or Path("/var/tmp")) as name:  # noqa: S108 - a disk, not memory
            home = server.library() if server else Path(name) / "home"
            state = State()
            for _ in range(min(_ROUNDS, count - outcome.tries)):
                what = f"kill {outcome.tries}"
                changes = script(chance, state, _LENGTH)
                done = _run_and_kill(home, changes, chance)
                for change in changes[:done]:
                    state = change.apply(state)
                following = changes[done] if done < len(changes) else None
                with open_store(home) as store:
                    may = partial(within, before=state, change=following)
                    outcome.tried(what, list(differences(store, may)))
                    before, state = state, held(store)
                acknowledged += done
                cut += before.keys() != state.keys()
            if isinstance(home, Path):
                outcome.faults += [f"{what}: {fault}" for fault in _left_behind(home, chance)]
    # A run of which few changes were acknowledged has proved nothing.
    if acknowledged < outcome.tries:
        outcome.faults.append("the processes were killed before they had changed anything")
    outcome.note = f"{acknowledged} changes acknowledged, {cut} more seen done"
    return outcome


def kill_server(count: int, seed: int, server: PostgresServer) -> Outcome:
    """Kill a server `count` times while a process writes to it; check the library after each."""
    outcome = Outcome("kills of the server")
    home, state = server.library(), State()
    acknowledged = 0
    while outcome.tries < count:
        chance = seeded(f"{seed} server {outcome.tries}")
        changes = script(chance, state, _LENGTH)
        done = _run_and_kill(home, changes, chance, server.kill)
        acknowledged += done
        server.start()
        for change in changes[:done]:
            state = change.apply(state)
        may = partial(within, before=state, change=changes[done] if done < _LENGTH else None)
        with open_store(home) as store:
            outcome.tried(f"kill {outcome.tries}", list(differences(store, may)))
            state = held(store)
    outcome.note = f"{acknowledged} changes acknowledged"
    return outcome


def _run_and_kill(
    home: Path | str,
    changes: Sequence[Change],
    chance: random.Random,
    kill_server: Callable[[], None] | None = None,
) -> int:
    """Return how many changes were acknowledged before the kill, of the process or the server."""
    reading, writing = os.pipe()
    # A fifth in the first two milliseconds, when the library is opened or even made.
    early = chance.random() < 0.2
    wanted, delay = chance.randrange(_MOST_DONE), chance.uniform(0, _LATEST_S)
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(home, changes, writing)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        said = b"" if early else _read(pipe, wanted)
        time.sleep(delay / 10 if early else delay)
        if kill_server:
            kill_server()
            said += pipe.read()  # It ends by itself: there is nobody to write to.
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said += pipe.read()
    failed = b"!" in said
    assert not failed or kill_server, f"the process failed after {len(said) - 1} changes"
    return len(said) - failed


def _read(pipe: IO[bytes], wanted: int) -> bytes:
    said = b""
    while len(said) < wanted and (more := pipe.read(wanted - len(said))):
        said += more
    return said


def _work(home: Path | str, changes: Sequence[Change], said: int) -> None:
    """Change the library in a forked process, which never returns."""
    try:
        with open_store(home) as store:
            for change in changes:
                change.perform(store)
                os.write(said, b".")
        signal.pause()
    finally:
        os.write(said, b"!")
        os._exit(1)


def _left_behind(home: Path, chance: random.Random) -> list[str]:
    """Return what lies in a home that should not, once a process has added to it and ended."""
    with open_store(home) as store:
        fill(store, [write_article(chance, "/articles/last.txt")])
        store.commit_index()
    faults = [f"{path.name} left behind" for path in home.glob("*.tmp*")]
    for pattern in _DERIVED:
        files = sorted(path.name for path in home.glob(pattern))
        faults += [f"several files: {', '.join(files)}"] if len(files) > 1 else []
    return faults
