"""Brings articles into a library: files as they are read, web pages, uploads.

Whatever is wrong with one file, the others go on. Knows no format
(`index.reading`) and no store (`index.ingest`); it tells what became of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.errors import LibraryError, ReadError
from index.folder import is_gone
from index.store import Change, FileRead, FileRecord
from index.types import Document
from rag.quoted import HeldBack
from rag.settings import expanded

if TYPE_CHECKING:
    from index.ingest import Item
    from index.reading import ReadOptions
    from index.reading.sandbox.pool import ReaderPool
    from index.sqlite.unfinished import UnfinishedScans
    from index.store import Store
    from rag.parts import Parts

__all__ = [
    "AddResult",
    "OnPage",
    "Outcome",
    "Scans",
    "files_in",
    "no_page",
    "read_files",
    "read_uploads",
    "store_readings",
]

_MOST_KIN = 3

OnPage = Callable[[Path, int, int], None]
Outcome = Literal["read", "added", "copy", "moved", "updated", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of one file, one article of it, a web page, or a pasted text."""

    path: str
    """Its path or web address, as it was given."""
    outcome: Outcome
    """"read" only until it is in the library; "copy" for an article that is there already from
    another file, and "moved" where none of these others is there any more."""
    document: Document | None = None
    message: str = ""
    """For a failure, the reason; for an article, warnings such as of an ambiguous date. Either
    without the path, which whoever shows it puts before it."""
    part: str = ""
    """Which article of its file, where one holds several; see `Document.part`. Also of an upload,
    whose article keeps none."""
    kin: tuple[str, ...] = ()
    """Ids of articles of the library that are nearly the same as one that was added."""
    id: str = ""
    """Of the article, also where the article itself was let go of."""
    title: str = ""

    @classmethod
    def of(cls, path: str, outcome: Outcome, document: Document, message: str = "") -> AddResult:
        """Return the result of an article that was read."""
        id_, title = document.id, document.title
        return cls(path, outcome, document, message, document.part, id=id_, title=title)

    def light(self) -> AddResult:
        """Return it without the article: the texts of many would fill the memory."""
        return replace(self, document=None)

    @property
    def name(self) -> str:
        """The path, and the part where there is one."""
        return f"{self.path} › {self.part}" if self.part else self.path


def no_page(_file: Path, _page: int, _pages: int) -> None:
    """Tell nobody of a page."""


@dataclass(frozen=True, slots=True)
class Scans:
    """What is done with pages that are read by OCR, which takes seconds each."""

    keeper: UnfinishedScans | None = None
    """Keeps them until their file is in the library."""
    on_page: OnPage = no_page
    """Told which page, from 1, of how many of a file is being read; in a thread of its own."""


def files_in(paths: Iterable[str | Path]) -> Iterator[tuple[Path, str | None, ReadError | None]]:
    """Yield the files that paths lead to, and where in a folder; or a path that leads to none."""
    from index.folder import folder_text
    from index.reading import find_files

    for path in paths:
        top = expanded(path)
        try:
            for file in find_files(top):
                below = file != top
                yield file, folder_text(file.parent.relative_to(top)) if below else None, None
        except ReadError as error:
            yield top, None, error


def read_files(
    paths: Iterable[str | Path],
    options: ReadOptions | None = None,
    pool: ReaderPool | None = None,
    looked_at: Mapping[Path, FileRecord] | None = None,
    scans: Scans = Scans(),
) -> Iterator[AddResult | FileRead]:
    """Yield each article of files and folders as it is read, or why it cannot be.

    They are read in a process apart, a little ahead of the caller.

    Args:
        paths: files and folders.
        options: what the person says of them, such as how to read 11/01/2019.
        pool: what reads them; None for one of its own.
        looked_at: what is to be recorded of files, where that is known; see `index.folder`.
        scans: what is done with pages that are read by OCR; not where a pool is given.

    Yields:
        The articles and failures of a file, and then what is to be recorded of the file.
    """
    from index.folder import look_at
    from index.reading import ReadOptions, Unread
    from index.reading.sandbox.pool import ReaderPool

    options = options or ReadOptions()
    refused: dict[Path, ReadError] = {}
    records: dict[Path, FileRecord] = {}

    def files() -> Iterator[Path]:
        for path, folder, error in files_in(paths):
            if error:
                refused[path] = error
            elif looked_at and path in looked_at:
                records[path] = looked_at[path]
            else:
                # Before it is read: what is written meanwhile is then seen to differ.
                with suppress(OSError):
                    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - keeps links
                    records[path] = replace(look_at(absolute, options.way), folder=folder)
            yield path

    own = ReaderPool(keeper=scans.keeper, on_page=scans.on_page)
    with own if pool is None else nullcontext(pool) as readers:
        readers.start()
        with closing(readers.read_many(files(), options)) as found:
            for path, readings in groupby(found, lambda pair: pair[0]):
                parts: set[str] = set()
                problems: list[str] = []
                for _, read in readings:
                    if isinstance(read, ReadError):
                        problems.append(str(refused.get(path, read)))
                        yield AddResult(str(path), "failed", message=problems[-1])
                    elif isinstance(read, Unread):
                        problems.append(f"{read.part}: {read.reason}")
                        yield AddResult(str(path), "failed", message=read.reason, part=read.part)
                    else:
                        parts.add(read.document.part)
                        warnings = "; ".join(read.warnings)
                        yield AddResult.of(str(path), "read", read.document, warnings)
                record = records.pop(path, None)
                if record:
                    more = f"; and {len(problems) - 1:,} more parts" if len(problems) > 1 else ""
                    problem = f"{problems[0]}{more}" if problems else ""
                    # Nothing that was found before is given up for what cannot be read now.
                    whole = None if problems else frozenset(parts)
                    yield FileRead(replace(record, problem=problem), whole)


def read_uploads(
    paths: Iterable[Path],
    on_page: OnPage = no_page,
    keep: Callable[[FileRecord], FileRecord] | None = None,
) -> Iterator[AddResult | FileRead]:
    """Yield the articles of files that are only passing through, named as the person knows them.

    Args:
        paths: the files.
        on_page: as of `Scans`.
        keep: copies a file in which an article was found to where it is kept, and returns its
            record there; without it, the articles have no file.
    """
    from index.folder import look_at
    from index.reading import ReadOptions

    looked_at: dict[Path, FileRecord] = {}
    kept: dict[str, FileRecord | OSError] = {}

    def files() -> Iterator[Path]:
        for path in paths:
            with suppress(OSError):  # Whoever reads it says what is wrong.
                looked_at[path] = look_at(path, ReadOptions().way)
            yield path

    for read in read_files(files(), looked_at=looked_at, scans=Scans(on_page=on_page)):
        if isinstance(read, FileRead):
            record = kept.get(read.record.path)
            if isinstance(record, FileRecord):
                yield replace(read, record=replace(record, problem=read.record.problem))
            continue
        path, name, document = Path(read.path), Path(read.path).name, read.document
        if document and keep:
            if read.path not in kept:
                try:
                    kept[read.path] = keep(looked_at[path])
                except OSError as error:
                    kept[read.path] = error
            place = kept[read.path]
            if isinstance(place, OSError):
                reason = f"it cannot be kept ({place.strerror}); mend that, and add it again"
                yield AddResult(name, "failed", message=reason, part=read.part)
                continue
            document = replace(document, path=place.path)
        elif document:
            document = replace(document, path=None, part="")
        yield replace(read, path=name, document=document)


def store_readings(
    readings: Iterable[AddResult | FileRead],
    parts: Parts,
    keeper: UnfinishedScans | None = None,
    *,
    record_all: bool = False,
    at_once: bool = False,
) -> Generator[AddResult, None, None]:
    """Store what is read; yield each result once it is in the library and found by words.

    Some may wait for their vectors in the end: see `index.ingest.embed_waiting`.

    What messages quote comes after many other files, as far as no other article holds it. Where no
    article is found at all, no library is made, and nothing is loaded.

    Args:
        readings: as from `read_files`.
        parts: the library, and the embedder; either is asked for once there is something for it.
        keeper: lets go of the pages of each file that is stored whole.
        record_all: record files without articles also where nothing else is stored.
        at_once: store no article without its vectors.

    Raises:
        LibraryError: the store cannot be written. What was stored is yielded before.
        ModelError: the embedder cannot be used.
    """
    from index.ingest import Item, ingest

    waiting = iter(readings)
    held: list[AddResult | FileRead] = []
    for first in waiting:
        if isinstance(first, FileRead) or first.document:
            held.append(first)
        else:
            yield first
        if isinstance(first, AddResult) and first.document:
            break
    else:
        files = [reading for reading in held if isinstance(reading, FileRead)]
        if record_all and files and parts.store().counts().documents:
            parts.store().replace_documents([], files)
        return
    store = parts.writable_store()

    def items(readings: Iterable[AddResult | FileRead]) -> Iterator[Item]:
        for reading in readings:
            if isinstance(reading, FileRead):
                yield Item(file=reading)
            else:
                yield Item(reading, reading.document)

    def stored() -> Generator[tuple[Item, Change | None], None, None]:
        back = HeldBack()
        read = chain(held, waiting)
        for first in read:
            most = back.without_quotes(chain((first,), read))
            yield from ingest(items(most), store, parts.embedder, at_once=at_once)
            yield from ingest(items(back.quotes(store)), store, parts.embedder, at_once=at_once)

    others = _OtherPlaces(store)

    def told(item: Item, change: Change | None) -> AddResult | None:
        if keeper and item.file and item.file.parts is not None:
            keeper.forget(Path(item.file.record.path))
        result = item.note
        if not isinstance(result, AddResult):
            return None
        if change and item.document:
            outcome = others.told(item.document) if change == "copy" else change
            result = replace(result, outcome=outcome)
            if outcome in ("added", "updated"):
                with suppress(LibraryError):  # Another process may have removed it by now.
                    kin = store.kin(item.document.id, _MOST_KIN)
                    result = replace(result, kin=tuple(other.id for other in kin))
        return result

    pairs = stored()
    try:
        for pair in pairs:
            results: Iterable[AddResult | None]
            try:
                results = [told(*pair)]
            except KeyboardInterrupt as interruption:
                left = chain([pair], _stored_before(pairs, interruption))
                results = (told(*each) for each in left)
            yield from filter(None, results)
    finally:
        others.forget_those_left()


def _stored_before(
    pairs: Generator[tuple[Item, Change | None], None, None], interruption: KeyboardInterrupt
) -> Iterator[tuple[Item, Change | None]]:
    """Interrupt `ingest`; yield what it had stored by then, and raise the interruption."""
    yield pairs.throw(interruption)
    yield from pairs


class _OtherPlaces:
    """Knows from which other files articles came that were found again, and which are gone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._places: dict[str, list[str]] | None = None
        self._left: set[str] = set()

    def told(self, document: Document) -> Outcome:
        """Say of an article that was there already whether it moved here, or is here too."""
        if self._places is None:
            self._places = {}
            for path, record in self._store.files().items():
                for id_ in record.documents:
                    self._places.setdefault(id_, []).append(path)
        others = [path for path in self._places.get(document.id, ()) if path != document.path]
        gone = [path for path in others if is_gone(path)]
        self._left.update(gone)
        return "moved" if others and len(gone) == len(others) else "copy"

    def forget_those_left(self) -> None:
        """Forget the files that are gone, of which every article was found elsewhere."""
        if not self._left:
            return
        files = self._store.files()
        found = {
            id_
            for path, record in files.items()
            if path not in self._left
            for id_ in record.documents
        }
        left = [path for path in files if path in self._left]
        self._store.delete_files([path for path in left if found.issuperset(files[path].documents)])
