"""Prints days that are explained beside a quote, to be read: `python bench/days_meant.py DATA`.

DATA is a folder as in `bench/answers.py`, of dated articles. Of each article that is drawn, one
explained sentence is shown with the article's day: right or wrong is for a person to say.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from question_sets import article, read_rows

from index.text.sentences import split_sentences
from index.types import Document
from rag.english.days_told import days_meant


def explained(document: Document) -> Iterator[str]:
    """Yield the sentences of an article in which a day is explained, once for each."""
    for span in split_sentences(document.text):
        sentence = " ".join(document.text[span.start : span.end].split())
        for meant in days_meant(sentence, document.published):
            end = meant.at + len(meant.text)
            yield f"{sentence[:end]} [{meant.day:%a %d %B}]{sentence[end:]}"


def main() -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="a folder with docs.jsonl")
    parser.add_argument("--sample", type=int, default=100, help="how many sentences to print")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    drawn = random.Random(arguments.seed)  # noqa: S311 - a sample, to be drawn again
    rows = read_rows(arguments.data / "docs.jsonl")
    drawn.shuffle(rows)
    left = arguments.sample
    for row in rows:
        document = article(row)
        if left and (found := list(explained(document))):
            left -= 1
            print(f"{document.published:%a %d %B %Y}: {drawn.choice(found)}")


if __name__ == "__main__":
    main()
