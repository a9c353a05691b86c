"""Makes the library mirror a folder: what is new, changed, moved, or gone there.

Knows no format of files (`index.reading`) and nothing of how the change is shown.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.folder import compare, moves_of_folder
from index.store import FileRead, FileRecord
from rag.adding import AddResult, Scans, read_files, store_readings
from rag.settings import expanded
from rag.types import counted

if TYPE_CHECKING:
    from index.reading import ReadOptions
    from rag.parts import Parts

__all__ = ["SyncReport", "sync_folder", "watch_folder"]


@dataclass(slots=True)
class SyncReport:
    """What a sync found and did."""

    unchanged: int = 0
    """Files whose content was known."""
    moved: list[tuple[str, str]] = field(default_factory=list)
    """Paths before and after."""
    gone: list[str] = field(default_factory=list)
    """Paths of files with articles that are gone from the folder."""
    removed: int = 0
    """Articles that are gone from the library, where no other article came in their place."""
    embedded: int = 0
    """Passages that got their vectors last, also those of articles that were added before."""
    results: list[AddResult] = field(default_factory=list)
    """What became of every file that was read, and of those that could not be read before and
    have not changed since. Without the articles themselves, whose texts would fill the memory."""

    @property
    def changed(self) -> bool:
        """Whether articles were added to the library or removed from it."""
        put = any(result.outcome in ("added", "updated") for result in self.results)
        return put or self.removed > 0 or self.embedded > 0


def sync_folder(
    folder: str | Path,
    parts: Parts,
    options: ReadOptions,
    report: SyncReport,
    *,
    look_again: bool = False,
    allow_empty: bool = False,
    on_plan: Callable[[int], None] = lambda _: None,
    on_file: Callable[[AddResult], None] = lambda _: None,
    on_embedding: Callable[[int, int], None] | None = None,
    scans: Scans = Scans(),
) -> None:
    """Add, update, and remove until the library holds what the folder does.

    Articles that came from elsewhere are left alone. Whatever ends it early:
    the report says what was done, and the next sync goes on from there.

    Args:
        folder: its files are found as `index.reading.find_files` does.
        parts: the library, and the embedder, asked for once there is something to embed.
        options: how the files are to be read.
        report: filled as the work goes on.
        look_again: compare every file by its content, also where size and time are the same.
        allow_empty: whether a folder without any article may empty the library of its own, and
            what lies behind a link to nothing is gone.
        on_plan: told how many files are to be read.
        on_file: told what became of each of them.
        on_embedding: told how many passages got their vectors, of how many, once all are stored.
        scans: what is done with pages that are read by OCR.

    Raises:
        ReadError: there is no such folder, or it is empty and was not.
        LibraryError: the library cannot be read or written.
        ModelError: the embedder cannot be used.
    """
    root, store = Path(os.path.abspath(expanded(folder))), parts.store()  # noqa: PTH100
    try:
        os.lstat(root)
    except OSError:
        pass  # `_files_of` says why.
    except ValueError as error:  # A zero byte, or half a character.
        raise ReadError(f"no folder has such a name: {str(folder)!r}; check the path") from error
    known = store.files(str(root))
    found = _files_of(root, len(known), allow_empty)
    elsewhere = {path: record for path, record in store.files().items() if path not in known}
    compared = partial(compare, root=root, look_again=look_again, allow_empty=allow_empty)
    plan = compared(found, known, options.way, elsewhere=elsewhere)
    moved = plan.moved
    # Where others see other files, what this machine does not have is theirs, and not gone.
    of_folder = [] if store.is_shared else moves_of_folder(root, moved, elsewhere)
    if of_folder:
        # The folder has another name: from here on it is as if it always had this one.
        store.move_files(of_folder)
        known = store.files(str(root))
        elsewhere = {path: elsewhere[path] for path in elsewhere.keys() - dict(of_folder).keys()}
        plan = compared(found, known, options.way, elsewhere=elsewhere)
    on_plan(len(plan.to_read))
    store.move_files(plan.moved)
    report.moved.extend(dict.fromkeys((*moved, *plan.moved)))
    if plan.touched:
        store.replace_documents([], [FileRead(record, None) for record in plan.touched])
    moved_to = {after for _, after in report.moved}
    report.unchanged = sum(
        not record.problem and record.path not in moved_to for record in plan.unchanged
    )
    for record in plan.unchanged:
        if record.problem:
            message = f"{record.problem} (not tried again before it changes; --look-again does)"
            report.results.append(AddResult(record.path, "failed", message=message))
    readings = read_files(plan.to_read, options, looked_at=plan.records, scans=scans)
    with closing(store_readings(readings, parts, scans.keeper, record_all=True)) as stored:
        for result in stored:
            report.results.append(result.light())
            on_file(result)
    # Last, so that what moved into another file is not lost and embedded again.
    store.delete_files(plan.gone)
    report.gone.extend(path for path in plan.gone if known[path].documents)
    if plan.to_read or plan.gone:
        report.removed = _lost(known, store.files(str(root)), report)
    if store.counts().waiting:
        from index.ingest import embed_waiting

        def embedded(done: int, total: int) -> None:
            report.embedded = done
            if on_embedding:
                on_embedding(done, total)

        embed_waiting(parts.writable_store(), parts.embedder, on_progress=embedded)


def watch_folder(folder: str | Path) -> Iterator[None]:
    """Yield once the watch has begun, and whenever something has changed in a folder or below.

    Changes that come close together, or while the caller is busy, count as one.

    Raises:
        ReadError: there is no such folder.
    """
    from watchfiles import watch

    try:
        begun = False
        # The first time that nothing happened tells that the watch has begun.
        for changes in watch(
            expanded(folder), rust_timeout=200, yield_on_timeout=True, raise_interrupt=True
        ):
            if changes or not begun:
                begun = True
                yield
    except FileNotFoundError as error:
        raise ReadError(f"{folder} does not exist; check the path") from error


def _lost(
    before: Mapping[str, FileRecord], after: Mapping[str, FileRecord], report: SyncReport
) -> int:
    """Count the articles that no file of the folder has any more, and that were not replaced."""
    files: dict[str, list[str]] = {}
    for path, record in before.items():
        for id_ in record.documents:
            files.setdefault(id_, []).append(path)
    has = {id_ for record in after.values() for id_ in record.documents}
    # Where only its tags are others, an article took the place of none.
    news = Counter(
        result.path
        for result in report.results
        if result.outcome == "updated" and result.id not in files
    )
    lost = 0
    for id_ in files.keys() - has:
        replaced = next((path for path in files[id_] if news[path]), None)
        if replaced is None:
            lost += 1
        else:
            news[replaced] -= 1
    return lost


def _files_of(root: Path, known: int, allow_empty: bool) -> list[Path]:
    from index.reading import find_files

    came = counted(known, "file")
    if not root.is_dir():
        with suppress(OSError):
            root.stat()
            raise ReadError(f"{root} is a file; add it with `ask add`")
        if not known:
            raise ReadError(f"{root} does not exist, or may not be read; check the path")
        if allow_empty:
            return []
        raise ReadError(
            f"{root} is not there, and {came} of the library came from it: if it has "
            "another name now, sync it by that; if it is gone for good, add --allow-empty"
        )
    try:
        return find_files(root)
    except ReadError as error:
        if not known:
            raise ReadError(f"{root}: {error}") from error
        if allow_empty and os.access(root, os.R_OK | os.X_OK):
            return []
        raise ReadError(
            f"{root} holds no articles any more, and {came} of the library came from it: "
            "is its disk there? If it is meant to be empty, add --allow-empty"
        ) from error
