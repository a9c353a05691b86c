"""Measures the search on its own: `python bench/retrieval.py DATA...`.

DATA is a folder as in `bench/answers.py`; or one with `queries_dev.jsonl` (id,
text) and `qrels_dev.jsonl` (qid, docid); or one whose `gold_articles*.jsonl`
(question_id, url) say which articles answer. One table is printed for each, with
a row for each way of ranking: each ranking alone, then both, fused in several
ways. `--characters`, `--overlap`, and `--head` take several values and embed the
passages anew for each; with `--cache` nothing is embedded twice.

nDCG@10 and recall@10 are of articles, each ranked by its best passage; the other
columns say how often a right article, or a right passage, is among the first so
many passages. A passage is right when it overlaps the gold span, or, in a data
set without spans, when it is of a right article.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import math
import re
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from question_sets import article, read_articles
from search_sets import Sought, read_sought

from index.embed.embedder import Embedder
from index.search.retriever import LEAD_BONUS, LEAD_CHARACTERS, fuse_scores
from index.sqlite.words.postings import Postings
from index.text.chunker import MAX_CHARACTERS, chunk_document
from index.text.sentences import split_sentences
from index.text.tokens import question_stems
from index.types import Chunk, Document
from rag import Settings
from rag.environment import prepare_environment
from rag.models.catalogue import load_embedder

Ranking = list[tuple[int, float]]
"""Numbers of passages with their scores, best first."""
Embed = Callable[[Sequence[str], str], NDArray[np.float32]]
"""Embeds texts; the vectors are kept under the name."""

_CUTS = (1, 4, 8, 16, 20)
_BATCH = 512
_NAME = re.compile(r"(?<=\s)[A-Z][\w’'-]+|\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of a data set, embedded and indexed in one way."""

    articles: list[str]
    """For each passage, the data set's id of its article."""
    chunks: list[Chunk]
    vectors: NDArray[np.float32]
    words: Postings

    def dense(self, vector: NDArray[np.float32], depth: int) -> Ranking:
        """Rank by cosine."""
        cosines = self.vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:depth]
        return [(int(number), float(cosines[number])) for number in best]

    def lexical(self, question: str, depth: int) -> Ranking:
        """Rank by BM25, as `index.sqlite` does."""
        return self.words.search(question_stems(question), depth)[:depth]

    def is_right(self, number: int, sought: Sought) -> bool:
        """Say whether a passage is what was sought."""
        chunk = self.chunks[number]
        return self.articles[number] in sought.articles and (
            not sought.spans or any(chunk.start < e and s < chunk.end for s, e in sought.spans)
        )


def cut(document: Document, characters: int, overlap: int) -> list[Chunk]:
    """Cut an article into passages; each begins with the last sentences of the one before."""
    sentences = split_sentences(document.text)
    starts = [sentence.start for sentence in sentences]
    passages = []
    for chunk in chunk_document(document, sentences, characters):
        start = starts[max(0, starts.index(chunk.start) - overlap)]
        text = document.text[start : chunk.end]
        passages.append(Chunk(chunk.document_id, start, chunk.end, text))
    return passages


def heading(document: Document, head: str) -> str:
    """Return what stands before a passage's text when it is embedded."""
    date = f"{document.published:%d %B %Y}" if document.published else ""
    parts = {"none": [], "title": [document.title], "title+date": [document.title, date]}[head]
    return "".join(f"{part}\n" for part in parts if part)


def prepare(data: Path, characters: int, overlap: int, head: str, embed: Embed) -> Passages:
    """Cut, embed, and index the articles of a data set."""
    articles, chunks, texts, rows = [], [], [], []
    for row in read_articles(data):
        document = article(row)
        for chunk in cut(document, characters, overlap):
            articles.append(row["id"])
            chunks.append(chunk)
            texts.append(heading(document, head) + chunk.text)
            rows.append((len(rows), document.title, chunk.text))
    words = Postings()
    words.add(rows)
    return Passages(articles, chunks, embed(texts, f"{data.name}-{characters}-{overlap}"), words)


def embed_with(embedder: Embedder, cache: Path | None) -> Embed:
    """Return a function that embeds texts and keeps the vectors under a name."""

    def embed(texts: Sequence[str], name: str) -> NDArray[np.float32]:
        digest = hashlib.sha256("\0".join([embedder.fingerprint, *texts]).encode()).hexdigest()
        path = cache / f"{name}-{digest[:12]}.npy" if cache else None
        if path and path.is_file():
            return np.asarray(np.load(path))
        parts = []
        for at in range(0, len(texts), _BATCH):
            parts.append(embedder.embed(texts[at : at + _BATCH]))
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{name}: {at} of {len(texts)} texts ")
        vectors = np.concatenate(parts)
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, vectors)
        return vectors

    return embed


def ways(
    sought: Sought,
    dense: Ranking,
    lexical: Ranking,
    passages: Passages,
    depth: int,
) -> Iterator[tuple[str, Ranking]]:
    """Yield the ways of ranking, by name."""
    yield "BM25", lexical
    yield "cosine", dense
    both = (dense, lexical)
    for k in (60, 10):
        yield f"reciprocal ranks, k={k}", reciprocal_ranks(both, k)
    for name, scaled in (("min-max", min_max), ("z-score", z_score)):
        yield f"sum of {name}", total([scaled(ranking) for ranking in both])
    fused = fuse_scores(both, depth)
    yield "mean of scores (index/search/retriever.py)", fused
    led = with_leads(fused, passages)
    yield "  leads raised (index/search/retriever.py)", led
    for weight in (0.4, 0.6, 0.7):
        # Twice the same ranking weighs twice as much.
        parts = [dense] * round(10 * weight) + [lexical] * round(10 * (1 - weight))
        yield f"  cosine weighs {weight}", fuse_scores(parts, depth)
    yield "  names of the question, +0.1", with_names(fused, sought.question, passages)


def reciprocal_ranks(rankings: Sequence[Ranking], k: int) -> Ranking:
    """Sum 1 / (k + rank) (Cormack, Clarke, Büttcher: Reciprocal Rank Fusion, SIGIR 2009)."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, (number, _) in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + 1 / (k + rank)
    return sorted(scores.items(), key=lambda pair: -pair[1])


def total(rankings: Sequence[Ranking]) -> Ranking:
    """Sum scores; what a ranking does not list counts as its last item."""
    numbers = dict.fromkeys(number for ranking in rankings for number, _ in ranking)
    parts = [(dict(ranking), ranking[-1][1]) for ranking in rankings if ranking]
    sums = [(n, sum(listed.get(n, last) for listed, last in parts)) for n in numbers]
    return sorted(sums, key=lambda pair: -pair[1])


def min_max(ranking: Ranking) -> Ranking:
    """Stretch scores from 0 to 1."""
    low = min((score for _, score in ranking), default=0.0)
    high = max((score for _, score in ranking), default=0.0)
    return [(number, (score - low) / ((high - low) or 1.0)) for number, score in ranking]


def z_score(ranking: Ranking) -> Ranking:
    """Shift and stretch scores to a mean of 0 and a standard deviation of 1."""
    scores = [score for _, score in ranking] or [0.0]
    mean, spread = statistics.fmean(scores), statistics.pstdev(scores) or 1.0
    return [(number, (score - mean) / spread) for number, score in ranking]


def with_leads(ranking: Ranking, passages: Passages) -> Ranking:
    """Raise the first passages of articles."""
    leads = {n for n, _ in ranking if passages.chunks[n].start < LEAD_CHARACTERS}
    raised = [(number, score + LEAD_BONUS * (number in leads)) for number, score in ranking]
    return sorted(raised, key=lambda pair: -pair[1])


def with_names(ranking: Ranking, question: str, passages: Passages) -> Ranking:
    """Add a tenth of the share of the question's names and figures that a passage holds."""
    names = {name.casefold() for name in _NAME.findall(question)}

    def share(number: int) -> float:
        text = passages.chunks[number].text.casefold()
        return sum(name in text for name in names) / len(names) if names else 0.0

    raised = [(number, score + 0.1 * share(number)) for number, score in ranking]
    return sorted(raised, key=lambda pair: -pair[1])


def score(ranking: Ranking, sought: Sought, passages: Passages) -> list[float]:
    """Return one row of figures for one question, in the order of `_COLUMNS`."""
    articles = list(dict.fromkeys(passages.articles[number] for number, _ in ranking))[:10]
    gains = [name in sought.articles for name in articles]
    gained = sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(sought.articles))))
    figures = [gained / ideal, sum(gains) / len(sought.articles)]
    of_article = [passages.articles[number] in sought.articles for number, _ in ranking]
    right = [passages.is_right(number, sought) for number, _ in ranking]
    for found in (of_article, right):
        figures += [float(any(found[:most])) for most in _CUTS]
    return figures


_COLUMNS = ["nDCG@10", "R@10", *(f"art@{k}" for k in _CUTS), *(f"pas@{k}" for k in _CUTS)]


def table(rows: dict[str, list[list[float]]]) -> str:
    """Format the means of the figures, a line for each way."""
    lines = [f"{'':36}" + "".join(f"{name:>8}" for name in _COLUMNS)]
    for name, figures in rows.items():
        means = np.mean(figures, axis=0)
        lines.append(f"{name:36}" + "".join(f"{mean:8.3f}" for mean in means))
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="+", help="folder of a data set")
    parser.add_argument("--characters", type=int, nargs="+", default=[MAX_CHARACTERS])
    parser.add_argument("--overlap", type=int, nargs="+", default=[0], help="sentences")
    parser.add_argument(
        "--head", nargs="+", default=["title"], choices=["none", "title", "title+date"]
    )
    parser.add_argument("--depth", type=int, default=50, help="how far down each ranking is read")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--skip", type=int, default=0, help="leave out the first N of the order")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="only questions of six words or more with a name after the first word",
    )
    parser.add_argument("--cache", type=Path, help="keep vectors here for the next run")
    arguments = parser.parse_args()

    prepare_environment()
    settings = Settings.from_environment()
    embed = embed_with(load_embedder(settings), arguments.cache)
    for data in arguments.data:
        asked = read_sought(
            data, arguments.sample, arguments.skip, arguments.seed, arguments.self_contained
        )
        vectors = embed([sought.question for sought in asked], f"{data.name}-questions")
        print(f"{data.name}: {len(asked)} questions")
        for characters, overlap, head in itertools.product(
            arguments.characters, arguments.overlap, arguments.head
        ):
            passages = prepare(data, characters, overlap, head, embed)
            rows: dict[str, list[list[float]]] = {}
            for sought, vector in zip(asked, vectors):
                dense = passages.dense(vector, arguments.depth)
                lexical = passages.lexical(sought.question, arguments.depth)
                for name, ranking in ways(sought, dense, lexical, passages, arguments.depth):
                    rows.setdefault(name, []).append(score(ranking, sought, passages))
            print(
                f"{len(passages.chunks)} passages of up to {characters} characters, "
                f"overlapping by {overlap} sentences, embedded with {head}\n{table(rows)}\n"
            )


if __name__ == "__main__":
    main()
