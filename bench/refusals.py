"""Measures refusing near misses: `python bench/refusals.py DATA [--foreign OTHER]`.

DATA is a folder as in `bench/question_sets.py` some of whose questions have no
answer although they are about its articles, such as that of SQuAD 2.0. `--sample`
questions that have one and as many that have none are asked over all articles,
distractors among them. Precision, recall, and F1 are those of the class "has no
answer"; refusing everything would give an F1 of .67. *false ref.* is the share
refused of the questions that have an answer, *contains* as in `bench/answers.py`.
With `--foreign`, as many self-contained questions of another set are asked of the same
library; *foreign* is the share of them that is refused. `--only-foreign` asks no others.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from question_sets import make_examples, read_articles, sample_questions
from running import add_options, measure, open_library, print_table

from rag.evaluation import Report


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with docs.jsonl and questions.jsonl")
    parser.add_argument("--foreign", type=Path, help="folder whose questions do not belong here")
    parser.add_argument("--only-foreign", action="store_true")
    add_options(parser, sample=150)
    options = parser.parse_args()

    draw = (options.sample, options.skip, options.seed)
    answerable = [] if options.only_foreign else sample_questions(options.data, *draw)
    impossible = sample_questions(options.data, *draw, impossible=True) if answerable else []
    # In turn, so that what is saved of a run that was stopped is a fair sample too.
    rows = [row for pair in zip(answerable, impossible) for row in pair]
    articles = read_articles(
        options.data, distractors=(options.data / "distractor_docs.jsonl").exists()
    )
    # "How many people died?" is off-topic nowhere: those that name what they are about.
    foreign = (
        sample_questions(options.foreign, *draw, self_contained=True) if options.foreign else []
    )
    with open_library(articles, f"{options.data.name}-all", options) as (answerer, ids):
        examples = make_examples(rows, ids) + make_examples(foreign, {})
        results = measure(answerer, examples, options.save).results
    report, abroad = (
        Report(part, len(part)) for part in (results[: len(rows)], results[len(rows) :])
    )
    figures = {
        "questions": len(report.results),
        "precision": report["refusal_precision"],
        "recall": report["refusal_recall"],
        "F1": report["refusal_f1"],
        "false ref.": report["false_refusals"],
        "contains": report["contains"],
        "cit. prec.": report["citation_precision"],
        "median": report["seconds_median"],
    }
    if foreign:
        figures["foreign"] = abroad["refused"]
    print_table(options.baseline or "byline", figures)


if __name__ == "__main__":
    main()
