"""Damages each file that is derived, and each note that the database keeps of one.

Whatever is changed in them, no search may be the worse for it: the database is the
truth, and they are made anew from it. A damaged file must also be noticed by the
checks of `health`; a damaged note need only do no harm.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from faults.changes import within
from faults.library import State, article, differences, fill, open_store, scratch, seeded
from faults.outcome import Outcome

__all__ = ["damage_files", "damage_notes"]

_DERIVED = ("vectors-*", "words-*")
_ARTICLES = 20
_HEADER_BYTES = 64
_TRUTHS = ("fingerprint", "dimension", "library")
"""Notes that are of the database itself, and derived from nothing."""

_COUNTERS = ("documents", "chunks")
"""Notes that are mended on request only: a wrong count misleads nobody about an article."""

Damage = Callable[[bytearray, random.Random], None]


def _flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _edit_header(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(_HEADER_BYTES)
    data[start : start + 4] = chance.randbytes(4)


def _lengthen(data: bytearray, chance: random.Random) -> None:
    data += chance.randbytes(chance.randint(1, 4096))


def _blank(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    stop = start + 1 + next((i for i, byte in enumerate(data[start:]) if byte), 0)
    data[start : max(stop, start + 512)] = bytes(len(data[start : max(stop, start + 512)]))


_DAMAGES: tuple[Damage, ...] = (_flip, _truncate, _edit_header, _lengthen, _blank)


def damage_files(count: int, seed: int) -> Outcome:
    """Damage each derived file `count` times."""
    outcome, noticed, names = Outcome("damaged derived files"), 0, []
    for home, spare, state in _library(seed):
        for path in sorted(p for pattern in _DERIVED for p in home.glob(pattern)):
            names.append(path.name)
            for number in range(count):
                chance = seeded(f"{seed} {path.name} {number}")
                _renew(home, spare)
                data = bytearray(path.read_bytes())
                chance.choice(_DAMAGES)(data, chance)
                if bytes(data) == (spare / path.name).read_bytes():
                    continue  # What was written over held the same.
                path.write_bytes(data)
                with open_store(home) as store:
                    seen = any(not check.ok for check in store.health())
                faults = [] if seen else ["not noticed by the checks"]
                noticed += seen
                outcome.tried(f"{path.name} {number}", [*faults, *_served(home, state)])
    outcome.note = f"{noticed} noticed; {', '.join(names)}"
    return outcome


def damage_notes(seed: int) -> Outcome:
    """Set each note of the database to garbage, to another library's, to nothing; or delete it."""
    outcome = Outcome("damaged notes")
    for home, spare, state in _library(seed):
        notes = _notes(home)
        for key, value in sorted(notes.items()):
            others = {other for other in notes.values() if other != value}
            number = value.isdecimal()
            for made in (
                None,
                "",
                "garbage",
                "-1",
                "1e999",
                "../../etc/passwd",
                value[::-1] if value[::-1] != value else value * 2,
                *([str(int(value) - 1), str(int(value) + 1), "0"] if number else sorted(others)),
            ):
                if made == value:
                    continue
                _renew(home, spare)
                _note(home, key, made)
                if key in _COUNTERS:
                    outcome.tried(f"{key} = {made!r}", [*_recounted(home), *_served(home, state)])
                elif key not in _TRUTHS:
                    outcome.tried(f"{key} = {made!r}", _served(home, state))
    return outcome


def _library(seed: int) -> Iterator[tuple[Path, Path, State]]:
    """Yield a library of which some articles were removed, and a copy of it to go back to."""
    chance = seeded(seed)
    articles = [article(chance, f"/articles/{number}.txt") for number in range(_ARTICLES)]
    with scratch() as folder:
        home, spare = Path(folder) / "home", Path(folder) / "spare"
        with open_store(spare) as store:
            fill(store, articles)
            store.commit_index()
            store.delete_documents([document.id for document in articles[:3]])
            store.commit_index()
        _renew(home, spare)
        yield home, spare, {document.path or "": document for document in articles[3:]}


def _renew(home: Path, spare: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(spare, home)


def _served(home: Path, state: State) -> list[str]:
    """Say what a process sees of the damage, then one that adds, then one after that."""
    unchanged = partial(within, before=state, change=None)
    faults: list[str] = []
    with open_store(home) as store:
        faults += differences(store, unchanged)
    added = article(seeded(1), "/articles/added.txt")
    try:
        with open_store(home) as store:
            fill(store, [added])
            store.commit_index()
    except Exception as error:  # noqa: BLE001 - what a person would see
        return [*faults, f"adding raised {type(error).__name__}: {error}"]
    grown = partial(within, before={**state, added.path or "": added}, change=None)
    with open_store(home) as store:
        faults += differences(store, grown)
    return faults


def _recounted(home: Path) -> list[str]:
    with open_store(home) as store:
        seen = any(not check.ok for check in store.health())
        counted = sum(1 for _ in store.documents()) == store.counts().documents
        store.rebuild_index()
    return [] if seen or counted else ["not noticed by the checks"]


def _notes(home: Path) -> dict[str, str]:
    with closing(sqlite3.connect(home / "library.db")) as connection:
        return dict(connection.execute("SELECT key, value FROM meta").fetchall())


def _note(home: Path, key: str, value: str | None) -> None:
    with closing(sqlite3.connect(home / "library.db")) as connection, connection:
        if value is None:
            connection.execute("DELETE FROM meta WHERE key = ?", (key,))
        else:
            connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
