"""Measures seconds per answer: `python bench/speed.py FILE ARTICLE... [--against DIR]`.

FILE holds questions, as for `ask eval`; ARTICLE are files or folders that `ask add`
takes. Each checkout is a process of its own with a scratch library, which answers
one question before anything is measured. With `--against DIR` every question goes
to both, one after the other and in turn first, so that a busy machine is busy for
both; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from rag.evaluation import read_examples, sample

_HERE = Path(__file__).resolve().parent.parent

# What each process runs; it must do with what every checkout has.
WORKER = """
import json, sys, time
from rag import Assistant
home, *articles = sys.argv[1:]
with Assistant.open(home) as assistant:
    results = assistant.add(*articles)
    failed = [f"{r.path}: {r.message}" for r in results if r.outcome == "failed"]
    if failed:
        sys.exit("; ".join(failed))
    for line in sys.stdin:
        begun = time.perf_counter()
        answer = assistant.ask(json.loads(line))
        print(json.dumps([time.perf_counter() - begun, answer.refused]), flush=True)
"""


class Checkout:
    """A process that answers with the code of one checkout."""

    def __init__(self, code: Path, articles: Sequence[Path], home: str) -> None:
        """Start it; its library is made before it answers."""
        self.name = str(code)
        self.seconds: list[float] = []
        self.refused = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER, home, *(str(path.resolve()) for path in articles)],
            cwd=code,
            env={**os.environ, "PYTHONPATH": str(code)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str, measured: bool = True) -> None:
        """Wait for one answer."""
        assert self._process.stdin  # A pipe, as asked for.
        assert self._process.stdout  # A pipe, as asked for.
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended without an answer; try its `ask doctor`")
        seconds, refused = json.loads(line)
        if measured:
            self.seconds.append(seconds)
            self.refused += refused

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path, help="JSON Lines or CSV")
    parser.add_argument("articles", type=Path, nargs="+", help="files or folders")
    parser.add_argument("--against", type=Path, help="another checkout, such as that of a tag")
    parser.add_argument("--sample", type=int, default=100, help="how many questions at most")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--repeats", type=int, default=1, help="how often each is asked")
    options = parser.parse_args()

    examples = sample(read_examples(options.questions).examples, options.sample, options.seed)
    with ExitStack() as stack:
        checkouts = []
        for code in filter(None, (_HERE, options.against)):
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix="byline-bench-"))
            checkout = Checkout(code.resolve(), options.articles, home)
            stack.callback(checkout.close)
            checkout.ask(examples[0].question, measured=False)
            checkouts.append(checkout)
        for turn in range(options.repeats * len(examples)):
            order = checkouts[:: 1 if turn % 2 else -1]
            for checkout in order:
                checkout.ask(examples[turn % len(examples)].question)
    print(f"{'checkout':<40}{'answers':>9}{'refused':>9}{'median s':>10}{'p90 s':>8}{'ratio':>8}")
    last = statistics.median(checkouts[-1].seconds)
    for checkout in checkouts:
        median = statistics.median(checkout.seconds)
        p90 = np.quantile(checkout.seconds, 0.9, method="inverted_cdf")
        print(
            f"{checkout.name[-39:]:<40}{len(checkout.seconds):>9}{checkout.refused:>9}"
            f"{median:>10.2f}{p90:>8.2f}{median / last:>8.2f}"
        )


if __name__ == "__main__":
    main()
