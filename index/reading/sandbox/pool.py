"""Reads files in a child process, which a hostile or broken file may hang, fill, or take over.

The child reads one file after another, a little ahead of its parent, and is
replaced where it falls silent, dies, or says what it should not. A file is given
up when it has done that to a child that had read nothing else before, or by its
silence alone. Knows nothing of formats; what the two say to each other is in
`index.reading.sandbox.wire`, what the child may not do in `index.reading.sandbox.confinement`.
"""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from index.errors import ReadError
from index.reading.articles import ReadArticle
from index.reading.draft import Unread
from index.reading.files import OpenFile, open_file
from index.reading.formats import ReadOptions
from index.reading.picture import PagePicture
from index.reading.sandbox.child import Child, LostError, SilentError
from index.reading.sandbox.wire import Failure, PageSeen, Scanning

__all__ = ["PageKeeper", "ReaderPool"]

_logger = logging.getLogger(__name__)

_AHEAD = 4
"""Files that a child is given at once. What it has read of them waits in the socket, whose
buffer of a few hundred KB is what stops it."""
_MEMORY = 600_000_000
"""Bytes of address space that a child may use; more while it reads by OCR."""
_PAGE_SECONDS = 180.0
"""Within which a page must be read by OCR: it takes 3 to 15 on one core."""
_MOST_PAGES = 5_000
"""That a file may have read by OCR, so that none can go on without end, or fill the disk."""
_LONGEST_SEEN = 200_000
"""Characters of what was seen on a page up to which it is kept; newspapers have 30,000 on one."""


class PageKeeper(Protocol):
    """Keeps what OCR saw on the pages of files that were not read to their end."""

    def known(self, file: Path) -> Mapping[str, str]:
        """Return it, by the keys of the pages."""

    def keep(self, file: Path, key: str, seen: str) -> None:
        """Keep it of one page."""


class ReaderPool:
    """Children that read files. Threads may share one; each call has a child to itself.

    >>> with ReaderPool() as pool:                                       # doctest: +SKIP
    ...     for path, found in pool.read_many(sorted(folder.iterdir())):
    ...         print(path, found)
    """

    def __init__(
        self,
        *,
        table: str = "index.reading.formats:FORMATS",
        silence: float = 20.0,
        keeper: PageKeeper | None = None,
        on_page: Callable[[Path, int, int], None] = lambda _file, _page, _pages: None,
    ) -> None:
        """Start nothing yet.

        Args:
            table: the formats that can be read, as `module:name`; the child imports it.
            silence: seconds within which a file must yield its first or its next article.
            keeper: keeps what OCR saw, so that no page is read twice.
            on_page: told that a page, from 1, of so many of a file is being read by OCR; called
                in the thread that reads.
        """
        self._keeper, self._on_page = keeper, on_page
        self._table, self._silence = table, silence
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._closed = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start a child now, so that it is ready when the first file comes.

        A failure is logged and not raised: the first file that is to be read tells of it.
        """
        try:
            self._give_back(self._take())
        except OSError as error:
            _logger.debug("no reader could be started: %s", error)

    def read_content(
        self,
        data: bytes,
        name: str,
        options: ReadOptions = ReadOptions(),
        *,
        path: str | None = None,
    ) -> Generator[ReadArticle | Unread, None, None]:
        """Yield the articles of a file's content, and what could not be read of it.

        Args:
            data: the content.
            name: the file's name, whose suffix helps to tell what the content is.
            options: what the person says of it.
            path: what its articles are to have for their path, such as a web address.

        Raises:
            ReadError: If it cannot be read as a whole, or not any further.
        """
        file = _File(Path(name), content=data, stated=path)
        for found in self._answers(_Line(self, options), file):
            if not isinstance(found, PagePicture):
                yield found

    def picture(self, path: Path, page: int, longest: int) -> PagePicture:
        """Return a page of a file as a picture; see `index.reading.picture`.

        Raises:
            ReadError: If it cannot be shown.
        """
        line = _Line(self, ReadOptions(), (page, longest))
        with closing(self._answers(line, _File(path))) as answers:
            for found in answers:
                if isinstance(found, PagePicture):
                    return found
        raise ReadError("its pages cannot be shown; open the file itself")

    def _answers(
        self, line: _Line, file: _File
    ) -> Generator[ReadArticle | Unread | PagePicture, None, None]:
        """Yield what one file comes to, and leave its child to the next call."""
        line.files.append(file)
        try:
            yield from line.answers()
        except _ClosedError as error:
            raise ReadError("its reading was stopped; try again") from error
        finally:
            line.close()

    def read_many(
        self, paths: Iterable[Path], options: ReadOptions = ReadOptions()
    ) -> Generator[tuple[Path, ReadArticle | Unread | ReadError], None, None]:
        """Yield the articles of files, in order, each with its file; errors stand among them.

        The child reads on while the caller works with what it was given.
        """
        waiting = iter(paths)
        line = _Line(self, options)
        try:
            while True:
                while len(line.files) < _AHEAD and (path := next(waiting, None)) is not None:
                    line.files.append(_File(path))
                if not line.files:
                    return
                path = line.files[0].path
                try:
                    for found in line.answers():
                        if not isinstance(found, PagePicture):
                            yield path, found
                except ReadError as error:
                    yield path, error
                line.files.popleft()
        except _ClosedError:
            return
        finally:
            line.close()

    def close(self) -> None:
        """End the children; safe to call twice.

        A call that waits for one in another thread ends, as if there were no more files.
        """
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for child in self._busy:
                child.stop()
        for child in idle:
            child.close()

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise _ClosedError

    def _take(self) -> Child:
        with self._lock:
            self._check_open()
            child = self._idle.pop() if self._idle else Child(self._table, _MEMORY)
            self._busy.add(child)
            return child

    def _give_back(self, child: Child) -> None:
        with self._lock:
            self._busy.remove(child)
            usable = not self._closed and child.asked == child.answered
            if usable:
                self._idle.append(child)
        if not usable:
            child.close()


class _ClosedError(Exception):
    """The pool was closed."""


@dataclass(slots=True)
class _File:
    """A file on its way through a child."""

    path: Path
    content: bytes | None = None
    """Where it lies in memory, and `path` is but its name."""
    stated: str | None = None
    """What its articles have for their path."""
    given_to: Child | None = None
    refused: ReadError | None = None
    """Why it could not be given to a child."""
    begun: bool = False
    """Whether something of it has been passed on, which must not come twice."""
    scanned: int = 0
    """Pages that OCR began to read."""

    def open(self) -> OpenFile:
        """Open it; whoever calls it closes it.

        Raises:
            ReadError: It cannot be opened, or there is no room to keep its content meanwhile.
        """
        if self.content is None:
            return open_file(self.path)
        with ExitStack() as stack:
            try:
                file = stack.enter_context(tempfile.TemporaryFile(buffering=0))
                view = memoryview(self.content)
                while view:
                    view = view[file.write(view) :]
            except OSError as error:
                raise ReadError(
                    f"there is no room to keep it while it is read ({error.strerror}); "
                    "free some space where temporary files go and try again"
                ) from error
            stack.pop_all()
            return OpenFile(file, self.path.name, self.stated)


class _Line:
    """The files that one call has on their way, and the child that they go to."""

    def __init__(
        self, pool: ReaderPool, options: ReadOptions, picture: tuple[int, int] | None = None
    ) -> None:
        self.files: deque[_File] = deque()
        self._pool, self._options, self._picture = pool, options, picture
        self._child: Child | None = None

    def answers(self) -> Iterator[ReadArticle | Unread | PagePicture]:
        """Yield what the first file comes to.

        Raises:
            ReadError: It cannot be read, or not any further.
        """
        file = self.files[0]
        seconds = self._pool._silence
        while True:
            child = self._hand_over()
            if file.refused:
                raise file.refused
            used = child.answered > 0
            try:
                answer = child.hear(file.stated, seconds)
            except LostError as error:
                self.close()
                self._pool._check_open()
                if used and not file.begun and not isinstance(error, SilentError):
                    continue
                raise ReadError(str(error)) from error
            seconds = self._pool._silence
            if isinstance(answer, Scanning):
                seconds = max(seconds, _PAGE_SECONDS)
                file.scanned += 1
                if file.scanned > _MOST_PAGES:
                    self.close()
                    raise ReadError(f"more than {_MOST_PAGES:,} scanned pages; split it")
                self._pool._on_page(file.path, answer.page, answer.pages)
            elif isinstance(answer, PageSeen):
                if self._pool._keeper and file.content is None and len(answer.seen) < _LONGEST_SEEN:
                    self._pool._keeper.keep(file.path, answer.key, answer.seen)
            elif isinstance(answer, ReadArticle | Unread | PagePicture):
                file.begun = True
                yield answer
            elif isinstance(answer, Failure):
                if answer.trace:
                    fault = _ReaderFaultError(answer.trace)
                    _logger.error("could not read %s", file.path, exc_info=fault)
                raise ReadError(answer.reason)
            else:
                return

    def close(self) -> None:
        """Leave the child to the next call, unless it is in the midst of something."""
        if self._child is not None:
            self._pool._give_back(self._child)
            self._child = None

    def _hand_over(self) -> Child:
        """Give the child the files that it was not given yet; return it."""
        if self._child is None:
            try:
                self._child = self._pool._take()
            except OSError as error:
                raise ReadError(
                    f"no process can be started to read it ({error.strerror}); "
                    "end other programs and try again"
                ) from error
        for file in self.files:
            if file.given_to is self._child or file.refused:
                continue
            try:
                opened = file.open()
            except ReadError as error:
                file.refused = error
                continue
            with opened.file:
                file.stated, file.given_to = opened.path, self._child
                with self._kept(file) as kept:
                    self._child.ask(opened, self._options, kept=kept, picture=self._picture)
        return self._child

    @contextmanager
    def _kept(self, file: _File) -> Iterator[IO[bytes] | None]:
        """Open what was seen on pages of a file before, where there is anything."""
        keeper = self._pool._keeper
        seen = keeper.known(file.path) if keeper and file.content is None else {}
        if not seen:
            yield None
            return
        with tempfile.TemporaryFile() as kept:
            kept.write(json.dumps(dict(seen)).encode())
            kept.flush()
            yield kept


class _ReaderFaultError(Exception):
    """An exception that no reader should raise, with the child's traceback as its text."""
