"""Damages the vector index of a library in many ways: `python bench/damage.py [--times N]`.

A third of the damages are flipped bits of the file, a third are edits of its
first bytes or cuts, and a third are edits of what the database records of it.
Each time a fresh process of the store is asked the same questions as before. A
damage is noticed when the file is not used; it is silent when results differ.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from scale import Clusters

from index.sqlite import SqliteStore
from index.store import IndexedDocument
from index.types import Chunk, Document, Filter, Span

_CHUNKS, _EXACT, _DIMENSION = 3000, 1000, 384


def _open(home: Path) -> SqliteStore:
    return SqliteStore.open(home, fingerprint="synthetic", dimension=_DIMENSION, exact_up_to=_EXACT)


def _fill(home: Path) -> None:
    vectors = Clusters(1).draw(_CHUNKS, np.random.default_rng(2))
    entries = []
    for number in range(_CHUNKS):
        text = f"The report of port {number} is short."
        document = Document(text, source=("North", "South")[number % 2])
        span = Span(0, len(text))
        chunk = Chunk(document.id, 0, len(text), text)
        rows = vectors[number : number + 1]
        entries.append(IndexedDocument(document, (span,), (chunk,), rows))
    with _open(home) as store:
        store.replace_documents(entries)
        store.commit_index()
        store.delete_documents([entry.document.id for entry in entries[:20]])
        store.replace_documents(entries[:10])


def _searches(home: Path) -> list[tuple[str, float]]:
    queries = Clusters(1).draw(8, np.random.default_rng(3))
    with _open(home) as store:
        return [
            (hit.chunk.id, hit.score)
            for query in queries
            for chosen in (Filter(), Filter(sources=("North",)))
            for hit in store.search_dense(query, 20, chosen)
        ]


def _damage_file(home: Path, kind: str, chance: random.Random) -> None:
    (path,) = home.glob("vectors-*")
    data = bytearray(path.read_bytes())
    if kind == "flip":
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif chance.random() < 0.5:
        del data[chance.randrange(len(data)) :]
    else:
        place = chance.randrange(120)
        data[place] = (data[place] + chance.randrange(1, 256)) % 256
    path.write_bytes(data)


def _damage_record(home: Path, chance: random.Random) -> None:
    connection = sqlite3.connect(home / "library.db")
    rows = connection.execute("SELECT key, value FROM meta WHERE key LIKE 'index_%'").fetchall()
    key, value = chance.choice(rows)
    place = chance.randrange(len(value))
    edited = value[:place] + chance.choice("0123456789abf./-") + value[place + 1 :]
    if chance.random() < 0.1:
        connection.execute("DELETE FROM meta WHERE key = ?", (key,))
    elif chance.random() < 0.1:
        connection.execute("DELETE FROM removed_chunks WHERE number % 2")
    else:
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (edited, key))
    connection.commit()
    connection.close()


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311
    warnings: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = warnings.append  # type: ignore[method-assign]
    logging.getLogger("index").addHandler(handler)
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        whole, home = Path(folder) / "whole", Path(folder) / "home"
        _fill(whole)
        expected = _searches(whole)
        assert not warnings
        counts: Counter[str] = Counter()
        for turn in range(options.times):
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(whole, home)
            kind = ("flip", "cut or header", "record")[turn % 3]
            if kind == "record":
                _damage_record(home, chance)
            else:
                _damage_file(home, kind, chance)
            warnings.clear()
            equal = _searches(home) == expected
            counts[f"{kind}: done"] += 1
            counts[f"{kind}: noticed"] += bool(warnings)
            counts[f"{kind}: results differ"] += not equal
    for name, count in sorted(counts.items()):
        print(f"{name:32} {count:5}")


if __name__ == "__main__":
    main()
