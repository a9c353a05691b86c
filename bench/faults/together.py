"""Lets several processes use one library at the same time, and puts a backup back meanwhile."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from faults.changes import within
from faults.library import (
    EMBEDDER,
    State,
    article,
    differences,
    entry,
    fill,
    open_store,
    scratch,
    seeded,
)
from faults.outcome import Outcome
from index.types import Document

__all__ = ["add_together", "put_backup_back"]

_WRITERS = 2


def add_together(count: int, seed: int, folder: Path | None) -> Outcome:
    """Let two processes add `count` articles each, while a third searches."""
    outcome = Outcome("processes together")
    chance = seeded(seed)
    shares = [
        [article(chance, f"/articles/{writer}/{number}.txt") for number in range(count)]
        for writer in range(_WRITERS)
    ]
    everything = [document for share in shares for document in share]
    for document in everything:
        entry(document)  # Now, so that the processes meet in the store and not beside it.
    chunks = {document.id: len(entry(document).chunks) for document in everything}
    with scratch(folder or Path("/var/tmp")) as name:  # noqa: S108 - a disk, not memory
        home, done = Path(name) / "home", Path(name) / "done"
        writers = [_start(partial(_add, home, share)) for share in shares]
        reader = _start(partial(_search_throughout, home, chunks, done))
        faults = [fault for writer in writers for fault in _end(writer)]
        done.touch()
        said = _end(reader)
        faults += said[1:]
        state = {document.path or "": document for document in everything}
        with open_store(home) as store:
            faults += differences(store, partial(within, before=state, change=None))
    outcome.tried("adding", faults)
    outcome.note = f"{_WRITERS} added {count} each, {said[0]} searches meanwhile"
    return outcome


def _add(home: Path, documents: list[Document]) -> list[str]:
    with open_store(home) as store:
        for number, document in enumerate(documents):
            store.replace_documents([entry(document)])
            if number % 20 == 19:
                store.commit_index()
    return []


def _search_throughout(home: Path, chunks: dict[str, int], done: Path) -> list[str]:
    """Search until the others are done; every search must see whole articles, and ever more."""
    most = sum(chunks.values())
    query = EMBEDDER.embed(["harbour"])[0]
    searches, before, faults = 0, 0, []
    with open_store(home) as store:
        while not done.exists():
            found = [hit.chunk.document_id for hit in store.search_dense(query, most)]
            searches += 1
            parts = {id_: found.count(id_) for id_ in set(found)}
            if any(parts[id_] != chunks[id_] for id_ in parts) or len(found) < before:
                faults.append(f"search {searches} saw a part of an article, or lost one")
            before = len(found)
            store.search_lexical("harbour", 10)
    return [str(searches), *faults]


def _start(work: Callable[[], list[str]]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        said = work()
    except BaseException as error:  # noqa: BLE001 - told by the parent
        said = ["0", f"{type(error).__name__}: {error}"]
    with os.fdopen(writing, "w") as pipe:
        pipe.write("\n".join(said))
    os._exit(0)


def _end(process: tuple[int, int]) -> list[str]:
    child, reading = process
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said.splitlines()


def put_backup_back(count: int, seed: int) -> Outcome:
    """Put a copy of the database back while a store has it open, by renaming and by copying."""
    outcome = Outcome("backups put back")
    for number in range(count):
        chance = seeded(f"{seed} {number}")
        restore = shutil.copyfile if number % 2 else os.replace
        with scratch() as folder:
            faults = _restore(Path(folder), chance, restore)
        outcome.tried(f"{restore.__name__} {number}", faults)
    outcome.note = "half of them renamed, half copied over the file in use"
    return outcome


def _restore(
    folder: Path, chance: random.Random, restore: Callable[[Path, Path], object]
) -> list[str]:
    home, backup = folder / "home", folder / "backup.db"
    articles = [article(chance, f"/articles/{number}.txt") for number in range(12)]
    later = [article(chance, f"/later/{number}.txt") for number in range(chance.randint(1, 4))]
    state: State = {document.path or "": document for document in articles}
    with open_store(home) as store:
        fill(store, articles)
        if chance.random() < 0.5:
            store.commit_index()
        shutil.copyfile(home / "library.db", backup)
        fill(store, later)
        store.delete_documents([articles[0].id])
        if chance.random() < 0.5:
            store.commit_index()
        if chance.random() < 0.7:
            store.search_dense(EMBEDDER.embed(["harbour"])[0], 5)
        restore(backup, home / "library.db")
        faults = list(differences(store, partial(within, before=state, change=None)))
        # As many changes as before, of other articles: chunks get the same numbers again.
        others = [article(chance, f"/other/{number}.txt") for number in range(len(later))]
        fill(store, others)
        state |= {document.path or "": document for document in others}
        faults += differences(store, partial(within, before=state, change=None))
    with open_store(home) as store:
        return [*faults, *differences(store, partial(within, before=state, change=None))]
