"""A process that adds articles until it is done or killed; a line on stdout acknowledges each.

Usage: python tests/store_worker.py HOME_OR_URL WORKER COUNT
"""

from __future__ import annotations

import sys
from pathlib import Path

from index.relational.store import RelationalStore
from store_samples import DIMENSION, FINGERPRINT, entry, numbered, open_store


def opened(place: str) -> RelationalStore:
    if "://" not in place:
        return open_store(Path(place))
    from index.postgres import PostgresStore

    return PostgresStore(place, fingerprint=FINGERPRINT, dimension=DIMENSION)


def main() -> None:
    place, worker, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with opened(place) as store:
        for number in range(count):
            store.replace_documents([entry(numbered(number, worker))])
            print(number, flush=True)
            if number % 5 == 4:
                store.commit_index()


if __name__ == "__main__":
    main()
