"""Kills a process that syncs a folder, at random moments; the next sync must make good.

The process says the id of each article once the store has acknowledged it; each of
them must be there after the kill. Between kills the folder changes: files come,
change, move, and go.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from faults.library import EMBEDDER, State, article, differences, held, open_store, scratch, seeded
from faults.outcome import Outcome
from index.reading import ReadOptions, read_file
from index.store import Store
from rag.adding import AddResult
from rag.parts import Parts
from rag.settings import Settings
from rag.syncing import SyncReport, sync_folder

__all__ = ["kill_syncs"]

_ROUNDS = 10
"""Kills that one library goes through."""
_FILES = 60
"""Files that come before each kill."""
_LONGEST_S = 1.5


def kill_syncs(count: int, seed: int, folder: Path | None) -> Outcome:
    """Kill `count` times; check what was acknowledged, and that the next sync completes it."""
    outcome, told = Outcome("kills of a sync"), 0
    while outcome.tries < count:
        chance = seeded(f"sync {seed} {outcome.tries}")
        with scratch(folder or Path("/var/tmp")) as name:  # noqa: S108 - a disk, not memory
            home, articles = Path(name) / "home", Path(name) / "articles"
            articles.mkdir()
            for _ in range(min(_ROUNDS, count - outcome.tries)):
                _change(articles, chance)
                acknowledged = _sync_and_kill(home, articles, chance)
                told += len(acknowledged)
                faults = _faults(home, acknowledged)
                if chance.random() < 0.5:
                    faults += _completed(home, articles)
                outcome.tried(f"kill {outcome.tries}", faults)
            outcome.faults += _completed(home, articles)
    if told < outcome.tries:
        outcome.faults.append("the processes were killed before they had added anything")
    outcome.note = f"{told} articles acknowledged"
    return outcome


def _change(folder: Path, chance: random.Random) -> None:
    """Let files come, change, move, and go."""
    there = sorted(folder.rglob("*.txt"))
    chance.shuffle(there)
    for path in there[:5]:
        path.write_text(article(chance, None).text)
    for path in there[5:10]:
        path.unlink()
    for path in there[10:15]:
        target = folder / f"{chance.getrandbits(16):x}" / path.name
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
    for _ in range(_FILES):
        (folder / f"{chance.getrandbits(40):x}.txt").write_text(article(chance, None).text)


def _sync_and_kill(home: Path, folder: Path, chance: random.Random) -> list[str]:
    """Return the ids of the articles that were acknowledged before the kill."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _sync_in_child(home, folder, writing)
    os.close(writing)
    time.sleep(chance.uniform(0, _LONGEST_S))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode().split("\n")
    assert "!" not in said, "the process failed"
    return [line for line in said[:-1] if line]


def _sync_in_child(home: Path, folder: Path, said: int) -> None:
    """Sync in a forked process, which never returns."""

    def tell(result: AddResult) -> None:
        if result.document is not None:
            os.write(said, f"{result.document.id}\n".encode())

    try:
        with open_store(home) as store:
            options, report = ReadOptions(), SyncReport()
            sync_folder(folder, _parts(store), options, report, on_file=tell)
            store.commit_index()
        signal.pause()
    finally:
        os.write(said, b"!\n")
        os._exit(1)


def _parts(store: Store) -> Parts:
    return Parts(Settings.from_environment(), store=store, embedder=EMBEDDER)


def _faults(home: Path, acknowledged: list[str]) -> list[str]:
    with open_store(home) as store:
        faults = list(differences(store, lambda _: True))
        kept = {document.id for document in held(store).values()}
    lost = set(acknowledged) - kept
    return [*faults, f"{len(lost)} acknowledged articles lost"] if lost else faults


def _completed(home: Path, folder: Path) -> list[str]:
    """Sync to the end, and compare the library with what the files say."""
    expected: State = {}
    for path in sorted(folder.rglob("*.txt")):
        expected[str(path)] = read_file(path).document
    with open_store(home) as store:
        options, report = ReadOptions(), SyncReport()
        sync_folder(folder, _parts(store), options, report)
        ids = {path: document.id for path, document in expected.items()}

        def is_expected(state: State) -> bool:
            return {path: document.id for path, document in state.items()} == ids

        return list(differences(store, is_expected))
