"""Lets one writer at a time into a folder, across threads and processes; knows not what it writes.

`flock` belongs to an open file, so the kernel frees it with the process that
held it, however that ended: no stale lock is ever left to be cleared by hand.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import LockedError

__all__ = ["WriterLock"]

_POLL_INTERVAL_S = 0.01


class WriterLock:
    """A lock file that at most one thread of one process holds; a thread may take it again."""

    def __init__(self, path: Path, timeout_s: float = 10.0) -> None:
        """Name the lock file; nothing is created before the lock is first taken."""
        self._path = path
        self._timeout_s = timeout_s
        self._threads = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self, timeout_s: float | None = None) -> Iterator[bool]:
        """Hold the lock for the length of a `with` block; yield whether it was newly taken.

        Args:
            timeout_s: how long to wait, in seconds; None for the lock's own timeout.

        Raises:
            LockedError: another thread or process held it for all that time.
            OSError: the lock file cannot be opened or locked.
        """
        deadline = time.monotonic() + (self._timeout_s if timeout_s is None else timeout_s)
        if not self._threads.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise _locked()
        try:
            if self._depth:
                yield False
                return
            descriptor = self._open(deadline)
            self._depth = 1
            try:
                yield True
            finally:
                self._depth = 0
                os.close(descriptor)
        finally:
            self._threads.release()

    def _open(self, deadline: float) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # A lock on a file that was deleted meanwhile would exclude nobody.
                if self._is_current(descriptor):
                    return descriptor
            except BlockingIOError:
                pass
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
            if time.monotonic() >= deadline:
                raise _locked()
            time.sleep(_POLL_INTERVAL_S)

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False


def _locked() -> LockedError:
    return LockedError(
        "another process is adding articles to this library; wait for it, or try again"
    )
