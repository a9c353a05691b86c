"""Measures what dates read from questions do to the search: `python bench/dates.py DATA`.

DATA is a folder as in `bench/answers.py`; its questions may have a `date`, the
day they were asked, and `gold_articles_*.jsonl` may name their articles
(`question_id`, `url`, `date`). Nothing is read but by the search. One table says how
many questions get bounds on the publication date, for how many of these the
gold article lies outside of them, and how often the gold article is among those
of the passages found, and the gold answer in them, with the bounds and without.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from question_sets import Row, contains, fill, read_rows

from index.embed.embedder import Embedder
from index.search.retriever import search
from index.sqlite import SqliteStore
from index.store import Store
from index.types import Filter
from rag import Settings
from rag.english.dates_asked import date_phrases, range_asked
from rag.environment import prepare_environment
from rag.models.catalogue import load_embedder


def gold_urls(folder: Path) -> dict[str, set[str]]:
    """Return the addresses of the articles that are linked by hand, by question."""
    found: dict[str, set[str]] = {}
    for path in folder.glob("gold_articles_*.jsonl"):
        for row in read_rows(path):
            found.setdefault(row["question_id"], set()).add(row["url"])
    return found


def bounds_of(row: Row, days: Sequence[date]) -> Filter | None:
    """Return what the question says of the days of publication."""
    today = date.fromisoformat(row["date"]) if row.get("date") else date.today()
    read = range_asked(date_phrases(row["question"], today), days)
    return Filter(after=read[0], before=read[1], undated=True) if read else None


def measure(
    row: Row, gold: set[str], filter: Filter, store: Store, embedder: Embedder, settings: Settings
) -> tuple[bool, bool]:
    """Say whether the gold article is among those found, and the answer in what was found."""
    (vector,) = embedder.embed([row["question"]])
    hits = search(store, row["question"], vector, settings.passages, filter)
    answers = row.get("answers") or row.get("answer") or []
    text = "\n".join(hit.chunk.text for hit in hits)
    return any(hit.document.url in gold for hit in hits), contains(text, answers)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with docs.jsonl and questions.jsonl")
    parser.add_argument("--sample", type=int, default=100, help="questions with bounds to search")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--home", type=Path, help="keep the library here for the next run")
    parser.add_argument("--as-it-is", action="store_true", help="add no article to --home")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data / "questions.jsonl")
    gold = gold_urls(arguments.data)
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        home = arguments.home / arguments.data.name if arguments.home else Path(folder)
        settings = replace(Settings.from_environment(), home=home)
        prepare_environment()
        embedder = load_embedder(settings)
        with SqliteStore.open(
            home, fingerprint=embedder.fingerprint, dimension=embedder.dimension
        ) as store:
            if not arguments.as_it_is:
                fill(store, embedder, read_rows(arguments.data / "docs.jsonl"))
            days = list(store.days())
            read = [(row, bounds) for row in rows if (bounds := bounds_of(row, days))]
            print(f"{len(rows)} questions, {len(read)} with bounds, {len(days)} days with articles")
            here = {d.url: d for d in store.documents() if d.url} if read else {}
            read = [(r, b) for r, b in read if any(u in here for u in gold.get(r.get("id"), ()))]
            outside = sum(
                not any(url in here and within.admits(here[url]) for url in gold[row["id"]])
                for row, within in read
            )
            print(f"{len(read)} of these with a gold article here, {outside} of them outside")
            random.Random(arguments.seed).shuffle(read)  # noqa: S311
            drawn = read[arguments.skip : arguments.skip + arguments.sample]
            counts = {"with the bounds": [0, 0], "without": [0, 0]}
            for number, (row, within) in enumerate(drawn, 1):
                for name, chosen in (("with the bounds", within), ("without", Filter())):
                    held = measure(row, gold[row["id"]], chosen, store, embedder, settings)
                    counts[name] = [a + b for a, b in zip(counts[name], held)]
                if sys.stderr.isatty():
                    sys.stderr.write(f"\r{number} of {len(drawn)} questions ")
            if drawn:
                print(f"{'':18}{'gold article':>14}{'gold answer':>14}   of {len(drawn)}")
                for name, (article, answer) in counts.items():
                    shares = article / len(drawn), answer / len(drawn)
                    print(f"{name:18}{shares[0]:14.3f}{shares[1]:14.3f}")


if __name__ == "__main__":
    main()
