"""Keeps what OCR saw on the pages of files that are not read to their end yet.

Reading a page takes seconds, and a file has many: what was interrupted goes on where it was.
Nothing here is needed: where it cannot be kept, pages are read again. Knows no article.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

__all__ = ["UnfinishedScans"]

_logger = logging.getLogger(__name__)

_DAYS = 30
"""After which pages of a file that was never read to its end are given up."""
_WAIT_SECONDS = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS pages (
    file BLOB NOT NULL,             -- its absolute path
    key TEXT NOT NULL,              -- hash of the page's picture
    seen TEXT NOT NULL,             -- JSON, as `index.reading.scans.recognition` writes it
    day REAL NOT NULL,              -- Julian day on which it was read
    PRIMARY KEY (file, key)
) WITHOUT ROWID
"""


class UnfinishedScans:
    """The pages, in a database of their own. Safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet; the file comes to be with the first page."""
        self._path = path

    def known(self, file: Path) -> dict[str, str]:
        """Return what was seen on pages of a file, by the hashes of their pictures."""
        if not self._path.exists():
            return {}
        return dict(self._run("SELECT key, seen FROM pages WHERE file = ?", _key(file)))

    def keep(self, file: Path, key: str, seen: str) -> None:
        """Keep what was seen on a page."""
        self._run(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, julianday('now'))",
            _key(file),
            key,
            seen,
        )

    def forget(self, file: Path) -> None:
        """Let go of the pages of a file, which is in the library now, and of those too old."""
        if self._path.exists():
            self._run(
                "DELETE FROM pages WHERE file = ? OR day < julianday('now') - ?",
                _key(file),
                _DAYS,
            )

    def _run(self, statement: str, *values: object) -> list[tuple[str, str]]:
        """Run a statement and return its rows; what goes wrong is logged only."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as database, database:
                # What is deleted must not stay in the file.
                database.execute("PRAGMA secure_delete = ON")
                database.execute(_TABLE)
                return database.execute(statement, values).fetchall()
        except (OSError, sqlite3.Error) as error:
            _logger.info("pages that were read cannot be kept: %s", error)
            return []


def _key(file: Path) -> bytes:
    return os.fsencode(os.path.abspath(file))  # noqa: PTH100 - keeps links
