"""Fills a small disk so far that a change fails, at one page more or less each time."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from faults.changes import Add, Change, Commit, within
from faults.library import State, article, differences, fill, open_store, scratch, seeded
from faults.outcome import Outcome
from index.errors import LibraryError

__all__ = ["fill_disk"]

_ARTICLES = 6
_PAGE = 4096


def fill_disk(seed: int, most_pages: int = 60) -> Outcome:
    """Add with each number of free pages, from none to more than enough."""
    outcome, told = Outcome("full disk"), 0
    with _small_disk() as disk:
        if disk is None:
            outcome.note = "left out: mounting a small disk needs root"
            return outcome
        for pages in range(most_pages):
            for first in (False, True):
                failed, faults = _try(disk, seed, pages, first)
                told += failed
                outcome.tried(f"{pages} pages free{', no library yet' * first}", faults)
    outcome.note = f"{told} failed and told so, the others found room"
    return outcome


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    with scratch() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]
        if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)  # noqa: S607


def _try(disk: Path, seed: int, pages: int, first: bool) -> tuple[bool, list[str]]:
    chance = seeded(seed)
    home, filler = disk / "home", disk / "filler"
    shutil.rmtree(home, ignore_errors=True)
    articles = [article(chance, f"/articles/{number}.txt") for number in range(_ARTICLES)]
    state: State = {} if first else {document.path or "": document for document in articles}
    changes: list[Change] = [Add(article(chance, "/articles/next.txt")), Commit()]
    faults, failed = [], False
    with open_store(home) as store:
        fill(store, list(state.values()))
        store.commit_index()
        _leave(disk, filler, pages)
        for change in changes:
            try:
                change.perform(store)
                state = change.apply(state)
            except LibraryError as error:
                failed = True
                faults += [f"unclear: {error}"] if "\n" in str(error) else []
            except Exception as error:  # noqa: BLE001 - what a person would see as a traceback
                faults.append(f"raised {type(error).__name__}: {error}")
            faults += differences(store, partial(within, before=state, change=None))
        filler.unlink()
        for change in changes:
            change.perform(store)
            state = change.apply(state)
        faults += differences(store, partial(within, before=state, change=None))
        faults += [f"{path.name} left behind" for path in home.glob("*.tmp*")]
    return failed, faults


def _leave(disk: Path, filler: Path, pages: int) -> None:
    with filler.open("wb", buffering=0) as file:
        found = os.statvfs(disk)
        file.write(bytes(max(0, found.f_bavail * found.f_frsize - pages * _PAGE)))
