"""Times the listing of a large library: pages of it, sorted and searched; prints one table.

    python bench/listing.py [--articles 100000] [--home FOLDER]

The articles are made: 4,000 characters each, with titles of eight words drawn by seed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from index.sqlite import SqliteStore
from index.store import IndexedDocument, Listing
from index.types import Chunk, Document, Filter, Span

_DIMENSION = 8
_BATCH = 2_000
_WORDS = "harbour vote river Muñoz strike flood mayor court ship treaty Łódź budget school".split()


def _fill(store: SqliteStore, count: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - made articles
    vector = np.eye(1, _DIMENSION, dtype=np.float32)
    body = " ".join(chance.choice(_WORDS) for _ in range(700))
    entries = []
    for number in range(count):
        document = Document(
            f"{number} {body}",
            title=" ".join(chance.choice(_WORDS) for _ in range(8)),
            source=f"Paper {chance.randrange(300)}",
            author=f"Author {chance.randrange(5000)}",
            published=date(2000, 1, 1) + timedelta(chance.randrange(9000)) if number % 9 else None,
            path=f"/articles/{number % 50}/{number}.txt",
            tags=(f"topic/{number % 40}",),
        )
        span = Span(0, 20)
        chunk = Chunk(document.id, 0, 20, document.text[:20])
        entries.append(IndexedDocument(document, (span,), (chunk,), vector))
        if len(entries) == _BATCH:
            store.replace_documents(entries)
            entries = []
    store.replace_documents(entries)


def _timed(ask: Callable[[], object]) -> str:
    """Return the seconds of the first time, and the median of five more."""
    seconds = []
    for _ in range(6):
        begun = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - begun)
    return f"{seconds[0]:7.3f}s {statistics.median(seconds[1:]):7.3f}s"


def _page(store: SqliteStore, listing: Listing, offset: int) -> int:
    listed = store.list_documents(listing, 50, offset)
    return len(list(listed.documents)) and listed.found


def main() -> None:
    """Make the library, unless it is there, and list it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="keep the library here")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        home = options.home or Path(folder)
        with SqliteStore(home, fingerprint="made", dimension=_DIMENSION) as store:
            if not store.counts().documents:
                _fill(store, options.articles, options.seed)
        listings = {
            "newest first": Listing(),
            "oldest first": Listing(reverse=True),
            "by title": Listing(order="title"),
            "by source": Listing(order="source"),
            "last added": Listing(order="added"),
            "search: one word": Listing(search="munoz"),
            "search: three words, by title": Listing(search="harbour vote paper", order="title"),
            "search: nothing found": Listing(search="nowhere"),
            "of one tag": Listing(Filter(tags=("topic/7",))),
            "of one source, by title": Listing(Filter(sources=("Paper 7",)), order="title"),
        }
        pages = {"first 50": 0, "50 in the middle": options.articles // 2}
        print(f"{'listing':32} {'page':18} {'found':>8} {'first':>8} {'again':>8}")
        for name, listing in listings.items():
            for page, offset in pages.items():
                with SqliteStore(home) as store:
                    times = _timed(partial(_page, store, listing, offset))
                    found = store.list_documents(listing).found
                print(f"{name:32} {page:18} {found:8,} {times}", flush=True)
        with SqliteStore(home) as store:
            for name, ask in {"sources": store.sources, "tags": store.tags}.items():
                print(f"{name:32} {'':18} {'':8} {_timed(ask)}")


if __name__ == "__main__":
    main()
