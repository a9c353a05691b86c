"""A process that adds articles until it is done or killed; a line on stdout acknowledges each.

Usage: python tests/store_worker.py HOME WORKER COUNT
"""

from __future__ import annotations

import sys
from pathlib import Path

from index.sqlite import SqliteStore
from store_samples import DIMENSION, FINGERPRINT, entry, numbered


def main() -> None:
    home, worker, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with SqliteStore.open(home, fingerprint=FINGERPRINT, dimension=DIMENSION) as store:
        for number in range(count):
            store.replace_documents([entry(numbered(number, worker))])
            print(number, flush=True)
            if number % 5 == 4:
                store.commit_index()


if __name__ == "__main__":
    main()
