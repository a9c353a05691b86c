"""Reads a portable archive of a library back into one; trusts nothing that it says.

Everything is read and checked once before the first article is stored, so that
an archive that was cut short, changed, or made up adds nothing. Articles are
then stored in batches: one that was interrupted is completed by importing the
archive again. They are stored without the path that they had where the archive
was made: it means nothing here, and would take the place of the person's own
article at that path. Nothing is ever extracted to a file.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from index.archive import DOCUMENTS, MANIFEST, NAME, VECTORS, VERSION
from index.corrections import FIELDS, with_changes
from index.document_json import document_from_fields, one_line_of, one_of, tags_of
from index.errors import MismatchError, ReadError
from index.reading.files import unreadable
from index.relational.rows import check_entry
from index.store import Change, IndexedDocument, Store
from index.text.chunker import embedding_text
from index.types import Chunk, Document, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.embedder import Embedder

__all__ = ["read_archive"]

_ARTICLES_AT_ONCE = 64
_BYTES_AT_ONCE = 5_000_000
"""Of texts and vectors: a batch that has more is stored, however few its articles are."""
_LONGEST_LINE = 1_000_000
"""Characters of a title or another field of one line; no reader ever took more for one."""
_TEXTS_AT_ONCE = 64
_MOST_MANIFEST_BYTES = 1 << 16
_MOST_LINE_BYTES = 1 << 26
"""Of one article: the text of several thick books."""
_MOST_RATIO = 100
"""Text is compressed to a third or a tenth; much that shrinks further was made to burst."""
_HARMLESS_BYTES = 1 << 28
"""So much may shrink as far as it likes: one article may say the same over and over."""
_BLOCK_BYTES = 1 << 20

_NO_LIBRARY = "this is no archive of `ask export`; to add the articles in it, use `ask add`"
_DAMAGED = "the archive is damaged or was cut short; export it again"


@dataclass(frozen=True, slots=True)
class _Manifest:
    embedder: str
    dimension: int
    documents: int
    chunks: int
    sha256: dict[str, str]


def read_archive(
    path: Path, store: Store, embedder: Embedder, *, embed: bool = False
) -> dict[Change, int]:
    """Store all articles of an archive; return how many were added, updated, and unchanged.

    Nothing that is there already is replaced; what is corrected of an article in the archive is
    taken over where nothing of it is corrected here. What was known only from a file is noted as
    added without one too: it stays when the file goes.

    Args:
        path: of the archive.
        store: where they go; opened for this embedder.
        embedder: the one of the store.
        embed: compute the vectors anew, instead of taking those of the archive.

    Raises:
        ReadError: it is no archive, or is damaged. Nothing was stored.
        MismatchError: it was made with another version or another embedder. Nothing was stored.
        LibraryError: the library cannot be written to. The batches stored until then are kept.
    """
    outcomes: dict[Change, int] = {"added": 0, "updated": 0, "unchanged": 0}
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
        except (OSError, ValueError) as error:
            raise unreadable(error) from error
        with _plain_faults():
            archive = stack.enter_context(zipfile.ZipFile(file))
            manifest = _read_manifest(archive)
            if not embed:
                _check_embedder(manifest, embedder)
            for name in (DOCUMENTS, VECTORS):
                _check_hash(archive, name, manifest.sha256[name])
            for _ in _entries(archive, manifest):
                pass  # Whatever is wrong with any of them is said before one is stored.
        entries = _entries(archive, manifest)
        while True:
            with _plain_faults():
                batch = _batch(entries)
            if not batch:
                return outcomes
            if embed:
                batch = [_embedded(entry, store, embedder) for entry in batch]
            for change in store.replace_documents(batch):
                outcomes[change] += 1


def _batch(entries: Iterator[IndexedDocument]) -> list[IndexedDocument]:
    """Return the entries to be stored next, at least one while there are any."""
    batch: list[IndexedDocument] = []
    size = 0
    while len(batch) < _ARTICLES_AT_ONCE and size < _BYTES_AT_ONCE:
        entry = next(entries, None)
        if entry is None:
            break
        batch.append(entry)
        size += len(entry.document.text)
        size += 0 if entry.vectors is None else entry.vectors.nbytes
    return batch


@contextmanager
def _plain_faults() -> Iterator[None]:
    try:
        yield
    except zipfile.BadZipFile as error:
        raise ReadError(f"this is no archive of `ask export`, or {_DAMAGED}") from error
    except (
        zlib.error,
        struct.error,
        EOFError,
        LookupError,
        RuntimeError,  # With RecursionError, of JSON, and NotImplementedError, of zipfile.
        TypeError,
        ValueError,  # With what is no Unicode, and what is no JSON.
    ) as error:
        raise ReadError(_DAMAGED) from error
    except OSError as error:
        raise unreadable(error) from error


def _read_manifest(archive: zipfile.ZipFile) -> _Manifest:
    if MANIFEST not in archive.namelist():
        raise ReadError(_NO_LIBRARY)
    with archive.open(MANIFEST) as file:
        told = json.loads(file.read(_MOST_MANIFEST_BYTES))
    if not isinstance(told, dict) or told.get("name") != NAME:
        raise ReadError(_NO_LIBRARY)
    if told.get("version") != VERSION:
        raise MismatchError(
            f"this archive has version {told.get('version')}, and this Byline reads version "
            f"{VERSION}: import it with the Byline that made it, or a later one"
        )
    hashes = {name: one_of(told["sha256"][name], str) for name in (DOCUMENTS, VECTORS)}
    dimension, documents, chunks = (
        one_of(told[key], int) for key in ("dimension", "documents", "chunks")
    )
    if min(dimension, documents, chunks) < 0:
        raise ValueError("a number is negative")
    return _Manifest(one_of(told["embedder"], str), dimension, documents, chunks, hashes)


def _check_embedder(manifest: _Manifest, embedder: Embedder) -> None:
    if manifest.embedder != embedder.fingerprint:
        raise MismatchError(
            f"its vectors were made by the embedder {manifest.embedder}, not "
            f"{embedder.fingerprint}: use --embed to compute them anew"
        )
    if manifest.dimension != embedder.dimension:
        raise ValueError("its vectors are of another dimension than its embedder makes")


def _check_hash(archive: zipfile.ZipFile, name: str, expected: str) -> None:
    info = archive.getinfo(name)
    if info.file_size > max(_HARMLESS_BYTES, _MOST_RATIO * info.compress_size):
        raise ValueError("it would burst")
    found = hashlib.sha256()
    with archive.open(info) as file:
        # zipfile itself stops at the size that was stated, and checks its sum.
        while block := file.read(_BLOCK_BYTES):
            found.update(block)
    if found.hexdigest() != expected:
        raise ValueError(f"{name} is not what the manifest says")


def _entries(archive: zipfile.ZipFile, manifest: _Manifest) -> Iterator[IndexedDocument]:
    """Yield each article with its vectors, all checked."""
    count = rows = 0
    with archive.open(DOCUMENTS) as documents, archive.open(VECTORS) as vectors:
        _check_array(vectors, manifest)
        # Lines are far faster from a reader that looks ahead.
        lines = io.BufferedReader(cast("zipfile.ZipExtFile", documents), _BLOCK_BYTES)
        while line := lines.readline(_MOST_LINE_BYTES):
            told = json.loads(line)
            document = _document(told)
            spans = _spans(told["chunks"], len(document.text))
            chunks = tuple(
                Chunk(document.id, span.start, span.end, document.text[span.start : span.end])
                for span in spans
            )
            array = _rows(vectors, len(chunks), manifest.dimension)
            sentences = _spans(told["sentences"], len(document.text))
            entry = IndexedDocument(document, sentences, chunks, array)
            check_entry(entry, manifest.dimension)
            count, rows = count + 1, rows + len(chunks)
            yield entry
        if (count, rows) != (manifest.documents, manifest.chunks) or vectors.read(1):
            raise ValueError("it holds another number of articles or vectors than it says")


def _document(told: dict[str, Any]) -> Document:
    # Where it came from is checked as the rest is, and then left behind.
    path = one_of(told["path"], str, None) or ""
    if b"\0" in path.encode("utf-8", "surrogateescape"):
        raise ValueError("a path that no file has")
    text = one_of(told["text"], str)
    document = replace(document_from_fields(told, text, longest=_LONGEST_LINE), part="")
    if document.id != told["id"]:
        raise ValueError("an article is not the one that its id tells")
    return _corrected(document, told.get("corrected", {}))


def _corrected(document: Document, told: dict[str, Any]) -> Document:
    """Return an article as it was corrected where the archive was made."""
    fields = dict(one_of(told.get("fields", {}), dict))
    if not fields.keys() <= set(FIELDS):
        raise ValueError("a field is corrected that cannot be")
    for name, value in fields.items():
        line = one_line_of(value, _LONGEST_LINE, *(() if name == "title" else (None,)))
        fields[name] = date.fromisoformat(line) if line and name == "published" else line
    added, removed = tags_of(told.get("added", [])), tags_of(told.get("removed", []))
    return with_changes(document, fields, added, removed)


def _spans(places: object, length: int) -> tuple[Span, ...]:
    """Return spans of a text that follow one another, so that they hold no more than it does."""
    flat = [one_of(place, int) for place in one_of(places, list)]
    spans: list[Span] = []
    last = 0
    for start, end in zip(flat[::2], flat[1::2], strict=True):
        if not last <= start < end <= length:
            raise ValueError(f"{start}-{end} is empty, or lies before {last} or beyond {length}")
        spans.append(Span(start, end))
        last = end
    return tuple(spans)


def _check_array(file: IO[bytes], manifest: _Manifest) -> None:
    from numpy.lib import format as npy

    if npy.read_magic(file) != (1, 0):
        raise ValueError("its vectors are of another format")
    shape, by_columns, dtype = npy.read_array_header_1_0(file)
    if (shape, by_columns, dtype.str) != ((manifest.chunks, manifest.dimension), False, "<f4"):
        raise ValueError("its vectors are of another shape or kind")


def _rows(file: IO[bytes], count: int, dimension: int) -> NDArray[np.float32]:
    import numpy as np

    wanted = 4 * count * dimension
    data = file.read(wanted)
    if len(data) != wanted:
        raise ValueError("vectors are missing")
    return np.frombuffer(data, dtype="<f4").reshape(count, dimension).astype(np.float32)


def _embedded(entry: IndexedDocument, store: Store, embedder: Embedder) -> IndexedDocument:
    import numpy as np

    known = store.entry(entry.document.id)
    if known and known.vectors is not None and known.chunks == entry.chunks:
        return replace(known, document=entry.document)
    arrays = []
    for first in range(0, max(1, len(entry.chunks)), _TEXTS_AT_ONCE):
        # Each text repeats the title, so that all of them at once may be large.
        chunks = entry.chunks[first : first + _TEXTS_AT_ONCE]
        arrays.append(embedder.embed([embedding_text(entry.document, chunk) for chunk in chunks]))
    return replace(entry, vectors=np.concatenate(arrays))
