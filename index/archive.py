"""Writes a library into one portable file: articles, sentences, chunks, and vectors.

A plain zip that anything can read, described in docs/format.md:

    documents.jsonl  one article a line, with the offsets of its sentences and chunks
    vectors.npy      float32, one row a chunk, in the order of the chunks
    manifest.json    version, embedder, counts, and the SHA-256 of the other two

Knows a library by its protocol only, and not who asked for the archive;
`index.archive_reading` reads one back.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from index.corrections import corrected_fields, tags_corrected
from index.document_json import document_fields
from index.durable import new_file
from index.errors import LibraryError
from index.store import Counts
from index.types import Span

if TYPE_CHECKING:
    from index.store import IndexedDocument, Store

__all__ = ["DOCUMENTS", "MANIFEST", "NAME", "VECTORS", "VERSION", "write_archive"]

NAME = "byline archive"
VERSION = 1
DOCUMENTS, VECTORS, MANIFEST = "documents.jsonl", "vectors.npy", "manifest.json"

_BLOCK_BYTES = 1 << 20


def write_archive(store: Store, path: Path) -> Counts:
    """Write all whole articles of a library into a new file, which appears complete or not at all.

    Returns how many are in it.

    Articles that are added or removed meanwhile may be in it or not; of an article that was
    read from several files, the first one is kept.

    Raises:
        LibraryError: the library is empty, or not embedded yet, or the file exists or cannot be
            written.
    """
    fingerprint = store.fingerprint()
    if fingerprint is None:
        raise LibraryError("the library is empty, so there is nothing to export: see ask add")
    if waiting := store.counts().waiting:
        raise LibraryError(
            f"{waiting:,} passages wait for their vectors: let the `ask add` that is running end, "
            "or make them with `ask doctor --repair`; then export"
        )
    if path.exists():
        raise LibraryError(f"{path} exists already: choose another name, or delete it first")
    try:
        with new_file(path) as file:
            return _fill(store, fingerprint, file, path.parent)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LibraryError(
            f"{path} cannot be written ({reason}): choose another folder, or free some space"
        ) from error


def _fill(store: Store, fingerprint: str, file: IO[bytes], folder: Path) -> Counts:
    from numpy.lib.format import write_array_header_1_0

    count = rows = dimension = 0
    # A zip is written one member after another, so that the vectors wait beside it.
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryFile(dir=folder) as vectors,
    ):
        with _Member(archive, DOCUMENTS) as documents:
            for document in store.documents():
                entry = store.entry(document.id)
                if entry is None or entry.vectors is None:
                    continue  # Removed or added meanwhile, or its vectors are damaged.
                line = json.dumps(_line(entry), ensure_ascii=False)
                # Only a path may hold what is no UTF-8; Python escapes it then as JSON does.
                documents.write(f"{line}\n".encode("utf-8", "backslashreplace"))
                vectors.write(entry.vectors.astype("<f4").tobytes())
                count, rows = count + 1, rows + len(entry.chunks)
                dimension = entry.vectors.shape[1]
        vectors.seek(0)
        with _Member(archive, VECTORS) as array:
            header = {"descr": "<f4", "fortran_order": False, "shape": (rows, dimension)}
            write_array_header_1_0(array, header)
            while block := vectors.read(_BLOCK_BYTES):
                array.write(block)
        manifest = {
            "name": NAME,
            "version": VERSION,
            "embedder": fingerprint,
            "dimension": dimension,
            "documents": count,
            "chunks": rows,
            "sha256": {DOCUMENTS: documents.sha256, VECTORS: array.sha256},
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return Counts(count, rows)


class _Member:
    """A file within the archive that is hashed while it is written."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        # Its size is not known beforehand, and may need more than 32 bits.
        self._file = archive.open(name, "w", force_zip64=True)
        self._hash = hashlib.sha256()

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _line(entry: IndexedDocument) -> dict[str, Any]:
    document = entry.document
    added, removed = tags_corrected(document)
    values = {name: getattr(document, name) for name in corrected_fields(document)}
    values.pop("tags", None)
    if day := values.get("published"):
        values["published"] = day.isoformat()
    return {
        "id": document.id,
        **document_fields(document),
        "path": document.path,
        "corrected": {"fields": values, "added": added, "removed": removed},
        "sentences": _places(entry.sentences),
        "chunks": _places(Span(chunk.start, chunk.end) for chunk in entry.chunks),
        "text": document.text,
    }


def _places(spans: Iterable[Span]) -> list[int]:
    return [place for span in spans for place in (span.start, span.end)]
