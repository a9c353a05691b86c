"""Keeps what is known of the files that articles were read from; reads none of them.

Within a transaction that the caller runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from index.folder import folder_text
from index.relational.articles import delete_if_unused
from index.relational.connection import Connection
from index.relational.corrections import note_tags
from index.relational.rows import path_key, path_text
from index.store import FileRead, FileRecord

__all__ = [
    "expect_again",
    "forget_files",
    "is_known",
    "known_files",
    "move_file",
    "record_file",
    "unread_files",
]


def known_files(connection: Connection, folder: str | None) -> dict[str, FileRecord]:
    """Return what is known of each file, of all or of those at or below a path, in order."""
    condition, values = "TRUE", []
    if folder is not None:
        start = path_key(folder.rstrip(os.sep) + os.sep)
        # A range, for the sake of the index on paths: every byte string that begins so.
        condition = "(path = ? OR path >= ? AND path < ?)"
        values = [start[:-1], start, start[:-1] + bytes([start[-1] + 1])]
    documents: dict[int, list[str]] = {}
    for file, id_ in connection.execute(
        "SELECT file, id FROM places JOIN files ON files.number = file "  # noqa: S608 - a constant
        f"JOIN documents ON documents.number = document WHERE {condition} ORDER BY places.number",
        values,
    ):
        documents.setdefault(file, []).append(id_)
    rows = connection.execute(
        "SELECT number, path, sha256, size, modified, reading, problem, folder FROM files "  # noqa: S608
        f"WHERE {condition} ORDER BY path",
        values,
    )
    return {
        path_text(path): FileRecord(
            path_text(path),
            sha256 or "",
            -1 if size is None else size,
            -1 if modified is None else modified,
            reading or "",
            problem or "",
            tuple(documents.get(number, ())),
            folder,
        )
        for number, path, sha256, size, modified, reading, problem, folder in rows
    }


def unread_files(connection: Connection) -> list[tuple[str, str]]:
    """Return the path of each file that, or of which a part, could not be read, and why not."""
    query = "SELECT path, problem FROM files WHERE problem IS NOT NULL ORDER BY path"
    return [(path_text(path), problem) for path, problem in connection.execute(query)]


def record_file(connection: Connection, read: FileRead) -> bool:
    """Record a file that was read to its end; drop what it no longer holds.

    Returns:
        Whether articles are gone by that, or the places and folders that they are found by.
    """
    record = read.record
    path = path_key(record.path)
    connection.execute("INSERT INTO files (path) VALUES (?) ON CONFLICT DO NOTHING", (path,))
    connection.execute(
        "UPDATE files SET sha256 = ?, size = ?, modified = ?, reading = ?, problem = ? "
        "WHERE path = ?",
        (
            record.sha256,
            record.size,
            record.modified,
            record.reading,
            record.problem or None,
            path,
        ),
    )
    laid = record.folder is not None and _lay(connection, path, record.folder)
    if read.parts is None:
        return laid
    left = [place for place in _places(connection, path) if place[1] not in read.parts]
    _drop(connection, left)
    return laid or bool(left)


def move_file(connection: Connection, before: str, after: str) -> bool:
    """Give a file another path; say whether anything was known of it.

    What was known of a file at the new path is forgotten.
    """
    if not is_known(connection, before):
        return False
    forget_files(connection, [after])
    connection.execute(
        "UPDATE files SET path = ? WHERE path = ?", (path_key(after), path_key(before))
    )
    (folder,) = connection.execute(
        "SELECT folder FROM files WHERE path = ?", (path_key(after),)
    ).fetchone()
    if folder is not None:
        _lay(connection, path_key(after), _folder_after(folder, before, after))
    return True


def is_known(connection: Connection, path: str) -> bool:
    """Say whether anything is known of a file."""
    query = "SELECT 1 FROM files WHERE path = ?"
    return connection.execute(query, (path_key(path),)).fetchone() is not None


def expect_again(connection: Connection, document: int) -> None:
    """Let the files of an article that is to be removed count as not read yet."""
    connection.execute(
        "UPDATE files SET sha256 = NULL, size = NULL, modified = NULL "
        "WHERE number IN (SELECT file FROM places WHERE document = ?)",
        (document,),
    )


def forget_files(connection: Connection, paths: Iterable[str]) -> int:
    """Forget files, and each article that nothing leads to any more; return how many went."""
    gone = 0
    for path in paths:
        gone += _drop(connection, _places(connection, path_key(path)))
        connection.execute("DELETE FROM files WHERE path = ?", (path_key(path),))
    return gone


def _lay(connection: Connection, path: bytes, folder: str) -> bool:
    """Note in which folder a file lies, and let its articles be found by it; say if it is news."""
    changed = connection.execute(
        "UPDATE files SET folder = ? WHERE path = ? AND (folder IS NULL OR folder <> ?)",
        (folder, path, folder),
    ).rowcount
    if changed:
        for document in {document for _, _, document in _places(connection, path)}:
            note_tags(connection, document)
    return bool(changed)


def _folder_after(folder: str, before: str, after: str) -> str:
    """Return where a file that moved lies below the folder that it was added with.

    Where that was renamed itself, or one above it, the file lies in it as before.
    """
    was, now = Path(before).parent, Path(after).parent
    parts = Path(folder).parts
    root = was.parents[len(parts) - 1] if parts else was
    if now.is_relative_to(root):
        return folder_text(now.relative_to(root))
    return folder if now.parts[-len(parts) :] == parts or not parts else ""


def _places(connection: Connection, path: bytes) -> list[tuple[int, str, int]]:
    """Return number, part, and article of each place in a file."""
    return connection.execute(
        "SELECT places.number, part, document FROM places JOIN files ON files.number = file "
        "WHERE path = ?",
        (path,),
    ).fetchall()


def _drop(connection: Connection, places: list[tuple[int, str, int]]) -> int:
    gone = 0
    for place, _, document in places:
        connection.execute("DELETE FROM places WHERE number = ?", (place,))
        if delete_if_unused(connection, document):
            gone += 1
        else:
            note_tags(connection, document)
    return gone
