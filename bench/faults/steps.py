"""Kills a process at each single call to the file system of each kind of change, or fails it.

Where `kills` leaves the moment to chance, this leaves none out: a dry run counts the
calls, and then each of them is the last one (before it, after it, or half way through
what it writes), or fails with a full disk or a broken one.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from faults.changes import Add, AddMany, Change, Commit, Edit, Forget, Remove, Search, within
from faults.library import (
    State,
    article,
    differences,
    fill,
    held,
    open_store,
    scratch,
    searches,
    searches_of_fresh,
    seeded,
)
from faults.outcome import Outcome
from faults.shim import Action, arm, disarm
from index.corrections import Correction
from index.errors import LibraryError
from index.sqlite import SqliteStore

__all__ = ["fail_at_each_call", "kill_at_each_call"]

_ARTICLES = 10
_KILLS = (Action.KILL_BEFORE, Action.KILL_AFTER, Action.KILL_HALFWAY)
_FAILURES = [
    (action, code)
    for code in (errno.ENOSPC, errno.EIO)
    for action in (Action.FAIL_ONCE, Action.FAIL_ON)
]


def kill_at_each_call(seed: int) -> Outcome:
    """End the process at each call of each change, and check what it left."""
    outcome, calls = Outcome("kills at each call"), []
    for name, before, change, home, spare in _changes(seed):
        count = int(_in_child(partial(_count, home, change)))
        calls.append(f"{name} {count}")
        for nth in range(1, count + 1):
            for action in _KILLS:
                _renew(home, spare)
                said = _in_child(partial(_die, home, change, action, nth))
                faults = [f"lived on: {said}"] if said else []
                with open_store(home) as store:
                    may = partial(within, before=before, change=change)
                    faults += differences(store, may)
                    # Whatever is left, work goes on, and clears away what was left behind.
                    change.perform(store)
                    Add(article(seeded(nth), "/articles/next.txt")).perform(store)
                faults += [f"{path.name} left behind" for path in home.glob("*.tmp*")]
                outcome.tried(f"{name}, {action.name} {nth}", faults)
    outcome.note = f"calls: {', '.join(calls)}"
    return outcome


def fail_at_each_call(seed: int) -> Outcome:
    """Fail each call of each change, and check that it is told and nothing is lost."""
    outcome, told = Outcome("failures at each call"), 0
    for name, before, change, home, spare in _changes(seed):
        for action, code in _FAILURES:
            _renew(home, spare)
            count = int(_in_child(partial(_count, home, change, code)))
            for nth in range(1, count + 1):
                _renew(home, spare)
                answer = _in_child(partial(_fail, home, before, change, action, nth, code))
                errors, faults = json.loads(answer) if answer else (0, ["the process died"])
                told += errors
                outcome.tried(f"{name}, {action.name} {nth} {errno.errorcode[code]}", faults)
    outcome.note = f"{told} of them told as one error, the others passed over"
    return outcome


def _changes(seed: int) -> Iterator[tuple[str, State, Change, Path, Path]]:
    """Yield each kind of change with a library to make it in, and a copy of that to go back to."""
    chance = seeded(seed)
    articles = [article(chance, f"/articles/{number}.txt") for number in range(_ARTICLES)]
    state: State = {document.path or "": document for document in articles}
    some = tuple(document.id for document in articles[3:5])
    edit = Edit(some, Correction("Corrected", "", published=date(2020, 2, 29), add_tags=("tag",)))
    many = tuple(article(chance, f"/articles/{number}.txt") for number in range(8, 13))
    kinds: list[tuple[str, State, Change]] = [
        ("first add", {}, Add(articles[0])),
        ("add", state, Add(article(chance, "/articles/new.txt"))),
        ("add many", state, AddMany(many)),
        ("update", state, Add(article(chance, articles[1].path))),
        ("edit", state, edit),
        ("update of an edited", edit.apply(state), Add(article(chance, articles[3].path))),
        ("remove", state, Remove(some)),
        ("forget", state, Forget(("/articles/7.txt",))),
        ("commit", state, Commit()),
        ("search", state, Search()),
    ]
    for name, before, change in kinds:
        with scratch() as folder:
            home, spare = Path(folder) / "home", Path(folder) / "spare"
            if before:
                with open_store(spare) as store:
                    *most, last = before.values()
                    fill(store, most)
                    store.commit_index()
                    fill(store, [last])  # So that the index on disk is behind.
            _renew(home, spare)
            for known in (before, change.apply(before)):
                searches_of_fresh(known)  # Once, for all the processes to come.
            yield name, before, change, home, spare


def _renew(home: Path, spare: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    if spare.exists():
        shutil.copytree(spare, home)


def _in_child(work: Callable[[], str]) -> str:
    """Run in a forked process, and return what it returned; empty where it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, work().encode())
        except Exception as error:  # noqa: BLE001 - told by the parent
            os.write(writing, json.dumps([0, [f"{type(error).__name__}: {error}"]]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def _count(home: Path, change: Change, code: int = 0) -> str:
    with open_store(home) as store:
        arm(home, Action.COUNT, error=code)
        change.perform(store)
        return str(disarm())


def _die(home: Path, change: Change, action: Action, nth: int) -> str:
    with open_store(home) as store:
        arm(home, action, nth)
        change.perform(store)
        return f"{disarm()} calls"


def _fail(home: Path, before: State, change: Change, action: Action, nth: int, code: int) -> str:
    """Let a change fail in an open store, and go on using it as if nothing had happened."""
    faults: list[str] = []
    told = certain = False
    outcomes = [before, change.apply(before)]
    with open_store(home) as store:
        arm(home, action, nth, code)
        try:
            change.perform(store)
        except LibraryError as error:
            told = True
            certain = "nothing of this change was stored" in str(error)
            faults += [f"several lines: {error}"] if "\n" in str(error) else []
        except Exception as error:  # noqa: BLE001 - what a person would see as a traceback
            faults.append(f"raised {type(error).__name__}: {error}")
        possible = outcomes[:1] if certain else outcomes if told else outcomes[1:]
        # The old state serves while the disk is still full.
        if action is Action.FAIL_ON and code == errno.ENOSPC:
            faults += _unlike(store, possible)
        disarm()
        faults += _unlike(store, possible)
        change.perform(store)
        faults += differences(store, partial(within, before=outcomes[1], change=None))
    return json.dumps([int(told), faults])


def _unlike(store: SqliteStore, possible: Sequence[State]) -> list[str]:
    """Say how a store differs from each state that it may be in."""
    try:
        state = held(store)
        if not any(within(state, one, None) for one in possible):
            return ["holds another state than was told"]
        return [] if searches(store) == searches_of_fresh(state) else ["searches differ"]
    except Exception as error:  # noqa: BLE001 - reading must go on whatever became of the change
        return [f"then raised {type(error).__name__}: {error}"]
