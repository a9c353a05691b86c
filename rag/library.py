"""The articles of one library: added, mirrored, corrected, removed, looked up, exported.

Wires `index` and `rag.adding` together; knows nothing of questions (`rag.assistant`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TypeVar

from index.errors import DamagedError, FullDiskError, LibraryError, ReadError
from index.types import Document
from rag.adding import (
    AddResult,
    OnPage,
    Outcome,
    Scans,
    no_page,
    read_files,
    read_uploads,
    store_readings,
)
from rag.environment import prepare_environment
from rag.parts import Parts
from rag.settings import Settings

if TYPE_CHECKING:
    from index.embed.embedder import Embedder
    from index.reading import ReadOptions
    from index.store import Change, Counts, FileRead, FileRecord, Store
    from rag.language_model import LanguageModel
    from rag.reader import Reader
    from rag.syncing import SyncReport

__all__ = ["Library"]

_log = logging.getLogger(__name__)

Opened = TypeVar("Opened", bound="Library")
_Told = Callable[[int, int], None]
"""Called with how much of a long work is done, and of how much."""


def _nobody(_done: int, _total: int) -> None:
    """Tell nobody."""


class Library:
    """The articles, wherever they are stored. Threads may share one."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store | None = None,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        language_model: LanguageModel | None = None,
    ) -> None:
        """Use `open`, or hand in parts of your own; those not given are made from the settings.

        Unlike `open` it leaves the environment of the process alone. What keeps the model
        libraries silent and offline is `rag.environment.prepare_environment`, called before
        any of them is imported.

        Args:
            settings: how everything is set up.
            store: the library; like every part that is handed in, it is not closed here.
            embedder: the one whose vectors the store holds.
            reader: what finds the answer in a passage.
            language_model: what rewrites a follow-up that no rule can, and writes answers.
        """
        self.settings = settings
        self.on_building: _Told = _nobody
        """Told how much of the vector index of a large library is built, and of how much."""
        self.on_embedding: _Told = _nobody
        """Told how many passages got their vectors, of how many, after all articles are stored."""
        self.on_page: OnPage = no_page
        """Told which page of how many of a file is being read by OCR; called from a thread of the
        assistant's own."""
        self.on_progress: _Told = _nobody
        """Told the bytes done and in total while the parts of the default language model are
        joined, once; called from a thread of the assistant's own."""
        self._parts = Parts(
            settings,
            store=store,
            embedder=embedder,
            reader=reader,
            language_model=language_model,
            on_progress=lambda done, total: self.on_progress(done, total),
        )

    @classmethod
    def open(
        cls: type[Opened],
        home: str | Path | None = None,
        settings: Settings | None = None,
    ) -> Opened:
        """Open the library at `home`, or at the usual place.

        Sets the environment variables in `rag.environment`, for the whole process: it
        keeps the model libraries silent, and offline unless `settings.download` is set.

        Raises:
            LibraryError: the library cannot be used.
        """
        settings = settings or Settings.from_environment(home)
        if home is not None:
            settings = replace(settings, home=Settings.from_environment(home).home)
        prepare_environment(settings.download)
        opened = cls(settings)
        opened.store.counts()
        return opened

    @property
    def store(self) -> Store:
        """The library itself, also while the sample articles answer in its place."""
        return self._parts.store()

    @property
    def using_samples(self) -> bool:
        """Whether the library is empty, so that the sample articles answer in its place."""
        return self.store.counts().documents == 0

    @property
    def searched(self) -> Store:
        """Where questions are asked: the library, or the samples while they stand in for it."""
        return self._parts.samples() if self.using_samples else self._parts.writable_store()

    def document(self, id_prefix: str) -> Document:
        """Return an article of the library, or of the samples that stood in for it.

        Raises:
            LibraryError: it is in neither, or damaged.
        """
        try:
            return self.store.document(id_prefix)
        except LibraryError:
            # An answer from the samples may be looked at after the first article was added.
            samples = self._parts.samples() if self.using_samples else self._parts.samples_in_use()
            if samples is None:
                raise
            return samples.document(id_prefix)

    def kin(self, document_id: str) -> list[Document]:
        """Return the articles of the library that are nearly the same as one, such as wire copy.

        Empty also where it is no article of the library.
        """
        try:
            return self.store.kin(document_id)
        except LibraryError:
            return []

    def add(
        self,
        *paths: str | Path,
        options: ReadOptions | None = None,
        on_file: Callable[[AddResult], None] | None = None,
        on: str | None = None,
    ) -> list[AddResult]:
        """Add files, and the articles in folders.

        What cannot be read is reported in its result, and the others are added
        all the same. An interruption keeps every article reported so far.

        Args:
            paths: files and folders.
            options: what is to be known of the files, such as how to read 11/01/2019.
            on_file: called with each result as it comes.
            on: address of the Ray cluster that does it; None for this machine.

        Raises:
            LibraryError: the library cannot be written.
            ModelError: the embedder is missing.
            QuestionError: a path is empty, or there is no such cluster.
        """
        if on is None:
            readings = read_files(paths, options, scans=self._scans())
            return self._collect(self._added(readings), on_file)
        from rag.cluster import add_on_cluster

        try:
            return self._collect(add_on_cluster(on, paths, self.settings, options), on_file)
        finally:
            self.settle()

    def add_pages(
        self,
        *urls: str,
        options: ReadOptions | None = None,
        on_file: Callable[[AddResult], None] | None = None,
    ) -> list[AddResult]:
        """Add the articles at web addresses. It connects to them, and to where they lead.

        An address that was added before is read again, and its article brought up to date.

        Args:
            urls: each begins with https:// or http://, and is on the public internet.
            options: as for `add`.
            on_file: as for `add`.

        Raises:
            As `add`.
        """
        from rag.fetching.articles import read_pages

        return self._collect(self._added(read_pages(urls, options)), on_file)

    def add_uploads(self, paths: Iterable[Path], on_page: OnPage = no_page) -> Iterator[AddResult]:
        """Add files that are only passing through: yield each article once it is stored.

        The files are kept beside a library in a folder, so that they can be shown: see
        `let_go_of_uploads`.

        Args:
            paths: the files.
            on_page: as the attribute.

        Raises:
            As `add`.
        """
        from rag.uploads import keep_upload

        def keep(record: FileRecord) -> FileRecord:
            return keep_upload(record, self._uploads, self._parts.writable_store())

        yield from self._added(read_uploads(paths, on_page, None if self.settings.store else keep))

    @property
    def _uploads(self) -> Path:
        return self.settings.home / "uploads"

    def let_go_of_uploads(self) -> None:
        """Delete the files of uploads whose articles were all removed.

        Raises:
            LibraryError: the library cannot be read or written.
        """
        if not self.settings.store and self._uploads.is_dir():
            from rag.uploads import tidy_uploads

            tidy_uploads(self._uploads, self.store)

    def sync(
        self,
        folder: str | Path,
        *,
        options: ReadOptions | None = None,
        report: SyncReport | None = None,
        look_again: bool = False,
        allow_empty: bool = False,
        on_plan: Callable[[int], None] = lambda _: None,
        on_file: Callable[[AddResult], None] = lambda _: None,
    ) -> SyncReport:
        """Make the library mirror a folder; see `rag.syncing.sync_folder`.

        Args:
            folder: what is below it is added, updated, and removed as it is there.
            options: as for `add`.
            report: filled as the work goes on, so that it also tells of what was interrupted.
            look_again: compare all files by their content.
            allow_empty: let a folder that is empty now remove what came from it.
            on_plan: told how many files are to be read.
            on_file: told what became of each.

        Raises:
            ReadError: there is no such folder, or it is empty and was not.
            QuestionError: its path is empty.
            LibraryError: the library cannot be written.
            ModelError: the embedder is missing.
        """
        from index.reading import ReadOptions
        from rag.syncing import SyncReport, sync_folder

        report = SyncReport() if report is None else report
        try:
            sync_folder(
                folder,
                self._parts,
                options or ReadOptions(),
                report,
                look_again=look_again,
                allow_empty=allow_empty,
                on_plan=on_plan,
                on_file=on_file,
                on_embedding=self.on_embedding,
                scans=self._scans(),
            )
        finally:
            if report.changed:
                self.settle()
        return report

    def edit(
        self,
        *ids: str,
        title: str | None = None,
        source: str | None = None,
        author: str | None = None,
        published: date | Literal[""] | None = None,
        add_tags: Sequence[str] = (),
        remove_tags: Sequence[str] = (),
        undo: bool = False,
    ) -> list[Document]:
        """Correct what is said of articles; return them as they are then.

        Everything counts at once or nothing does. A correction stays when the file changes, and
        what the file says is kept beside it, in `Document.stated`.

        Args:
            ids: of the articles, or how they begin.
            title: None leaves it, and an empty one takes it away; so with the next three.
            source: likewise.
            author: likewise.
            published: likewise.
            add_tags: tags to give to each.
            remove_tags: tags to take from each.
            undo: take back first all that was corrected.

        Raises:
            NotFoundError: an article is not there.
            QuestionError: a value cannot be stored, or a tag that is to be removed is not there.
            LibraryError: the library cannot be written.
        """
        from index.corrections import Correction

        correction = Correction(title, source, author, published, add_tags, remove_tags)
        store = self.store
        done = store.correct([store.full_id(id_) for id_ in ids], correction, undo=undo)
        self.settle()
        return done

    def remove(self, *ids: str) -> dict[str, Document | None]:
        """Remove articles, all or none; return each by its id, None for one that was damaged.

        Args:
            ids: of the articles, or how they begin.

        Raises:
            NotFoundError: an article is not there.
            LibraryError: the library cannot be written.
        """
        found: dict[str, Document | None] = {}
        for id_ in map(self.store.full_id, ids):
            found[id_] = None
            with suppress(DamagedError):  # What cannot be shown can be removed all the same.
                found[id_] = self.store.document(id_)
        self.store.delete_documents(list(found))
        self.let_go_of_uploads()
        return found

    def settle(self) -> None:
        """Bring the index up to date on disk, after articles were added or removed.

        A failure is logged and not raised: it would hide that the articles are stored.
        """
        try:
            self.store.commit_index(self.on_building)
        except FullDiskError:
            _log.warning("the disk is full: the articles are stored, and only their index is not")
        except LibraryError as error:
            _log.warning("the next search brings the index up to date: %s", error)

    def embed_waiting(self, ids: Sequence[str] | None = None) -> int:
        """Give their vectors to passages that wait for them; return to how many.

        Some do after an `add` or a `sync` that was interrupted; they are found by words.

        Args:
            ids: of the articles that are meant; None for all.

        Raises:
            LibraryError: the library cannot be written.
            ModelError: the embedder is missing.
        """
        from index.ingest import embed_waiting

        store = self._parts.writable_store()
        return embed_waiting(store, self._parts.embedder, ids, self.on_embedding)

    def add_document(self, document: Document) -> AddResult:
        """Add an article that the caller made, such as a pasted text.

        Raises:
            ReadError: it has no text, or holds what is no text.
        """
        from index.ingest import index_document
        from index.text.storable import NOT_TEXT, has_words

        if not isinstance(document, Document):
            raise TypeError('an article is a Document, as in Document("Its text.", title="…")')
        if not has_words(document.text):
            raise ReadError("the article has no text; give it some")
        lines = (document.title, document.source, document.author, document.url, document.language)
        fields = (document.text, document.part, *document.tags, *lines)
        if any(NOT_TEXT.search(field or "") for field in fields):
            raise ReadError("it holds characters that are not text; copy it again as plain text")
        try:
            os.fsencode(document.path or "")
        except UnicodeEncodeError as error:
            raise ReadError(f"no file has such a path: {document.path!r}; check it") from error
        store = self._parts.writable_store()
        outcome: Outcome = "unchanged"
        if store.status(document) == "unchanged":
            self.embed_waiting([document.id])
        else:
            (outcome,) = store.replace_documents([index_document(document, self._parts.embedder())])
        return AddResult.of(document.path or document.title, outcome, document)

    def add_samples(self) -> list[AddResult]:
        """Add the sample articles for good."""
        from rag.samples import sample_paths

        return self.add(*sample_paths())

    def export_to(self, path: str | Path) -> Counts:
        """Write the whole library into one new file, from which another can be filled.

        Raises:
            LibraryError: the library is empty, or the file exists or cannot be written.
        """
        from index.archive import write_archive

        return write_archive(self.store, Path(path))

    def import_from(self, path: str | Path, *, embed: bool = False) -> dict[Change, int]:
        """Add the articles of an exported file, with their vectors; say what became of them.

        Args:
            path: of the file.
            embed: compute the vectors anew, where another embedder made them.

        Raises:
            ReadError, MismatchError: the file is damaged, or of another embedder. Nothing is added.
            LibraryError: the library cannot be written to.
        """
        from index.archive_reading import read_archive

        store = self._parts.writable_store()
        outcomes = read_archive(Path(path), store, self._parts.embedder(), embed=embed)
        store.commit_index(self.on_building)
        return outcomes

    def close(self) -> None:
        """Free the models and the library, but for what was handed in. Safe to call twice.

        Waits for no model: one that is still being loaded, or still answers another
        thread, is freed when that ends. Afterwards, nothing can be asked or added.
        """
        self._parts.close()

    def __enter__(self: Opened) -> Opened:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _collect(
        self,
        added: Generator[AddResult, None, None],
        on_file: Callable[[AddResult], None] | None,
    ) -> list[AddResult]:
        results = []
        with closing(added):
            for result in added:
                results.append(result.light())
                if on_file:
                    on_file(result)
        return results

    def _added(self, readings: Iterable[AddResult | FileRead]) -> Generator[AddResult, None, None]:
        news = False
        ids: list[str] = []
        try:
            stored = store_readings(readings, self._parts, self._scans().keeper)
            with closing(stored):
                for result in stored:
                    news = news or result.outcome in ("added", "updated")
                    ids += [result.id] if result.id else []
                    yield result
            if ids:
                news = self.embed_waiting(ids) > 0 or news
        finally:
            if news:
                self.settle()

    def _scans(self) -> Scans:
        from index.sqlite.unfinished import UnfinishedScans

        keeper = UnfinishedScans(self.settings.home / "unfinished.db")
        return Scans(keeper, lambda file, page, pages: self.on_page(file, page, pages))
