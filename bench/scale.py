"""Measures a large library: `python bench/scale.py --chunks N --docs FILE --questions FILE`.

FILE are JSON Lines: articles with `title`, `text`, `source`, and `date`, which are
stored over and over under other titles until there are N chunks, and questions
with `question`, cut to six words for the full-text ranking. The vectors are
synthetic: 2,000 centres in 32 latent dimensions, with noise, of 384 components
and unit length. Half of the dense queries are chunks of the library with noise,
half are drawn from the centres anew. Recall is against products with every
stored vector. `--home DIR` keeps the library, and takes it up again; `--store URL` measures
one in a PostgreSQL database instead, which is kept too.

The library is built in a process of its own, so that the memory reported is
that of searching. Beside the time on the clock stands the processor's, which a
busy machine does not stretch as much.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from question_sets import article

from index.relational.connection import Connection
from index.relational.rows import filter_clause
from index.relational.store import RelationalStore
from index.sqlite import SqliteStore
from index.store import IndexedDocument, ScoredChunk
from index.text.chunker import chunk_document
from index.text.sentences import split_sentences
from index.types import Chunk, Filter

_DIMENSION, _LATENT, _CENTRES = 384, 32, 2000
_SPREAD, _NOISE, _QUERY_NOISE = 0.7, 0.02, 0.03
_ARTICLES_AT_ONCE = 256
_DEPTHS = (10, 50)
_FINGERPRINT = "synthetic"

Vectors = NDArray[np.float32]


class Clusters:
    """Draws unit vectors around centres that lie in few dimensions."""

    def __init__(self, seed: int) -> None:
        """Draw the centres; the same ones for the same seed."""
        chance = np.random.default_rng(seed)
        basis = np.linalg.qr(chance.standard_normal((_DIMENSION, _LATENT)))[0]
        self._basis = basis.T.astype(np.float32)
        self._centres = chance.standard_normal((_CENTRES, _LATENT), dtype=np.float32)

    def draw(self, rows: int, chance: np.random.Generator) -> Vectors:
        """Return vectors of shape (rows, 384)."""
        latent = self._centres[chance.integers(0, _CENTRES, rows)]
        latent = latent + _SPREAD * chance.standard_normal((rows, _LATENT), dtype=np.float32)
        noise = chance.standard_normal((rows, _DIMENSION), dtype=np.float32)
        return _units(latent @ self._basis + _NOISE * _LATENT**0.5 * noise)


def _units(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _entries(docs: Path, seed: int) -> Iterator[IndexedDocument]:
    clusters, chance = Clusters(seed), np.random.default_rng(seed + 1)
    known = []
    with docs.open(encoding="utf-8") as file:
        for line in file:
            document = article(json.loads(line))
            sentences = split_sentences(document.text)
            known.append((document, sentences, chunk_document(document, sentences)))
    for turn in itertools.count():
        for document, sentences, chunks in known:
            again = replace(document, title=f"{document.title} ({turn})")
            again_chunks = tuple(Chunk(again.id, c.start, c.end, c.text) for c in chunks)
            vectors = clusters.draw(len(chunks), chance)
            yield IndexedDocument(again, sentences, again_chunks, vectors)


def _open(place: Path | str) -> RelationalStore:
    """Open the library in a folder, or in the database of an address."""
    if isinstance(place, Path):
        return SqliteStore(place, fingerprint=_FINGERPRINT, dimension=_DIMENSION)
    from index.postgres import PostgresStore

    return PostgresStore(place, fingerprint=_FINGERPRINT, dimension=_DIMENSION)


def build(place: Path | str, docs: Path, chunks: int, seed: int) -> None:
    """Fill a library, and print how long it took."""
    with _open(place) as store:
        held, begun = store.counts().chunks, time.perf_counter()
        entries = _entries(docs, seed)
        while held < chunks:
            part = list(itertools.islice(entries, _ARTICLES_AT_ONCE))
            while part and held + sum(len(entry.chunks) for entry in part) > chunks + 100:
                part.pop()
            store.replace_documents(part or [next(entries)])
            held = store.counts().chunks
            _note(f"{held:,} of {chunks:,} chunks")
        stored = time.perf_counter()
        store.commit_index(on_progress=lambda done, of: _note(f"{done:,} of {of:,} read"))
        done = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"stored in {stored - begun:.0f} s, vector index in {done - stored:.1f} s")
        print(f"peak memory {peak:.0f} MB")


def _note(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text} ")


@dataclass(frozen=True, slots=True)
class Question:
    """A dense query with what a search of every vector finds for it: ids, best first."""

    vector: Vectors
    best: Sequence[str]


def _queries(store: RelationalStore, count: int, seed: int) -> Vectors:
    chance = np.random.default_rng(seed + 2)
    with store._database.read() as connection:
        (highest,) = connection.execute("SELECT max(number) FROM chunks").fetchone()
        drawn = chance.integers(0, highest, count // 2)
        members = [_vectors_above(connection, int(number), 1)[1][0] for number in drawn]
    noise = _QUERY_NOISE * chance.standard_normal((len(members), _DIMENSION), dtype=np.float32)
    fresh = Clusters(seed).draw(count - len(members), chance)
    return np.concatenate([_units(np.stack(members) + noise), fresh])


def _vectors_above(
    connection: Connection, number: int, most: int
) -> tuple[NDArray[np.int64], Vectors]:
    """Return the next chunks above a number, and their vectors."""
    rows = connection.execute(
        "SELECT number FROM chunks WHERE number > ? ORDER BY number LIMIT ?", (number, most)
    )
    numbers = [found for (found,) in rows]
    return np.array(numbers, dtype=np.int64), connection.vectors(numbers, _DIMENSION)


def _by_every_vector(store: RelationalStore, queries: Vectors, chosen: Filter) -> list[Question]:
    best_scores = np.empty((len(queries), 0), dtype=np.float32)
    best_numbers = np.empty((len(queries), 0), dtype=np.int64)
    number = 0
    with store._database.read() as connection:
        condition, values = filter_clause(chosen)
        allowed = np.array(
            [
                row[0]
                for row in connection.execute(
                    "SELECT chunks.number FROM chunks "  # noqa: S608 - a constant of the store
                    f"JOIN documents ON documents.number = document WHERE {condition}",
                    values,
                )
            ]
        )
        while True:
            numbers, vectors = _vectors_above(connection, number, 50_000)
            if not len(numbers):
                break
            number = int(numbers[-1])
            kept = np.isin(numbers, allowed)
            scores = np.hstack([best_scores, queries @ vectors[kept].T])
            places = np.hstack([best_numbers, np.tile(numbers[kept], (len(queries), 1))])
            most = min(max(_DEPTHS), scores.shape[1])
            top = np.argpartition(-scores, most - 1, axis=1)[:, :most]
            best_scores = np.take_along_axis(scores, top, axis=1)
            best_numbers = np.take_along_axis(places, top, axis=1)
        order = np.argsort(-best_scores, axis=1)
        ranked = np.take_along_axis(best_numbers, order, axis=1)
        ids = {
            int(n): connection.execute(
                "SELECT documents.id || ':' || start || '-' || \"end\" FROM chunks "
                "JOIN documents ON documents.number = document WHERE chunks.number = ?",
                (int(n),),
            ).fetchone()[0]
            for n in np.unique(ranked)
        }
    return [
        Question(query, [ids[int(n)] for n in row])
        for query, row in zip(queries, ranked, strict=True)
    ]


def _timed(
    name: str, asks: Sequence[Callable[[], list[ScoredChunk]]]
) -> tuple[list[list[ScoredChunk]], str]:
    found, seconds, processor = [], [], []
    for ask in asks:
        begun, worked = time.perf_counter(), time.thread_time()
        found.append(ask())
        seconds.append(time.perf_counter() - begun)
        processor.append(time.thread_time() - worked)
    p50, p95 = 1000 * np.quantile(seconds, (0.5, 0.95), method="inverted_cdf")
    own = statistics.median(processor) * 1000
    return found, f"{name:34} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   of processor {own:6.1f} ms"


def _report_dense(store: RelationalStore, queries: Vectors, name: str, chosen: Filter) -> None:
    asks = [
        lambda query=query: store.search_dense(query, max(_DEPTHS), chosen) for query in queries
    ]
    begun = time.perf_counter()
    asks[0]()
    first = time.perf_counter() - begun
    found, line = _timed(name, asks)
    questions = _by_every_vector(store, queries, chosen)
    recalls = []
    for depth in _DEPTHS:
        shares = [
            len({hit.chunk.id for hit in hits[:depth]} & set(question.best[:depth]))
            / max(1, min(depth, len(question.best)))
            for hits, question in zip(found, questions, strict=True)
        ]
        recalls.append(f"recall@{depth} {statistics.mean(shares):.4f}")
    print(f"{line}   first {first * 1000:6.0f} ms   {'   '.join(recalls)}", flush=True)


def _filters(store: RelationalStore) -> dict[str, Filter]:
    sources = sorted(store.sources().items(), key=lambda item: item[1])
    days = sorted(store.days().items())
    total = sum(count for _, count in days)

    def since(share: float) -> date:
        seen = 0
        for day, count in reversed(days):
            seen += count
            if seen >= share * total:
                return day
        return days[0][0]

    return {
        f"only {sources[-1][0]}": Filter(sources=(sources[-1][0],)),
        f"only {sources[0][0]}": Filter(sources=(sources[0][0],)),
        "latest half": Filter(after=since(0.5)),
        "latest tenth": Filter(after=since(0.1)),
        "latest hundredth": Filter(after=since(0.01)),
    }


def _memory() -> str:
    fields = re.findall(r"^(VmRSS|RssAnon|RssFile):\s+(\d+)", _status(), re.MULTILINE)
    return ", ".join(f"{name} {int(value) // 1024} MB" for name, value in fields)


def _status() -> str:
    path = Path("/proc/self/status")
    return path.read_text() if path.exists() else ""


def _sizes(place: Path | str) -> dict[str, int]:
    """Return the bytes of each file, or of each table with its indexes, largest first."""
    if isinstance(place, Path):
        return {path.name: path.stat().st_size for path in sorted(place.iterdir())}
    with _open(place) as store, store._database.read() as connection:
        rows = connection.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = current_schema()::regnamespace ORDER BY 2 DESC"
        )
        index = "SELECT pg_relation_size(to_regclass('vectors_by_angle'))"
        (indexed,) = connection.execute(index).fetchone()
        return {**dict(rows.fetchall()), "of vectors, HNSW": indexed or 0}


def measure(home: Path | str, options: argparse.Namespace) -> None:
    """Search a library that is there, and print how long it takes and how much it finds."""
    for name, size in _sizes(home).items():
        print(f"{name:34} {size / 1e6:10.1f} MB")
    # The queries come from another store, so that the first search of this one is a first one.
    with _open(home) as store:
        queries = _queries(store, options.queries, options.seed)
    begun = time.perf_counter()
    with _open(home) as store:
        opened = time.perf_counter()
        store.search_dense(queries[0], max(_DEPTHS))
        print(
            f"{store.counts().chunks:,} chunks: opened in {(opened - begun) * 1000:.0f} ms, "
            f"first dense search in {time.perf_counter() - opened:.2f} s"
        )
        print(f"memory after it: {_memory()}")
        texts = _texts(options.questions)[: options.lexical] if options.questions else []
        if texts:
            asks: list[Any] = [lambda text=text: store.search_lexical(text, 50) for text in texts]
            print(_timed("full text, six words", asks)[1], flush=True)
        _timed("", [lambda query=query: store.search_dense(query, 50) for query in queries])
        print(f"memory after {len(queries)} dense searches: {_memory()}")
        _report_dense(store, queries, "dense", Filter())
        for name, chosen in _filters(store).items():
            _report_dense(store, queries[:: max(1, len(queries) // 40)], f"dense, {name}", chosen)


def _texts(questions: Path) -> list[str]:
    with questions.open(encoding="utf-8") as file:
        asked = [str(json.loads(line)["question"]) for line in file]
    return [" ".join(text.split()[:6]) for text in asked if len(text.split()) >= 6]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chunks", type=int, default=150_000)
    parser.add_argument("--docs", type=Path, required=True, help="JSON Lines of articles")
    parser.add_argument("--questions", type=Path, help="JSON Lines of questions")
    parser.add_argument("--home", type=Path, help="keep the library here")
    parser.add_argument("--store", help="address of a PostgreSQL database, in place of a folder")
    parser.add_argument("--queries", type=int, default=200, help="how many dense queries")
    parser.add_argument("--lexical", type=int, default=200, help="how many full-text queries")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--build-only", action="store_true", help="stop when the library is built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        home = options.store or options.home or Path(folder)
        if options.build_only:
            build(home, options.docs, options.chunks, options.seed)
            return
        again = [sys.executable, __file__, "--build-only", "--chunks", str(options.chunks)]
        again += ["--docs", str(options.docs), "--seed", str(options.seed)]
        again += ["--store" if options.store else "--home", str(home)]
        subprocess.run(again, check=True)
        measure(home, options)


if __name__ == "__main__":
    main()
