"""The changes that a library goes through, what each makes of its state, and scripts of them.

A further one is one more class, and a word in `_change`: a sync of a folder, say,
which is atomic for each file only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol

from faults.library import State, article, described, entry, key_of, searches
from index.corrections import Correction, carried, corrected
from index.store import Store
from index.types import Document

__all__ = [
    "Add",
    "AddMany",
    "Change",
    "Commit",
    "Edit",
    "Forget",
    "Remove",
    "Search",
    "script",
    "within",
]

_FEW, _MANY = 8, 40
"""How many articles a script keeps its library between."""


class Change(Protocol):
    """Something that is done to a library, and may be cut short."""

    atomic: bool
    """Whether it is done wholly or not at all; otherwise that holds for each path by itself."""

    def perform(self, store: Store) -> None:
        """Do it; when this returns, it must survive whatever comes."""

    def apply(self, state: State) -> State:
        """Return what a library holds afterwards that held `state`."""


@dataclass(frozen=True, slots=True)
class Add:
    """Add an article, or put it in the place of the one at its path."""

    document: Document
    atomic = True

    def perform(self, store: Store) -> None:
        """Store it."""
        store.replace_documents([entry(self.document)])

    def apply(self, state: State) -> State:
        """Add it to the state, with what was corrected of the one whose place it takes."""
        key = key_of(self.document)
        before = state.get(key, self.document)
        return {**state, key: carried(before, self.document)}


@dataclass(frozen=True, slots=True)
class AddMany:
    """Add several articles in one transaction."""

    documents: tuple[Document, ...]
    atomic = True

    def perform(self, store: Store) -> None:
        """Store them."""
        store.replace_documents([entry(document) for document in self.documents])

    def apply(self, state: State) -> State:
        """Add them to the state."""
        return {**state, **{key_of(document): document for document in self.documents}}


@dataclass(frozen=True, slots=True)
class Edit:
    """Correct articles by their ids."""

    ids: tuple[str, ...]
    correction: Correction
    atomic = True

    def perform(self, store: Store) -> None:
        """Correct them."""
        store.correct(self.ids, self.correction)

    def apply(self, state: State) -> State:
        """Correct them in the state."""
        return {
            key: corrected(document, self.correction) if document.id in self.ids else document
            for key, document in state.items()
        }


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove articles by their ids, wherever they were read from."""

    ids: tuple[str, ...]
    atomic = True

    def perform(self, store: Store) -> None:
        """Remove them."""
        store.delete_documents(self.ids)

    def apply(self, state: State) -> State:
        """Take them out of the state."""
        return {key: document for key, document in state.items() if document.id not in self.ids}


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget files."""

    paths: tuple[str, ...]
    atomic = True

    def perform(self, store: Store) -> None:
        """Forget them."""
        store.delete_files(self.paths)

    def apply(self, state: State) -> State:
        """Take them out of the state."""
        return {key: document for key, document in state.items() if key not in self.paths}


@dataclass(frozen=True, slots=True)
class Commit:
    """Write what is derived."""

    atomic = True

    def perform(self, store: Store) -> None:
        """Write it."""
        store.commit_index()

    def apply(self, state: State) -> State:
        """Change nothing."""
        return state


@dataclass(frozen=True, slots=True)
class Search:
    """Search, which may write what is derived too."""

    atomic = True

    def perform(self, store: Store) -> None:
        """Search."""
        searches(store)

    def apply(self, state: State) -> State:
        """Change nothing."""
        return state


def within(state: State, before: State, change: Change | None) -> bool:
    """Say whether a library may hold `state` after a change to `before` that was cut short."""
    found, had = _ids(state), _ids(before)
    if change is None:
        return found == had
    gets = _ids(change.apply(before))
    if change.atomic:
        return found in (had, gets)
    every = found.keys() | had.keys() | gets.keys()
    return all(found.get(key) in (had.get(key), gets.get(key)) for key in every)


def _ids(state: State) -> dict[str, str]:
    return {key: described(document) for key, document in state.items()}


def script(chance: random.Random, state: State, length: int) -> list[Change]:
    """Return changes to a library that holds `state`, none of which comes to nothing by itself."""
    changes: list[Change] = []
    for _ in range(length):
        change = _change(chance, state)
        state = change.apply(state)
        for document in state.values():
            entry(document)  # Now, so that a process forked for it spends its time in the store.
        changes.append(change)
    return changes


def _change(chance: random.Random, state: State) -> Change:
    kinds = ["add"] * 6 + ["many"] * 3 + ["paste", "copy", "update", "commit", "commit", "search"]
    kinds += ["remove", "forget"] * (8 if len(state) > _MANY else 2)
    kind = chance.choice(kinds) if len(state) > _FEW else "add"
    fresh = f"/articles/{chance.getrandbits(40):x}.txt"
    paths = [key for key in state if key.startswith("/")]
    if kind == "paste":
        return Add(article(chance, None))
    if kind == "copy":
        of = chance.choice([document for key, document in state.items() if key in paths])
        return Add(Document(of.text, of.title, of.source, published=of.published, path=fresh))
    if kind == "update":
        return Add(article(chance, chance.choice(paths)))
    if kind == "many":
        some = [article(chance, f"{fresh}{number}") for number in range(chance.randint(2, 5))]
        return AddMany((*some, article(chance, chance.choice(paths))))
    if kind == "remove":
        return Remove(tuple(d.id for d in chance.sample(list(state.values()), 2)))
    if kind == "forget":
        return Forget(tuple(chance.sample(paths, 2)))
    if kind == "commit":
        return Commit()
    if kind == "search":
        return Search()
    return Add(article(chance, fresh))
