"""Measures a reader: `python bench/reader.py PAIRS... [--reader PATH] [--limit N]`.

PAIRS are files as in `bench/pairs.py`. The reader reads each question with the passage given,
nothing is searched for. Printed for each file:
    AUC       how often a passage that answers scores above one that does not
    F1, EM    of the best span against the right answers, where there is one
    .05 …     the share of passages without an answer that are refused, by the score below which
              that share of those with one would be
    first     how often, of the passages of one question (`g`), the best scored one answers
    ms        a passage
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

import torch
from pairs import Pair, read_pairs

from index.embed.torch_layers import TorchLayers
from rag.environment import prepare_environment
from rag.evaluation.scores import normalise, token_f1
from rag.reader import Passage, Reader, Reading, load_reader, reader_folder
from rag.reader.trained import TrainedReader

FALSE_REFUSALS = (0.05, 0.10, 0.15)


def auc(scores: Sequence[float], answers: Sequence[bool]) -> float | None:
    """Return how often one of those that answer is above one of the others; equal ones half.

    The statistic of Mann and Whitney (1947), from the sum of ranks.

    >>> auc([3.0, 2.0, 2.0, 1.0], [True, True, False, False])
    0.875
    """
    ahead = sum(answers)
    behind = len(answers) - ahead
    if not ahead or not behind:
        return None
    ranks, below = 0.0, 0
    for _, equal in groupby(sorted(zip(scores, answers)), key=lambda pair: pair[0]):
        tied = [answer for _, answer in equal]
        ranks += sum(tied) * (below + (len(tied) + 1) / 2)
        below += len(tied)
    return (ranks - ahead * (ahead + 1) / 2) / (ahead * behind)


def refused(scores: Sequence[float], answers: Sequence[bool], share: float) -> float | None:
    """Return the share refused of those that do not answer, where `share` of the others is.

    >>> refused([4.0, 3.0, 2.0, 1.0, 2.5, 0.0], [True] * 4 + [False] * 2, 0.5)
    1.0
    """
    right = sorted(score for score, answer in zip(scores, answers) if answer)
    wrong = [score for score, answer in zip(scores, answers) if not answer]
    if not right or not wrong:
        return None
    least = right[int(share * len(right))]
    return sum(score < least for score in wrong) / len(wrong)


def right_first(scores: Sequence[float], rows: Sequence[Pair]) -> float | None:
    """Return how often the best scored passage of a question answers it, where one of them does."""
    groups: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for score, row in zip(scores, rows):
        if row.get("g") is None:
            return None
        groups[row["g"]].append((score, row["a"] is not None))
    asked = [group for group in groups.values() if any(answers for _, answers in group)]
    return sum(max(group)[1] for group in asked) / len(asked) if asked else None


def measure(reader: Reader, rows: Sequence[Pair]) -> dict[str, float | None]:
    """Read every row and return the figures by their names."""
    reader.read(rows[0]["q"], [Passage(rows[0]["c"])])
    began = time.perf_counter()
    readings = [reader.read(row["q"], [Passage(row["c"])])[0] for row in rows]
    seconds = time.perf_counter() - began
    scores = [reading.score for reading in readings]
    answers = [row["a"] is not None for row in rows]
    spans = [
        (_best(row, reading), row.get("golds") or [row["a"]])
        for row, reading in zip(rows, readings)
        if row["a"] is not None
    ]
    exact = [normalise(best) in map(normalise, golds) for best, golds in spans]
    return {
        "rows": len(rows),
        "AUC": auc(scores, answers),
        "F1": sum(token_f1(*span) for span in spans) / len(spans) if spans else None,
        "EM": sum(exact) / len(exact) if exact else None,
        **{f"{share:.2f}"[1:]: refused(scores, answers, share) for share in FALSE_REFUSALS},
        "first": right_first(scores, rows),
        "ms": 1000 * seconds / len(rows),
    }


def load(reader: str, dtype: str | None) -> Reader:
    """Load a reader, Byline's own kind in the arithmetic that is asked for."""
    if dtype is None:
        return load_reader(reader)
    layers = partial(TorchLayers, dtype=getattr(torch, dtype))
    return TrainedReader(reader_folder(reader), layers)


def main() -> None:
    about, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", nargs="+", type=Path, metavar="PAIRS")
    parser.add_argument("--reader", default="default", metavar="PATH")
    parser.add_argument("--limit", type=int, metavar="N", help="only N rows, by chance (seed 7)")
    parser.add_argument(
        "--dtype", choices=["float32", "bfloat16"], help="arithmetic; what is quick here"
    )
    options = parser.parse_args()
    prepare_environment()
    reader = load(options.reader, options.dtype)
    for number, path in enumerate(options.pairs):
        rows = read_pairs(path)
        if options.limit and options.limit < len(rows):
            kept = sorted(random.Random(7).sample(range(len(rows)), options.limit))  # noqa: S311
            rows = [rows[n] for n in kept]
        figures = measure(reader, rows)
        name = path.name.partition(".")[0][:24]
        if not number:
            print(f"{reader.name:24}" + "".join(f"{head:>8}" for head in figures))
        print(f"{name:24}" + "".join(f"{_shown(n, value):>8}" for n, value in figures.items()))


def _best(row: Pair, reading: Reading) -> str:
    return row["c"][reading.spans[0].start : reading.spans[0].end] if reading.spans else ""


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if name in ("rows", "ms") else f"{value:.3f}"


if __name__ == "__main__":
    main()
